old=$base/$version/bin
[ -x "$old/kubelet" ] || fail "the files of $version are not on the host any more"
conf=/etc/kubernetes/kubelet.conf
if [ "$(readlink /usr/local/bin/kubelet)" != "$old/kubelet" ]; then
  check_images
  # The cluster is of that version again and hands out its settings.
  quietly "$old/kubeadm" upgrade node --config "$base/upgrade.yaml" || exit 1
  activate "$version" || exit 1
  await_containerd
fi
# What it remembers is of a state that is no more.
systemctl restart kubelet || fail "kubelet does not start: $(systemctl status --no-pager -n 5 kubelet 2>&1 | tail -n 5)"
await_node "$conf"
