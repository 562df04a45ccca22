# Unmounts what pods have left: k0s takes its data away first and stumbles over this afterwards (k0s issue 8048).
unmount() {
  while read -r _ path _; do
    case $path in "$data"/* | /run/k0s/* | /var/lib/kubelet/*) printf '%s\n' "$path" ;; esac
  done </proc/mounts | sort -r >"$base/mounts"
  while read -r path; do umount "$path" 2>/dev/null || umount -l "$path"; done <"$base/mounts"
  rm -f "$base/mounts"
}

# Takes k0s's own things off the host, whatever state they are in.
clear_k0s() {
  if [ -x /usr/local/bin/k0s ]; then
    # A configuration that cannot be read would end it at once.
    k0s config validate -c /etc/k0s/k0s.yaml >/dev/null 2>&1 || rm -f /etc/k0s/k0s.yaml
    k0s reset --data-dir "$data" || { unmount; k0s reset --data-dir "$data" || echo 'k0s reset does not succeed: the rest is done without it'; }
  fi
  systemctl disable k0scontroller k0sworker >/dev/null 2>&1
  rm -f /etc/systemd/system/k0scontroller.service /etc/systemd/system/k0sworker.service
  systemctl daemon-reload
  unmount
  rm -rf "$data" /run/k0s
  [ ! -e "$data" ] || fail "$data cannot be removed"
}
