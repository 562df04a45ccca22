umask 077
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
  # Whatever ends this, a reboot as well, the kubelet starts the store again.
  trap 'systemctl start kubelet' EXIT
  trap 'exit 1' HUP INT TERM
  systemctl stop kubelet || exit 1
  tries=0
  # It waits for whoever listens to it when it is asked to end, and loses nothing when it is not asked.
  how=SIGTERM
  while listens 2379; do
    end_containers "$how" etcd
    tries=$((tries + 1))
    [ $tries -ge 3 ] && how=SIGKILL
    [ $tries -ge "$patience" ] && fail 'the store does not stop'
    sleep 1
  done
  sync
  cp -a "$etcd" "$to.part/etcd" || exit 1
  systemctl start kubelet || exit 1
  trap - EXIT
  # What ended while the store was away is started again later each time; a kubelet that begins anew has forgotten that.
  tries=0
  until listens 2379 || [ $tries -ge "$patience" ]; do
    tries=$((tries + 1))
    sleep 1
  done
  systemctl restart kubelet || exit 1
fi
mkdir "$to.part/kubelet" || exit 1
cp -a /etc/kubernetes "$to.part/kubernetes" || exit 1
cp -a /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env "$to.part/kubelet/" || exit 1
# What the site is made of is noted beside the cluster's own folder.
[ ! -f "${base%/*}/site.json" ] || cp -a "${base%/*}/site.json" "$to.part/" || exit 1
echo "${running%%/*}" >"$to.part/version" && cp -a "$base/note.json" "$to.part/" || exit 1
sync
mv -T "$to.part" "$to" || exit 1
await_api /etc/kubernetes/admin.conf
await_control /etc/kubernetes/admin.conf
