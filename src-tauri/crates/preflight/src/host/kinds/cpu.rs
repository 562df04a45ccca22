//! `cpu`: processors, cores and features.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Asked, Built, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/cpu.json";

/// Lines of each processor that differ say something; a machine of 256 has the rest 256 times.
const SH: &str = r#"
cpu() {
  V machine "$(uname -m)"
  if [ -r "$R/proc/cpuinfo" ]; then
    awk -F: '/^(processor|[Ff]eatures|flags|physical id|cpu cores)/ && !($0 in s) { s[$0] = 1; print }' "$R/proc/cpuinfo" | T info 1000000
  fi
  if [ -r "$R/proc/stat" ]; then grep -c '^cpu[0-9]' "$R/proc/stat" | T stat 100; fi
  set +f
  cat "$R"/sys/devices/system/cpu/cpu[0-9]*/topology/core_cpus_list | sort -u | T cores 100000
  cat "$R"/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list | sort -u | T siblings 100000
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("cpu", SH);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        let text = |name: &str| if told.has(name) { told.text(name) } else { Ok("".into()) };
        let (info, stat) = (text("info")?, text("stat")?);
        let counted = Counted::of(&info);
        let logical =
            if counted.processors > 0 { counted.processors } else { stat.trim().parse().unwrap_or(0) };
        if logical == 0 {
            return Err(Refusal::Failed("the host has neither /proc/cpuinfo nor /proc/stat".to_owned()));
        }
        let lists = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
        let (cores, siblings) = (lists(&text("cores")?), lists(&text("siblings")?));
        let physical = [cores, siblings, counted.cores].into_iter().find(|count| *count > 0).unwrap_or(0);
        let value = json!({
            "logicalCount": logical,
            "physicalCount": physical,
            "flags": counted.flags,
            "machineArch": told.value("machine")?,
        });
        Ok(Built::json(PATH.to_owned(), &value))
    }))
}

/// What `/proc/cpuinfo` tells.
#[derive(Default)]
struct Counted {
    processors: usize,
    flags: Vec<String>,
    cores: usize,
}

impl Counted {
    fn of(info: &str) -> Self {
        let mut counted = Self::default();
        let (mut seen, mut packages, mut each) = (BTreeSet::new(), BTreeSet::new(), 0);
        for (key, value) in info.lines().filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match key.trim() {
                "processor" if value.parse::<u32>().is_ok() => counted.processors += 1,
                "physical id" => _ = packages.insert(value),
                "cpu cores" => each = value.parse().unwrap_or(0),
                "flags" | "Features" | "features" => {
                    for flag in value.split([' ', ',']).filter(|flag| !flag.is_empty()) {
                        if seen.insert(flag) {
                            counted.flags.push(flag.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        counted.cores = packages.len() * each;
        // Upstream looks for the name that processors give this feature; Linux has another one for it.
        if seen.contains("abm") && !seen.contains("lzcnt") {
            counted.flags.push("lzcnt".to_owned());
        }
        counted
    }
}
