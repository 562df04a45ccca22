//! Plans of sites of Linux hosts: which steps, and which waits for which.

use longshore_contract::{Change, ClusterChange, HostChange, HostRole, Plan, Timestamp, Workflow};
use longshore_runtime::Backup;
use longshore_workflows::plan::{
    ClusterWanted, Held, ImagesWanted, Inputs, RestoreWanted, Wanted, make, reset, restore,
};

fn host(name: &str, role: HostRole, change: Change) -> HostChange {
    HostChange {
        host: format!("root@{name}"),
        node: name.to_owned(),
        role,
        change,
        from_version: Some("v1.34.4".to_owned()),
        to_version: Some("v1.35.4".to_owned()),
        missing_bytes: 1000,
    }
}

fn cluster(hosts: Vec<HostChange>, through: &[&str], to: Option<&str>) -> ClusterWanted {
    let images = ["v1.34.4", "v1.35.4"].map(|version| (version.to_owned(), vec![format!("kube:{version}")]));
    ClusterWanted {
        change: ClusterChange {
            runtime: "kubeadm".to_owned(),
            from_version: None,
            to_version: to.map(str::to_owned),
            through: through.iter().map(|version| (*version).to_owned()).collect(),
            hosts,
            recovery: "It can be brought back.".to_owned(),
        },
        digest: "sha256:aa".to_owned(),
        bundle: "b1".to_owned(),
        images: images.to_vec(),
        label: "run1".to_owned(),
        force: false,
    }
}

fn inputs(workflow: Workflow, cluster: ClusterWanted, image_hosts: &[&str]) -> Inputs {
    let image = longshore_contract::ImageChange {
        reference: "tide:1".to_owned(),
        destination: "tide:1".to_owned(),
        bytes: 10,
        missing_bytes: 10,
    };
    Inputs {
        workflow,
        wanted: Wanted {
            slug: "tide".to_owned(),
            version: "1.0.0".to_owned(),
            namespace: "tide".to_owned(),
            charts: Vec::new(),
            manifests_digest: String::new(),
            manifests: Vec::new(),
            informers: Vec::new(),
            has_preflights: true,
            config_digest: String::new(),
        },
        held: Held::default(),
        images: ImagesWanted {
            bundle: "b1".to_owned(),
            images: vec![image],
            pull_secret: false,
            hosts: image_hosts.iter().map(|host| (format!("root@{host}"), (*host).to_owned())).collect(),
        },
        cluster: Some(cluster),
        charts: Vec::new(),
        config: Vec::new(),
        now: Timestamp(0),
    }
}

/// Every step on a line with those it waits for.
fn shown(plan: &Plan) -> String {
    let line = |step: &longshore_contract::StepSpec| {
        let needs =
            if step.needs.is_empty() { String::new() } else { format!(" after {}", step.needs.join(", ")) };
        let point = if step.point_of_no_return { " !" } else { "" };
        format!("{:?}: {}{needs}{point}", step.phase, step.id)
    };
    plan.steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// No step waits for one that comes later or is not there.
fn ordered(plan: &Plan) {
    for (at, step) in plan.steps.iter().enumerate() {
        assert!(!plan.steps[..at].iter().any(|before| before.id == step.id), "{} is there twice", step.id);
        for need in &step.needs {
            let found = plan.steps.iter().position(|known| known.id == *need);
            assert!(
                found.is_some_and(|found| found < at),
                "{} waits for {need}, which is not before it",
                step.id
            );
        }
    }
}

#[test]
fn an_install_makes_hosts_ready_then_the_cluster_then_brings_images() {
    use HostRole::{Controller, Worker};
    let hosts = vec![
        host("c1", Controller, Change::Add),
        host("c2", Controller, Change::Add),
        host("c3", Controller, Change::Add),
        host("w1", Worker, Change::Add),
        host("w2", Worker, Change::Add),
    ];
    let made = cluster(hosts, &["v1.35.4"], Some("v1.35.4"));
    let plan = make(inputs(Workflow::Install, made, &["c1", "c2", "c3", "w1", "w2"]));
    ordered(&plan);
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn an_upgrade_goes_node_by_node_and_version_by_version() {
    use HostRole::{Controller, Worker};
    let hosts = vec![
        host("c1", Controller, Change::Change),
        host("w1", Worker, Change::Change),
        host("w2", Worker, Change::Change),
        host("w3", Worker, Change::Add),
    ];
    let changed = cluster(hosts, &["v1.34.4", "v1.35.4"], Some("v1.35.4"));
    let plan = make(inputs(Workflow::Upgrade, changed, &["c1", "w1", "w2"]));
    ordered(&plan);
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn a_lone_node_is_not_drained() {
    let alone =
        cluster(vec![host("c1", HostRole::Controller, Change::Change)], &["v1.35.4"], Some("v1.35.4"));
    let plan = make(inputs(Workflow::Upgrade, alone, &[]));
    assert!(!shown(&plan).contains("drain"), "its pods have nowhere to go:\n{}", shown(&plan));
}

#[test]
fn hosts_that_join_change_no_other() {
    use HostRole::{Controller, Worker};
    let hosts = vec![host("c1", Controller, Change::Keep), host("w1", Worker, Change::Add)];
    let joined = cluster(hosts, &[], Some("v1.34.4"));
    let plan = make(inputs(Workflow::Upgrade, joined, &["c1"]));
    ordered(&plan);
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn a_reset_takes_workers_first_and_a_single_host_out_of_the_cluster() {
    use HostRole::{Controller, Worker};
    let all = |change| {
        vec![host("c1", Controller, change), host("c2", Controller, change), host("w1", Worker, change)]
    };
    let whole = reset(cluster(all(Change::Remove), &[], None), Held::default(), Timestamp(0));
    ordered(&whole);
    insta::assert_snapshot!("reset_whole", shown(&whole));
    let mut hosts = all(Change::Keep);
    hosts[2].change = Change::Remove;
    let one = reset(cluster(hosts, &[], Some("v1.34.4")), Held::default(), Timestamp(0));
    ordered(&one);
    insta::assert_snapshot!("reset_one", shown(&one));
}

#[test]
fn a_restore_puts_workers_back_after_their_controller() {
    use HostRole::{Controller, Worker};
    let hosts = vec![
        host("c1", Controller, Change::Change),
        host("w1", Worker, Change::Change),
        host("w2", Worker, Change::Change),
    ];
    let wanted = RestoreWanted {
        cluster: cluster(hosts, &[], Some("v1.34.4")),
        host: "root@c1".to_owned(),
        backup: Backup {
            label: "run0-v1.35.4".to_owned(),
            version: "v1.34.4".to_owned(),
            made_at: 0,
            bytes: 0,
            has_files: true,
        },
        once: "run1".to_owned(),
    };
    let plan = restore(&wanted, Held::default(), Timestamp(0));
    ordered(&plan);
    insta::assert_snapshot!("restore", shown(&plan));
}
