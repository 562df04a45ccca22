//! Each mistake with what is said of it.

use super::*;

fn host(analyzers: &str, collectors: &str) -> String {
    format!(
        "apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflight\nmetadata:\n  name: x\nspec:\n  collectors:\n{collectors}\n  \
         analyzers:\n{analyzers}\n"
    )
}

fn cluster(analyzers: &str) -> String {
    format!(
        "apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nmetadata:\n  name: x\nspec:\n  analyzers:\n{analyzers}\n"
    )
}

/// Findings in one line each.
fn said(text: &str) -> Vec<String> {
    lint(text, None)
        .into_iter()
        .map(|found| {
            format!("{} {:?} {}: {} ({})", found.line, found.severity, found.path, found.message, found.hint)
        })
        .collect()
}

#[track_caller]
fn says(text: &str, part: &str) {
    let said = said(text);
    assert!(
        said.iter().any(|line| line.contains(part)),
        "nothing says {part:?} of\n{text}\nbut\n{}",
        said.join("\n")
    );
}

const MEMORY: &str = "  - memory: {}";
const FINE: &str =
    "  - memory:\n      outcomes:\n      - fail: {when: \"< 8Gi\", message: m}\n      - pass: {message: p}";

#[test]
fn nothing_is_said_of_a_sound_spec() {
    assert_eq!(said(&host(FINE, MEMORY)), Vec::<String>::new());
    let sound = "  - clusterVersion:\n      outcomes:\n      - fail: {when: \"< 1.27.0\", message: m}\n      - pass: {}\n  \
                 - nodeResources:\n      filters: {selector: {matchLabel: {a: b}}}\n      outcomes:\n      \
                 - fail: {when: \"min(memoryCapacity) < 8Gi\"}\n      - pass: {}";
    assert_eq!(said(&cluster(sound)), Vec::<String>::new());
}

#[test]
fn unknown_names_are_told_with_what_was_meant() {
    says(
        &host("  - memmory: {outcomes: [{pass: {}}]}", MEMORY),
        "there is no kind of analyzer memmory (did you mean memory?)",
    );
    says(&host(FINE, "  - memory: {}\n  - diskusage: {}"), "(did you mean diskUsage?)");
    says(&host(FINE, "  - memory: {}\n  - clusterInfo: {}"), "it looks at clusters");
    let perf = "  - memory: {}\n  - filesystemPerformance: {operationSizeBytes: 5}";
    says(&host(FINE, perf), "nobody reads operationSizeBytes here (did you mean operationSize?)");
    let filter = "  - nodeResources: {filters: {allocatableMemory: 8Gi}, outcomes: [{pass: {}}]}";
    says(&cluster(filter), "nobody reads allocatableMemory here (did you mean memoryAllocatable?)");
    says(&cluster("  - clusterVersion: {outcomes: [{warning: {}}]}"), "not warning (did you mean warn?)");
    says(
        &cluster("  - clusterVersion: {outcomes: [{pass: {wen: x}}]}"),
        "nobody reads wen here (did you mean when?)",
    );
    says("apiVersion: troubleshoot.sh/v1beta2\nkind: HostPreflght\n", "did you mean HostPreflight?");
    says(
        "apiVersion: troubleshoot.sh/v1beta9\nkind: Preflight\n",
        "there is no version troubleshoot.sh/v1beta9",
    );
}

#[test]
fn lines_and_paths_lead_to_the_place() {
    let text = host(&FINE.replace("< 8Gi", "8Gi"), MEMORY);
    let found = lint(&text, None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path, "spec.analyzers[0].memory.outcomes[0].fail.when");
    assert_eq!(found[0].line, 11);
    assert_eq!(found[0].severity, Severity::Error);
}

