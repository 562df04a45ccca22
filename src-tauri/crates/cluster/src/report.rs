//! One JSON document to an endpoint of the operator's choosing.

use std::time::Duration;

use reqwest::Client;
use serde_json::Value;

/// The document could not be delivered.
#[derive(Debug, thiserror::Error)]
#[error("The endpoint {endpoint} does not take it")]
pub struct ReportError {
    /// Without query, which may hold a key.
    pub endpoint: String,
    /// Why.
    #[source]
    pub source: reqwest::Error,
}

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Posts a document.
///
/// # Errors
/// When the endpoint does not answer within 5 seconds, or refuses.
pub async fn report(endpoint: &str, document: &Value) -> Result<(), ReportError> {
    let failed = |source: reqwest::Error| ReportError {
        endpoint: endpoint.split('?').next().unwrap_or_default().to_owned(),
        source: source.without_url(),
    };
    crate::crypto();
    let client = Client::builder().timeout(PATIENCE).build().map_err(failed)?;
    let answer = client.post(endpoint).json(document).send().await.map_err(failed)?;
    answer.error_for_status().map(drop).map_err(failed)
}
