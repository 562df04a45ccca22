//! `cgroups`: which version is mounted, with which controllers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Asked, Built, Facts, Plan, Probe, files as small, kconfig, os};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/cgroups.json";
const V1: &str = "/proc/cgroups";

const SH: &str = r#"
cgroups() {
  if [ ! -e "$R$1" ]; then V absent 1; return; fi
  V type "$(stat -f -c %t "$R$1")"
  [ -r "$R$1/cgroup.controllers" ] && head -c 1000 "$R$1/cgroup.controllers" | T controllers 1001
  set +f
  for f in "$R$1"/*/cgroup.freeze; do [ -e "$f" ] && V freezer 1; break; done
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let mount =
        Some(asked.text("mountPoint")).filter(|path| !path.is_empty()).unwrap_or("/sys/fs/cgroup").to_owned();
    let probe = Probe::of("cgroups", SH, vec![mount.clone()]);
    Ok(Plan::new(vec![probe.clone(), small(&[V1]), kconfig::probe(), os::kernel()], move |facts| {
        let told = facts.of(&probe)?;
        let (mut first, mut second, mut note) = (None, None, None);
        if !told.has("absent") {
            match told.value("type")? {
                "63677270" => {
                    let mut names: BTreeSet<String> =
                        told.text("controllers")?.split_whitespace().map(str::to_owned).collect();
                    note = added(&mut names, told.has("freezer"), facts)?;
                    second = Some(names);
                }
                "27e0eb" | "1021994" => first = Some(enabled(&facts.needed(V1)?)),
                other => {
                    return Err(Refusal::Failed(format!(
                        "{mount} is a file system of another type: 0x{other}"
                    )));
                }
            }
        }
        let version = |names: &Option<BTreeSet<String>>| {
            let mount = if names.is_some() { mount.as_str() } else { "" };
            json!({ "enabled": names.is_some(), "mountPoint": mount, "controllers": names.clone().unwrap_or_default() })
        };
        let all: BTreeSet<&String> = first.iter().chain(second.iter()).flatten().collect();
        let value = json!({
            "cgroup-enabled": first.is_some() || second.is_some(),
            "cgroup-v1": version(&first),
            "cgroup-v2": version(&second),
            "allControllers": if all.is_empty() { Value::Null } else { json!(all) },
        });
        Ok(Built::json(PATH.to_owned(), &value).note(note))
    }))
}

fn enabled(text: &str) -> BTreeSet<String> {
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(columns)
        .filter(|columns| columns.len() > 3 && columns[3] != "0")
        .map(|mut columns| columns.swap_remove(0))
        .collect()
}

/// Controllers that version 2 has without a file of their own. Upstream loads a program into the kernel to see whether
/// devices can be controlled; nothing is loaded here, the kernel's own configuration tells.
fn added(names: &mut BTreeSet<String>, freezer: bool, facts: &Facts<'_>) -> Result<Option<String>, Refusal> {
    if names.contains("cpu") {
        names.insert("cpuacct".to_owned());
    }
    let release = facts.of(&os::kernel())?.value("release")?;
    let mut numbers = release.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if freezer || version >= (5, 2) {
        names.insert("freezer".to_owned());
    }
    let (devices, from) = match kconfig::options(facts) {
        Ok(options) => {
            (options.get("CONFIG_CGROUP_BPF").is_some_and(|letter| letter == "y"), "its configuration")
        }
        Err(_) => (version >= (4, 15), "its version"),
    };
    if devices {
        names.insert("devices".to_owned());
    }
    Ok(Some(format!("whether the kernel controls devices was concluded from {from} ({release}), not tried")))
}
