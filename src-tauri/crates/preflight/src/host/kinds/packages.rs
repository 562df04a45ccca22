//! `systemPackages`: what the package manager knows of packages.

use serde_json::{Value, json};

use super::os::os_release;
use super::{Asked, Built, Plan, Probe, files as small};
use crate::collect::Refusal;

/// Which field holds packages of which distribution, and of which major version.
const LISTS: &[(&str, &str, &str)] = &[
    ("ubuntu", "ubuntu", ""),
    ("ubuntu16", "ubuntu", "16"),
    ("ubuntu18", "ubuntu", "18"),
    ("ubuntu20", "ubuntu", "20"),
    ("centos", "centos", ""),
    ("centos7", "centos", "7"),
    ("centos8", "centos", "8"),
    ("centos9", "centos", "9"),
    ("rhel", "rhel", ""),
    ("rhel7", "rhel", "7"),
    ("rhel8", "rhel", "8"),
    ("rhel9", "rhel", "9"),
    ("ol", "ol", ""),
    ("ol7", "ol", "7"),
    ("ol8", "ol", "8"),
    ("ol9", "ol", "9"),
    ("rocky", "rocky", ""),
    ("rocky8", "rocky", "8"),
    ("rocky9", "rocky", "9"),
    ("amzn", "amzn", ""),
    ("amzn2", "amzn", "2"),
];

/// Asks for every package of the lists; which of them count is decided where the distribution is known.
const SH: &str = r#"
packages() {
  exec 4>&1
  n=0
  if has dpkg && [ -s /var/lib/dpkg/status ]; then q='dpkg -s'; elif has rpm; then q='rpm -qi'; else return; fi
  for p; do
    { e=$({ $q "$p" >&3; } 2>&1); V "code$n" "$?" >&4; printf %s "$e" | T "error$n" 20001 >&4; } 3>&1 | T "details$n" 100001
    n=$((n + 1))
  done
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/system", "packages", "-packages.json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let lists: Vec<(&str, &str, Vec<String>)> = LISTS
        .iter()
        .map(|(field, os, major)| (*os, *major, asked.texts(field).into_iter().map(str::to_owned).collect()))
        .collect();
    let file = files(asked).remove(0);
    let mut all: Vec<String> = lists.iter().flat_map(|(_, _, packages)| packages.clone()).collect();
    all.sort();
    all.dedup();
    let probe = Probe::of("packages", SH, all.clone());
    let sources = small(&["/etc/os-release", "/usr/lib/os-release", "/etc/system-release"]);
    Ok(Plan::new(vec![probe.clone(), sources], move |facts| {
        let (mut os, mut version) = os_release(facts)?;
        let older = facts.text_of("/etc/system-release")?;
        if os.is_empty() && older.contains("Amazon Linux") {
            "amzn".clone_into(&mut os);
            older.split_whitespace().last().unwrap_or_default().clone_into(&mut version);
        }
        if !LISTS.iter().any(|(_, known, _)| *known == os) {
            let named = if os.is_empty() { "of no known name" } else { os.as_str() };
            return Err(Refusal::Failed(format!(
                "systemPackages has no list for the host's distribution, {named}"
            )));
        }
        let wanted = lists.iter().filter(|(of, major, _)| {
            *of == os && (major.is_empty() || version == *major || version.starts_with(&format!("{major}.")))
        });
        let told = facts.of(&probe)?;
        let mut packages = Vec::new();
        for name in wanted.flat_map(|(_, _, packages)| packages) {
            let at = all.iter().position(|asked| asked == name).unwrap_or_default();
            if !told.has(&format!("code{at}")) {
                return Err(Refusal::Failed("the host has neither dpkg nor rpm".to_owned()));
            }
            let error = told.text(&format!("error{at}"))?;
            let mut package = json!({
                "name": name,
                "details": told.text(&format!("details{at}"))?,
                "exitCode": told.value(&format!("code{at}"))?,
            });
            if !error.is_empty() {
                package["error"] = json!(error);
            }
            packages.push(package);
        }
        let packages = if packages.is_empty() { Value::Null } else { Value::Array(packages) };
        Ok(Built::json(file.clone(), &json!({ "os": os, "osVersion": version, "packages": packages })))
    }))
}
