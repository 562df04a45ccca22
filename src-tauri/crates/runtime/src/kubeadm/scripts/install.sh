if [ -f "$base/made" ]; then
  await_api /etc/kubernetes/admin.conf
else
  check_images
  undo || exit 1
  # The node is ready as soon as it is there, if its part of the addresses is the one that is expected.
  [ -z "$first_subnet" ] || put_network "$first_subnet"
  quietly "$base/$version/bin/kubeadm" init --config "$base/kubeadm.yaml" || exit 1
  : >"$base/made"
fi
# Controllers take seconds to give a first node its part. What a node has is never changed: if they were faster, theirs
# counts.
subnet=
[ -z "$first_subnet" ] || subnet=$(kubectl --kubeconfig /etc/kubernetes/admin.conf patch node "$node" \
  --patch "{\"spec\":{\"podCIDR\":\"$first_subnet\",\"podCIDRs\":[\"$first_subnet\"]}}" \
  -o 'jsonpath={.spec.podCIDR}' 2>/dev/null)
if [ -n "$subnet" ]; then put_network "$subnet"; else network /etc/kubernetes/admin.conf; fi
await_node /etc/kubernetes/admin.conf
: >"$base/joined"
