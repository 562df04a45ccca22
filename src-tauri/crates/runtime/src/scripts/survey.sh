# Says what is on the host, a fact a line, and changes nothing.
[ -f "$base/note.json" ] && printf 'note %s\n' "$(tr '\n' ' ' <"$base/note.json")"
[ -f "$base/joined" ] && echo joined
for unit in kubelet k0scontroller k0sworker k3s k3s-agent rke2-server rke2-agent snap.microk8s.daemon-kubelite containerd; do
  path=$(systemctl show -p FragmentPath "$unit.service" 2>/dev/null)
  path=${path#FragmentPath=}
  [ -n "$path" ] || continue
  if grep -qs "$mark" "$path"; then echo "unit $unit ours"; else echo "unit $unit other"; fi
done
for program in kubelet kubeadm k0s k3s rke2; do
  path=$(command -v "$program") || continue
  case $(readlink "$path") in
    "$base"/*) echo "program $path ours" ;;
    *) echo "program $path other" ;;
  esac
done
for path in /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests/*.yaml; do
  [ -e "$path" ] && echo "path $path"
done
pid=$(systemctl show -p MainPID kubelet.service 2>/dev/null)
pid=${pid#MainPID=}
[ "${pid:-0}" != 0 ] && echo "running $(readlink "/proc/$pid/exe")"
link=$(readlink /usr/local/bin/kubelet) && echo "link $link"
for table in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$table" ] || continue
  while read -r _ here _ state _; do
    [ "$state" = 0A ] && echo "listens ${here##*:}"
  done <"$table"
done
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo 'cgroup 2'; else echo 'cgroup 1'; fi
while read -r name value; do
  [ "$name" = CapBnd: ] && echo "capabilities $value"
done </proc/1/status
command -v apparmor_parser >/dev/null && echo apparmor
[ -n "$(tail -n +2 /proc/swaps 2>/dev/null)" ] && echo swap
release=$(uname -r)
for path in /proc/config.gz "/boot/config-$release" "/usr/src/linux-$release/.config" "/usr/src/linux/.config" \
  "/usr/lib/modules/$release/config" "/usr/lib/ostree-boot/config-$release" "/usr/lib/kernel/config-$release" \
  "/usr/src/linux-headers-$release/.config" "/lib/modules/$release/build/.config"; do
  [ -r "$path" ] && { echo kernel-config; break; }
done
limit=/proc/sys/net/netfilter/nf_conntrack_max
[ -e "$limit" ] && [ ! -w "$limit" ] && echo conntrack-fixed
for program in ip iptables mount umount tar sed find; do
  command -v "$program" >/dev/null || echo "lacks $program"
done
for path in /opt/cni /opt/cni/bin /etc/cni /etc/cni/net.d /etc/containerd /etc/kubernetes /etc/k0s /var/lib/kubelet \
  /var/lib/cni /var/lib/calico /usr/libexec/k0s /var/lib/longshore /var/log/pods /var/log/containers /usr/libexec/kubernetes /run/netns "$data"; do
  [ -e "$path" ] && echo "there $path"
done
read -r set </proc/sys/net/ipv4/conf/all/route_localnet && [ "$set" = 1 ] && echo 'there route_localnet'
if [ -x /usr/local/bin/containerd ] || command -v containerd >/dev/null; then
  containerd config dump 2>/dev/null | sed -n \
    -e 's/^ *\(disabled_plugins\|root\|state\|bin_dir\|sandbox_image\|sandbox\|SystemdCgroup\) = /containerd \1 /p'
fi
exit 0
