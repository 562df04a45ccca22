//! `velero`: the state of Velero's own objects and logs. The outcomes are upstream's own.

use serde_json::Value;

use crate::analyze::bundle::json;
use crate::analyze::fields::Record;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

use super::{items, name};

/// A kind of object of which at least one has to be there and well.
struct Needed {
    folder: &'static str,
    /// In titles, in sentences of one and of several.
    words: [&'static str; 3],
    well: &'static str,
    /// How being well is written of one object and of none.
    counted: [&'static str; 2],
}

/// A kind of object that may not be in one of some phases.
struct Watched {
    folder: &'static str,
    one: &'static str,
    all: &'static str,
    words: &'static str,
    bad: &'static [&'static str],
    /// Whether all are counted even where some are bad.
    always: bool,
}

const REPOSITORIES: Needed = Needed {
    folder: "backuprepositories",
    words: ["Backup Repository", "backup repositories", "At least 1 Backup Repository configured"],
    well: "Ready",
    counted: ["Ready", "ready"],
};
const LOCATIONS: Needed = Needed {
    folder: "backupstoragelocations",
    words: [
        "Backup Storage Location",
        "backup storage locations",
        "At least 1 Backup Storage Location configured",
    ],
    well: "Available",
    counted: ["Available", "available"],
};
const FAILED: &[&str] = &["Failed", "PartiallyFailed", "FailedValidation"];
const BACKUPS: Watched = Watched {
    folder: "backups",
    one: "Backup",
    all: "Velero Backups",
    words: "backups",
    bad: FAILED,
    always: true,
};
const REST: &[Watched] = &[
    Watched {
        folder: "podvolumebackups",
        one: "Pod Volume Backup",
        all: "Pod Volume Backups",
        words: "pod volume backups",
        bad: &["Failed"],
        always: false,
    },
    Watched {
        folder: "podvolumerestores",
        one: "Pod Volume Restore",
        all: "Pod Volume Restores",
        words: "pod volume restores",
        bad: &["Failed"],
        always: false,
    },
    Watched {
        folder: "restores",
        one: "Restore",
        all: "Velero Restores",
        words: "restores",
        bad: FAILED,
        always: false,
    },
    Watched {
        folder: "schedules",
        one: "Schedule",
        all: "Velero Schedules",
        words: "schedules",
        bad: &["FailedValidation"],
        always: false,
    },
    Watched {
        folder: "volumesnapshotlocations",
        one: "Volume Snapshot Location",
        all: "Velero Volume Snapshot Locations",
        words: "volume snapshot locations",
        bad: &["Unavailable"],
        always: false,
    },
];

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let version = version(check)?;
    if !valid(&version) {
        return Err(Unjudged::Wrong(format!("velero's image tag {version:?} is no version such as v1.12.0")));
    }
    let mut verdicts = needed(check, &REPOSITORIES)?;
    verdicts.extend(logs(check, "node-agent*")?);
    verdicts.extend(logs(check, "velero*")?);
    verdicts.extend(watched(check, &BACKUPS)?);
    verdicts.extend(needed(check, &LOCATIONS)?);
    verdicts.extend(deletions(check)?);
    for kind in REST {
        verdicts.extend(watched(check, kind)?);
    }
    verdicts.push(if verdicts.iter().any(|verdict| verdict.fail) {
        Verdict::of(State::Warn, "Velero Status", "Velero setup is not entirely healthy")
    } else {
        Verdict::of(State::Pass, "Velero Status", "Velero setup is healthy")
    });
    Ok(verdicts)
}

/// The tag of velero's image, which upstream takes from behind the first colon.
fn version(check: &Check<'_>) -> Result<String, Unjudged> {
    const PATH: &str = "cluster-resources/deployments/velero.json";
    let list = check.bundle.json(PATH)?;
    for deployment in items(PATH, &list)? {
        let pod = deployment.record("spec")?.record("template")?.record("spec")?;
        for container in pod.records("containers")? {
            if container.text("name")? == "velero" {
                let image = container.text("image")?;
                let tag = image.split(':').nth(1);
                return tag
                    .map(str::to_owned)
                    .ok_or_else(|| Unjudged::Silent(format!("velero's image {image} has no tag")));
            }
        }
    }
    Err(Unjudged::Wrong(format!("{PATH} has no container named velero")))
}

