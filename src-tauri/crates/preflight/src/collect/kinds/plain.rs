//! `clusterInfo`, which is collected anyway, and `data`, which the spec itself brings.

use crate::collect::asked::Asked;
use crate::collect::job::{Job, failed};
use crate::collect::lists;
use crate::collect::reads::VERSION;
use crate::collect::world::Refusal;

pub(super) fn info_files(_: &Asked<'_>) -> Vec<String> {
    vec![VERSION.to_owned()]
}

pub(super) async fn info(job: &Job<'_>) -> Result<(), Refusal> {
    lists::version(job).await
}

pub(super) fn data_files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.below(&[asked.text("collectorName")])]
}

pub(super) fn data(job: &Job<'_>) -> Result<(), Refusal> {
    let (name, collector) = (job.asked.text("name"), job.asked.text("collectorName"));
    // Upstream asks registries about every image of the namespace then, for a product that is not ours.
    if collector.contains("image-facts/") || name.contains("image-facts-") {
        return Err(failed("Longshore does not collect image facts"));
    }
    let file = data_files(&job.asked).remove(0);
    if file.is_empty() {
        return Err(failed("data has neither name nor collectorName, so there is no file to put it in"));
    }
    job.kept.put(&file, job.asked.text("data").as_bytes().to_vec());
    Ok(())
}
