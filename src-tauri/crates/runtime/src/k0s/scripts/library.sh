fail() {
  echo "$*" >&2
  exit 1
}

k0s() {
  # A stray KUBECONFIG would be taken for the cluster's.
  env -u KUBECONFIG /usr/local/bin/k0s "$@"
}

# What the running k0s says of itself. It may wait for minutes as long as the kubelet has no kubeconfig.
status() {
  timeout 20 env -u KUBECONFIG /usr/local/bin/k0s status --data-dir "$data" -o json 2>/dev/null
}

# A text field of that.
field() {
  printf '%s\n' "$said" | sed -n "s/.*\"$1\": *\"\\([^\"]*\\)\".*/\\1/p" | head -n 1
}

# The binary must not be a link: k0s puts its own path into its unit.
put_binary() {
  cmp -s "$1" /usr/local/bin/k0s && return 0
  rm -f /usr/local/bin/.k0s.longshore
  mkdir -p /usr/local/bin || return 1
  ln "$1" /usr/local/bin/.k0s.longshore 2>/dev/null || cp -p "$1" /usr/local/bin/.k0s.longshore || return 1
  mv -f /usr/local/bin/.k0s.longshore /usr/local/bin/k0s
}

# Writes the unit anew: an empty one of a try that was cut counts as there.
put_unit() {
  set -- "$@" --data-dir "$data" --kubelet-extra-args "$kubelet" --profile "$profile"
  if [ "$role" = controller ]; then
    set -- controller -c /etc/k0s/k0s.yaml --enable-worker --no-taints --disable-components konnectivity-server,update-prober "$@"
  else
    set -- worker "$@"
  fi
  if [ -e "/etc/systemd/system/$unit.service" ]; then set -- "$@" --force; fi
  k0s install "$@" || exit 1
  if [ -n "$proxies" ]; then
    umask 077
    mkdir -p "/etc/systemd/system/$unit.service.d" || exit 1
    cp "$base/proxy.conf" "/etc/systemd/system/$unit.service.d/longshore-proxy.conf" || exit 1
    umask 022
  else
    rm -f "/etc/systemd/system/$unit.service.d/longshore-proxy.conf"
  fi
  systemctl daemon-reload || exit 1
}

start() {
  systemctl reset-failed "$unit" 2>/dev/null
  systemctl start "$unit" || fail "$unit does not start"
}

property() {
  value=$(systemctl show -p "$1" "$unit")
  printf '%s\n' "${value#*=}"
}

kubectl() {
  if [ "$role" = controller ]; then conf=$data/pki/admin.conf; else conf=$data/kubelet.conf; fi
  k0s kubectl --kubeconfig "$conf" --request-timeout=10s "$@"
}

# Waits until k0s runs with the version and its node is ready; says why it is not.
await() {
  tries=0
  told=
  begun=$(property NRestarts)
  path='{range .status.conditions[?(@.type=="Ready")]}{.status} {.reason}: {.message}{end}'
  while :; do
    state='k0s does not answer yet'
    if said=$(status) && [ -n "$said" ]; then
      there=$(field Version)
      state="k0s runs at $there"
      if [ "$there" = "$version" ]; then
        if [ "$role" != controller ] || [ "$(kubectl get --raw=/readyz 2>/dev/null)" = ok ]; then
          state=$(kubectl get node "$node" -o "jsonpath=$path" 2>&1)
          case $state in 'True '*) return 0 ;; esac
        else
          state='the API server is not ready'
        fi
      fi
    fi
    [ "$state" = "$told" ] || echo "Waiting for k0s: $state"
    told=$state
    restarts=$(property NRestarts)
    if [ "${restarts:-0}" -ge $((${begun:-0} + 6)) ]; then
      fail "k0s ends again and again: $(journalctl _SYSTEMD_UNIT="$unit.service" -n 3 --no-pager -o cat 2>/dev/null)"
    fi
    tries=$((tries + 1))
    [ $tries -ge "$patience" ] && fail "k0s does not get ready: $state"
    sleep 1
  done
}
