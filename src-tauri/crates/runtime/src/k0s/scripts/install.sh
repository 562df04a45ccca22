cp "$base/k0s.yaml" /etc/k0s/k0s.yaml.part && mv -f /etc/k0s/k0s.yaml.part /etc/k0s/k0s.yaml || exit 1
if [ "$(property ActiveState)" != active ]; then
  put_unit
  start
fi
await
: >"$base/joined"
