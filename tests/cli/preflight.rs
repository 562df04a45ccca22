//! Preflights by themselves, on a real host over SSH and on the lab's cluster.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use longshore_lab::login::{KEEPER, PASSWORD, VISITOR};
use serde_json::Value;

use crate::operator::{Operator, Said};

const HOST: &str = "
apiVersion: troubleshoot.sh/v1beta2
kind: HostPreflight
metadata: {name: harbour}
spec:
  collectors:
    - memory: {}
    - hostOS: {}
    - tcpPortStatus: {collectorName: ssh, port: 22}
    - run: {collectorName: shadow, command: head, args: ['-c1', '/etc/shadow']}
  analyzers:
    - memory:
        checkName: Memory
        outcomes:
          - fail: {when: '< 64Mi', message: too little}
          - pass: {message: enough}
    - hostOS:
        checkName: System
        outcomes:
          - pass: {when: 'debian >= 12', message: Debian}
          - fail: {message: another system}
    - tcpPortStatus:
        checkName: Port 22
        collectorName: ssh
        outcomes:
          - fail: {when: address-in-use, message: somebody listens}
          - pass: {when: connected, message: free}
          - warn: {message: unknown}
    - textAnalyze:
        checkName: Shadow
        fileName: host-collectors/run-host/shadow.txt
        regex: '.'
        outcomes:
          - pass: {when: 'true', message: read}
          - fail: {when: 'false', message: not read}
";

fn write(operator: &Operator, name: &str, text: &str) -> String {
    let path: PathBuf = operator.data.path().join(name);
    fs::write(&path, text).expect("writes");
    path.display().to_string()
}

/// Runs on hosts with the lab's key and known hosts.
fn run(operator: &Operator, words: &[&str]) -> Said {
    let login = operator.lab.login();
    let (key, known) = (login.key.display().to_string(), login.known_hosts.display().to_string());
    let mut all = vec!["preflight", "run", "--ssh-config", "none", "-i", &key];
    if !words.contains(&"--known-hosts") {
        all.extend(["--known-hosts", &known]);
    }
    all.extend(words);
    operator.run(&all)
}

fn titles(json: &Value, group: &str) -> Vec<String> {
    let mut titles: Vec<String> = json[group]
        .as_array()
        .into_iter()
        .flatten()
        .map(|result| result["title"].as_str().unwrap_or_default().to_owned())
        .collect();
    titles.sort();
    titles
}

/// Every file where something could have been left behind. systemd gives services of its own, such as the one that
/// answers timedatectl, a private folder until they have idled for a while.
fn files(operator: &Operator) -> BTreeSet<String> {
    let find =
        "find /tmp /var/tmp /dev/shm /root /home /etc /opt /usr/local -xdev -not -path '*/systemd-private-*'";
    let found = operator.lab.on_host(&["sh", "-c", find]).expect("find runs on the host");
    found.lines().map(str::to_owned).collect()
}

#[test]
fn the_built_in_checks_all_answer_and_leave_nothing() {
    let operator = Operator::new("builtin");
    let before = files(&operator);
    let said = run(&operator, &["--host", "root@10.213.7.2", "--output", "json"]);
    let found = said.json();
    let groups = ["pass", "warn", "fail", "error"].map(|group| titles(&found, group));
    let all: usize = groups.iter().map(Vec::len).sum();
    assert!(all >= 25, "the built-in list is long: {found}");
    assert!(groups[3].is_empty(), "as root every check can be judged: {}", found["error"]);
    let wanted = if groups[2].is_empty() { 4 * i32::from(!groups[1].is_empty()) } else { 3 };
    assert_eq!(said.code, wanted, "upstream's exit codes: {found}");
    let left: Vec<_> = files(&operator).difference(&before).cloned().collect();
    assert!(left.is_empty(), "nothing is left on the host: {left:?}");
}

#[test]
fn a_spec_is_judged_by_root_and_by_a_user_who_is_not() {
    let operator = Operator::new("judged");
    let spec = write(&operator, "spec.yaml", HOST);
    let said = run(&operator, &[&spec, "--host", "root@10.213.7.2", "--output", "json"]);
    let found = said.json();
    assert_eq!(titles(&found, "pass"), ["Memory", "Shadow", "System"], "{found}");
    assert_eq!(titles(&found, "fail"), ["Port 22"], "{found}");
    assert_eq!(said.code, 3, "a check fails");

    let keeper = format!("{KEEPER}@10.213.7.2");
    let password = write(&operator, "password", PASSWORD);
    let said =
        run(&operator, &[&spec, "--host", &keeper, "--sudo-password-file", &password, "--output", "json"]);
    assert_eq!(
        titles(&said.json(), "pass"),
        ["Memory", "Shadow", "System"],
        "sudo makes root: {}",
        said.all()
    );
    assert!(!said.all().contains(PASSWORD), "the password is in no output");

    let visitor = format!("{VISITOR}@10.213.7.2");
    let said = run(&operator, &[&spec, "--host", &visitor]);
    assert!(said.out.contains("PASS Memory - visitor@10.213.7.2"), "what anybody may see: {}", said.all());
    assert!(!said.out.contains("PASS Shadow"), "what only root may see: {}", said.all());
    assert!(said.err.contains("Asked without root"), "and that is said: {}", said.all());
}