#[test]
fn conditions_that_cannot_be_read_or_never_hold() {
    for (kind, when, part) in [
        (
            "hostOS",
            "amazonlinux = 2023",
            "no host calls itself amazonlinux, so this never holds (did you mean amazon?)",
        ),
        ("hostOS", "ubuntu", "cannot be read"),
        ("cpu", "count >", "cannot be read"),
        ("tcpPortStatus", "conected", "(did you mean connected?)"),
        ("time", "timezone == Europe/Berlin", "(did you mean EUROPE/BERLIN?)"),
        ("http", "statusCode = ", "`when: statusCode = `"),
        ("diskUsage", "free < 10Gi", "cannot be read"),
        ("kernelModules", "overlay == laoded", "(did you mean loaded?)"),
        ("sysctl", "net.ipv4.ip_forward != 1", "cannot be read"),
    ] {
        let analyzer = format!("  - {kind}: {{outcomes: [{{fail: {{when: \"{when}\"}}}}, {{pass: {{}}}}]}}");
        says(&host(&analyzer, &format!("  - {kind}: {{}}")), part);
    }
    for (kind, when, part) in [
        ("clusterVersion", ">= 1.31", "cannot be"),
        ("distribution", "== tanzu", "tanzu never matches"),
        ("distribution", "== minkube", "there is no distribution minkube (did you mean minikube?)"),
        ("containerRuntime", "!= docker", "!= never holds for a runtime"),
        ("nodeResources", "count() != 3", "cannot be read"),
        ("clusterPodStatuses", "Healthy", "is passed over"),
        ("event", "yes", "`when: yes` cannot be read"),
    ] {
        let analyzer = format!("  - {kind}: {{outcomes: [{{fail: {{when: \"{when}\"}}}}, {{pass: {{}}}}]}}");
        let part = if kind == "clusterVersion" { "1.31" } else { part };
        says(&cluster(&analyzer), part);
    }
    let text = "  - textAnalyze: {fileName: a, regexGroups: '(?P<Loss>.)', outcomes: [{fail: {when: Lost > 5}}, {pass: {}}]}";
    says(&cluster(text), "regexGroups has no group Lost");
    says(
        &cluster("  - textAnalyze: {fileName: a, regex: '(', outcomes: [{fail: {}}, {pass: {}}]}"),
        "is malformed",
    );
}

#[test]
fn outcomes_that_leave_a_gap_or_are_never_reached() {
    says(&host("  - memory: {outcomes: [{fail: {when: < 8Gi}}]}", MEMORY), "every outcome has a condition");
    says(&host("  - memory: {outcomes: [{pass: {}}, {fail: {when: < 8Gi}}]}", MEMORY), "never reached");
    says(&host("  - memory: {outcomes: []}", MEMORY), "has no outcomes, so no answer");
    says(&host("  - memory: {outcomes: [{pass: {}, fail: {}}]}", MEMORY), "holds several outcomes");
    says(&host("  - memory: {outcomes: [{}, {pass: {}}]}", MEMORY), "the outcome is empty");
    let secret = "  - secret: {secretName: a, namespace: b, outcomes: [{pass: {}}]}";
    says(&cluster(secret), "secret has no outcome for when it does not hold");
    says(&cluster(secret), "no secret collector has the same namespace, name and key");
    says(
        &cluster("  - storageClass: {outcomes: [{fail: {when: x}}, {pass: {}}]}"),
        "storageClass does not read `when`",
    );
}

#[test]
fn what_is_read_has_to_be_collected() {
    says(&host(FINE, "  - cpu: {}"), "no collector of kind memory gathers what this check reads");
    let disk = "  - diskUsage: {collectorName: etdc, outcomes: [{pass: {}}]}";
    says(
        &host(disk, "  - diskUsage: {collectorName: etcd, path: /}"),
        "has the collectorName etdc (did you mean etcd?)",
    );
    says(
        &host(FINE, "  - memory: {}\n  - diskUsage: {path: /}\n  - diskUsage: {path: /var}"),
        "is there already",
    );
    says(
        &cluster("  - postgres: {collectorName: pg, outcomes: [{pass: {}}]}"),
        "no collector of kind postgres",
    );
}

#[test]
fn types_switches_and_unused_parts() {
    says(&host("  - memory: {outcomes: [{pass: {when: 8}}]}", MEMORY), "drops the whole document");
    says(&host("  - memory: {exclude: yup, outcomes: [{pass: {}}]}", MEMORY), "neither true nor false");
    says(
        &host("  - memory:\n  - cpu: {outcomes: [{pass: {}}]}", "  - cpu: {}"),
        "memory has no fields, so it is ignored",
    );
    says(
        &host("  - {memory: {outcomes: [{pass: {}}]}, cpu: {outcomes: [{pass: {}}]}}", MEMORY),
        "only cpu counts",
    );
    let remote =
        "apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nspec: {remoteCollectors: [], analyzers: []}\n";
    says(remote, "remote collectors are never run");
    says("a: [", "did not find");
    says(
        "apiVersion: troubleshoot.sh/v1beta3\nkind: Preflight\nspec: {{ .Values.x }}\n",
        "there are no values",
    );
    let message = "  - nodeResources: {outcomes: [{pass: {message: \"{{ .NodeCount \"}}]}";
    says(&cluster(message), "cannot be rendered");
}
