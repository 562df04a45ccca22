new=$base/$version/bin
conf=/etc/kubernetes/kubelet.conf
[ -f /etc/kubernetes/admin.conf ] && conf=/etc/kubernetes/admin.conf
pid=$(systemctl show -p MainPID kubelet)
pid=${pid#MainPID=}
running=
[ "${pid:-0}" != 0 ] && running=$(readlink "/proc/$pid/exe")
if [ "$running" != "$new/kubelet" ]; then
  check_images
  if [ "$turn" = first ]; then
    there=$(kubectl --kubeconfig "$conf" -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' \
      | sed -n 's/^kubernetesVersion: //p') || exit 1
    tag=$(sed -n 's/^ *image: .*kube-apiserver:\([^"@]*\).*/\1/p' /etc/kubernetes/manifests/kube-apiserver.yaml)
    if [ "$there" != "$version" ] || [ "$tag" != "$version" ]; then
      await_api "$conf"
      await_control "$conf"
      tries=0
      until quietly "$new/kubeadm" upgrade apply "$version" --yes --config "$base/upgrade.yaml"; do
        # kubeadm gives a pod of its own a quarter of a minute, which a busy host may not have.
        grep -q 'ERROR CreateJob' "$base/said" || exit 1
        tries=$((tries + 1))
        [ $tries -ge 5 ] && exit 1
        echo 'The cluster was too slow for kubeadm; once more.'
      done
    fi
  else
    quietly "$new/kubeadm" upgrade node --config "$base/upgrade.yaml" || exit 1
  fi
  activate "$version" || exit 1
  await_containerd
  systemctl restart kubelet || fail "kubelet does not start: $(systemctl status --no-pager -n 5 kubelet 2>&1 | tail -n 5)"
fi
if [ "$conf" = /etc/kubernetes/admin.conf ]; then
  await_api "$conf"
  await_control "$conf"
fi
await_node "$conf"
# The version before stays for a restore; older ones only take room. A second call does not know which was before.
if [ "$previous" != "$version" ]; then
  for path in "$base"/v*; do
    case $path in "$base/$version" | "$base/$previous") ;; *) rm -rf "$path" ;; esac
  done
fi