#[test]
fn an_unknown_key_is_shown_before_it_is_accepted() {
    let operator = Operator::new("key");
    let spec = write(&operator, "spec.yaml", HOST);
    let known = operator.data.path().join("known_hosts").display().to_string();
    let words = [&*spec, "--host", "root@10.213.7.2", "--known-hosts", &known];
    let said = run(&operator, &words);
    assert_eq!(said.code, 1, "no check could be judged: {}", said.all());
    let fingerprint = said.err.split_whitespace().find(|word| word.starts_with("SHA256:"));
    let fingerprint = fingerprint.expect("the fingerprint is told").trim_end_matches(',').to_owned();
    assert!(!operator.data.path().join("known_hosts").exists(), "nobody has accepted it yet");

    let mut again = words.to_vec();
    again.extend(["--accept-host-key", &fingerprint]);
    assert_eq!(run(&operator, &again).code, 3, "now it is judged, and port 22 is taken");
    assert_eq!(run(&operator, &words).code, 3, "and the key is known from then on");
}

#[test]
fn a_host_that_is_not_there_does_not_hold_up_the_others() {
    let operator = Operator::new("absent");
    let spec = write(&operator, "spec.yaml", HOST);
    let words = [&*spec, "--host", "root@127.0.0.1:9", "--host", "root@10.213.7.2", "--output", "json"];
    let found = run(&operator, &words).json();
    assert_eq!(titles(&found, "error"), ["Memory", "Port 22", "Shadow", "System"], "{found}");
    assert_eq!(titles(&found, "pass"), ["Memory", "Shadow", "System"], "{found}");
    for result in found["error"].as_array().into_iter().flatten() {
        assert_eq!(result["host"], "root@127.0.0.1:9", "{result}");
        let message = result["message"].as_str().unwrap_or_default();
        assert!(message.contains("refused the connection"), "each with the reason: {result}");
    }
}

#[test]
fn two_runs_are_compared() {
    let operator = Operator::new("compare");
    let spec = write(&operator, "spec.yaml", HOST);
    run(&operator, &[&spec, "--host", "root@10.213.7.2"]);
    let other = write(&operator, "spec.yaml", &HOST.replace("< 64Mi", "> 64Mi"));
    run(&operator, &[&other, "--host", "root@10.213.7.2"]);
    let list = operator.json(&["preflight", "list"]);
    let id = |at: usize| list["preflights"][at]["id"].as_str().expect("it is kept").to_owned();
    let found = operator.json(&["preflight", "compare", &id(1), &id(0)]);
    let changes = found["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 1, "{found}");
    let change = &changes[0];
    assert_eq!(
        (&change["title"], &change["before"], &change["after"]),
        (&"Memory".into(), &"pass".into(), &"fail".into())
    );
    operator.ok(&["preflight", "remove", &id(0)]);
    assert_eq!(operator.json(&["preflight", "list"])["preflights"].as_array().map(Vec::len), Some(1));
}

#[test]
fn specs_are_looked_at_without_a_host() {
    let operator = Operator::new("lint");
    let good = write(&operator, "good.yaml", HOST);
    assert_eq!(operator.run(&["preflight", "lint", &good]).code, 0, "nothing is wrong with it");
    let bad = write(&operator, "bad.yaml", &HOST.replace("    - memory: {}", "    - memroy: {}"));
    let said = operator.run(&["preflight", "lint", &bad]);
    assert_eq!(said.code, 2, "{}", said.all());
    assert!(
        said.out.contains("memroy") && said.out.contains("memory"),
        "it is named, with what was meant: {}",
        said.out
    );
    let redactor = "apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nmetadata: {name: quay}\nspec:\n  redactors:\n  - \
                    name: berths\n    removals:\n      regex: [{redactor: 'berth-(?P<mask>[0-9]+)'}]\n";
    let lone = write(&operator, "redactor.yaml", redactor);
    let said = operator.run(&["preflight", "lint", &lone]);
    assert_eq!(said.code, 0, "a Redactor alone is fine: {}", said.all());
    let lone = write(&operator, "redactor.yaml", &redactor.replace("[0-9]+)", "[0-9]+"));
    let said = operator.run(&["preflight", "lint", &lone]);
    assert!(said.code == 2 && said.out.contains("berths"), "a broken one is named: {}", said.all());
    let said = operator.run(&["preflight", "run", &good]);
    assert_eq!(said.code, 2, "{}", said.all());
    assert!(said.err.contains("no host is named"), "{}", said.err);
}

#[test]
fn app_checks_are_run_on_a_sites_cluster() {
    let operator = Operator::with_site("appchecks");
    let spec = "
apiVersion: troubleshoot.sh/v1beta2
kind: Preflight
metadata: {name: cluster}
spec:
  analyzers:
    - clusterVersion:
        outcomes:
          - fail: {when: '< 1.30.0', message: too old}
          - pass: {message: new enough}
    - storageClass:
        checkName: Storage
        storageClassName: none-such
        outcomes:
          - fail: {message: there is none}
          - pass: {message: there is}
";
    let spec = write(&operator, "cluster.yaml", spec);
    let said = operator.run(&["preflight", "run", &spec, "--site", "site", "--output", "json"]);
    let found = said.json();
    assert_eq!(
        (titles(&found, "pass").len(), titles(&found, "fail")),
        (1, vec!["Storage".to_owned()]),
        "{found}"
    );
    assert_eq!(said.code, 3);
}
