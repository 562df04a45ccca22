//! Certificates on a host: `certificate` (a pair of files) and `certificatesCollection` (many files).

use crate::analyze::bundle::json;
use crate::analyze::cluster::certificates::{Teller, chain};
use crate::analyze::fields::Record;
use crate::analyze::verdict::{State, Verdict};
use crate::analyze::{Check, Judged};

use super::nodes::judged;

pub(super) fn pair(check: &Check<'_>) -> Judged {
    let file = format!("{}.json", check.text_or("collectorName", "certificate"));
    judged(
        check,
        &check.named("Certificate Key Pair"),
        "host-collectors/certificate",
        &file,
        |when, content| Ok(String::from_utf8_lossy(content.data).trim() == when),
    )
}

pub(super) fn collection(check: &Check<'_>) -> Judged {
    let title = check.named("Host Certificates Collection");
    let name = check.text_or("collectorName", "certificatesCollection");
    let path = format!("host-collectors/certificatesCollection/{name}.json");
    let value = json(&path, check.bundle.read(&path)?)?;
    let files = match &value {
        serde_json::Value::Null => &[],
        value => value.as_array().ok_or_else(|| format!("{path} holds no list"))?.as_slice(),
    };
    let mut verdicts = Vec::new();
    for file in files {
        let file = Record::of(file)?;
        let source = match file.text("certificatePath")? {
            "" => String::new(),
            path => format!("obtained from {path}"),
        };
        if file.text("message")? == "cert-missing" {
            let message = format!("Certificate is missing, cannot be {source}");
            verdicts.push(Verdict::of(State::Fail, &title, message));
            continue;
        }
        let teller = Teller { title: &title, source: &source, at: check.at, named: false };
        verdicts.extend(teller.tell(check, &chain(&file)?)?);
    }
    if verdicts.is_empty() {
        verdicts.push(Verdict::of(State::Warn, &title, "no results"));
    }
    Ok(verdicts)
}
