//! `logs`: what the containers of pods have written.

use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::collect::asked::{Asked, Needs, escaped};
use crate::collect::job::{Job, containers, failed, name, namespace};
use crate::collect::traces::is_ours;
use crate::collect::world::{Refusal, Text};
use crate::values::duration;
use crate::values::glob::joined;

/// Lines of a log where the spec does not say; as upstream.
const LINES: i64 = 10_000;
/// Bytes of it where the spec does not say; as upstream.
const BYTES: i64 = 5_000_000;
/// Bytes of a log that a spec bounds by its age alone, which upstream does not bound.
const LARGEST: usize = 16 << 20;
/// Logs read at once.
const AT_ONCE: usize = 4;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.folder(), format!("cluster-resources/pods/logs/{}/", asked.place())]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    Needs::default().must(&["list"], "", "pods", asked.place()).must(&["get"], "", "pods/log", asked.place())
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let how = how(&job.asked.body["limits"], job.asked.flag("timestamps"), job.ground.at.0)?;
    let selector = job.asked.texts("selector").join(",");
    of_pods(job, job.asked.place(), &selector, job.asked.text("name"), &how).await
}

/// How much of a log is read.
pub(super) struct How {
    query: String,
    bytes: usize,
}

impl How {
    /// The last lines and bytes.
    pub(super) fn last(lines: i64, bytes: i64) -> Self {
        let limit = usize::try_from(bytes).unwrap_or(LARGEST).min(LARGEST);
        Self { query: format!("&tailLines={lines}&limitBytes={bytes}"), bytes: limit }
    }

    /// What a pod that was run is shown of; as upstream.
    pub(super) fn usual() -> Self {
        Self::last(LINES, BYTES)
    }
}

/// Of `limits`, one counts: a time before an age before lines and bytes, as upstream has it.
fn how(limits: &Value, timestamps: bool, now: i64) -> Result<How, Refusal> {
    let text = |field: &str| limits[field].as_str().unwrap_or_default();
    let number = |field: &str, default| limits[field].as_i64().filter(|n| *n > 0).unwrap_or(default);
    let since = |time: jiff::Timestamp| How {
        query: format!("&sinceTime={}", escaped(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())),
        bytes: LARGEST,
    };
    let mut how =
        match (text("sinceTime"), text("maxAge")) {
            ("", "") if limits.is_object() => How::last(number("maxLines", LINES), number("maxBytes", BYTES)),
            ("", "") => How { query: format!("&tailLines={LINES}"), bytes: LARGEST },
            ("", age) => {
                let past = duration::parse(age)
                    .map(|nanoseconds| nanoseconds / 1_000_000)
                    .and_then(|past| jiff::Timestamp::from_millisecond(now.checked_sub(past)?).ok());
                since(past.ok_or_else(|| {
                    failed(format!("limits.maxAge: {age:?} is no duration; 72h is the form"))
                })?)
            }
            (time, _) => since(time.parse().map_err(|_| {
                failed(format!("limits.sinceTime: {time:?} is no time; 2026-01-31T12:00:00Z is the form"))
            })?),
        };
    if timestamps {
        how.query.push_str("&timestamps=true");
    }
    Ok(how)
}

/// Logs of all containers of pods that a selector selects, below a folder and where upstream keeps all logs.
pub(super) async fn of_pods(
    job: &Job<'_>,
    place: &str,
    selector: &str,
    folder: &str,
    how: &How,
) -> Result<(), Refusal> {
    let mut pods = job.pods(place, selector).await?;
    pods.retain(|pod| !is_ours(pod));
    if pods.is_empty() {
        let words = format!("namespace {place} has no pod with {selector}");
        return Err(Refusal::Absent(words));
    }
    let wanted = job.asked.texts("containerNames");
    let logs = pods.iter().flat_map(|pod| {
        let names: Vec<String> = if wanted.is_empty() {
            all_containers(pod).map(str::to_owned).collect()
        } else {
            wanted.iter().map(|name| (*name).to_owned()).collect()
        };
        names.into_iter().map(move |container| (pod, container))
    });
    stream::iter(logs)
        .for_each_concurrent(AT_ONCE, |(pod, container)| async move {
            let link = joined(&[folder, name(pod), &container]);
            one(job, &Log { pod, shown: name(pod), container: &container, link: Some(link) }, how).await;
        })
        .await;
    Ok(())
}

