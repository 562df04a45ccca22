umask 077
cat >/etc/k0s/token || exit 1
umask 022
if [ "$role" = controller ]; then
  cp "$base/k0s.yaml" /etc/k0s/k0s.yaml.part && mv -f /etc/k0s/k0s.yaml.part /etc/k0s/k0s.yaml || exit 1
fi
# One that does not answer may have been started with what did not work.
if said=$(status) && [ -n "$said" ]; then :; else
  systemctl stop "$unit" 2>/dev/null
  put_unit --token-file /etc/k0s/token
  start
fi
await
# The token has done its work. One release wants to read it at every start (k0s issue 7202).
[ "$version" = v1.35.1+k0s.0 ] || : >/etc/k0s/token
: >"$base/joined"
