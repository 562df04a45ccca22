//! Preparing a real host, and taking it back.

use std::net::IpAddr;

use longshore_contract::HostRole;
use longshore_runtime::host::{self, Preparation};
use longshore_runtime::{ClusterSpec, MemberSpec, RuntimeError};

use crate::machine::{Machine, Seen};

/// Interfaces, swap tools and services of a usual server, as far as a host in namespaces has them: inotify's limits are
/// the whole machine's, so plain files stand in their place.
const FURNISH: &str = r"set -e
ip link add eth0 type veth peer name far0
ip addr add 10.99.0.5/24 dev eth0; ip link set far0 up; ip link set eth0 up; ip route add default via 10.99.0.1
mkdir -p /srv/limits /etc/NetworkManager/conf.d /etc/sysctl.d /etc/modules-load.d
echo 128 >/srv/limits/instances; echo 99999 >/srv/limits/watches
mount --bind /srv/limits/instances /proc/sys/fs/inotify/max_user_instances
mount --bind /srv/limits/watches /proc/sys/fs/inotify/max_user_watches
printf '# the disk\n/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n' >/etc/fstab
printf '127.0.0.1 localhost\n# longshore: begin\n10.1.1.1 a-line-of-somebody\n' >/etc/hosts
echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
systemctl mask -q NetworkManager.service
";

/// Everything that a preparation may touch.
const SNAPSHOT: &str = "cd /etc; find . -type f -newer /etc/lab/sshd_config -exec sha256sum {} + | sort -k 2; cat fstab hosts; \
    cd /proc/sys; grep -r . net/ipv4/conf/all net/ipv4/conf/default net/ipv4/ip_forward net/bridge fs/inotify/max_user_instances 2>/dev/null; \
    ls -ld --time-style=+ /var/lib/tidewater* /var/lib/longshore* 2>/dev/null; ls /etc/sysctl.d /etc/modules-load.d /etc/NetworkManager/conf.d";

