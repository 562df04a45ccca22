# kubectl keeps what it has read; root's own folder is not ours.
KUBECACHEDIR=$base/cache
export KUBECACHEDIR

fail() {
  echo "$*" >&2
  exit 1
}

# What hands out tokens and keys must not bring them into a log.
hidden() {
  sed -u -e 's/[a-z0-9]\{6\}\.[a-z0-9]\{16\}/[hidden]/g' -e 's/[0-9a-f]\{64\}/[hidden]/g'
}

# Runs a command, its words filtered, with its own status. What it said is kept until the next one.
quietly() {
  rm -f "$base/status"
  { "$@" 2>&1; echo $? >"$base/status"; } | hidden | tee "$base/said"
  status=$(cat "$base/status") && rm -f "$base/status" && return "$status"
}

# A file of somebody else is put aside, once, and given back by a reset.
aside() {
  { [ -e "$1" ] || [ -L "$1" ]; } || return 0
  grep -qs "$mark" "$1" && return 0
  [ -e "$base/kept$1" ] && return 0
  mkdir -p "$base/kept${1%/*}" && cp -a "$1" "$base/kept$1.part" && mv -f "$base/kept$1.part" "$base/kept$1"
}

# A name is never without its file in between.
link() {
  [ "$(readlink "$2")" = "$1" ] && return 0
  ln -sfn "$1" "$2.longshore" && mv -fT "$2.longshore" "$2"
}

