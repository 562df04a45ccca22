new=$base/$version/bin/k0s
said=$(status)
if [ "$(field Version)" != "$version" ] || [ "$(property ActiveState)" != active ]; then
  if [ "$role" = controller ]; then
    "$new" config validate -c "$base/k0s.yaml" || exit 1
    cp "$base/k0s.yaml" /etc/k0s/k0s.yaml.part && mv -f /etc/k0s/k0s.yaml.part /etc/k0s/k0s.yaml || exit 1
  fi
  # Pods go on meanwhile.
  systemctl stop "$unit"
  put_binary "$new" || exit 1
  if [ -e /etc/k0s/token ]; then put_unit --token-file /etc/k0s/token; else put_unit; fi
  start
fi
await
for path in "$data"/images/k0s-images-*.tar; do
  [ "$path" = "$data/images/k0s-images-$version.tar" ] || rm -f "$path"
done
# The version before stays for a restore; older ones only take room. A second call does not know which was before.
if [ "$previous" != "$version" ]; then
  for path in "$base"/v*; do
    case $path in "$base/$version" | "$base/$previous") ;; *) rm -rf "$path" ;; esac
  done
fi
