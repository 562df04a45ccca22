//! `hostServices`: systemd's services.

use serde_json::{Value, json};

use super::{Asked, Built, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/systemctl_services.json";

const SH: &str = r#"
services() {
  if ! has systemctl; then F 'systemctl is not on the host'; return; fi
  { systemctl list-units --type=service --no-legend --all --plain --no-pager 2>&1 || echo "systemctl ended with $?"; } | T units 1000000
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("services", SH);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let text = facts.of(&probe)?.text("units")?;
        if let Some(failed) = text.lines().last().filter(|line| line.starts_with("systemctl ended with ")) {
            let said = text.lines().next().filter(|first| *first != failed).unwrap_or(failed);
            return Err(Refusal::Failed(format!("systemctl lists no units: {said}")));
        }
        let unit = |line: &str| {
            // Older ones mark units in a column of its own; upstream takes the mark for the name.
            let mut words =
                line.split_whitespace().skip_while(|word| matches!(*word, "●" | "*" | "○" | "×" | "↻"));
            let mut next = || words.next().unwrap_or_default();
            json!({ "Unit": next(), "Load": next(), "Active": next(), "Sub": next() })
        };
        let units: Value = text.lines().filter(|line| !line.trim().is_empty()).map(unit).collect();
        Ok(Built::json(PATH.to_owned(), &units))
    }))
}
