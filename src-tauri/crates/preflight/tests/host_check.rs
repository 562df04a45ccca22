//! From a spec to verdicts about a host, as they come.

mod support;

use longshore_contract::CheckState;
use longshore_preflight::{HostDefaults, HostEvent, HostPhase, Severity, check_host, lint, merged, parse};
use support::{Local, setting};

const SPEC: &str = "
apiVersion: troubleshoot.sh/v1beta2
kind: HostPreflight
metadata: {name: mine}
spec:
  collectors:
  - memory: {}
  - run: {collectorName: slow, command: sh, args: [-c, 'sleep 2; echo ready']}
  - cpu: {exclude: 'true'}
  - hostOS: {}
  - nosuch: {}
  - diskUsage: {path: 5}
  analyzers:
  - textAnalyze: {checkName: slow, fileName: host-collectors/run-host/slow.txt, regex: ready, outcomes: [{pass: {when: 'true', message: is ready}}, {fail: {}}]}
  - memory: {checkName: memory, outcomes: [{fail: {when: '< 1Mi'}}, {pass: {message: enough}}]}
  - cpu: {checkName: cpu, outcomes: [{pass: {}}]}
  - subnetContainsIP: {checkName: net, cidr: 10.0.0.0/8, ip: 10.1.1.1, outcomes: [{pass: {when: 'true'}}, {fail: {}}]}
  - diskUsage: {checkName: disk, outcomes: [{pass: {}}]}
  - time: {checkName: time, outcomes: [{pass: {}}]}
";

#[tokio::test]
async fn checks_are_judged_as_soon_as_they_can_be() {
    let spec = parse("spec.yaml", SPEC).expect("a spec");
    let mut order = Vec::new();
    let mut tell = |event: HostEvent| match event {
        HostEvent::Judged(at, results) => order.push((at, results[0].state)),
        HostEvent::Collected(progress) => assert!(progress.done <= progress.of, "{progress:?}"),
    };
    let found = check_host(&spec, "node1", &Local::new("sh"), &setting(), &mut tell).await;
    let said: Vec<_> =
        found.report.results.iter().map(|result| (result.title.as_str(), result.state)).collect();
    let wanted = [
        ("slow", CheckState::Pass),
        ("memory", CheckState::Pass),
        ("cpu", CheckState::Error),
        ("net", CheckState::Pass),
        ("disk", CheckState::Error),
        ("time", CheckState::Error),
    ];
    assert_eq!(said, wanted, "{:?}", found.report);
    assert_eq!(order.last(), Some(&(0, CheckState::Pass)), "what is slow holds nobody up: {order:?}");
    assert!(found.report.results.iter().all(|result| result.host == "node1"), "each names its host");
    let message = |at: usize| found.report.results[at].message.as_str();
    assert!(message(2).contains("excluded by the spec"), "{}", message(2));
    assert!(message(4).contains("diskUsage.path: a text"), "{}", message(4));
    assert!(message(5).contains("was not collected"), "{}", message(5));
    let kinds: Vec<_> = found.gathered.failed.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["nosuch", "diskUsage"], "{:?}", found.gathered.failed);
}

#[tokio::test]
async fn the_built_in_checks_all_answer() {
    let defaults = HostDefaults {
        skip_write_latency: true,
        node_ip: "192.0.2.7".to_owned(),
        airgap_space: "1Mi".to_owned(),
        join_addresses: vec!["127.0.0.1:1".to_owned()],
        ..HostDefaults::default()
    };
    let spec = defaults.spec().expect("a spec");
    let found = check_host(&spec, "here", &Local::new("sh"), &setting(), &mut |_| {}).await;
    let silent: Vec<_> = found
        .report
        .results
        .iter()
        .filter(|result| result.state == CheckState::Error && result.message.is_empty())
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
    let titles: Vec<&str> = found.report.results.iter().map(|result| result.title.as_str()).collect();
    for title in [
        "CPU",
        "Memory",
        "Default route",
        "Cgroup controller pids",
        "Command mount",
        "Kernel",
        "TCP port 6443",
        "TCP port 2379",
        "UDP port 4789",
        "Pod network",
        "Node IP outside of the Service network",
        "Airgap space",
        "TCP connection to 127.0.0.1:1",
        "Netfilter back end",
    ] {
        assert!(titles.contains(&title), "{title} is missing: {titles:?}");
    }
    let state = |title: &str| {
        found
            .report
            .results
            .iter()
            .find(|result| result.title == title)
            .map(|result| (result.state, result.message.clone()))
    };
    assert_eq!(state("Node IP outside of the Pod network").map(|said| said.0), Some(CheckState::Pass));
    assert_eq!(
        state("TCP connection to 127.0.0.1:1").map(|said| said.0),
        Some(CheckState::Fail),
        "{:?}",
        state("TCP connection to 127.0.0.1:1")
    );
    assert_eq!(state("Hostname length").map(|said| said.0), Some(CheckState::Pass));
    assert_eq!(
        state("Data directory symlink").map(|said| said.0),
        Some(CheckState::Pass),
        "{:?}",
        state("Data directory symlink")
    );
    assert_eq!(
        state("Data directory permissions").map(|said| said.0),
        Some(CheckState::Pass),
        "{:?}",
        state("Data directory permissions")
    );
}

#[test]
fn the_built_in_spec_is_sound_in_every_form() {
    let plain = HostDefaults::default();
    let forms = [
        plain.clone(),
        HostDefaults { phase: HostPhase::Upgrade, kubernetes_minor: 34, ..plain.clone() },
        HostDefaults {
            global_cidr: "10.244.0.0/16".to_owned(),
            app_url: "https://app.example/healthz".to_owned(),
            registry_url: "https://proxy.example/v2/".to_owned(),
            proxy: "http://p:3128".to_owned(),
            ..plain.clone()
        },
        HostDefaults { data_dir: "/srv/a b: 'c'".to_owned(), ..plain },
    ];
    for form in forms {
        let spec = form.spec().expect("a spec");
        let text = serde_json::json!({ "apiVersion": "troubleshoot.sh/v1beta2", "kind": "HostPreflight",
            "spec": { "collectors": spec.host_collectors, "analyzers": spec.host_analyzers } });
        let findings: Vec<_> = lint(&text.to_string(), None)
            .into_iter()
            .filter(|found| found.severity == Severity::Error)
            .collect();
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn what_two_specs_ask_is_asked_once() {
    let own = HostDefaults::default().spec().expect("a spec");
    let (collectors, analyzers) = (own.host_collectors.len(), own.host_analyzers.len());
    let vendor = parse("spec.yaml", SPEC).expect("a spec");
    let all = merged([own, vendor]);
    assert_eq!(all.host_collectors.len(), collectors + 4, "memory and hostOS are there already");
    assert_eq!(all.host_analyzers.len(), analyzers + 6);
    assert_eq!(all.name, "longshore-host", "the first name is kept");
}
