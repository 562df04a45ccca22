//! `copy`: files out of containers, by the container's own tar.

use serde_json::{Value, json};

use super::archive::unpack;
use super::exec::{container, rights};
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed, name, namespace};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal, Said};
use crate::values::glob::joined;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.folder()]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    rights(asked.place())
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let asked = &job.asked;
    if split(asked.text("containerPath")).1.is_empty() {
        return Err(failed("containerPath is needed, and not the root of the file system"));
    }
    let selector = asked.texts("selector").join(",");
    let pods = job.pods(asked.place(), &selector).await?;
    if pods.is_empty() {
        return Err(Refusal::Absent(format!("namespace {} has no pod with {selector}", asked.place())));
    }
    for pod in &pods {
        one(job, pod).await;
    }
    Ok(())
}

/// Folder and name of a path.
fn split(path: &str) -> (String, String) {
    let clean = joined(&[path]);
    let (folder, name) = clean.rsplit_once('/').unwrap_or(("", &clean));
    (format!("/{folder}"), name.to_owned())
}

async fn one(job: &Job<'_>, pod: &Value) {
    let asked = &job.asked;
    let path = asked.text("containerPath");
    let (folder, last) = split(path);
    let place = joined(&[asked.text("name"), namespace(pod), name(pod), asked.text("containerName")]);
    let said = tar(job, pod, container(asked, pod), &folder, &last).await;
    if let Err((refusal, err)) = kept(job, said, &joined(&[&place, &folder])) {
        let file = joined(&[&place, path]);
        let mut errors = json!({ format!("{path}/error"): refusal.words() });
        if !err.is_empty() {
            errors[format!("{path}/stderr")] = json!(err);
        }
        job.kept.json(&format!("{file}-errors.json"), &errors);
        job.kept.refuse(&file, refusal.clone());
        job.kept.refuse(&format!("{file}/"), refusal);
    }
}

/// Asks a container for an archive of a file or folder.
pub(super) async fn tar(
    job: &Job<'_>,
    pod: &Value,
    container: &str,
    folder: &str,
    last: &str,
) -> Result<Said, Refusal> {
    let words = ["tar", "-C", folder, "-cf", "-", last].map(str::to_owned);
    job.waits(format!("tar in pod {}", name(pod)));
    let command =
        Command { namespace: namespace(pod), pod: name(pod), container, words: &words, limit: ROOM / 2 };
    job.cluster().exec(command).await
}

/// Keeps the files of an archive; why there are none, and what the command wrote of it.
pub(super) fn kept(
    job: &Job<'_>,
    said: Result<Said, Refusal>,
    folder: &str,
) -> Result<(), (Refusal, String)> {
    let said = said.map_err(|refusal| (refusal, String::new()))?;
    let err = String::from_utf8_lossy(&said.err.bytes).trim().to_owned();
    let files = unpack(&said.out, folder, job.kept);
    let why = match (files, said.failed) {
        (Ok(files), None) if files > 0 || err.is_empty() => return Ok(()),
        // tar fails when one of many files changes while it is read.
        (Ok(files), Some(why)) if files > 0 => {
            job.kept.note(format!("{folder} may lack files: {why}"));
            return Ok(());
        }
        (_, Some(why)) => why,
        (Ok(_), None) => "tar gave no file".to_owned(),
        (Err(why), None) => why,
    };
    let words = if err.is_empty() { why } else { format!("{why}: {err}") };
    Err((failed(format!("{folder} could not be copied: {words}")), err))
}
