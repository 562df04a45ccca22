//! `certificates`: chains in Secrets and ConfigMaps, valid and for how long.

use std::sync::LazyLock;

use longshore_contract::Timestamp;
use regex::Regex;

use crate::analyze::bundle::json;
use crate::analyze::fields::Record;
use crate::analyze::outcome::Outcome;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::number::integer;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// One certificate of a chain.
pub(crate) struct Certificate<'a> {
    name: &'a str,
    valid: bool,
    /// End of its validity, in milliseconds since 1970.
    ends: i64,
}

/// The certificates of a collected chain.
pub(crate) fn chain<'a>(collected: &Record<'a>) -> Result<Vec<Certificate<'a>>, Unjudged> {
    let certificate = |record: Record<'a>| {
        let ends = match record.text("notAfter")? {
            "" => i64::MIN,
            text => text
                .parse::<jiff::Timestamp>()
                .map_err(|_| format!("notAfter: {text:?} is no time"))?
                .as_millisecond(),
        };
        Ok(Certificate { name: record.text("certificate")?, valid: record.boolean("isValid")?, ends })
    };
    collected.records("certificateChain")?.into_iter().map(certificate).collect()
}

/// Says what outcomes mean for the certificates of one chain.
pub(crate) struct Teller<'a> {
    pub(crate) title: &'a str,
    /// Where the chain comes from, in words.
    pub(crate) source: &'a str,
    pub(crate) at: Timestamp,
    /// Whether messages begin with the certificate's name.
    pub(crate) named: bool,
}

impl Teller<'_> {
    /// One verdict per certificate and outcome that applies. Passes wait for a warning, which takes all of them
    /// back, and are repeated after each further certificate of the chain, as upstream does.
    pub(crate) fn tell(&self, check: &Check<'_>, chain: &[Certificate<'_>]) -> Judged {
        let mut verdicts = Vec::new();
        let mut passes: Vec<Verdict> = Vec::new();
        for certificate in chain {
            for outcome in check.full_outcomes() {
                let outcome = outcome?;
                match (outcome.state, certificate.valid) {
                    (State::Pass, true) => passes.push(self.verdict(certificate, &outcome, "")),
                    (State::Fail, false) => verdicts.push(self.verdict(certificate, &outcome, "")),
                    (State::Warn, true) => {
                        if let Some(days) = self.ending(certificate, &outcome)? {
                            passes.clear();
                            verdicts.push(self.verdict(certificate, &outcome, &format!(" in {days} days")));
                        }
                    }
                    _ => {}
                }
            }
            verdicts.extend(passes.iter().cloned());
        }
        Ok(verdicts)
    }

    fn verdict(&self, certificate: &Certificate<'_>, outcome: &Outcome<'_>, when: &str) -> Verdict {
        let name = if self.named { format!("{} ", certificate.name) } else { String::new() };
        Verdict::of(outcome.state, self.title, format!("{name}{}{when}, {}", outcome.message, self.source))
    }

    /// The days of a warning that applies.
    fn ending(&self, certificate: &Certificate<'_>, outcome: &Outcome<'_>) -> Result<Option<i64>, Unjudged> {
        let Some(found) = WARNING.as_ref().and_then(|form| form.captures(outcome.when)) else {
            return Ok(None);
        };
        let days = integer(&found[1])
            .filter(|days| *days < 10_000_000)
            .ok_or_else(|| format!("`when: {}` counts too many days", outcome.when))?;
        Ok((self.at.0.saturating_add(days * DAY) > certificate.ends).then_some(days))
    }
}

static WARNING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"notAfter < Today \+ ([0-9]+) days").ok());

pub(super) fn judge(check: &Check<'_>) -> Judged {
    const PATH: &str = "certificates/certificates.json";
    let value = json(PATH, check.bundle.read(PATH)?)?;
    let collections = match &value {
        serde_json::Value::Null => &[],
        value => value.as_array().ok_or_else(|| format!("{PATH} holds no list"))?.as_slice(),
    };
    let title = check.named("Certificates Verification");
    let mut verdicts = Vec::new();
    for collection in collections {
        let collection = Record::of(collection)?;
        let chain = chain(&collection)?;
        if chain.is_empty() {
            continue;
        }
        if collection.get("source").is_none() {
            return Err(Unjudged::Silent(format!("{PATH} does not say where a chain comes from")));
        }
        let source = source(&collection.record("source")?)?;
        let teller = Teller { title: &title, source: &source, at: check.at, named: true };
        verdicts.extend(teller.tell(check, &chain)?);
    }
    if verdicts.is_empty() {
        return Err(Unjudged::Silent(format!("no certificate of {PATH} meets an outcome of the spec")));
    }
    Ok(verdicts)
}

fn source(record: &Record<'_>) -> Result<String, Unjudged> {
    let namespace = record.text("namespace")?;
    let (secret, config_map) = (record.text("secret")?, record.text("configMap")?);
    Ok(match (secret, config_map) {
        ("", "") => String::new(),
        ("", name) => format!("obtained from {name} configmap within {namespace} namespace"),
        (name, _) => format!("obtained from {name} secret within {namespace} namespace"),
    })
}
