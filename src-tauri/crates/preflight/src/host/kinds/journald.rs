//! `journald`: what the journal holds.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Asked, Built, Plan, Probe, Refusal, Stage};
use crate::host::frames::{End, Stream};
use crate::values::glob::joined;

const FOLDER: &str = "host-collectors/journald";

const SH: &str = r#"
journal() {
  if ! has journalctl; then F 'journalctl is not on the host'; return; fi
  both journalctl "$@"
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    let name = asked.text("collectorName");
    [".txt", "-info.json", "-stderr.txt"].map(|ending| joined(&[FOLDER, &format!("{name}{ending}")])).to_vec()
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    if asked.text("collectorName").is_empty() {
        return Err("collectorName is required".to_owned());
    }
    let (seconds, note) = asked.seconds("timeout", Duration::from_secs(30))?;
    let args = options(asked);
    let command = format!("journalctl {}", args.join(" "));
    let probe = Probe::of("journal", SH, args).within(seconds, Stage::Quick);
    let paths = files(asked);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.heard(&probe.key)?;
        let late = matches!(told.0.end, Some(End::Late(_)));
        let empty = Stream::default();
        let stream = |name: &str| told.0.streams.get(name).unwrap_or(&empty);
        let (stdout, stderr) = (stream("stdout"), stream("stderr"));
        let words = String::from_utf8_lossy(&stderr.bytes);
        let (code, error) = match told.value("code")? {
            _ if late => ("124", format!("command timed out after {seconds}s")),
            "0" => ("0", String::new()),
            "" => return Err(Refusal::Failed("journalctl ended without a status".to_owned())),
            code => (code, words.to_string()),
        };
        let info = json!({
            "command": command, "exitCode": code, "error": error,
            "outputDir": "", "input": "", "env": Value::Null,
        });
        let mut built = Built::json(paths[1].clone(), &info).note(note.clone().filter(|_| late));
        built.files.push((paths[0].clone(), stdout.bytes.clone()));
        if !stderr.bytes.is_empty() {
            built.files.push((paths[2].clone(), stderr.bytes.clone()));
        }
        if stdout.cut {
            built.notes.push(format!("{} was cut after {} bytes", paths[0], stdout.bytes.len()));
        }
        if !facts.root {
            built.unprivileged.push("messages of the journal that belong to others".to_owned());
        }
        Ok(built)
    }))
}

fn options(asked: &Asked<'_>) -> Vec<String> {
    let mut options = Vec::new();
    for (field, option) in [("system", "--system"), ("dmesg", "--dmesg")] {
        options.extend(asked.flag(field).then(|| option.to_owned()));
    }
    for unit in asked.texts("units") {
        options.extend(["-u".to_owned(), unit.to_owned()]);
    }
    for field in ["since", "until", "output"] {
        if !asked.text(field).is_empty() {
            options.extend([format!("--{field}"), asked.text(field).to_owned()]);
        }
    }
    if asked.whole("lines") > 0 {
        options.extend(["-n".to_owned(), asked.whole("lines").to_string()]);
    }
    for (field, option) in [("reverse", "--reverse"), ("utc", "--utc")] {
        options.extend(asked.flag(field).then(|| option.to_owned()));
    }
    options.push("--no-pager".to_owned());
    options
}
