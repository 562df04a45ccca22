umask 077
manifests=/etc/kubernetes/manifests
held=$base/held
release() {
  [ -f "$held/etcd.yaml" ] && mv -f "$held/etcd.yaml" "$manifests/etcd.yaml"
  rmdir "$held" 2>/dev/null
  return 0
}
# A copy that was cut must not leave the cluster without its store.
trap release EXIT
release
[ -d "$to" ] && exit 0
rm -rf "$to.part"
mkdir -p "$to.part" || exit 1
running=$(readlink /usr/local/bin/kubelet)
running=${running#"$base"/}
tools=$base/${running%%/*}/bin
if [ -x "$tools/etcdctl" ] && [ -x "$tools/etcdutl" ]; then
  pki=/etc/kubernetes/pki/etcd
  "$tools/etcdctl" --endpoints=https://127.0.0.1:2379 --cacert="$pki/ca.crt" --cert="$pki/server.crt" --key="$pki/server.key" \
    snapshot save "$to.part/etcd.snapshot" || exit 1
else
  echo 'The store stands still while it is copied.'
  mkdir -p "$held" && mv -f "$manifests/etcd.yaml" "$held/etcd.yaml" || exit 1
  tries=0
  while listens 2379; do
    tries=$((tries + 1))
    [ $tries -ge "$patience" ] && fail 'the store does not stop'
    sleep 1
  done
  sync
  cp -a "$etcd" "$to.part/etcd" || exit 1
  release
fi
mkdir "$to.part/kubelet" || exit 1
cp -a /etc/kubernetes "$to.part/kubernetes" || exit 1
cp -a /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env "$to.part/kubelet/" || exit 1
echo "${running%%/*}" >"$to.part/version" && cp -a "$base/note.json" "$to.part/" || exit 1
sync
mv -T "$to.part" "$to" || exit 1
await_api /etc/kubernetes/admin.conf
await_control /etc/kubernetes/admin.conf
