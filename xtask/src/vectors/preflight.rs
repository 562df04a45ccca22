//! Preflight cases: an analyzer and the files of a bundle; the answer is its results, or why there are none.

use anyhow::{Context as _, Result, anyhow, bail};
use longshore_contract::Timestamp;
use longshore_preflight::{Gathered, Scope, Verdict, analyze};
use serde_json::Value;

/// The results in upstream's form.
pub(super) fn answer(case: &Value) -> Result<Value> {
    let scope = match case["scope"].as_str() {
        Some("host") => Scope::Host,
        Some("cluster") => Scope::Cluster,
        _ => bail!("the case's scope is neither host nor cluster"),
    };
    let collected = case["collected"].as_object().context("the case has no collected files")?;
    let file = |(path, content): (&String, &Value)| {
        let content = content.as_str().with_context(|| format!("{path} is no text"))?;
        Ok((path.clone(), content.as_bytes().to_vec()))
    };
    let files = collected.iter().map(file).collect::<Result<_>>()?;
    let gathered = Gathered { files, ..Gathered::default() };
    let now = Timestamp(jiff::Timestamp::now().as_millisecond());
    let verdicts =
        analyze(&case["analyzer"], scope, &gathered, now).listed().map_err(|reason| anyhow!(reason))?;
    Ok(serde_json::to_value(verdicts.into_iter().map(located).collect::<Vec<_>>())?)
}

/// Upstream names a log by its absolute path, for which cases have a word.
fn located(verdict: Verdict) -> Verdict {
    let title = verdict.title.replace("[velero/logs/", "[$BUNDLE/velero/logs/");
    Verdict { title, ..verdict }
}
