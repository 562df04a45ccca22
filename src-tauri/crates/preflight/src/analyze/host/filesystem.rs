//! `filesystemPerformance`: how long writes take to reach the disk, as fio measured it.

use serde_json::{Map, Value, json};

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, compare, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};
use crate::values::duration;

use super::nodes::{Content, contents};

/// The `when` of the outcome for files that were not collected.
const NOT_COLLECTED: &str = "fileNotCollected";

/// Percentiles: name in a `when`, name in a message, fio's name, name in the table.
const PERCENTILES: &[(&str, &str, &str, &str)] = &[
    ("p1", "P1", "1.000000", "    p1"),
    ("p5", "P5", "5.000000", "    p5"),
    ("p10", "P10", "10.000000", "   p10"),
    ("p20", "P20", "20.000000", "   p20"),
    ("p30", "P30", "30.000000", "   p30"),
    ("p40", "P40", "40.000000", "   p40"),
    ("p50", "P50", "50.000000", "   p50"),
    ("p60", "P60", "60.000000", "   p60"),
    ("p70", "P70", "70.000000", "   p70"),
    ("p80", "P80", "80.000000", "   p80"),
    ("p90", "P90", "90.000000", "   p90"),
    ("p95", "P95", "95.000000", "   p95"),
    ("p99", "P99", "99.000000", "   p99"),
    ("p995", "P995", "99.500000", " p99.5"),
    ("p999", "P999", "99.900000", " p99.9"),
    ("p9995", "P9995", "99.950000", "p99.95"),
    ("p9999", "P9999", "99.990000", "p99.99"),
];

/// Latencies in nanoseconds: name in a `when`, name in a message, name in the table.
type Latencies = Vec<(&'static str, &'static str, &'static str, i64)>;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    const FOLDER: &str = "host-collectors/filesystemPerformance";
    let title = check.named("Filesystem Performance");
    let file = format!("{}.json", check.text_or("collectorName", "filesystemPerformance"));
    match contents(check, &title, FOLDER, &file) {
        Ok(contents) => contents.iter().map(|content| single(check, content)).collect(),
        Err(missing) => {
            // Upstream never gets here for the host it runs on, though the spec says what to do; a collector
            // that says why it has no file counts as one.
            let refused = check.bundle.refused.contains_key(&format!("{FOLDER}/{file}"));
            let first = check.outcomes().next().filter(|outcome| outcome.when == NOT_COLLECTED);
            match (first, missing) {
                (Some(outcome), Unjudged::Wrong(_)) => Ok(vec![verdict(&title, outcome, &latencies(None)?)]),
                (Some(outcome), _) if refused => Ok(vec![verdict(&title, outcome, &latencies(None)?)]),
                (_, missing) => Err(missing),
            }
        }
    }
}

fn verdict(title: &str, outcome: crate::analyze::outcome::Outcome<'_>, latencies: &Latencies) -> Verdict {
    // The record as a whole shows itself as its table.
    let text = outcome.message.replace("{{ . }}", "{{ .String }}").replace("{{.}}", "{{ .String }}");
    let message = render(&text, About::Record(&shown(latencies)));
    outcome.verdict_saying(title, message.unwrap_or_else(|_| outcome.message.to_owned()))
}

fn single(check: &Check<'_>, content: &Content<'_>) -> Result<Verdict, Unjudged> {
    let value = content.json()?;
    let fio = record(&content.path, &value)?;
    let jobs = fio.records("jobs")?;
    let job = jobs.iter().find(|job| job.text("jobname") == Ok("fsperf"));
    let job = job.ok_or_else(|| format!("{} has no job named fsperf", content.path))?;
    let mut latencies = latencies(Some(job))?;
    // What the file itself says on its first level wins.
    for (_, name, _, slot) in &mut latencies {
        if let Some(value) = fio.integer_if(name)? {
            *slot = value;
        }
    }
    for item in check.items() {
        let Some(outcome) = item.first() else {
            return Err(Unjudged::Wrong(
                "an outcome of the spec holds none of pass, warn and fail".to_owned(),
            ));
        };
        if outcome.when.is_empty() || holds(outcome.when, &latencies)? {
            return Ok(verdict(&content.title, outcome, &latencies));
        }
    }
    Ok(Verdict::limbo(&content.title, NO_MATCH))
}

fn latencies(job: Option<&Record<'_>>) -> Result<Latencies, Unjudged> {
    let nothing = Value::Null;
    let nothing = Record::of(&nothing)?;
    let found = job.unwrap_or(&nothing).record("sync")?.record("lat_ns")?;
    let percentiles = found.record("percentile")?;
    let mut all: Latencies = vec![
        ("min", "Min", "   Min", found.integer("min")?),
        ("max", "Max", "   Max", found.integer("max")?),
        // Upstream keeps the mean in 32 bits.
        ("average", "Average", "   Avg", found.float("mean")? as f32 as i64),
    ];
    for (when, message, fio, table) in PERCENTILES {
        all.push((when, message, table, percentiles.integer(fio)?));
    }
    Ok(all)
}

fn holds(when: &str, latencies: &Latencies) -> Result<bool, Unjudged> {
    if when == NOT_COLLECTED {
        return Ok(false);
    }
    let wrong = || unreadable(when, "`p99 < 10ms`");
    let [subject, operator, wanted] = when.split(' ').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let wanted = duration::parse(wanted).ok_or_else(wrong)?;
    let subject = subject.to_lowercase();
    let (_, _, _, actual) = latencies.iter().find(|(name, ..)| *name == subject).ok_or_else(wrong)?;
    compare(actual, operator, &wanted).ok_or_else(wrong)
}

fn shown(latencies: &Latencies) -> Value {
    let mut fields = Map::new();
    let mut table = String::new();
    for (_, name, label, value) in latencies {
        let text = duration::shown(*value);
        table.extend(["\n", label, ": ", &text]);
        fields.insert((*name).to_owned(), json!(text));
    }
    fields.insert("String".to_owned(), json!(table));
    Value::Object(fields)
}
