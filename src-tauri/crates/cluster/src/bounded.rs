//! Reading no more than there is room for: what a cluster answers has no bound of its own.

use futures::AsyncReadExt as _;
use http::{Method, Request};
use serde_json::json;

use crate::api::{ApiError, ApiFault, Cluster};
use crate::page::Page;

/// Objects of a page. Of a long list no more than one page is held at a time.
const PAGE: usize = 250;

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

    /// Reads one page of the list at `path`, which may end with a query, within a number of bytes; `from` is what the
    /// page before it gave as the next one, empty for the first. `None` when it is longer.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn page(&self, path: &str, from: &str, limit: usize) -> Result<Option<Page>, ApiError> {
        let what = format!("GET {path}");
        let joint = if path.contains('?') { '&' } else { '?' };
        let next = if from.is_empty() { String::new() } else { format!("&continue={from}") };
        let read = self.text_within(&format!("{path}{joint}limit={PAGE}{next}"), limit).await?;
        let said = "the cluster has no such list".to_owned();
        match read {
            Some(read) if read.cut => Ok(None),
            Some(read) => Ok(Some(Page { what, bytes: read.bytes })),
            None => Err(ApiError { what, fault: ApiFault::NotFound, said }),
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
