//! `s3Status`: whether a bucket is there and our key opens it, asked from this machine.

use std::time::Duration;

use serde_json::json;

use crate::collect::asked::Asked;
use crate::collect::job::{Job, failed};
use crate::collect::world::{BucketRequest, Refusal};

/// How long it may take; as upstream.
const LIMIT: Duration = Duration::from_secs(30);

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("s3Status/{}.json", asked.text_or("collectorName", "s3Status"))]
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let text = |field: &str| job.asked.text(field).to_owned();
    let request = BucketRequest {
        name: text("bucketName"),
        region: text("region"),
        endpoint: text("endpoint"),
        key: text("accessKeyID"),
        secret: text("secretAccessKey"),
        in_path: job.asked.flag("usePathStyle"),
        insecure: job.asked.flag("insecure"),
        timeout: LIMIT,
    };
    if request.name.is_empty() {
        return Err(failed("bucketName is needed"));
    }
    job.waits(format!("the server of bucket {}", request.name));
    let found = job.ground.machine.bucket(&request).await;
    let mut shown = json!({ "bucketName": request.name });
    for (field, value) in [("endpoint", request.endpoint), ("region", request.region)] {
        if !value.is_empty() {
            shown[field] = json!(value);
        }
    }
    shown["isConnected"] = json!(found.is_ok());
    if let Err(why) = found {
        shown["error"] = json!(why);
    }
    job.kept.json(&files(&job.asked).remove(0), &shown);
    Ok(())
}
