//! Plans of sites of Linux hosts: which steps, and which waits for which.

use longshore_cluster::record::RecordedChart;
use longshore_contract::{Change, ClusterChange, HostChange, HostRole, Plan, Timestamp, Workflow};
use longshore_runtime::Backup;
use longshore_workflows::plan::{
    ClusterWanted, ExtensionsWanted, Held, ImagesWanted, Inputs, RecordedRevision, RestoreWanted, Wanted,
    WantedChart, WantedExtension, extension_changes, make, reset, restore, rollback,
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
    let of = |version: &str, role: HostRole| {
        let proxy = format!("proxy:{version}");
        let images =
            if role == HostRole::Worker { vec![proxy] } else { vec![format!("api:{version}"), proxy] };
        ((version.to_owned(), role), images)
    };
    let images = ["v1.34.4", "v1.35.4"]
        .iter()
        .flat_map(|version| [HostRole::Controller, HostRole::Worker].map(|role| of(version, role)));
    ClusterWanted {
        change: ClusterChange {
            runtime: "kubeadm".to_owned(),
            from_version: None,
            to_version: to.map(str::to_owned),
            through: through.iter().map(|version| (*version).to_owned()).collect(),
            hosts,
            workers_at_once: None,
            recovery: "It can be brought back.".to_owned(),
        },
        digest: "sha256:aa".to_owned(),
        bundle: "b1".to_owned(),
        images: images.collect(),
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
        extensions: ExtensionsWanted::default(),
        charts: Vec::new(),
        config: Vec::new(),
        warnings: Vec::new(),
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

/// A chart of the cluster itself, as it is wanted.
fn wanted(name: &str, weight: i64, digest: &str) -> WantedExtension {
    let chart = WantedChart {
        release: name.to_owned(),
        chart: name.to_owned(),
        version: format!("{digest}.0.0"),
        namespace: name.to_owned(),
        weight,
        flags: vec!["--create-namespace".to_owned()],
        values_digest: digest.to_owned(),
    };
    WantedExtension { chart, timeout_seconds: (name == "mesh").then_some(900) }
}

/// The same, as the record has it.
fn recorded(wanted: &WantedExtension, digest: &str) -> RecordedChart {
    let chart = &wanted.chart;
    RecordedChart {
        release: chart.release.clone(),
        chart: chart.chart.clone(),
        version: format!("{digest}.0.0"),
        namespace: chart.namespace.clone(),
        weight: chart.weight,
        values_digest: digest.to_owned(),
        helm_revision: 1,
    }
}

fn extended(mut inputs: Inputs, charts: Vec<WantedExtension>, held: Vec<RecordedChart>) -> Inputs {
    let changes = extension_changes(&charts, &held);
    inputs.extensions = ExtensionsWanted {
        charts,
        changes,
        images: vec!["disks:1".to_owned()],
        storage_class: "disks".to_owned(),
        hosts: vec!["root@c1".to_owned(), "root@w1".to_owned()],
    };
    inputs.held.extensions = held;
    inputs
}

#[test]
fn an_install_brings_extensions_in_the_order_of_their_weight_before_the_application() {
    use HostRole::{Controller, Worker};
    let hosts = vec![host("c1", Controller, Change::Add), host("w1", Worker, Change::Add)];
    let made = inputs(Workflow::Install, cluster(hosts, &["v1.35.4"], Some("v1.35.4")), &["c1", "w1"]);
    let charts = vec![wanted("gate", 5, "1"), wanted("disks", 0, "1"), wanted("mesh", 0, "1")];
    let plan = make(extended(made, charts, Vec::new()));
    ordered(&plan);
    insta::assert_snapshot!(shown(&plan));
    let mesh = plan.steps.iter().find(|step| step.id == "extension:mesh").expect("it is there");
    assert_eq!(mesh.timeout_seconds, 900, "as long as its vendor says");
}

#[test]
fn an_upgrade_removes_what_left_and_leaves_what_is_the_same() {
    let charts = vec![wanted("gate", 5, "2"), wanted("disks", 0, "1"), wanted("mesh", 7, "1")];
    let gone = wanted("moor", 9, "1");
    let held = vec![recorded(&gone, "1"), recorded(&charts[0], "1"), recorded(&charts[1], "1")];
    let of = |held: Vec<RecordedChart>| {
        let none = cluster(Vec::new(), &[], None);
        Inputs {
            cluster: None,
            ..extended(inputs(Workflow::Upgrade, none, &["c1", "w1"]), charts.clone(), held)
        }
    };
    let plan = make(of(held));
    ordered(&plan);
    let points: Vec<&str> = plan.points_of_no_return.iter().map(|point| point.why.as_str()).collect();
    insta::assert_snapshot!(format!("{}\n\n{}", shown(&plan), points.join("\n")));
    let same: Vec<RecordedChart> =
        charts.iter().map(|wanted| recorded(wanted, &wanted.chart.values_digest)).collect();
    let plan = make(of(same));
    assert!(
        !shown(&plan).contains("Infrastructure"),
        "nothing is done below the application:\n{}",
        shown(&plan)
    );
    assert!(
        plan.extensions.iter().all(|change| change.change == Change::Keep),
        "and the plan says that they stay"
    );
}

#[test]
fn what_was_begun_and_not_finished_is_done_again() {
    let charts = vec![wanted("gate", 5, "1")];
    let begun = RecordedChart { values_digest: String::new(), ..recorded(&charts[0], "1") };
    let changes = extension_changes(&charts, &[begun]);
    assert_eq!(changes[0].change, Change::Change, "its step looks what is there");
}

#[test]
fn a_rollback_leaves_extensions_alone_and_says_so() {
    let revision = RecordedRevision {
        slug: "tide".to_owned(),
        namespace: "tide".to_owned(),
        revision: 1,
        version: "1.0.0".to_owned(),
        charts: Vec::new(),
        manifests_digest: String::new(),
        informers: Vec::new(),
        config_digest: String::new(),
    };
    let held = Held { extensions: vec![recorded(&wanted("gate", 5, "2"), "2")], ..Held::default() };
    let plan = rollback(&revision, &held, &[], Vec::new(), Vec::new(), Timestamp(0));
    assert!(!shown(&plan).contains("gate"), "no step is about it:\n{}", shown(&plan));
    let left: Vec<_> = plan.extensions.iter().map(|left| (left.release.as_str(), left.change)).collect();
    assert_eq!(left, [("gate", Change::Keep)], "the plan names it");
}

/// For each count of workers at a time: the workers' steps, each with the workers that it waits for.
#[test]
fn workers_go_in_batches_and_the_next_waits_for_the_whole_one_before() {
    use HostRole::{Controller, Worker};
    let table: &[(Option<u32>, &[&[&str]])] = &[
        (None, &[&["w1"], &["w2"], &["w3"], &["w4"], &["w5"]]),
        (Some(1), &[&["w1"], &["w2"], &["w3"], &["w4"], &["w5"]]),
        (Some(2), &[&["w1", "w2"], &["w3", "w4"], &["w5"]]),
        (Some(5), &[&["w1", "w2", "w3", "w4", "w5"]]),
        (Some(90), &[&["w1", "w2", "w3", "w4", "w5"]]),
    ];
    for (at_once, batches) in table {
        let controllers = ["c1", "c2", "c3"].map(|name| host(name, Controller, Change::Change));
        let workers = ["w1", "w2", "w3", "w4", "w5"].map(|name| host(name, Worker, Change::Change));
        let hosts = controllers.into_iter().chain(workers).collect();
        let mut changed = cluster(hosts, &["v1.35.4"], Some("v1.35.4"));
        changed.change.workers_at_once = *at_once;
        let plan = make(inputs(Workflow::Upgrade, changed, &[]));
        ordered(&plan);
        let needs = |id: &str| &plan.steps.iter().find(|step| step.id == id).expect("it is there").needs;
        let mut before = vec!["uncordon@v1.35.4:c3".to_owned()];
        assert_eq!(*needs("drain@v1.35.4:c2"), ["uncordon@v1.35.4:c1"], "controllers never go side by side");
        for batch in *batches {
            for worker in *batch {
                let drain = format!("drain@v1.35.4:{worker}");
                assert_eq!(*needs(&drain), before, "{at_once:?}: {worker} waits for all of the batch before");
            }
            before = batch.iter().map(|worker| format!("uncordon@v1.35.4:{worker}")).collect();
        }
        assert_eq!(*needs("note@v1.35.4"), before, "{at_once:?}: what comes next waits for the last batch");
    }
}
