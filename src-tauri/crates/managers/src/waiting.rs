//! Waiting for workloads, with what they say as progress, and as the failure when they never come.

use std::time::{Duration, Instant};

use longshore_cluster::vendor::text_at;
use longshore_cluster::wait::{Readiness, last_lines, readiness};
use longshore_cluster::{Cluster, ObjectId};
use longshore_contract::{Failure, FailureClass, InformerState, Unit};
use longshore_engine::step::StepContext;

use crate::failure::{failure, from_api};

/// How often the cluster is asked at first: most rollouts and jobs are over within seconds, and a question costs it
/// little.
const SOON: Duration = Duration::from_millis(100);
/// How often it is asked later.
const EVERY: Duration = Duration::from_millis(400);
/// Questions after which it is later.
const EAGER: u32 = 150;

/// What is said for so long after a change may still be of before it: a deployment whose rollout ran out of time says so
/// until its controller has seen the next one.
const STALE: Duration = Duration::from_secs(5);

/// Waits until it is to be asked again.
async fn pause(asked: &mut u32) {
    *asked = asked.saturating_add(1);
    tokio::time::sleep(if *asked < EAGER { SOON } else { EVERY }).await;
}

/// How workloads stand, all of them.
pub(crate) async fn look(
    cluster: &Cluster,
    doing: &str,
    workloads: &[ObjectId],
) -> Result<Vec<Readiness>, Failure> {
    let mut found = Vec::new();
    for id in workloads {
        found.push(readiness(cluster, id).await.map_err(|error| from_api(doing, &error))?);
    }
    Ok(found)
}

/// The first that is not ready, in words.
pub(crate) fn first_waiting(found: &[Readiness]) -> Option<String> {
    found.iter().find(|one| one.judged.state != InformerState::Ready).map(Readiness::words)
}

/// Waits until all are ready. The step's own time-out ends waiting; what can never come ends it at once.
pub(crate) async fn until_ready(
    cluster: &Cluster,
    cx: &StepContext<'_>,
    doing: &str,
    workloads: &[ObjectId],
) -> Result<(), Failure> {
    let began = Instant::now();
    let mut asked = 0;
    loop {
        let found = look(cluster, doing, workloads).await?;
        for one in &found {
            let child = format!("{}/{}", one.id.kind, one.id.name);
            let message = if one.judged.state == InformerState::Ready { String::new() } else { one.words() };
            cx.progress(&child, one.judged.done, Some(one.judged.total), Unit::Pods, &message);
        }
        let hopeless = found.iter().find(|one| one.judged.hopeless.is_some());
        if let Some(hopeless) = hopeless.filter(|_| began.elapsed() > STALE) {
            return Err(never(cluster, doing, hopeless).await);
        }
        if first_waiting(&found).is_none() {
            return Ok(());
        }
        if cx.cancelled() {
            return Err(stopped(doing, first_waiting(&found).unwrap_or_default()));
        }
        pause(&mut asked).await;
    }
}

/// Waits until an object says what is wanted at each of some places. The step's own time-out ends waiting.
pub(crate) async fn until_says(
    cluster: &Cluster,
    cx: &StepContext<'_>,
    doing: &str,
    id: &ObjectId,
    wanted: &[(String, String)],
) -> Result<(), Failure> {
    let mut asked = 0;
    loop {
        let found = cluster.find(id).await.map_err(|error| from_api(doing, &error))?.unwrap_or_default();
        let missing = wanted.iter().find(|(place, text)| text_at(&found, place).as_ref() != Some(text));
        let Some((place, text)) = missing else { return Ok(()) };
        let now = text_at(&found, place).unwrap_or_else(|| "nothing".to_owned());
        let said = format!("{place} is {now}, and {text} is waited for");
        cx.progress(&format!("{}/{}", id.kind, id.name), 0, Some(1), Unit::Items, &said);
        if cx.cancelled() {
            return Err(stopped(doing, said));
        }
        pause(&mut asked).await;
    }
}

fn stopped(doing: &str, said: String) -> Failure {
    let message = format!("{doing} was stopped while waiting");
    failure(FailureClass::NeedsPerson, message, said, "Resume the run to go on waiting.")
}

async fn never(cluster: &Cluster, doing: &str, one: &Readiness) -> Failure {
    let why = one.judged.hopeless.clone().unwrap_or_default();
    let mut causes = vec![format!("{} {}: {}: {why}", one.id.kind, one.id.name, one.judged.message)];
    causes.extend(one.reasons.iter().cloned());
    causes.extend(last_lines(cluster, &one.id).await);
    Failure {
        class: FailureClass::BrokenTarget,
        message: format!("{doing} failed: {} {} does not become ready", one.id.kind, one.id.name),
        causes,
        hint: "Mend what the pods report and retry, or roll back.".to_owned(),
    }
}