/// `v1`, `v1.12` or a full version with a leading `v`.
fn valid(version: &str) -> bool {
    let Some(version) = version.strip_prefix('v') else { return false };
    match version.split('.').count() {
        1 | 2 if !version.contains(['-', '+']) => {
            semver::Version::parse(&format!("{version}{}", ".0".repeat(2 - version.matches('.').count())))
                .is_ok()
        }
        _ => semver::Version::parse(version).is_ok(),
    }
}

/// Names and phases of all objects of a kind.
fn phases(check: &Check<'_>, folder: &str) -> Result<Vec<(String, String)>, Unjudged> {
    let mut found = Vec::new();
    for (path, content) in
        check.bundle.find(&format!("cluster-resources/custom-resources/{folder}.velero.io/*.json"))?
    {
        let objects = match json(path, content)? {
            Value::Array(objects) => objects,
            Value::Null => Vec::new(),
            _ => return Err(Unjudged::Wrong(format!("{path} holds no list of objects"))),
        };
        for object in &objects {
            let object = Record::of(object)?;
            let phase = object.record("status")?.text("phase")?;
            found.push((name(&object)?.to_owned(), phase.to_owned()));
        }
    }
    Ok(found)
}

fn needed(check: &Check<'_>, kind: &Needed) -> Judged {
    let [one, several, title] = kind.words;
    let all = phases(check, kind.folder)?;
    if all.is_empty() {
        return Ok(vec![Verdict::of(State::Fail, title, format!("No {several} configured"))]);
    }
    let mut verdicts: Vec<Verdict> = all
        .iter()
        .filter(|(_, phase)| phase != kind.well)
        .map(|(name, phase)| {
            Verdict::of(State::Warn, format!("{one} {name}"), format!("{one} [{name}] is in phase {phase}"))
        })
        .collect();
    let well = all.len() - verdicts.len();
    let [counted, none] = kind.counted;
    verdicts.push(if well > 0 {
        let message = format!("Found {} {several} configured and {well} {counted}", all.len());
        Verdict::of(State::Pass, title, message)
    } else {
        let message = format!("Found {} configured {several}, but none are {none}", all.len());
        Verdict::of(State::Warn, title, message)
    });
    Ok(verdicts)
}

fn watched(check: &Check<'_>, kind: &Watched) -> Judged {
    let all = phases(check, kind.folder)?;
    let mut verdicts: Vec<Verdict> = all
        .iter()
        .filter(|(_, phase)| kind.bad.contains(&phase.as_str()))
        .map(|(name, phase)| {
            let title = format!("{} {name}", kind.one);
            Verdict::of(State::Fail, title.clone(), format!("{title} phase is {phase}"))
        })
        .collect();
    if !all.is_empty() && (kind.always || verdicts.is_empty()) {
        verdicts.push(Verdict::of(State::Pass, kind.all, format!("Found {} {}", all.len(), kind.words)));
    }
    Ok(verdicts)
}

fn deletions(check: &Check<'_>) -> Judged {
    let running = phases(check, "deletebackuprequests")?;
    let running = running.iter().filter(|(_, phase)| phase == "InProgress").count();
    if running == 0 {
        return Ok(Vec::new());
    }
    let message = format!("Found {running} delete backup requests in progress");
    Ok(vec![Verdict::of(State::Warn, "Delete Backup Requests summary", message)])
}

fn logs(check: &Check<'_>, kind: &str) -> Judged {
    let files = check.bundle.find(&format!("velero/logs/{kind}/*.log"))?;
    let mut verdicts = Vec::new();
    for (path, content) in &files {
        let text = String::from_utf8_lossy(content);
        let found = if text.contains("permission denied") {
            "'permission denied'"
        } else if ["error", "panic", "fatal"].iter().any(|word| text.contains(word)) {
            "error|panic|fatal"
        } else {
            continue;
        };
        let title = format!("Velero logs for pod [{path}]");
        verdicts.push(Verdict::of(State::Warn, title, format!("Found {found} in {kind} pod log file(s)")));
    }
    if !files.is_empty() {
        let title = format!("Velero Logs analysis for kind [{kind}]");
        verdicts.push(Verdict::of(State::Pass, title, format!("Found {} log files", files.len())));
    }
    Ok(verdicts)
}
