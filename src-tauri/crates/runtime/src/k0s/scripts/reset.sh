[ -f "$base/note.json" ] || exit 0
if [ -x /usr/local/bin/k0s ] && [ "$(property ActiveState)" = active ] && [ "$role" = controller ]; then
  members=$(timeout 60 env -u KUBECONFIG /usr/local/bin/k0s etcd member-list --data-dir "$data" 2>/dev/null | grep -o '"https://' | wc -l)
  if [ "$members" -gt 1 ]; then
    # While its own etcd runs: afterwards nobody could, and the others would count a dead one.
    timeout 120 env -u KUBECONFIG /usr/local/bin/k0s etcd leave --data-dir "$data" || fail 'the host does not leave the store of the other controllers'
  fi
fi
rm -f "$base/joined"
systemctl stop k0scontroller k0sworker 2>/dev/null
clear_k0s
rm -rf /etc/systemd/system/k0scontroller.service.d /etc/systemd/system/k0sworker.service.d
systemctl daemon-reload
systemctl reset-failed k0scontroller k0sworker 2>/dev/null
for name in kube-bridge kube-ipvs0 vxlan.calico dummyvip0 kube-dummy-if; do
  ip link show "$name" >/dev/null 2>&1 && ip link del "$name"
done
for path in /sys/class/net/cali*; do
  [ -e "$path" ] && ip link del "${path##*/}"
done
calico=yes
clean_rules
for path in /var/lib/calico /var/lib/cni /opt/cni /etc/cni /var/log/pods /var/log/containers /usr/libexec/k0s; do
  has "$path" || rm -rf "$path"
done
has /etc/k0s || rm -rf /etc/k0s
has "${data%/*}" || rmdir "${data%/*}" 2>/dev/null
rm -f /usr/local/bin/k0s /usr/local/bin/.k0s.longshore
rm -rf "$base"/v* "$base/k0s.yaml" "$base/proxy.conf" "$base/restored"
rm -f "$base/note.json"
rmdir "$base" 2>/dev/null
has /var/lib/longshore || rmdir /var/lib/longshore 2>/dev/null
exit 0
