//! Whether a registry has an image, asked as those ask who pull it.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::ACCEPT;

use super::auth::Scope;
use super::error::RegistryError;
use super::manifest::{KINDS, named};
use super::session::{Call, Registry};

impl Registry {
    /// Whether a repository has what a tag or digest names. It is asked once: a person waits for the answer.
    ///
    /// # Errors
    /// When the registry does not answer, refuses, or has no such repository.
    pub async fn has_manifest(
        &self,
        repository: &str,
        name: &str,
        timeout: Duration,
    ) -> Result<bool, RegistryError> {
        let what = format!("the question for {}", named(repository, name));
        let url = self.url(&format!("{repository}/manifests/{name}"));
        let call = Call { what: &what, scope: &Scope::pull(repository), stop: &|| false };
        // Not the header alone: only the answer's text tells a missing tag from a missing repository.
        let answer =
            self.send(call, |client| client.get(url.clone()).header(ACCEPT, KINDS).timeout(timeout)).await?;
        let missing = answer.status() == StatusCode::NOT_FOUND;
        match self.good(answer, &what).await {
            Ok(_) => Ok(true),
            Err(RegistryError::Refused { said, .. }) if missing && !said.contains("NAME_UNKNOWN") => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
