[ -f "$base/note.json" ] || exit 0
rm -f "$base/joined" "$base/made"
for path in "$base"/v*/bin/kubeadm; do
  [ -x "$path" ] || continue
  # It takes a controller out of the others' store, stops the kubelet and removes the pods.
  systemctl is-active -q containerd && quietly "$path" reset --force --cri-socket "$socket"
  break
done
systemctl disable --now longshore-routes.service >/dev/null 2>&1
for route in $(cat "$base/routes" "$base/routes.gone" 2>/dev/null); do
  ip route del "${route%=*}" via "${route#*=}" 2>/dev/null
done
systemctl disable --now kubelet >/dev/null 2>&1
if [ "$ours" = yes ]; then
  for id in $(ctr -n k8s.io tasks ls -q 2>/dev/null); do ctr -n k8s.io tasks kill -s SIGKILL "$id" 2>/dev/null; done
  systemctl disable --now containerd >/dev/null 2>&1
  for pid in $(ls /proc); do
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in
      "$base"/*/containerd-shim*) kill -9 "$pid" 2>/dev/null ;;
    esac
  done
fi
# What is mounted deepest goes first.
while read -r _ path _; do
  case $path in
    /var/lib/kubelet/* | "$data"/containerd/*) printf '%s\n' "$path" ;;
    /run/containerd/* | /run/netns/cni-*) [ "$ours" = yes ] && printf '%s\n' "$path" ;;
  esac
done </proc/mounts | sort -r >"$base/mounts"
while read -r path; do umount "$path" 2>/dev/null || umount -l "$path"; done <"$base/mounts"
rm -f "$base/mounts"
[ "$ours" = yes ] && rm -f /run/netns/cni-*
for path in $(find /sys/fs/cgroup -depth -type d -path '*/kubepods*' 2>/dev/null); do rmdir "$path" 2>/dev/null; done
for name in longshore0 kube-ipvs0; do
  ip link show "$name" >/dev/null 2>&1 && ip link del "$name"
done
clean_rules
rm -rf /etc/kubernetes /var/lib/kubelet "$etcd" /etc/cni/net.d/10-longshore.conflist /var/lib/cni/networks/longshore
rm -f /var/lib/cni/results/longshore-*
[ "$ours" = yes ] && rm -rf "$data/containerd" /run/containerd && rm -f /var/lib/cni/results/cni-loopback-*
for path in /var/log/containers /var/log/pods /usr/libexec/kubernetes; do
  has "$path" || rm -rf "$path"
done
for from in "$base"/v*; do
  [ -d "$from" ] || continue
  for path in "$from"/bin/*; do drop "/usr/local/bin/${path##*/}"; done
  for path in "$from"/cni/*; do drop "/opt/cni/bin/${path##*/}"; done
  for path in $(cd "$from/files" 2>/dev/null && find . -type f); do
    path=${path#.}
    grep -qs "$mark" "$path" && rm -f "$path"
    rmdir "${path%/*}" 2>/dev/null
  done
done
rm -f /etc/systemd/system/longshore-routes.service
for path in $(cd "$base/kept" 2>/dev/null && find . -type f -o -type l); do
  path=${path#.}
  mkdir -p "${path%/*}" && mv -f "$base/kept$path" "$path"
  restored=yes
done
systemctl daemon-reload
systemctl reset-failed kubelet containerd longshore-routes 2>/dev/null
[ "$ours" = no ] && [ "${restored:-no}" = yes ] && systemctl restart containerd
if ! has /run/netns; then
  umount /run/netns 2>/dev/null
  rmdir /run/netns 2>/dev/null
fi
# kube-proxy has set it.
has route_localnet || echo 0 >/proc/sys/net/ipv4/conf/all/route_localnet
# Folders that were not there before, where nobody has put anything meanwhile.
for path in /etc/cni/net.d /etc/cni /opt/cni/bin /opt/cni /etc/containerd /var/lib/cni/networks /var/lib/cni/results /var/lib/cni "$data"; do
  has "$path" || rmdir "$path" 2>/dev/null
done
rm -rf "$base"/v* "$base/kept" "$base"/kubeadm.yaml "$base"/join.* "$base/upgrade.yaml" "$base/routes" "$base/routes.gone" "$base/routes.sh" "$base/cache" \
  "$base/restart-containerd" "$base/broken" "$base/restored" "$base/images" "$base/wanted" "$base/status" "$base/said"
rm -f "$base/note.json"
rmdir "$base" 2>/dev/null
has /var/lib/longshore || rmdir /var/lib/longshore 2>/dev/null
exit 0
