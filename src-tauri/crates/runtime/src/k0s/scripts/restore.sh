[ -f "$from/k0s.tar.gz" ] || fail "$from is no backup of this cluster: k0s.tar.gz is not in it"
version=$(cat "$from/version") || exit 1
[ -x "$base/$version/bin/k0s" ] || fail "the files of $version, which the backup is of, are not on the host any more"
if [ "$(cat "$base/restored" 2>/dev/null)" != "$once" ]; then
  systemctl stop "$unit"
  clear_k0s || exit 1
  put_binary "$base/$version/bin/k0s" || exit 1
  mkdir -p /etc/k0s && cd "$base" || exit 1
  k0s restore "$from/k0s.tar.gz" --config-out /etc/k0s/k0s.yaml --data-dir "$data" || exit 1
  printf '%s\n' "$once" >"$base/restored"
fi
put_unit
start
await
