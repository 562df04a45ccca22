//! Bare hosts behave as hosts do, and leave nothing of themselves on this machine.

use std::fs;
use std::process::Command;

use longshore_lab::{BareHosts, Place};

fn ssh(hosts: &BareHosts, host: usize, user: &str, command: &str) -> (bool, String) {
    let output = Command::new("ssh")
        .args(["-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-F", "none"])
        .args(["-o", &format!("UserKnownHostsFile={}", hosts.known_hosts().display()), "-i"])
        .arg(hosts.key())
        .args([&format!("{user}@{}", hosts.address(host)), command])
        .output()
        .expect("ssh can be started");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).trim().to_owned())
}

/// Words that reach the sshd of an address, or say how they failed: 124 for no answer at all.
fn dial(address: &str) -> String {
    format!("timeout 2 bash -c 'exec 3<>/dev/tcp/{address}/22' || {{ echo $?; false; }}")
}

/// Names of what this machine has of a kind, ours among them.
fn machine() -> [Vec<String>; 3] {
    let lines = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().expect("it can be started");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let links = lines("ip", &["-br", "link"])
        .iter()
        .filter_map(|line| line.split([' ', '@']).next().map(str::to_owned))
        .collect();
    [
        links,
        lines("ip", &["netns", "list"]),
        lines("find", &["/sys/fs/cgroup", "-type", "d", "-name", "lsb*"]),
    ]
}

#[test]
fn two_hosts_live_and_go() {
    let hosts = BareHosts::start(&Place::here(), 2).expect("the hosts come up");
    let subnet = hosts.subnet();
    let mark = format!("lsb{}", subnet.split('.').nth(2).expect("a subnet has a third part"));

    let (_, name) = ssh(&hosts, 1, "root", "hostname; cat /etc/hostname");
    assert_eq!(name, "lsa2\nlsa2", "a host knows its name");
    let lacking = "for of in containerd runc kubelet kubeadm ctr k0s; do command -v $of; done; ls /usr/lib/cni /etc/cni";
    let found = ssh(&hosts, 0, "root", lacking).1;
    assert!(!found.lines().any(|line| line.starts_with('/')), "a bare host has {found}");
    let may = ssh(&hosts, 0, "keeper", "sudo -n true").1;
    assert!(may.contains("password is required"), "keeper needs a password: {may}");
    assert!(ssh(&hosts, 0, "pilot", "sudo -n true").0, "pilot needs none");

    let ids: Vec<String> = (0..2).map(|host| ssh(&hosts, host, "root", "cat /etc/machine-id").1).collect();
    assert_ne!(ids[0], ids[1], "hosts are told apart by their machine ids");
    let (reached, said) = ssh(&hosts, 0, "root", &dial(&hosts.address(1)));
    assert!(reached, "hosts reach each other: {said}");

    // Each host has the groups of its own only.
    for host in 0..2 {
        hosts
            .on_host(host, &["mkdir", &format!("/sys/fs/cgroup/pids/of-{host}")])
            .expect("groups can be made");
    }
    let groups = hosts.on_host(0, &["ls", "/sys/fs/cgroup/pids"]).expect("groups can be listed");
    assert!(groups.contains("of-0") && !groups.contains("of-1"), "the first host sees {groups}");

    let before = hosts.sent_out().expect("packets are counted");
    let out = ssh(&hosts, 0, "root", "curl -sS -m 2 http://192.0.2.1/; curl -sS -m 2 http://a.example/").1;
    assert!(out.contains("timed out") && out.contains("resolve"), "there is no way out: {out}");
    assert!(hosts.sent_out().expect("packets are counted") > before, "what was tried is counted");

    hosts.cut(1).expect("a wire can be cut");
    assert!(!ssh(&hosts, 1, "root", "true").0, "a host without a wire is not reached");
    hosts.on_host(1, &["true"]).expect("it goes on all the same");
    hosts.mend(1).expect("a wire can be mended");
    assert!(ssh(&hosts, 1, "root", "true").0, "it is reached again");

    hosts.small_disk(0, "/var/lib/small", 4).expect("a small disk can be mounted");
    hosts.on_host(0, &["sh", "-c", "echo kept >/var/lib/small/kept"]).expect("it can be written");
    hosts.fill_disk(0, "/var/lib/small").expect("it can be filled");
    let full = ssh(&hosts, 0, "root", "head -c 8192 /dev/zero >/var/lib/small/more").1;
    assert!(full.contains("No space left"), "the disk is full: {full}");
    hosts.free_disk(0, "/var/lib/small").expect("it can be freed");
    let (written, _) = ssh(
        &hosts,
        0,
        "root",
        "head -c 8388608 /dev/zero >/var/lib/small/more && grep kept /var/lib/small/kept",
    );
    assert!(written, "there is room, and what lay there still does");

    hosts.on_host(1, &["sh", "-c", "echo here >/root/mark; sync"]).expect("a file can be written");
    let booted =
        |host| ssh(&hosts, host, "root", "cat /root/mark; systemctl show -p UserspaceTimestampMonotonic").1;
    let first = booted(1);
    let (instances, wanted) =
        ("/proc/sys/fs/inotify/max_user_instances", "fs.inotify.max_user_instances = 4711");
    let before = fs::read_to_string(instances).expect("it can be read");
    hosts
        .on_host(1, &["sh", "-c", &format!("echo '{wanted}' >/etc/sysctl.d/90-test.conf")])
        .expect("a setting");
    hosts.reboot(1).expect("a host reboots");
    assert_eq!(
        hosts.on_host(1, &["cat", instances]).expect("it is up"),
        "4711\n",
        "the host has its setting"
    );
    assert_eq!(fs::read_to_string(instances).expect("it can be read"), before, "the machine keeps its own");
    let second = booted(1);
    assert!(
        second.starts_with("here\n") && first != second,
        "it came up anew with its files: {first} {second}"
    );
    assert!(hosts.power_on(0).is_err(), "a host that is up is not booted again");
    hosts.power_off(0).expect("power can be taken away");
    assert!(!hosts.is_up(0), "it is down");
    assert!(hosts.on_host(0, &["true"]).is_err(), "a host without power does nothing");
    hosts.power_on(0).expect("and given again");
    assert!(ssh(&hosts, 0, "root", "true").0, "it is up again");

    let folder = hosts.key().parent().map(ToOwned::to_owned).expect("a key lies in a folder");
    drop(hosts);
    for of in machine() {
        let ours = of.iter().filter(|name| name.starts_with(&mark) || name.contains(&format!("/{mark}-")));
        assert_eq!(ours.count(), 0, "something of {mark} is left: {of:?}");
    }
    assert!(!folder.exists(), "the files are left");
    let mounts = fs::read_to_string("/proc/self/mounts").expect("mounts can be read");
    assert!(!mounts.contains(&*folder.to_string_lossy()), "a mount is left");
}

