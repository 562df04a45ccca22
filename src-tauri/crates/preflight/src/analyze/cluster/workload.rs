//! Deployments, StatefulSets, ReplicaSets and Jobs: how many of their pods are ready.

use crate::analyze::bundle::json;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, compare, unreadable};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::values::number::integer;
use crate::values::selector::{self, Labels};

use super::{items, name};

/// One of the four.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Workload {
    Deployment,
    StatefulSet,
    ReplicaSet,
    Job,
}

use Workload::{Deployment, Job, ReplicaSet, StatefulSet};

impl Workload {
    /// Folder of its lists, its name in titles and in sentences.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Deployment => ("deployments", "Deployment", "deployment"),
            StatefulSet => ("statefulsets", "Statefulset", "statefulset"),
            ReplicaSet => ("replicasets", "ReplicaSet", "replicaset"),
            Job => ("jobs", "Job", "job"),
        }
    }

    fn title(self, check: &Check<'_>) -> String {
        let (_, title, _) = self.words();
        check.named(&match (check.text("namespace"), check.text("name")) {
            ("", "") => format!("{title} Status"),
            (one, "") | ("", one) => format!("{one} {title} Status"),
            (namespace, name) => format!("{namespace}/{name} {title} Status"),
        })
    }
}

pub(super) fn deployment_title(check: &Check<'_>) -> String {
    Deployment.title(check)
}

pub(super) fn statefulset_title(check: &Check<'_>) -> String {
    StatefulSet.title(check)
}

pub(super) fn replicaset_title(check: &Check<'_>) -> String {
    ReplicaSet.title(check)
}

pub(super) fn job_title(check: &Check<'_>) -> String {
    Job.title(check)
}

pub(super) fn deployment(check: &Check<'_>) -> Judged {
    judge(check, Deployment)
}

pub(super) fn statefulset(check: &Check<'_>) -> Judged {
    judge(check, StatefulSet)
}

pub(super) fn replicaset(check: &Check<'_>) -> Judged {
    judge(check, ReplicaSet)
}

pub(super) fn job(check: &Check<'_>) -> Judged {
    judge(check, Job)
}

fn judge(check: &Check<'_>, workload: Workload) -> Judged {
    if check.text("name").is_empty() { all(check, workload) } else { one(check, workload) }
}

fn one(check: &Check<'_>, workload: Workload) -> Judged {
    let (folder, _, _) = workload.words();
    let wanted = check.text("name");
    let path = format!("cluster-resources/{folder}/{}.json", check.text("namespace"));
    // The namespace may be a pattern; with several files the last one speaks.
    let Some((path, content)) = check.bundle.find(&path)?.into_iter().next_back() else {
        return Err(Unjudged::Silent(check.bundle.missing(&path)));
    };
    let list = json(path, content)?;
    let mut found = None;
    for object in items(path, &list)? {
        if name(&object)? == wanted && (found.is_none() || workload == Deployment) {
            found = Some(object);
        }
    }
    let outcomes = !check.items().is_empty();
    match (workload, found) {
        (Deployment | StatefulSet, found) if outcomes || workload == Deployment => {
            common(check, workload, found.as_ref())
        }
        (StatefulSet, None) => Err(Unjudged::Silent(format!(
            "the statefulset {wanted:?} was not found, and the spec has no outcome for that"
        ))),
        (workload, None) => Ok(vec![not_found(workload, wanted)]),
        (workload, Some(object)) if outcomes => Ok(vec![by_outcomes(check, workload, &object)?]),
        (workload, Some(object)) => Ok(whole(workload, &object)?.into_iter().collect()),
    }
}

fn not_found(workload: Workload, wanted: &str) -> Verdict {
    let (_, title, words) = workload.words();
    Verdict::of(
        State::Fail,
        format!("{wanted} {title} Status"),
        format!("The {words} {wanted:?} was not found"),
    )
}

/// Deployments and StatefulSets: `absent`, or the number of ready replicas.
fn common(check: &Check<'_>, workload: Workload, found: Option<&Record<'_>>) -> Judged {
    let wanted = check.text("name");
    let (_, _, words) = workload.words();
    let title = format!("{wanted} Status");
    let ready = match found {
        Some(object) => object.record("status")?.integer("readyReplicas")?,
        None => 0,
    };
    for outcome in check.outcomes() {
        if found.is_none() && outcome.when != "absent" {
            let message = format!("The {words} {wanted:?} was not found");
            return Ok(vec![Verdict::of(State::Fail, title, message).uri(outcome.uri)]);
        }
        let holds = match outcome.when {
            "" => true,
            "absent" => found.is_none(),
            when => count_holds(when, ready)?,
        };
        if holds {
            return Ok(vec![outcome.verdict(&title)]);
        }
    }
    Ok(vec![Verdict::limbo(title, NO_MATCH)])
}

