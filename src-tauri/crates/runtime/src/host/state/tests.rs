use longshore_remote::{Answer, ScriptedHost};

use super::*;

/// What a host says that has everything there is to find.
pub(in crate::host) const FULL: &str = "\
a banner
@clock\t1764190000
@name\tNorth
@note\t{\"at\":\"2026-11-26T20:00:00Z\",\"kind\":\"sysctl\",\"name\":\"net.ipv4.ip_forward\",\"before\":\"0\"}
@note\t{\"at\":\"2026-11-26T20:00:00Z\",\"kind\":\"dire
@address\tlo 127.0.0.1/8
@address\teth0 10.0.0.5/24
@address\teth0 fe80::1/64
@address\teth1 192.168.1.5/24
@address\ttun0 10.9.0.1
@route\tdefault via 192.168.1.1 dev eth1 metric 200
@route\tdefault via 10.0.0.1 dev eth0 proto dhcp metric 100
@route\t10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5
@route\tunreachable 10.77.0.0/16
@route\t10.9.0.2 dev tun0 scope link
@route\tdefault via fe80::9 dev eth1 metric 1024 pref medium
@swap\t-2 dev-sda2.swap /dev/sda2
@swap\t5 - /swap\\040file
@fstab\tUUID=1234
@module\toverlay there
@module\tbr_netfilter loadable
@module\tnf_conntrack absent
@sysctl\tnet.ipv4.ip_forward 0
@sysctl\tnet.ipv4.conf.all.rp_filter 1
@sysctl\tfs.inotify.max_user_watches 192536
@file.sysctl\t# comment
@file.sysctl\tnet.ipv4.ip_forward = 1
@hosts\t10.0.0.5 north
@selinux\tenforcing
@mislabelled\t/srv/data
@apparmor\tyes
@firewalld\trunning
@zone\tpublic
@ports\t10250/tcp 22/tcp
@sources\t10.244.0.0/17
@manager\tstopped
@cgroup\t2
@disk\t1000 4000 /srv
@data\tmode 750
@closed\t/srv
@kubernetes\tkubelet.service runs
@kubernetes\t/etc/k0s is there
@api\ttaken
@end\t
";

#[test]
fn an_answer_is_understood() {
    insta::assert_debug_snapshot!(understood(FULL));
}

#[test]
fn a_kubernetes_is_foreign_where_we_never_were() {
    let mut state = understood(FULL);
    assert_eq!(state.foreign(), None, "our note lies there");
    state.ours = false;
    assert_eq!(state.foreign().as_deref(), Some("kubelet.service runs, /etc/k0s is there"));
    assert_eq!(HostState::default().foreign(), None);
}

#[test]
fn folders_are_told_apart() {
    let data = |value: &str| understood(&format!("\n@data\t{value}\n")).data;
    assert_eq!(data("missing /var/lib"), DataDirectory::Missing { above: "/var/lib".into() });
    assert_eq!(data("link /mnt/big disk"), DataDirectory::Link { to: "/mnt/big disk".into() });
    assert_eq!(data("other"), DataDirectory::Other);
}

#[tokio::test]
async fn half_an_answer_is_refused() {
    let cut = ScriptedHost::new("lsa1").answer(Answer::to("@%s").says("\n@clock\t5\n@name\tn").ends(0));
    let dead =
        ScriptedHost::new("lsa1").answer(Answer::to("@%s").complains("sh: awk: not found\n").ends(127));
    let mut said = String::new();
    for host in [cut, dead] {
        let error = look(&host, "/var/lib/app").await.expect_err("it says too little");
        said.push_str(&format!("{error}\n"));
    }
    insta::assert_snapshot!(said, @r"
        Looking at the host on lsa1 failed: its answer is not whole
        Looking at the host on lsa1 failed: its shell ended with status 127 sh: awk: not found
        ");
}