#[test]
fn two_sets_are_apart() {
    let (one, other) = (BareHosts::start(&Place::here(), 1), BareHosts::start(&Place::here(), 1));
    let (one, other) = (one.expect("the first comes up"), other.expect("the second comes up"));
    assert_ne!(one.subnet(), other.subnet(), "each has a network of its own");
    let (reached, said) = ssh(&one, 0, "root", &dial(&other.address(0)));
    assert!(!reached && said == "124", "no packet goes from one to the other, and none is refused: {said}");
}

#[test]
fn two_moments_of_a_host_are_held_against_each_other() {
    let hosts = BareHosts::start(&Place::here(), 1).expect("the host comes up");
    let on = |script: &str| hosts.on_host(0, &["sh", "-c", script]).expect(script);
    on("systemctl is-system-running --wait || true");
    let before = hosts.snapshot(0).expect("it can be looked at");
    assert!(ssh(&hosts, 0, "keeper", "true").0, "somebody logs in meanwhile");
    let same = before.changes(&hosts.snapshot(0).expect("again"));
    assert!(same.is_empty(), "nothing was done and something changed: {same:#?}");
    let (make, unmake) = (
        "mkdir /opt/cni; echo a >/etc/new; chmod 600 /etc/hosts; ip link add cni0 type bridge; \
         iptables -t nat -N LEFT; iptables -t nat -A POSTROUTING -j LEFT; ip route add 192.0.2.0/24 dev host0; \
         systemd-run --quiet --unit left sleep infinity; mkdir /var/lib/left; mount -t tmpfs left /var/lib/left",
        "systemctl stop left; umount /var/lib/left; rmdir /var/lib/left /opt/cni; rm /etc/new; chmod 644 /etc/hosts; \
         ip link del cni0; iptables -t nat -F; iptables -t nat -X; ip route del 192.0.2.0/24",
    );
    on(make);
    let changes = before.changes(&hosts.snapshot(0).expect("again"));
    for change in [
        "+ d 755 0:0 /opt/cni",
        "+ content 87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  /etc/new",
        "- f 644 0:0 /etc/hosts",
        "+ f 600 0:0 /etc/hosts",
        "+ interface cni0",
        "+ iptables nat LEFT -",
        "+ iptables nat -A POSTROUTING -j LEFT",
        "+ route 192.0.2.0/24 dev host0 scope link",
        "+ unit left.service active",
        "+ process sleep",
        "+ mount /var/lib/left",
    ] {
        assert!(changes.iter().any(|line| line == change), "{change:?} is not among {changes:#?}");
    }
    on(unmake);
    let left = before.changes(&hosts.snapshot(0).expect("again"));
    assert!(left.is_empty(), "all was undone, and this is left: {left:#?}");
}
