# What every probe needs: records, time limits, and cleaning up. Only what POSIX and busybox have.
set -f
LC_ALL=C LANG=C PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL LANG PATH
unset CDPATH ENV BASH_ENV
umask 077
has() { command -v "$1" >/dev/null 2>&1; }
# Records. One write of fewer than 4096 bytes into a pipe is never mixed with another.
V() { printf '%s %s %s:%.2000s\n' "$M" "$i" "$1" "$2"; }
F() { printf '%s %s ?%.2000s\n' "$M" "$i" "$1"; }
AT='function cut(s) { while (length(s) > 1000) { printf "%s+%s\n", p, substr(s, 1, 1000); fflush(); s = substr(s, 1001) } return s }
NR > 1 { l = cut(l); printf "%s=%s\n", p, l; fflush() }
{ l = $0 }
END { l = cut(l); printf "%s^%s\n", p, substr(l, 1, length(l) - 1); fflush() }'
AX='{ gsub(/[ \t]/, ""); b = b $0; if (length(b) > 900) { printf "%s#%s\n", p, b; fflush(); b = "" } }
END { printf "%s#%s\n", p, b; fflush(); printf "%s^\n", p; fflush() }'
# Text from stdin as stream $1, at most $2 bytes: the dot tells whether the last line had its end.
T() { { head -c "$2"; echo .; } | awk -v p="$M $i $1" "$AT"; }
# Any bytes, in the same way.
X() {
  if has od; then head -c "$2" | od -An -v -tx1 | awk -v p="$M $i $1" "$AX"
  else cat >/dev/null; F 'od is not on the host'; fi
}
# A folder of its own in $t, taken away with the probe.
own() {
  for d in "${TMPDIR:-/tmp}" /dev/shm /run /var/tmp; do
    if [ -d "$d" ] && [ -w "$d" ]; then t=$(mktemp -d "$d/longshore.XXXXXX") && return 0; fi
  done
  t=; return 1
}
clean() { undo; if [ -n "$t" ]; then cd /; rm -rf -- "$t"; t=; fi; }
# Runs a command: its streams and its status.
both() {
  exec 4>&1
  { { "$@" 3>&- 4>&-; V code "$?" >&4; } 2>&3 | X stdout 1048577 >&4; } 3>&1 | X stderr 262145 >&4
}
# Every file at and below $1: its name below $2 as stream n and a number, its content as d and that number.
deliver() {
  if [ "$D" -ge 2000 ]; then V more 1
  elif [ -f "$1" ]; then
    printf %s "$2" | X "n$D" 5000
    if [ -r "$1" ]; then X "d$D" 1048577 <"$1"; else V "x$D" denied; fi
    D=$((D + 1))
  elif [ -d "$1" ] && [ "$3" -lt 30 ]; then
    if [ ! -r "$1" ]; then printf %s "$2" | X "n$D" 5000; V "x$D" denied; D=$((D + 1)); fi
    for e in "$1"/* "$1"/.[!.]*; do
      if [ -e "$e" ]; then deliver "$e" "$2/${e##*/}" $(($3 + 1)); fi
    done
  fi
}
# Interfaces that are up, and their IPv4 addresses.
addresses() {
  if has ip; then
    ip -o -4 addr show | awk '{ n = $2; sub(/@.*/, "", n); sub(/:$/, "", n); for (k = 3; k < NF; k++) if ($k == "inet") { split($(k + 1), x, "/"); print n, x[1] } }'
  elif has ifconfig; then
    ifconfig | awk '/^[^ \t]/ { n = $1; sub(/:$/, "", n) } /inet / { x = $2; sub(/^addr:/, "", x); print n, x }'
  else return 1; fi
}
# Descendants of process $1.
kids() {
  set +f; a=" $1 " o=
  while [ "$a" != "$o" ]; do
    o=$a
    for f in /proc/[0-9]*/stat; do
      { read -r s <"$f"; } 2>/dev/null || continue
      c=${s%% *}; s=${s##*) }; s=${s#* }
      case $a in *" $c "*) ;; *) case $a in *" ${s%% *} "*) a="$a$c " ;; esac ;; esac
    done
  done
  echo "${a#" $1 "}"
}
# Ends a probe: what it started first, so that its trap can take away what it made.
end() {
  kill -TERM "$1"
  for n in 1 2 3; do c=$(kids "$1"); [ -n "$c" ] || break; kill -KILL $c; done
  sleep 2 >/dev/null
  kill -KILL $(kids "$1") "$1"
}
# Ends those of $1 (probe:seconds:process) that outlast their time, also when nobody listens any more.
watch() {
  trap '' PIPE
  n=0 m=1
  while [ "$m" -eq 1 ]; do
    sleep 1 >/dev/null
    n=$((n + 1)) m=0
    for p in $1; do
      l=${p#*:}; l=${l%:*}
      kill -0 "${p##*:}" || continue
      m=1
      if [ "$n" -eq "$l" ]; then
        printf '%s %s !%s\n' "$M" "${p%%:*}" "$l"
        end "${p##*:}" &
      fi
    done
  done
}
stop() { c=$(kids "$1"); kill -KILL "$1" $c; }
hold() { for p in $1; do wait "${p##*:}"; done; }
go() {
  i=$1 l=$2; shift 2
  (
    t=
    undo() { :; }
    trap 'clean; exit 143' TERM HUP INT PIPE
    "$@"
    s=$?
    clean
    printf '%s %s .%s\n' "$M" "$i" "$s"
  ) &
  P="$P $i:$l:$!"
}
