#!/bin/sh
# Stands in for k0s, which no registry has: answers as 1.35.4 was seen to, and keeps what it was asked. Runs no cluster.
version=@version@
state=/srv/k0s
mkdir -p "$state"
printf '%s\n' "$*" >>"$state/calls"
data=/var/lib/k0s
force=
token=
words=$*
previous=
for word in "$@"; do
  case $previous in --data-dir) data=$word ;; --token-file) token=$word ;; --save-path) to=$word ;; --config-out) out=$word ;; esac
  case $word in --data-dir=*) data=${word#*=} ;; --force) force=yes ;; esac
  previous=$word
done
refuse() {
  echo "Error: $*" >&2
  exit 1
}
up() {
  systemctl is-active -q k0scontroller || systemctl is-active -q k0sworker
}
case "$1 $2" in
  'version ') echo "$version" ;;
  'config validate') grep -qs 'kind: ClusterConfig' "$4" || refuse 'wrong kind' ;;
  'install controller' | 'install worker')
    [ "$2" = worker ] || [ -f /etc/k0s/k0s.yaml ] || refuse 'no configuration'
    unit=/etc/systemd/system/k0s$2.service
    [ -z "$token" ] || [ -s "$token" ] || [ -d "$data/pki" ] || refuse 'failed to decode join token'
    if [ -e "$unit" ] && [ -z "$force" ]; then refuse "failed to install $2 service: Init already exists: $unit"; fi
    printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/usr/local/bin/k0s %s --data-dir=%s\nRestart=always\nRestartSec=100ms\nKillMode=process\n[Install]\nWantedBy=multi-user.target\n' \
      "$2" "$data" >"$unit"
    systemctl enable "k0s$2" 2>/dev/null && systemctl daemon-reload
    ;;
  'controller --data-dir='* | 'worker --data-dir='*)
    if [ -f "$state/broken" ]; then echo 'Error: sysinfo failed'; exit 1; fi
    mkdir -p "$data/pki" "$data/etcd" /run/k0s
    echo "kubeconfig of $1" >"$data/pki/admin.conf"
    cp "$data/pki/admin.conf" "$data/kubelet.conf"
    exec sleep infinity
    ;;
  'status '*)
    up || refuse 'status: can'"'"'t get "status" via "/run/k0s/status.sock": connect: no such file or directory'
    printf '{"Version": "%s", "Role": "controller", "Workloads": true}\n' "$version"
    ;;
  'kubectl --kubeconfig')
    [ -f "$3" ] || refuse 'admin config not found'
    case $words in
      *--raw=/readyz*) echo ok ;;
      *'get node'*) echo 'True KubeletReady: kubelet is posting ready status' ;;
    esac
    ;;
  'kubeconfig admin') cat "$data/pki/admin.conf" ;;
  'token create')
    up || refuse 'no API'
    head -c 300 /dev/zero | base64 -w 0
    echo
    ;;
  'etcd member-list') cat "$state/members" 2>/dev/null || echo '{"members":{"one":"https://10.0.0.1:2380"}}' ;;
  'etcd leave') up || refuse 'its etcd does not run' ;;
  'backup --save-path') tar -C "$data" -czf "$to/k0s_backup_2026-11-26T10_00_00_000Z.tar.gz" . ;;
  'restore '*)
    up && refuse 'k0s seems to be running'
    [ -e "$data" ] && refuse 'the data directory is not empty'
    mkdir -p "$data" && tar -C "$data" -xzf "$2" && echo 'kind: ClusterConfig' >"$out"
    ;;
  'reset --data-dir')
    up && refuse 'another k0s process is still running'
    rm -rf "$data" /run/k0s
    rm -f /etc/systemd/system/k0scontroller.service
    ;;
  *) refuse "unknown command \"$1\" for \"k0s\"" ;;
esac