fn spec() -> ClusterSpec {
    let member = |node: &str, address: &str, role| MemberSpec {
        host: node.to_owned(),
        node: node.to_owned(),
        address: address.parse::<IpAddr>().expect("an address"),
        role,
    };
    ClusterSpec {
        name: "tidewater".into(),
        version: "v1.35.4".into(),
        image_repository: "registry.k8s.io".into(),
        images: Vec::new(),
        data_directory: "/var/lib/tidewater/data".into(),
        pod_cidr: "10.244.0.0/17".into(),
        service_cidr: "10.244.128.0/17".into(),
        endpoint: "10.99.0.5:6443".into(),
        names: Vec::new(),
        http_proxy: String::new(),
        https_proxy: String::new(),
        no_proxy: String::new(),
        members: vec![
            member("north", "10.99.0.5", HostRole::Controller),
            member("south", "10.99.0.6", HostRole::Worker),
        ],
        overrides: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_prepared_and_given_back_as_it_was() {
    let machine = Machine::start();
    machine.sh(FURNISH);
    let host = machine.host();
    let state = host::look(&*host, "/var/lib/tidewater/data").await.expect("the host answers");
    let (interface, address) = host::choose(&state.interfaces, None).expect("it has one");
    assert_eq!((interface.name.as_str(), address.to_string().as_str()), ("eth0", "10.99.0.5"), "{state:?}");
    assert_eq!(state.foreign(), None, "{state:?}");
    assert!(state.free > 0 && state.cgroup > 0 && !state.ours, "{state:?}");

    let before = machine.sh(SNAPSHOT);
    let spec = spec();
    let preparation = Preparation { spec: &spec, member: &spec.members[0], keep_swap: false };
    let lacking = host::prepared(&*host, &preparation).await.expect("the host answers");
    assert_eq!(machine.sh(SNAPSHOT), before, "to look changes nothing");
    assert!(lacking.len() >= 5, "{lacking:?}");
    let seen = Seen::default();
    host::prepare(&*host, &preparation, &seen).await.expect("it can be prepared");
    assert_eq!(host::prepared(&*host, &preparation).await.expect("the host answers"), Vec::<String>::new());
    assert_eq!(seen.lines().len(), lacking.len(), "each is told once: {:?}", seen.lines());
    let hosts = machine.sh("cat /etc/hosts");
    assert!(hosts.contains("10.99.0.6 south\n") && hosts.contains("a-line-of-somebody"), "{hosts}");
    assert!(machine.sh("cat /etc/fstab").contains("\n#longshore# /dev/sda2 none swap"), "swap comes back");
    assert_eq!(machine.sh("cat /proc/sys/net/ipv4/ip_forward /srv/limits/instances"), "1\n1024\n");
    assert_eq!(machine.sh("stat -c %a /var/lib/tidewater/data /var/lib/longshore/host.json"), "755\n600\n");

    let after = machine.sh(SNAPSHOT);
    let quiet = Seen::default();
    host::prepare(&*host, &preparation, &quiet).await.expect("it can be prepared again");
    assert_eq!((machine.sh(SNAPSHOT), quiet.lines()), (after, Vec::new()), "a second time changes something");

    machine.sh("touch /var/lib/tidewater/data/kept");
    let leftovers = host::restore(&*host, &seen).await.expect("the host answers");
    let left: Vec<&str> = leftovers.iter().map(|left| left.what.as_str()).collect();
    assert_eq!(left, ["/var/lib/tidewater/data", "/var/lib/tidewater"], "{leftovers:?}");
    assert!(leftovers[0].why.contains("not empty: kept"), "{leftovers:?}");
    machine.sh("rm /var/lib/tidewater/data/kept");
    assert_eq!(host::restore(&*host, &seen).await.expect("the host answers"), []);
    // A block whose end somebody took away is theirs; only its first line is gone.
    let expected = before.replace("# longshore: begin\n", "");
    let lines = |text: &str| {
        text.lines().filter(|line| !line.ends_with("./hosts")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&machine.sh(SNAPSHOT)), lines(&expected), "something is not as it was");
    assert_eq!(host::restore(&*host, &seen).await.expect("nothing to do is fine"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_kubernetes_is_not_touched() {
    let machine = Machine::start();
    machine.sh(FURNISH);
    machine.sh("printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/run/systemd/system/k3s.service; \
                systemctl daemon-reload; systemctl start k3s; mkdir /etc/rancher");
    let host = machine.host();
    let before = machine.sh(SNAPSHOT);
    let spec = spec();
    let preparation = Preparation { spec: &spec, member: &spec.members[1], keep_swap: false };
    let refused = host::prepare(&*host, &preparation, &Seen::default()).await.expect_err("it is refused");
    let RuntimeError::Foreign { what, .. } = &refused else { panic!("{refused}") };
    assert_eq!(what, "k3s.service runs, /etc/rancher is there");
    assert_eq!(machine.sh(SNAPSHOT), before, "it was touched");
}

/// Stand-ins for what a host in namespaces cannot have: each keeps what it is told in a file, as the real one would.
const SERVICES: &str = r#"set -e
mkdir -p /srv/fire/zones /usr/local/sbin
echo 22/tcp >/srv/fire/zones/public; : >/srv/fire/reloads
cat >/usr/local/sbin/firewall-cmd <<'X'
#!/bin/sh
zone=public
for word; do case $word in
--state) echo running; exit;;
--get-default-zone) echo public; exit;;
--get-zones) echo $(ls /srv/fire/zones); exit;;
--reload) echo . >>/srv/fire/reloads; exit;;
--new-zone=*) : >"/srv/fire/zones/${word#*=}"; exit;;
--delete-zone=*) rm "/srv/fire/zones/${word#*=}"; exit;;
--set-target=*) exit;;
--zone=*) zone=${word#*=};;
--list-*) echo $(cat "/srv/fire/zones/$zone"); exit;;
--add-*) echo "${word#*=}" >>"/srv/fire/zones/$zone"; exit;;
--remove-port=*) sed -i "\\#^${word#*=}\$#d" "/srv/fire/zones/$zone"; exit;;
esac; done
exit 2
X
chmod 755 /usr/local/sbin/firewall-cmd
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_firewall_lets_the_cluster_through_and_is_given_back() {
    let machine = Machine::start();
    machine.sh(FURNISH);
    machine.sh(SERVICES);
    let host = machine.host();
    let spec = spec();
    let preparation = Preparation { spec: &spec, member: &spec.members[1], keep_swap: false };
    host::prepare(&*host, &preparation, &Seen::default()).await.expect("it can be prepared");
    assert_eq!(host::prepared(&*host, &preparation).await.expect("the host answers"), Vec::<String>::new());
    let zones = "cd /srv/fire/zones; for zone in *; do echo $zone: $(cat $zone); done";
    assert_eq!(
        machine.sh(zones),
        "longshore: 10.244.0.0/17 10.244.128.0/17\npublic: 22/tcp 10250/tcp 4789/udp 8472/udp 179/tcp\n"
    );
    assert_eq!(machine.sh("wc -l </srv/fire/reloads"), "1\n", "it is not told at all, or again and again");
    assert_eq!(host::restore(&*host, &Seen::default()).await.expect("the host answers"), []);
    assert_eq!(machine.sh(zones), "public: 22/tcp\n");
}
