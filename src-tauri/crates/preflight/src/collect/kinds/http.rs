//! `http`: one request, from this machine.

use std::time::Duration;

use serde_json::{Value, json};

use crate::collect::asked::Asked;
use crate::collect::job::{Job, failed};
use crate::collect::world::{Refusal, Request, Response};
use crate::values::duration;

/// How long a request may take where the spec does not say; upstream waits for ever.
const LIMIT: Duration = Duration::from_secs(50);
/// Bytes of a body that are kept.
const BODY: usize = 4 << 20;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.below(&[&format!("{}.json", asked.text_or("collectorName", "result"))])]
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let methods = [("get", "GET"), ("post", "POST"), ("put", "PUT")];
    let found = methods.into_iter().find(|(field, _)| job.asked.body[field].is_object());
    let (field, method) = found.ok_or_else(|| failed("there is none of get, post and put"))?;
    let request = request(&job.asked.body[field], field, method)?;
    job.waits(format!("{method} of a URL of the spec"));
    let shown = match job.ground.machine.request(&request).await {
        Ok(response) => {
            if response.body.cut {
                job.kept.note(format!("the body of a response was cut after {} MiB", BODY >> 20));
            }
            json!({ "response": shown(&response) })
        }
        Err(why) => json!({ "error": { "message": why } }),
    };
    job.kept.json(&files(&job.asked).remove(0), &shown);
    Ok(())
}

fn request(body: &Value, field: &str, method: &'static str) -> Result<Request, Refusal> {
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let url = text("url");
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(failed(format!("{field}.url is no URL of http or https")));
    }
    let timeout = match text("timeout").as_str() {
        "" => LIMIT,
        given => duration::parse(given)
            .and_then(|nanoseconds| u64::try_from(nanoseconds).ok())
            .map(Duration::from_nanos)
            .ok_or_else(|| failed(format!("{field}.timeout: {given:?} is no duration; 10s is the form")))?,
    };
    let headers = body["headers"].as_object().into_iter().flatten();
    Ok(Request {
        method,
        url,
        headers: headers
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        body: if method == "GET" { String::new() } else { text("body") },
        timeout: if timeout.is_zero() { LIMIT } else { timeout.min(LIMIT) },
        insecure: body["insecureSkipVerify"] == true,
        authority: body["tls"]["cacert"].as_str().unwrap_or_default().to_owned(),
        proxy: text("proxy"),
        limit: BODY,
    })
}

fn shown(response: &Response) -> Value {
    let mut shown = json!({
        "status": response.status,
        "body": String::from_utf8_lossy(&response.body.bytes),
        "headers": response.headers,
    });
    if let Ok(raw) = serde_json::from_slice::<Value>(&response.body.bytes)
        && !response.body.cut
    {
        shown["raw_json"] = raw;
    }
    shown
}
