old=$base/$version/bin/k0s
[ -x "$old" ] || fail "the files of $version are not on the host any more"
# Restarted in any case: what it remembers is of a state that is no more. Pods go on meanwhile.
systemctl stop "$unit"
put_binary "$old" || exit 1
if [ -e /etc/k0s/token ]; then put_unit --token-file /etc/k0s/token; else put_unit; fi
start
await
