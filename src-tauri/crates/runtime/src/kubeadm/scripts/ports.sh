# Whether something listens on a port, whoever it is.
listens() {
  hex=$(printf '%04X' "$1")
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] || continue
    while read -r _ here _ state _; do
      [ "$state" = 0A ] && [ "${here##*:}" = "$hex" ] && return 0
    done <"$table"
  done
  return 1
}
