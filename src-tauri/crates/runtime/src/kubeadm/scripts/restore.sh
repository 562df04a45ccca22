umask 077
[ -f "$from/version" ] || fail "$from is no backup of this cluster: its version is not noted in it"
version=$(cat "$from/version")
[ -x "$base/$version/bin/kubelet" ] || fail "the files of $version, which the backup is of, are not on the host any more"
# What was done is noted, so that a second try does not take the restored store for the broken one.
if [ "$(cat "$base/restored" 2>/dev/null)" != "$once" ]; then
  systemctl stop kubelet || exit 1
  mkdir -p "$base/broken" || exit 1
  [ -d /etc/kubernetes/manifests ] && rm -f /etc/kubernetes/manifests/*.yaml
  tries=0
  how=SIGTERM
  while listens 2379 || listens "$port"; do
    end_containers "$how" kube-apiserver etcd kube-controller-manager kube-scheduler
    tries=$((tries + 1))
    [ $tries -ge 5 ] && how=SIGKILL
    [ $tries -ge "$patience" ] && fail 'the control plane does not stop'
    sleep 1
  done
  [ -e "$base/broken/etcd" ] || { [ -e "$etcd" ] && mv -T "$etcd" "$base/broken/etcd"; }
  rm -rf "$etcd"
  mkdir -p "${etcd%/*}" || exit 1
  if [ -f "$from/etcd.snapshot" ]; then
    cluster=$(sed -n 's/^ *- --initial-cluster=//p' "$from/kubernetes/manifests/etcd.yaml")
    peer=$(sed -n 's/^ *- --initial-advertise-peer-urls=//p' "$from/kubernetes/manifests/etcd.yaml")
    # Whoever watches has seen revisions that are taken back, and would wait for later ones: all have to begin anew.
    "$base/$version/bin/etcdutl" snapshot restore "$from/etcd.snapshot" --data-dir "$etcd" --name "$node" \
      --initial-cluster "$cluster" --initial-advertise-peer-urls "$peer" \
      --bump-revision 1000000000 --mark-compacted || exit 1
  else
    cp -a "$from/etcd" "$etcd" || exit 1
  fi
  rm -rf /etc/kubernetes.restored
  cp -a "$from/kubernetes" /etc/kubernetes.restored || exit 1
  rm -rf /etc/kubernetes && mv -T /etc/kubernetes.restored /etc/kubernetes || exit 1
  cp -a "$from/kubelet/." /var/lib/kubelet/ || exit 1
  printf '%s\n' "$once" >"$base/restored"
fi
activate "$version" || exit 1
await_containerd
systemctl restart kubelet || exit 1
await_api /etc/kubernetes/admin.conf
await_control /etc/kubernetes/admin.conf
await_node /etc/kubernetes/admin.conf
rm -rf "$base/broken"
