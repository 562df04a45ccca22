if [ ! -f "$base/made" ]; then
  check_images
  undo || exit 1
  quietly "$base/$version/bin/kubeadm" init --config "$base/kubeadm.yaml" || exit 1
  : >"$base/made"
fi
await_api /etc/kubernetes/admin.conf
network /etc/kubernetes/admin.conf
await_node /etc/kubernetes/admin.conf
: >"$base/joined"
