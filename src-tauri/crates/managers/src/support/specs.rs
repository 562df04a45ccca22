//! What is asked of a site: our own list, and what its vendor ships.

use longshore_contract::{SpecFile, WireError, chain};
use longshore_preflight::{Spec, SpecError, parse};
use serde_json::{Value, json};

/// Specs that were read: what is collected and judged, and the texts that may hold redactors.
#[derive(Default)]
pub(super) struct Specs {
    pub(super) spec: Spec,
    /// Name and text of each.
    pub(super) texts: Vec<(String, String)>,
}

/// Lines of the log of a container.
const LINES: u32 = 10_000;
/// Bytes of it.
const BYTES: u32 = 5_000_000;

/// Reads specs. One that holds redactors alone asks for nothing, which is right here.
pub(super) fn read(files: &[SpecFile]) -> Result<Specs, WireError> {
    let mut specs = Specs::default();
    for SpecFile { name, content } in files {
        match parse(name, content) {
            Ok(spec) => specs.spec.join(spec),
            Err(SpecError::Nothing { .. }) if content.contains("Redactor") => {}
            Err(error) => {
                return Err(WireError::bad_input(chain(&error))
                    .hint("`longshore preflight lint` says more about what is wrong with a spec."));
            }
        }
        specs.texts.push((name.clone(), content.clone()));
    }
    Ok(specs)
}

/// Our own: the cluster's objects, the logs of the application, what Helm has installed, and whether all of it runs.
pub(super) fn of_cluster(namespace: &str) -> Spec {
    let limits = json!({ "maxLines": LINES, "maxBytes": BYTES });
    let runs = |kind: &str| json!({ kind: { "namespaces": [namespace] } });
    let healthy = |when: &str| {
        json!([
            { "fail": { "when": when, "message": "{{ .Name }} is {{ .Status.Reason }}. {{ .Status.Message }}" } },
            { "pass": { "message": "{{ .Name }} runs." } },
        ])
    };
    let ready = json!([
        { "fail": { "when": "nodeCondition(Ready) == False", "message": "A node is not ready." } },
        { "pass": { "message": "All nodes are ready." } },
    ]);
    Spec {
        name: "longshore".to_owned(),
        collectors: vec![
            json!({ "clusterInfo": {} }),
            json!({ "clusterResources": {} }),
            json!({ "logs": { "name": "logs", "namespace": namespace, "selector": [], "limits": limits } }),
            json!({ "helm": { "namespace": namespace } }),
        ],
        analyzers: vec![
            json!({ "nodeResources": { "checkName": "Nodes are ready", "outcomes": ready } }),
            json!({ "clusterPodStatuses": {
                "checkName": "Pod {{ .Namespace }}/{{ .Name }}", "namespaces": [namespace],
                "outcomes": healthy("!= Healthy"),
            } }),
            runs("deploymentStatus"),
            runs("statefulsetStatus"),
            runs("jobStatus"),
            runs("replicasetStatus"),
        ],
        ..Spec::default()
    }
}

/// Our own for a host: what it is, and what its services say. Nothing that creates load or opens connections.
pub(super) fn of_host() -> Vec<Value> {
    let journal = |unit: &str| json!({ "journald": { "collectorName": unit, "units": [unit], "lines": LINES, "timeout": "20s" } });
    let plain =
        ["hostOS", "cpu", "memory", "time", "ipv4Interfaces", "blockDevices", "hostServices", "sysctl"];
    let mut collectors: Vec<Value> = plain.iter().map(|kind| json!({ *kind: {} })).collect();
    for path in ["/", "/var/lib"] {
        collectors.push(json!({ "diskUsage": { "collectorName": path, "path": path } }));
    }
    collectors.extend(["kubelet", "containerd", "k0scontroller", "k0sworker"].map(journal));
    collectors.push(json!({ "journald": { "collectorName": "dmesg", "dmesg": true, "lines": LINES } }));
    collectors
}
