//! A cluster as preflights read it.

use async_trait::async_trait;
use longshore_cluster::{ApiError, ApiFault, Cluster};
use longshore_preflight::Refusal;
use serde_json::Value;

/// A cluster as preflights see it.
pub struct Reading<'a>(pub &'a Cluster);

fn refusal(error: &ApiError) -> Refusal {
    let words = format!("{}: {}", error.what, error.said);
    if error.fault == ApiFault::Forbidden {
        Refusal::Forbidden(format!("a right is missing: {words}"))
    } else {
        Refusal::Failed(words)
    }
}

#[async_trait]
impl longshore_preflight::Cluster for Reading<'_> {
    async fn get(&self, path: &str) -> Result<Option<Value>, Refusal> {
        self.0.get_opt(path).await.map_err(|error| refusal(&error))
    }

    async fn list(&self, path: &str) -> Result<Vec<Value>, Refusal> {
        self.0.list(path).await.map_err(|error| refusal(&error))
    }
}
