//! `exec`: a command in a container that runs.

use serde_json::{Value, json};

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, containers, failed, name, namespace, text};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal, Said};
use crate::values::glob::joined;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    let prefix = asked.text_or("collectorName", asked.text_or("containerName", "*"));
    let written = ["-stdout.txt", "-stderr.txt", "-errors.json"];
    written.iter().map(|ending| asked.below(&["*/*", &format!("{prefix}{ending}")])).collect()
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    rights(asked.place())
}

/// Rights to run commands in the pods of a namespace. Older API servers ask for `get` where a connection is kept,
/// and newer ones for both, so the first alone is held to be needed.
pub(super) fn rights(namespace: &str) -> Needs {
    Needs::default().must(&["list"], "", "pods", namespace).must(&["create"], "", "pods/exec", namespace).may(
        &["get"],
        "",
        "pods/exec",
        namespace,
    )
}

/// The pod to run in: the first that runs, or the first.
pub(super) fn chosen(pods: &[Value]) -> Option<&Value> {
    pods.iter().find(|pod| text(pod, "/status/phase") == "Running").or(pods.first())
}

/// The container that a spec names, or the pod's first.
pub(super) fn container<'a>(asked: &Asked<'a>, pod: &'a Value) -> &'a str {
    asked.text_or("containerName", containers(pod).first().copied().unwrap_or_default())
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let asked = &job.asked;
    let words: Vec<String> =
        [asked.texts("command"), asked.texts("args")].concat().into_iter().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(failed("command is needed"));
    }
    let selector = asked.texts("selector").join(",");
    let pods = job.pods(asked.place(), &selector).await?;
    let Some(pod) = chosen(&pods) else {
        return Err(Refusal::Absent(format!("namespace {} has no pod with {selector}", asked.place())));
    };
    let container = container(asked, pod);
    let command =
        Command { namespace: namespace(pod), pod: name(pod), container, words: &words, limit: ROOM / 4 };
    job.waits(format!("{} in pod {}", words[0], name(pod)));
    let said = job.cluster().exec(command).await?;
    let prefix = asked.text_or("collectorName", container);
    let place = joined(&[asked.text("name"), namespace(pod), name(pod), prefix]);
    keep(job, &place, said);
    Ok(())
}

/// Keeps what a command said. Streams in which it wrote nothing have no file, as upstream has it.
pub(super) fn keep(job: &Job<'_>, place: &str, said: Said) {
    for (text, ending, stream) in [(said.out, "-stdout.txt", "output"), (said.err, "-stderr.txt", "error")] {
        let file = format!("{place}{ending}");
        if text.bytes.is_empty() {
            let words = format!("the command wrote nothing to its standard {stream}");
            job.kept.refuse(
                &file,
                Refusal::Absent(said.failed.clone().map_or(words.clone(), |why| format!("{words}: {why}"))),
            );
        } else {
            job.kept.text(&file, text);
        }
    }
    if let Some(why) = said.failed {
        job.kept.json(&format!("{place}-errors.json"), &json!([why]));
    }
}