# Gives the files of a version their places.
activate() {
  from=$base/$1
  for path in $(cd "$from/files" && find . -type f); do
    path=${path#.}
    cmp -s "$from/files$path" "$path" && continue
    aside "$path" && mkdir -p "${path%/*}" || return 1
    # It is restarted although somebody pulls the plug now.
    case $path in */containerd/* | *containerd.service*) : >"$base/restart-containerd" ;; esac
    cp -p "$from/files$path" "$path.longshore" && mv -f "$path.longshore" "$path" || return 1
  done
  mkdir -p /usr/local/bin /opt/cni/bin || return 1
  for path in "$from"/bin/*; do
    name=${path##*/}
    case $name in containerd) [ "$(readlink /usr/local/bin/containerd)" = "$path" ] || : >"$base/restart-containerd" ;; esac
    link "$path" "/usr/local/bin/$name" || return 1
  done
  for path in "$from"/cni/*; do
    [ -e "$path" ] || continue
    to=/opt/cni/bin/${path##*/}
    # A plugin that was there before us does the same.
    if [ -e "$to" ]; then case $(readlink "$to") in "$base"/*) ;; *) continue ;; esac; fi
    link "$path" "$to" || return 1
  done
  systemctl daemon-reload || return 1
  if [ -f "$base/restart-containerd" ]; then
    systemctl restart containerd && rm -f "$base/restart-containerd" || return 1
  fi
}

# Waits until the container runtime answers.
await_containerd() {
  tries=0
  until said=$(ctr version 2>&1); do
    tries=$((tries + 1))
    [ $tries -ge 60 ] && fail "containerd does not answer: $said"
    sleep 1
  done
}

# Names the images that are wanted and not in containerd. Without a word, all are there.
lacking() {
  ctr -n k8s.io images ls -q >"$base/images" || return 1
  while read -r image; do
    grep -qxF "$image" "$base/images" || echo "$image"
  done
  rm -f "$base/images"
}

# The images that this host needs for the version: all of a control plane, or what a worker runs of them.
wanted() {
  if [ -f "$base/kubeadm.yaml" ] && [ "$role" = first ]; then
    list=$("$base/$version/bin/kubeadm" config images list --config "$base/kubeadm.yaml" 2>/dev/null) || return 1
  else
    list=$("$base/$version/bin/kubeadm" config images list --kubernetes-version "$version" \
      --image-repository "$repository" 2>/dev/null) || return 1
  fi
  # Which pause is used is containerd's matter.
  printf '%s\n' "$pause"
  case $role in
    worker) printf '%s\n' "$list" | grep /kube-proxy: ;;
    *) printf '%s\n' "$list" | grep -v -e /pause: | if [ "$dns" = yes ]; then cat; else grep -v /coredns; fi ;;
  esac
}

# Ends here when an image is missing: nothing would pull it, and nobody would say so for minutes.
check_images() {
  # What a vendor changes of the images is known to the cluster alone.
  [ "$altered" = yes ] && [ "$role" != first ] && return 0
  wanted >"$base/wanted" || fail "kubeadm $version does not say which images it needs"
  missing=$(lacking <"$base/wanted") || fail 'containerd does not say which images it has'
  [ -z "$missing" ] || fail "containerd lacks images of the cluster: $(echo $missing)"
  # A kubelet that runs out of room removes what nobody uses at the moment, but for this. await_node waits for it.
  {
    while read -r image; do
      ctr -n k8s.io images label "$image" io.cri-containerd.pinned=pinned </dev/null
    done <"$base/wanted"
    rm -f "$base/wanted"
  } >/dev/null 2>&1 &
}

# Ends containers of static pods by their names; the kubelet would start them again.
end_containers() {
  signal=$1
  shift
  for name in "$@"; do
    for id in $(ctr -n k8s.io containers ls -q "labels.\"io.kubernetes.container.name\"==$name"); do
      ctr -n k8s.io tasks kill -s "$signal" "$id" 2>/dev/null
    done
  done
}

kubectl() {
  "$base/$version/bin/kubectl" --request-timeout=10s "$@"
}

await_api() {
  tries=0
  until said=$(kubectl --kubeconfig "$1" get --raw=/readyz 2>&1) && [ "$said" = ok ]; do
    tries=$((tries + 1))
    [ $tries -ge "$patience" ] && fail "the API server is not ready: $said"
    sleep 1
  done
}

# Waits until the controllers and the scheduler work again: each says so every other second.
await_control() {
  for name in kube-controller-manager kube-scheduler; do
    tries=0
    begun=
    while :; do
      said=$(kubectl --kubeconfig "$1" -n kube-system get lease "$name" -o 'jsonpath={.spec.renewTime}' 2>/dev/null)
      if [ -n "$said" ]; then
        [ -n "$begun" ] && [ "$said" != "$begun" ] && break
        begun=$said
      fi
      tries=$((tries + 1))
      [ $tries -ge "$patience" ] && fail "$name does not work: its lease is not renewed"
      sleep 1
    done
  done
}

# Gives pods of this host their network with this part of the addresses.
put_network() {
  conf=/etc/cni/net.d/10-longshore.conflist
  mkdir -p /etc/cni/net.d || exit 1
  printf '%s\n' "$cni" | sed "s|@subnet@|$1|" >"$conf.part" || exit 1
  if cmp -s "$conf.part" "$conf"; then rm -f "$conf.part"; else mv -f "$conf.part" "$conf" || exit 1; fi
}

# The same, once the cluster has given the host its part of the addresses.
network() {
  tries=0
  until subnet=$(kubectl --kubeconfig "$1" get node "$node" -o 'jsonpath={.spec.podCIDR}' 2>&1) && [ -n "$subnet" ]; do
    tries=$((tries + 1))
    [ $tries -ge "$patience" ] && fail "the node has no addresses for pods: ${subnet:-none was given to it}"
    sleep 1
  done
  put_network "$subnet"
}

# How often systemd has started the kubelet anew.
restarts() {
  count=$(systemctl show -p NRestarts kubelet)
  echo "${count#NRestarts=}"
}

# Waits until the host's node is ready with this version, and says why it is not.
await_node() {
  wait
  tries=0
  said=
  begun=$(restarts)
  path='{.status.nodeInfo.kubeletVersion} {range .status.conditions[?(@.type=="Ready")]}{.status} {.reason}: {.message}{end}'
  while :; do
    state=$(kubectl --kubeconfig "$1" get node "$node" -o "jsonpath=$path" 2>&1)
    case $state in "$version True "*) return 0 ;; esac
    [ "$state" = "$said" ] || echo "Waiting for the node: $state"
    said=$state
    now=$(restarts)
    if [ "${now:-0}" -ge $((${begun:-0} + 6)) ]; then
      # Its own words: what systemd says of its restarts would push them out.
      fail "the kubelet ends again and again: $(journalctl _SYSTEMD_UNIT=kubelet.service -n 3 --no-pager -o cat 2>/dev/null | hidden)"
    fi
    tries=$((tries + 1))
    [ $tries -ge "$patience" ] && fail "the node does not get ready at $version: $state"
    sleep 1
  done
}

# Takes back what a try that was cut left of a cluster that never was.
undo() {
  for path in /etc/kubernetes/*.conf /etc/kubernetes/manifests/*.yaml /var/lib/kubelet/config.yaml; do
    [ -e "$path" ] || continue
    echo 'An earlier try did not get to its end: it is taken back first.'
    quietly "$base/$version/bin/kubeadm" reset --force --cri-socket "$socket" || return 1
    rm -rf "$etcd"
    return 0
  done
}
