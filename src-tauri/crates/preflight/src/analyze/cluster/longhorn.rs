//! `longhorn`: nodes, replicas, engines and volumes of Longhorn. The outcomes are upstream's own.
//!
//! The files are what upstream's collector writes: YAML of Go records without names of their own, so every key
//! is the field's in lower case.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::text::yaml;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

/// What upstream's redaction leaves in place of a secret.
const MASK: &str = "***HIDDEN***";

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let folder = format!("longhorn/{}", check.text_or("namespace", "longhorn-system"));
    let mut verdicts = Vec::new();
    for (kind, judge) in [("nodes", node as fn(&Record<'_>) -> _), ("replicas", replica), ("engines", engine)]
    {
        for (path, value) in documents(check, &format!("{folder}/{kind}/*"))? {
            verdicts.push(judge(&record(&path, &value)?)?);
        }
    }
    for (path, value) in documents(check, &format!("{folder}/volumes/*.yaml"))? {
        let volume = record(&path, &value)?;
        let name = name(&volume)?;
        verdicts.extend(checksums(check, &folder, name)?);
        if volume.record("spec")?.integer("numberofreplicas")? < 2 {
            let message = format!(
                "Longhorn volume {name} has less than two replicas, \
                 this could lead to issues with volume availability"
            );
            verdicts.push(Verdict::of(State::Warn, "Longhorn volume with low replicas", message));
        }
    }
    // Passes are told once, and only where there is nothing else to tell.
    let passed = verdicts.iter().any(|verdict| verdict.pass);
    verdicts.retain(|verdict| !verdict.pass);
    if passed && verdicts.is_empty() {
        verdicts.push(Verdict::of(State::Pass, "Longhorn Health Status", "Longhorn is healthy"));
    }
    Ok(verdicts)
}

fn documents(check: &Check<'_>, pattern: &str) -> Result<Vec<(String, Value)>, Unjudged> {
    let files = check.bundle.find(pattern)?.into_iter();
    files
        .map(|(path, content)| {
            let text = String::from_utf8_lossy(content).replace(MASK, "HIDDEN");
            Ok((path.to_owned(), yaml(path, text.as_bytes())?))
        })
        .collect()
}

fn name<'a>(object: &Record<'a>) -> Result<&'a str, Unjudged> {
    Ok(object.record("objectmeta")?.text("name")?)
}

fn node(node: &Record<'_>) -> Result<Verdict, Unjudged> {
    let title = format!("Longhorn Node Schedulable: {}", name(node)?);
    let conditions = node.record("status")?.record("conditions")?;
    let found = conditions.members().find(|(key, _)| *key == "Schedulable").map(|(_, value)| value);
    let status = match found {
        Some(condition) => Record::of(condition)?.text("status")?,
        None => "",
    };
    Ok(match status {
        "True" => Verdict::of(State::Pass, title, "Longhorn node is schedulable"),
        "False" => Verdict::of(State::Warn, title, "Longhorn node is not schedulable"),
        _ => Verdict::of(State::Warn, title, "Node schedulable status not found"),
    })
}

fn replica(replica: &Record<'_>) -> Result<Verdict, Unjudged> {
    let name = name(replica)?;
    let title = format!("Longhorn Replica: {name}");
    let failed = replica.record("spec")?.text("failedat")?;
    if !failed.is_empty() {
        let message = format!("Longhorn replica {name} failed at {failed}");
        return Ok(Verdict::of(State::Warn, title, message));
    }
    instance(replica, title, "replica", "Replica", name)
}

fn engine(engine: &Record<'_>) -> Result<Verdict, Unjudged> {
    let name = name(engine)?;
    instance(engine, format!("Longhorn Engine: {name}"), "engine", "Engine", name)
}

fn instance(
    object: &Record<'_>,
    title: String,
    words: &str,
    capital: &str,
    name: &str,
) -> Result<Verdict, Unjudged> {
    let wanted = object.record("spec")?.record("instancespec")?.text("desirestate")?;
    let actual = object.record("status")?.record("instancestatus")?.text("currentstate")?;
    Ok(if wanted == actual {
        Verdict::of(State::Pass, title, format!("{capital} is {actual}"))
    } else {
        let message = format!("Longhorn {words} {name} current status {actual:?}, should be {wanted:?}");
        Verdict::of(State::Warn, title, message)
    })
}

/// Whether all replicas of a volume hold the same.
fn checksums(check: &Check<'_>, folder: &str, volume: &str) -> Result<Option<Verdict>, Unjudged> {
    let files = check.bundle.find(&format!("{folder}/volumes/{volume}/replicachecksums/*"))?;
    let sums: Vec<BTreeMap<String, String>> =
        files.iter().map(|(_, content)| sums(&String::from_utf8_lossy(content))).collect();
    if sums.len() < 2 {
        return Ok(None);
    }
    let title = format!("Longhorn Volume Replica Corruption: {volume}");
    Ok(Some(if sums.windows(2).all(|pair| pair[0] == pair[1]) {
        Verdict::of(State::Pass, title, "No replica corruption detected")
    } else {
        Verdict::of(State::Warn, title, "Replica corruption detected")
    }))
}

/// Lines of a sum and a file, by the file's name.
fn sums(text: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (sum, path) = (words.next()?, words.next()?);
        Some((crate::analyze::bundle::file_name(path).to_owned(), sum.to_owned()))
    };
    text.lines().filter_map(line).collect()
}
