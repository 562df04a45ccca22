//! `sonobuoy`: results of a conformance run, as its own aggregator packs them.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::archive::unpack;
use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed};
use crate::collect::kept::ROOM;
use crate::collect::world::{Command, Refusal, Text};

const POD: &str = "sonobuoy";
const CONTAINER: &str = "kube-sonobuoy";
const FOLDER: &str = "sonobuoy";

/// Its own namespace, unless the spec names one.
fn place<'a>(asked: &Asked<'a>) -> &'a str {
    asked.text_or("namespace", "sonobuoy")
}

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![format!("{FOLDER}/")]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    Needs::default()
        .must(&["get"], "", "pods", place(asked))
        .must(&["create"], "", "pods/exec", place(asked))
        .may(&["get"], "", "pods/exec", place(asked))
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let namespace = place(&job.asked);
    let found = job.cluster().get(&format!("/api/v1/namespaces/{namespace}/pods/{POD}")).await?;
    if found.is_none() {
        return Err(failed(format!("namespace {namespace} has no pod {POD}")));
    }
    let words = ["/sonobuoy", "splat", "/tmp/sonobuoy"].map(str::to_owned);
    let command = Command { namespace, pod: POD, container: CONTAINER, words: &words, limit: ROOM / 4 };
    let said = job.cluster().exec(command).await?;
    if let Some(why) = said.failed {
        return Err(failed(format!("Sonobuoy gives no results: {why}")));
    }
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(said.out.bytes.as_slice()).take(ROOM as u64).read_to_end(&mut bytes);
    let cut = said.out.cut || bytes.len() == ROOM;
    if let Err(error) = unpacked
        && !cut
    {
        return Err(failed(format!("Sonobuoy's results are not packed as they should be: {error}")));
    }
    let files = unpack(&Text { bytes, cut }, FOLDER, job.kept);
    let files = files.map_err(|why| failed(format!("Sonobuoy's results cannot be read: {why}")))?;
    if files == 0 { Err(failed("Sonobuoy has no results yet")) } else { Ok(()) }
}
