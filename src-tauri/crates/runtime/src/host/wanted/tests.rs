use std::collections::BTreeMap;

use super::super::state::{Firewalld, Swap};
use super::*;
use crate::{ClusterSpec, MemberSpec};

fn member(node: &str, address: &str, role: HostRole) -> MemberSpec {
    MemberSpec {
        host: node.to_owned(),
        node: node.to_owned(),
        address: address.parse().expect("an address"),
        role,
    }
}

pub(in crate::host) fn spec() -> ClusterSpec {
    ClusterSpec {
        name: "tidewater".into(),
        version: "v1.35.4".into(),
        image_repository: "registry.k8s.io".into(),
        images: Vec::new(),
        data_directory: "/var/lib/tidewater".into(),
        pod_cidr: "10.244.0.0/17".into(),
        service_cidr: "10.244.128.0/17".into(),
        endpoint: "10.0.0.5:6443".into(),
        names: Vec::new(),
        http_proxy: String::new(),
        https_proxy: String::new(),
        no_proxy: String::new(),
        members: vec![
            member("north", "10.0.0.5", HostRole::Controller),
            member("south", "10.0.0.6", HostRole::Worker),
        ],
        overrides: String::new(),
    }
}

/// A host on which everything is right.
fn ready() -> HostState {
    HostState {
        ours: true,
        data: DataDirectory::There { mode: "755".into() },
        modules: MODULES.iter().map(|name| ((*name).to_owned(), ModuleState::There)).collect(),
        sysctls: SYSCTLS.iter().map(|sysctl| (sysctl.name.to_owned(), sysctl.wanted())).collect(),
        hosts: vec!["10.0.0.5 north".into(), "10.0.0.6 south".into()],
        ..HostState::default()
    }
}

fn left(state: &HostState, keep_swap: bool) -> Vec<Piece> {
    let spec = spec();
    let preparation = Preparation { spec: &spec, member: &spec.members[0], keep_swap };
    pieces(state, &preparation).expect("it can be prepared")
}

fn lacks(state: &HostState) -> Vec<String> {
    left(state, false).into_iter().map(|piece| piece.lack).collect()
}

#[test]
fn a_host_that_is_right_is_left_alone() {
    assert_eq!(left(&ready(), false), []);
    let more = HostState {
        sysctls: BTreeMap::from([
            ("fs.inotify.max_user_watches".to_owned(), "900000".to_owned()),
            ("net.ipv4.conf.all.rp_filter".to_owned(), "0".to_owned()),
        ]),
        ..ready()
    };
    assert_eq!(left(&more, false), [], "more is right as well, and what the kernel has not is not missed");
    let absent = HostState {
        modules: MODULES.iter().map(|name| ((*name).to_owned(), ModuleState::Absent)).collect(),
        ..ready()
    };
    assert_eq!(left(&absent, false), [], "what cannot be loaded is for the checks to tell");
    assert_eq!(warnings(&absent).len(), 3, "and it is told");
}

#[test]
fn everything_that_lacks_is_named() {
    let bare = HostState {
        data: DataDirectory::Missing { above: "/var".into() },
        modules: BTreeMap::from([
            ("overlay".to_owned(), ModuleState::There),
            ("br_netfilter".to_owned(), ModuleState::Loadable),
        ]),
        sysctls: BTreeMap::from([
            ("net.ipv4.ip_forward".to_owned(), "0".to_owned()),
            ("net.ipv4.conf.all.rp_filter".to_owned(), "1".to_owned()),
            ("fs.inotify.max_user_instances".to_owned(), "128".to_owned()),
        ]),
        swaps: vec![Swap { device: "/swap file".into(), priority: 5, unit: "swap\\x20file.swap".into() }],
        firewalld: Firewalld {
            service: Service::Running,
            zone: "public".into(),
            ports: vec!["22/tcp".into(), "10250/tcp".into()],
            sources: None,
        },
        network_manager: Service::Running,
        selinux: Some(SeLinux::Enforcing),
        mislabelled: true,
        ..HostState::default()
    };
    insta::assert_debug_snapshot!(left(&bare, false));
    let kept: Vec<String> = left(&bare, true).into_iter().map(|piece| piece.lack).collect();
    assert!(!kept.iter().any(|lack| lack.contains("swap")), "swap is to be kept: {kept:?}");
}

#[test]
fn what_was_corrected_stays_in_its_file() {
    let noted = HostState {
        noted: vec![
            Change::Sysctl { name: "net.ipv4.ip_forward".into(), before: "0".into() },
            Change::Module { name: "br_netfilter".into() },
        ],
        ..ready()
    };
    assert_eq!(lacks(&noted).len(), 2, "both files are gone");
    let files = BTreeMap::from([
        ("sysctl".to_owned(), vec![MARK.to_owned(), "net.ipv4.ip_forward = 1".to_owned()]),
        ("modules".to_owned(), vec![MARK.to_owned(), "br_netfilter".to_owned()]),
    ]);
    assert_eq!(lacks(&HostState { files, ..noted }), Vec::<String>::new());
}

#[test]
fn swap_of_every_kind() {
    let fstab = HostState { fstab: vec!["/dev/sda2".into()], ..ready() };
    assert_eq!(lacks(&fstab), ["/etc/fstab switches swap on at each start: /dev/sda2"]);
    let swap = |unit: &str| Swap { device: "/dev/zram0".into(), priority: 100, unit: unit.into() };
    let found = HostState { swaps: vec![swap("dev-zram0.swap")], ..ready() };
    let changes = &left(&found, false)[0].changes;
    assert!(changes.contains(&Change::Mask { unit: "dev-zram0.swap".into() }), "it comes back: {changes:?}");
    let both = HostState { swaps: vec![swap("dev-zram0.swap")], ..fstab };
    assert_eq!(left(&both, false)[0].changes[0], Change::Fstab);
}

#[test]
fn a_folder_that_cannot_be_made_ours_is_refused() {
    let why = |data: DataDirectory, path: &str| {
        let spec = ClusterSpec { data_directory: path.to_owned(), ..spec() };
        let preparation = Preparation { spec: &spec, member: &spec.members[0], keep_swap: false };
        pieces(&HostState { data, ..ready() }, &preparation).expect_err("it is refused").why
    };
    let said = [
        why(DataDirectory::Link { to: "/mnt/x".into() }, "/var/lib/app"),
        why(DataDirectory::Other, "/var/lib/app"),
        why(DataDirectory::Other, "var/lib"),
        why(DataDirectory::Other, "/var/../etc"),
        why(DataDirectory::Other, "/"),
    ];
    insta::assert_snapshot!(said.join("\n"), @r#"
        the data folder /var/lib/app is a symbolic link to /mnt/x
        the data folder /var/lib/app is no folder
        the data folder "var/lib" is no absolute path below /
        the data folder "/var/../etc" is no absolute path below /
        the data folder "/" is no absolute path below /
        "#);
}

#[test]
fn every_folder_that_is_made_is_noted() {
    let folders = |above: &str| made("/srv/a/b", above).changes.iter().map(Change::what).collect::<Vec<_>>();
    assert_eq!(folders("/srv"), ["/srv/a", "/srv/a/b"]);
    assert_eq!(folders("/"), ["/srv", "/srv/a", "/srv/a/b"]);
    assert_eq!(folders("/srv/a"), ["/srv/a/b"]);
}
