left() {
  printf '%s\t%s\n' "$1" "$2"
}
# Logs of what did not succeed.
rm -rf /var/lib/longshore/jobs/k0s-*
rmdir /var/lib/longshore/jobs 2>/dev/null
has /var/lib/longshore || rmdir /var/lib/longshore 2>/dev/null
for path in /etc/k0s "$data" /run/k0s; do
  [ -e "$path" ] && left "$path" 'it was there before, or something uses it still'
done
for path in /opt/cni/bin /var/lib/cni /var/lib/calico; do
  [ -e "$path" ] && left "$path" 'it was there before the cluster: k0s has put files beside what was in it'
done
for path in "$store"/*; do
  [ -d "$path" ] && left "$path" 'a backup stays until somebody removes it: it may be all that is left of the cluster'
done
for tool in iptables-nft ip6tables-nft; do
  command -v "$tool" >/dev/null || continue
  "$tool-save" 2>/dev/null | grep -q KUBE- && left "$tool" 'rules of kube-proxy could not be removed'
done
exit 0
