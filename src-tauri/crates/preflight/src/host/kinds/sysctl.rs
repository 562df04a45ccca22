//! `sysctl`: the kernel's parameters.

use serde_json::{Map, Value, json};

use super::{Asked, Built, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/sysctl.json";

/// Without the tool the same is read below `/proc/sys`, where names have slashes for dots.
const SH: &str = r#"
parameters() {
  if has sysctl; then
    sysctl -a 2>&1 | { grep -e ' = ' -e '^sysctl: ' || :; } | T all 1000000
  elif [ -d /proc/sys ]; then
    find /proc/sys -type f -perm -400 | while IFS= read -r f; do
      { IFS= read -r v <"$f"; } && { k=${f#/proc/sys/}; printf '%s\n' "$k = $v"; }
    done | tr / . | T all 1000000
  else F 'the host has neither sysctl nor /proc/sys'; fi
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("parameters", SH);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let text = facts.of(&probe)?.text("all")?;
        let (mut found, mut denied) = (Map::new(), Vec::new());
        for line in text.lines() {
            if let Some(refused) =
                line.strip_prefix("sysctl: ").filter(|said| said.contains("ermission denied"))
            {
                denied.push(refused);
            } else if let Some((key, value)) = line.split_once(" = ") {
                found.insert(key.trim().to_owned(), json!(value));
            }
        }
        if found.is_empty() {
            return Err(Refusal::Failed("the host's sysctl names no parameter".to_owned()));
        }
        let mut built = Built::json(PATH.to_owned(), &Value::Object(found));
        if !denied.is_empty() && !facts.root {
            built.unprivileged.push(format!("{} kernel parameters ({})", denied.len(), shown(&denied)));
        }
        Ok(built)
    }))
}

fn shown(denied: &[&str]) -> String {
    let names: Vec<&str> = denied
        .iter()
        .take(3)
        .map(|said| said.split(['\'', '"']).nth(1).or_else(|| said.rsplit(' ').next()).unwrap_or(said))
        .collect();
    names.join(", ")
}