/// Whether `<operator> <number>` holds.
pub(super) fn count_holds(when: &str, actual: i64) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`>= 1`");
    let [operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let wanted = integer(wanted).ok_or_else(wrong)?;
    compare(&actual, operator, &wanted).ok_or_else(wrong)
}

/// ReplicaSets and Jobs: one of their numbers.
fn by_outcomes(check: &Check<'_>, workload: Workload, object: &Record<'_>) -> Result<Verdict, Unjudged> {
    let status = object.record("status")?;
    let title = format!("{} Status", name(object)?);
    let outcome = check.first(|when| {
        let form = if workload == Job { "`succeeded >= 1`" } else { "`ready >= 1`" };
        let wrong = || unreadable(when, form);
        let [subject, operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else {
            return Err(wrong());
        };
        let wanted = integer(wanted).ok_or_else(wrong)?;
        let field = match (workload, subject) {
            (Job, "succeeded" | "failed") => subject,
            (ReplicaSet, "ready") => "readyReplicas",
            (ReplicaSet, "available") => "availableReplicas",
            _ => return Err(wrong()),
        };
        // Upstream compares in 32 bits.
        compare(&status.integer(field)?, operator, &i64::from(wanted as i32)).ok_or_else(wrong)
    })?;
    Ok(match outcome {
        Some(outcome) => outcome.verdict(&title),
        None => Verdict::limbo(title, NO_MATCH),
    })
}

/// Without a name: a failure for each that is not whole. Nothing is said when all are.
fn all(check: &Check<'_>, workload: Workload) -> Judged {
    let (folder, _, _) = workload.words();
    let mut namespaces = vec![check.text("namespace")];
    namespaces.retain(|namespace| !namespace.is_empty());
    namespaces.extend(check.texts("namespaces"));
    // For jobs, upstream looks at the list of namespaces alone.
    if namespaces.is_empty() || (workload == Job && check.texts("namespaces").is_empty()) {
        namespaces.push("*");
    }
    let requirements = selector::parse(&check.texts("selector").join(","))?;
    let mut verdicts = Vec::new();
    for namespace in namespaces {
        for (path, content) in check.bundle.find(&format!("cluster-resources/{folder}/{namespace}.json"))? {
            let list = json(path, content)?;
            for object in items(path, &list)? {
                let labels = labels(&object)?;
                if workload == ReplicaSet && !requirements.iter().all(|requirement| requirement.met(&labels))
                {
                    continue;
                }
                if workload == ReplicaSet && !check.items().is_empty() {
                    verdicts.push(by_outcomes(check, workload, &object)?);
                } else {
                    verdicts.extend(whole(workload, &object)?);
                }
            }
        }
    }
    Ok(verdicts)
}

pub(super) fn labels(object: &Record<'_>) -> Result<Labels, Unjudged> {
    let labels = object.record("metadata")?.record("labels")?;
    labels.members().map(|(key, _)| Ok((key.to_owned(), labels.text(key)?.to_owned()))).collect()
}

/// A failure when an object is not what it should be.
fn whole(workload: Workload, object: &Record<'_>) -> Result<Option<Verdict>, Unjudged> {
    let (_, title, words) = workload.words();
    let (status, spec) = (object.record("status")?, object.record("spec")?);
    let named = format!("{}/{}", object.record("metadata")?.text("namespace")?, name(object)?);
    let (ready, replicas) = (status.integer("readyReplicas")?, status.integer("replicas")?);
    let available = status.integer("availableReplicas")?;
    let of = format!("The {words} {named} has {ready}/{replicas} replicas");
    let (fine, message) = match workload {
        Deployment => (replicas == available, of),
        StatefulSet => (replicas == ready, of),
        ReplicaSet => {
            let wanted = spec.integer_if("replicas")?.unwrap_or(1);
            (available == wanted, format!("The replicaset {named} is not ready"))
        }
        Job => {
            let succeeded = status.integer("succeeded")?;
            let complete = match spec.integer_if("completions")? {
                Some(wanted) => succeeded == wanted,
                None => succeeded > 1,
            };
            (complete || status.integer("failed")? == 0, format!("The job {named} is not complete"))
        }
    };
    Ok((!fine).then(|| Verdict::of(State::Fail, format!("{named} {title} Status"), message)))
}
