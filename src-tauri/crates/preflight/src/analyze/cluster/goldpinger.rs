//! `goldpinger`: whether the pods of all nodes reach each other. The outcomes are upstream's own.

use crate::analyze::bundle::record;
use crate::analyze::verdict::{State, Verdict};
use crate::analyze::{Check, Judged};

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let path = check.text_or("filePath", "goldpinger/check_all.json");
    let value = check.bundle.json(path)?;
    let found = record(path, &value)?;
    let responses = found.record("responses")?;
    let mut verdicts = Vec::new();
    for host in found.records("hosts")? {
        let pod = host.text("podName")?;
        let before = verdicts.len();
        for (source, response) in responses.members() {
            let results = record(path, response)?.record("response")?.record("podResults")?;
            let Some((_, result)) = results.members().find(|(name, _)| *name == pod) else {
                let message = format!("Ping result for {pod:?} pod from {source:?} pod is missing");
                verdicts.push(Verdict::of(
                    State::Warn,
                    format!("Missing ping results for {pod:?} pod"),
                    message,
                ));
                continue;
            };
            let result = record(path, result)?;
            if !result.boolean("OK")? {
                let title = format!("Ping from {source:?} pod to {pod:?} pod failed");
                let message = format!("Ping error: {}", result.text("error")?);
                verdicts.push(Verdict::of(State::Fail, title, message));
            }
        }
        if verdicts.len() == before {
            let title = format!("Pings to {pod:?} pod succeeded");
            let message = format!("Pings to {pod:?} pod from all other pods in the cluster succeeded");
            verdicts.push(Verdict::of(State::Pass, title, message));
        }
    }
    Ok(verdicts)
}
