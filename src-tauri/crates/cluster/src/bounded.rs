//! Reading no more than there is room for: what a cluster answers has no bound of its own.

use futures::AsyncReadExt as _;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::api::{ApiError, ApiFault, Cluster};

/// A text, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounded {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether there was more of it.
    pub cut: bool,
}

impl Cluster {
    /// Reads at most `limit` bytes of what is at a path; `None` when it is not there.
    ///
    /// # Errors
    /// As [`Self::request`], but for "not found".
    pub async fn text_within(&self, path: &str, limit: usize) -> Result<Option<Bounded>, ApiError> {
        let what = format!("GET {path}");
        let other = |said: String| ApiError { what: what.clone(), fault: ApiFault::Other, said };
        let request =
            Request::builder().uri(path).body(Vec::new()).map_err(|error| other(error.to_string()))?;
        let stream = match self.client.request_stream(request).await {
            Ok(stream) => stream,
            Err(error) => {
                let error = ApiError::new(&what, &error);
                return if error.fault == ApiFault::NotFound { Ok(None) } else { Err(error) };
            }
        };
        let mut bytes = Vec::new();
        let mut stream = std::pin::pin!(stream.take(limit as u64 + 1));
        stream.read_to_end(&mut bytes).await.map_err(|error| ApiError {
            what: what.clone(),
            fault: ApiFault::Offline,
            said: error.to_string(),
        })?;
        let cut = bytes.len() > limit;
        bytes.truncate(limit);
        Ok(Some(Bounded { bytes, cut }))
    }

    /// Lists everything below `path`, page by page, within a number of bytes.
    ///
    /// # Errors
    /// As [`Self::request`]; `Other` when there is more than that.
    pub async fn list_within(&self, path: &str, limit: usize) -> Result<Vec<Value>, ApiError> {
        let failed = |fault, said: String| ApiError { what: format!("GET {path}"), fault, said };
        let (mut items, mut next, mut left) = (Vec::new(), String::new(), limit);
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.text_within(&format!("{path}{joint}limit=500{next}"), left).await?;
            let page =
                page.ok_or_else(|| failed(ApiFault::NotFound, "the cluster has no such list".into()))?;
            if page.cut {
                return Err(failed(ApiFault::Other, format!("it is longer than {} MiB", limit >> 20)));
            }
            left -= page.bytes.len();
            let mut page: Value = serde_json::from_slice(&page.bytes)
                .map_err(|error| failed(ApiFault::Other, format!("the answer is no JSON: {error}")))?;
            if let Value::Array(found) = page["items"].take() {
                items.extend(found);
            }
            match page["metadata"]["continue"].as_str() {
                Some(token) if !token.is_empty() => next = format!("&continue={token}"),
                _ => return Ok(items),
            }
        }
    }

    /// Deletes and leaves `grace` seconds to it; none leaves as many as the object itself says. What is not there is
    /// as wanted.
    ///
    /// # Errors
    /// As [`Self::request`], but for "not found".
    pub async fn delete_after(&self, path: &str, grace: Option<u32>) -> Result<(), ApiError> {
        let mut options = json!({ "propagationPolicy": "Background" });
        if let Some(grace) = grace {
            options["gracePeriodSeconds"] = json!(grace);
        }
        let body = options.to_string().into_bytes();
        match self.request(Method::DELETE, path, "application/json", body).await {
            Err(error) if error.fault != ApiFault::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