/// Names of a pod's containers, those that set it up last.
pub(super) fn all_containers(pod: &Value) -> impl Iterator<Item = &str> {
    let first = pod["spec"]["initContainers"].as_array().into_iter().flatten();
    containers(pod).into_iter().chain(first.filter_map(|item| item["name"].as_str()))
}

/// A log, and where it is kept.
pub(super) struct Log<'a> {
    pub(super) pod: &'a Value,
    /// The pod's name in the layout.
    pub(super) shown: &'a str,
    pub(super) container: &'a str,
    /// Where else it is kept, without its ending.
    pub(super) link: Option<String>,
}

impl Log<'_> {
    /// Its places in the layout, without their endings.
    fn places(&self) -> Vec<String> {
        let logs =
            format!("cluster-resources/pods/logs/{}/{}/{}", namespace(self.pod), self.shown, self.container);
        self.link.iter().cloned().chain([logs]).collect()
    }

    pub(super) async fn read(
        &self,
        job: &Job<'_>,
        how: &How,
        previous: bool,
    ) -> Result<Option<Text>, Refusal> {
        let (place, pod, container) = (namespace(self.pod), name(self.pod), self.container);
        let previous = if previous { "&previous=true" } else { "" };
        let path =
            format!("/api/v1/namespaces/{place}/pods/{pod}/log?container={container}{}{previous}", how.query);
        job.cluster().text(&path, how.bytes).await
    }
}

/// Keeps one log, and that of the container's run before it.
pub(super) async fn one(job: &Job<'_>, log: &Log<'_>, how: &How) {
    let keep = |text: &Text, ending: &str| {
        for place in log.places() {
            job.kept.text(&format!("{place}{ending}.log"), text.clone());
        }
    };
    match log.read(job, how, false).await {
        Ok(Some(text)) => keep(&text, ""),
        Ok(None) => refuse(job, log, &Refusal::Absent(format!("pod {} is gone", log.shown))),
        Err(refusal) => return refuse(job, log, &refusal),
    }
    // A container that was never restarted has none.
    if restarted(log)
        && let Ok(Some(text)) = log.read(job, how, true).await
    {
        keep(&text, "-previous");
    }
}

/// Says why a log is not there: to upstream's file of errors, and to the checks that read it, unless there can be
/// none.
fn refuse(job: &Job<'_>, log: &Log<'_>, refusal: &Refusal) {
    let has = all_containers(log.pod).any(|name| name == log.container);
    let ran = status(log).is_some_and(|status| status["state"]["waiting"].is_null());
    let refusal = match refusal {
        Refusal::Forbidden(_) => refusal.clone(),
        Refusal::Failed(words) if has && (ran || restarted(log)) => Refusal::Failed(words.clone()),
        other => Refusal::Absent(other.words().to_owned()),
    };
    for place in log.places() {
        job.kept.json(&format!("{place}-errors.json"), &json!([refusal.words()]));
        job.kept.refuse(&format!("{place}.log"), refusal.clone());
    }
}

fn status<'a>(log: &Log<'a>) -> Option<&'a Value> {
    let of = |field: &str| log.pod["status"][field].as_array().into_iter().flatten();
    of("containerStatuses").chain(of("initContainerStatuses")).find(|status| status["name"] == log.container)
}

fn restarted(log: &Log<'_>) -> bool {
    status(log).is_some_and(|status| {
        status["restartCount"].as_i64().unwrap_or_default() > 0
            || !status["lastState"]["terminated"].is_null()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_limits_one_counts() {
        for (limits, query) in [
            (Value::Null, "&tailLines=10000"),
            (json!({}), "&tailLines=10000&limitBytes=5000000"),
            (json!({ "maxLines": 7, "maxBytes": 9 }), "&tailLines=7&limitBytes=9"),
            (json!({ "maxAge": "1h", "maxLines": 7 }), "&sinceTime=1970-01-01T01%3A00%3A00Z"),
            (
                json!({ "sinceTime": "2026-01-31T12:00:00Z", "maxAge": "1h" }),
                "&sinceTime=2026-01-31T12%3A00%3A00Z",
            ),
        ] {
            assert_eq!(how(&limits, false, 7_200_000).expect("limits").query, query, "{limits}");
        }
        for limits in [json!({ "maxAge": "a day" }), json!({ "sinceTime": "yesterday" })] {
            assert!(how(&limits, true, 0).is_err(), "{limits}");
        }
    }
}
