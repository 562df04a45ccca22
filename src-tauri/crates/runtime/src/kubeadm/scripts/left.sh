# What is still there of the cluster, a path and its reason a line.
left() {
  printf '%s\t%s\n' "$1" "$2"
}
# Logs of what did not succeed.
rm -rf /var/lib/longshore/jobs/kubeadm-*
rmdir /var/lib/longshore/jobs 2>/dev/null
has /var/lib/longshore || rmdir /var/lib/longshore 2>/dev/null
for path in /etc/kubernetes /var/lib/kubelet "$data/etcd" /etc/cni/net.d/10-longshore.conflist; do
  [ -e "$path" ] && left "$path" 'it could not be removed: something uses it still'
done
[ "$ours" = yes ] && [ -e "$data/containerd" ] && left "$data/containerd" 'it could not be removed: something uses it still'
[ -d "$data" ] && ! has "$data" && left "$data" 'it holds files that the cluster did not make'
for path in "$store"/*; do
  [ -d "$path" ] && left "$path" 'a backup stays until somebody removes it: it may be all that is left of the cluster'
done
[ "$ours" = no ] && command -v ctr >/dev/null && [ -n "$(ctr -n k8s.io images ls -q 2>/dev/null)" ] \
  && left 'images in the namespace k8s.io of containerd' 'the containerd is the host'"'"'s own'
while read -r _ path _; do
  case $path in /var/lib/kubelet/* | "$data"/*) left "$path" 'a file system is mounted there still' ;; esac
done </proc/mounts
for name in longshore0 kube-ipvs0; do
  ip link show "$name" >/dev/null 2>&1 && left "$name" 'the interface could not be removed'
done
for tool in iptables-nft ip6tables-nft; do
  command -v "$tool" >/dev/null || continue
  "$tool-save" 2>/dev/null | grep -q KUBE- && left "$tool" 'rules of kube-proxy could not be removed'
done
exit 0
