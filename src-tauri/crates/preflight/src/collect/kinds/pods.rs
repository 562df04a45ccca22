//! `runPod` and its older form `run`: a pod of the vendor's, run to its end.

use serde_json::{Value, json};

use super::launch::{self, Launch};
use super::logs::{self, How, Log};
use super::pull;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, containers};
use crate::collect::resources::RESOURCES;
use crate::collect::world::Refusal;
use crate::values::glob::joined;

/// The pod's name in the layout. In the cluster it has another one, for several runs may be under way.
fn shown<'a>(asked: &Asked<'a>) -> &'a str {
    asked.text_or("collectorName", asked.text_or("name", "run-pod"))
}

fn details(asked: &Asked<'_>, ending: &str) -> String {
    asked.below(&[&format!("{}{ending}.json", asked.text("name"))])
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    let pod = shown(asked);
    vec![
        asked.below(&[&format!("{pod}.log")]),
        details(asked, ""),
        details(asked, "-events"),
        format!("cluster-resources/pods/logs/{}/{pod}/", asked.place()),
    ]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    launch::needs(asked.place()).and(pull::needs(asked, asked.place()))
}

pub(super) async fn run(job: &Job<'_>) -> Result<(), Refusal> {
    let asked = &job.asked;
    let spec = json!({
        "restartPolicy": "Never",
        "serviceAccountName": asked.text_or("serviceAccountName", "default"),
        "containers": [{
            "name": "collector",
            "image": asked.text("image"),
            "imagePullPolicy": asked.text_or("imagePullPolicy", "IfNotPresent"),
            "command": asked.texts("command"),
            "args": asked.texts("args"),
        }],
    });
    carry_out(job, spec, false).await
}

pub(super) async fn run_pod(job: &Job<'_>) -> Result<(), Refusal> {
    let mut spec = job.asked.body["podSpec"].clone();
    // Kubernetes would start it again and again; one run is all that is shown.
    if spec.is_object() && spec["restartPolicy"].is_null() {
        spec["restartPolicy"] = json!("Never");
    }
    carry_out(job, spec, job.asked.flag("allowImagePullRetries")).await
}

async fn carry_out(job: &Job<'_>, spec: Value, retries: bool) -> Result<(), Refusal> {
    let (asked, namespace) = (&job.asked, job.asked.place());
    let launch = Launch {
        namespace,
        stem: shown(asked),
        spec,
        annotations: asked.body["annotations"].clone(),
        pull: &asked.body["imagePullSecret"],
    };
    let name = launch::pod(job, launch).await?;
    let mut pod = launch::ended(job, namespace, &name, retries).await?;
    keep_logs(job, &pod).await?;
    let events = launch::events(job, namespace, &name).await;
    // Its variables and arguments may hold secrets; upstream leaves them out, too.
    pod["spec"] = json!({ "containers": Value::Null });
    job.kept.json(&details(asked, ""), &pod);
    match (events, RESOURCES.iter().find(|resource| resource.kind == "Event")) {
        (Ok(events), Some(kind)) => {
            let mut list = kind.written();
            for mut event in events {
                kind.name(&mut event);
                list.add(&event);
            }
            job.kept.put(&details(asked, "-events"), list.end());
        }
        (Ok(_), None) => {}
        (Err(refusal), _) => job.kept.refuse(&details(asked, "-events"), refusal),
    }
    Ok(())
}

/// Keeps what the containers wrote: the first one's as the pod's own.
async fn keep_logs(job: &Job<'_>, pod: &Value) -> Result<(), Refusal> {
    let (shown, how) = (shown(&job.asked), How::usual());
    for (at, container) in containers(pod).into_iter().enumerate() {
        let own = (at == 0).then(|| joined(&[job.asked.text("name"), shown]));
        let log =
            Log { pod, shown, container, link: own.or_else(|| Some(job.asked.below(&[shown, container]))) };
        if at == 0 && ran_before(pod, container) {
            // What a restarted container writes now is cut off somewhere; its first run is whole.
            let text = log.read(job, &how, true).await?.unwrap_or_default();
            job.kept.text(&format!("{}.log", joined(&[job.asked.text("name"), shown])), text);
        } else {
            logs::one(job, &log, &how).await;
        }
    }
    Ok(())
}

fn ran_before(pod: &Value, container: &str) -> bool {
    let mut statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
    statuses.any(|status| {
        status["name"] == container
            && status["restartCount"].as_i64().unwrap_or_default() > 0
            && status["state"]["terminated"].is_null()
    })
}
