umask 022
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
say() { printf '\n@%s\t%s' "$1" "$2"; }
lines() { [ -r "$2" ] || return 0; while IFS= read -r line || [ -n "$line" ]; do say "$1" "$line"; done <"$2"; }
has() { command -v "$1" >/dev/null 2>&1; }
say clock "$(date +%s)"
say name "$(cat /proc/sys/kernel/hostname)"
lines note /var/lib/longshore/host.json

ip -o addr show 2>/dev/null | while read -r number name family address rest; do
case $family in inet|inet6) say address "${name%%@*} $address";; esac
done
{ ip -4 route show table main; ip -6 route show table main; } 2>/dev/null | while IFS= read -r line; do say route "$line"; done

tail -n +2 /proc/swaps 2>/dev/null | while read -r device kind size used priority; do
unit=
has systemd-escape && unit=$(systemd-escape -p --suffix=swap "$device" 2>/dev/null)
say swap "$priority ${unit:--} $device"
done
[ -r /etc/fstab ] && awk '$1 !~ /^#/ && $3 == "swap" { print $1 }' /etc/fstab | while IFS= read -r line; do say fstab "$line"; done

for module in $modules; do
state=absent
case $module in
overlay) grep -qw overlay /proc/filesystems && state=there;;
br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && state=there;;
nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] && state=there;;
esac
[ -d "/sys/module/$module" ] && state=there
if [ $state = absent ] && has modprobe && modprobe -nq "$module" 2>/dev/null; then state=loadable; fi
say module "$module $state"
done
for name in $sysctls; do
file=/proc/sys/$(printf %s "$name" | tr . /)
[ -r "$file" ] && say sysctl "$name $(cat "$file")"
done
lines file.sysctl /etc/sysctl.d/90-longshore.conf
lines file.modules /etc/modules-load.d/90-longshore.conf
lines file.manager /etc/NetworkManager/conf.d/90-longshore.conf
awk '/^# longshore: begin/ { inside = 1; next } /^# longshore: end/ { inside = 0 } inside { print }' /etc/hosts 2>/dev/null |
while IFS= read -r line; do say hosts "$line"; done

if [ -r /sys/fs/selinux/enforce ]; then
if [ "$(cat /sys/fs/selinux/enforce)" = 1 ]; then say selinux enforcing; else say selinux permissive; fi
has restorecon && [ -d "$data" ] && [ -n "$(restorecon -nv "$data" 2>/dev/null)" ] && say mislabelled "$data"
fi
[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && say apparmor yes
if has firewall-cmd; then
if [ "$(firewall-cmd --state 2>/dev/null)" = running ]; then
zone=$(firewall-cmd --get-default-zone 2>/dev/null)
say firewalld running
say zone "$zone"
say ports "$(firewall-cmd --permanent --zone="$zone" --list-ports 2>/dev/null)"
case " $(firewall-cmd --permanent --get-zones 2>/dev/null) " in *" longshore "*)
say sources "$(firewall-cmd --permanent --zone=longshore --list-sources 2>/dev/null)";; esac
else say firewalld stopped; fi
fi
if [ "$(systemctl is-active NetworkManager 2>/dev/null)" = active ]; then say manager running
elif [ -d /etc/NetworkManager/conf.d ]; then say manager stopped; fi
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then say cgroup 2; elif [ -d /sys/fs/cgroup/memory ]; then say cgroup 1; fi

there=$data
while [ ! -e "$there" ] && [ "$there" != / ] && [ "$there" != . ]; do there=$(dirname "$there"); done
df -Pk "$there" 2>/dev/null | tail -n 1 | { read -r device size used free share mount; say disk "$free $size $mount"; }
if [ -L "$data" ]; then say data "link $(readlink "$data")"
elif [ -d "$data" ]; then say data "mode $(stat -c %a "$data")"
elif [ -e "$data" ]; then say data other
else say data "missing $there"; fi
up=$(dirname "$data")
while :; do
if [ -d "$up" ]; then mode=$(stat -c %a "$up"); case ${mode#"${mode%?}"} in 1|3|5|7) ;; *) say closed "$up";; esac; fi
[ "$up" = / ] || [ "$up" = . ] && break
up=$(dirname "$up")
done

for unit in kubelet k0scontroller k0sworker k3s k3s-agent rke2-server rke2-agent; do
case $(systemctl show -p LoadState -p ActiveState "$unit.service" 2>/dev/null) in
*LoadState=loaded*ActiveState=active*|*ActiveState=active*LoadState=loaded*) say kubernetes "$unit.service runs";;
*LoadState=loaded*) say kubernetes "$unit.service is installed";;
esac
done
for tool in kubelet k0s k3s rke2; do has $tool && say kubernetes "$(command -v $tool) is there"; done
for path in /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests /etc/k0s /etc/rancher /var/lib/etcd; do
[ -e $path ] && say kubernetes "$path is there"
done
awk '$2 ~ /:192B$/ && $4 == "0A" { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null && say api taken
say end ''
printf '\n'
