umask 077
trap 'rm -f "$base/join.yaml"' EXIT
cat >"$base/join.yaml" || exit 1
if [ ! -f "$base/made" ]; then
  check_images
  undo || exit 1
  tries=0
  until quietly "$base/$version/bin/kubeadm" join --config "$base/join.yaml"; do
    # The node of a try that was taken back counts as ready until the cluster misses it.
    grep -q 'and status "Ready" already exists' "$base/said" || exit 1
    tries=$((tries + 1))
    [ $tries -ge 12 ] && exit 1
    sleep 10
  done
  : >"$base/made"
fi
umask 022
# kubelet complains every second of a folder that is not there.
mkdir -p /etc/kubernetes/manifests
network /etc/kubernetes/kubelet.conf
await_node /etc/kubernetes/kubelet.conf
: >"$base/joined"
