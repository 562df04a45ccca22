//! Speaking with one registry: which scheme, which credentials, which of its answers may pass by themselves.

use std::sync::Mutex;
use std::time::Duration;

use longshore_contract::RegistrySettings;
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;

/// Tries at one request that the registry puts off.
const TRIES: u32 = 5;
/// The longest that a registry may ask us to wait at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why a registry could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Its settings.
    #[error("Registry {address}: its {field} cannot be used: {why}")]
    Settings {
        /// Which registry.
        address: String,
        /// Which setting.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// No answer.
    #[error("Registry {address} does not answer")]
    Offline {
        /// Which registry.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It refuses the credentials.
    #[error("Registry {address} refuses the user name and password for {what}")]
    Credential {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
    },
    /// It refuses something.
    #[error("Registry {address} answered {status} to {what}: {said}")]
    Refused {
        /// Which registry.
        address: String,
        /// What was asked.
        what: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// A blob cannot be read here.
    #[error("Blob {digest} cannot be read from the library")]
    Blob {
        /// Which.
        digest: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A person stopped it.
    #[error("The push was stopped")]
    Stopped,
}

impl RegistryError {
    /// Whether it may pass by itself.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Offline { .. } => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

/// A registry that can be spoken with.
pub struct Registry {
    client: Client,
    /// `https://host[:port]` without a slash at its end.
    base: String,
    /// As the settings name it, for errors.
    pub(super) address: String,
    username: String,
    password: String,
    /// The `Authorization` that the registry last accepted for a scope.
    authorization: Mutex<Option<(String, String)>>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

impl Registry {
    /// Opens the registry of a site, by the address that this machine reaches it at.
    ///
    /// # Errors
    /// When it does not answer, or something else answers there.
    pub async fn open(settings: &RegistrySettings) -> Result<Self, RegistryError> {
        let address = settings.push_address.clone().unwrap_or_else(|| settings.address.clone());
        let wrong = |field, why: String| RegistryError::Settings { address: address.clone(), field, why };
        crate::crypto();
        let mut builder =
            Client::builder().connect_timeout(Duration::from_secs(10)).read_timeout(Duration::from_mins(2));
        if !settings.ca.trim().is_empty() {
            let ca = reqwest::Certificate::from_pem(settings.ca.as_bytes())
                .map_err(|error| wrong("certificate authority", error.to_string()))?;
            builder = builder.add_root_certificate(ca);
        }
        if settings.insecure {
            builder = builder.danger_accept_invalid_certs(true);
        }
        let client = builder.build().map_err(|error| wrong("certificate authority", error.to_string()))?;
        let mut registry = Self {
            client,
            base: format!("https://{address}"),
            address: address.clone(),
            username: settings.username.clone(),
            password: settings.password.clone().unwrap_or_default(),
            authorization: Mutex::default(),
        };
        if url::Url::parse(&registry.base).is_err() {
            return Err(wrong("address", "host or host:port is needed".to_owned()));
        }
        match registry.ping().await {
            // Only where the operator said so is plain HTTP tried, and only when there is no TLS at all.
            Err(RegistryError::Offline { .. }) if settings.insecure => {
                registry.base = format!("http://{address}");
                registry.ping().await?;
            }
            other => other?,
        }
        Ok(registry)
    }

    async fn ping(&self) -> Result<(), RegistryError> {
        let answer = self.ask("", "its version", |client, base| client.get(format!("{base}/v2/"))).await?;
        self.good(answer, "its version").await.map(drop)
    }

    /// Sends a request, with credentials as soon as the registry asks for them; waits and tries again where
    /// it says so.
    pub(super) async fn ask(
        &self,
        scope: &str,
        what: &str,
        make: impl Fn(&Client, &str) -> RequestBuilder + Sync,
    ) -> Result<Response, RegistryError> {
        let mut asked = false;
        let mut tried = 0;
        loop {
            tried += 1;
            let mut request = make(&self.client, &self.base);
            if let Some(known) = self.known(scope) {
                request = request.header(AUTHORIZATION, known);
            }
            let answer = request.send().await.map_err(|source| self.offline(source))?;
            let status = answer.status();
            if status == StatusCode::UNAUTHORIZED && !asked {
                asked = true;
                self.authorize(scope, what, answer.headers()).await?;
                continue;
            }
            let later = status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE;
            if later && tried < TRIES {
                tokio::time::sleep(patience(answer.headers(), tried)).await;
                continue;
            }
            return Ok(answer);
        }
    }

    fn known(&self, scope: &str) -> Option<String> {
        let known = self.authorization.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.as_ref().filter(|(held, _)| held == scope || held == "basic").map(|(_, header)| header.clone())
    }

    /// Gets what the registry asks for in `WWW-Authenticate`: basic, or a token for the scope.
    async fn authorize(&self, scope: &str, what: &str, headers: &HeaderMap) -> Result<(), RegistryError> {
        let refused = || RegistryError::Credential { address: self.address.clone(), what: what.to_owned() };
        let wanted =
            headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
        let fresh = if wanted.to_ascii_lowercase().starts_with("basic") {
            if self.username.is_empty() {
                return Err(refused());
            }
            let pair = base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                format!("{}:{}", self.username, self.password),
            );
            ("basic".to_owned(), format!("Basic {pair}"))
        } else {
            let realm = parameter(wanted, "realm").ok_or_else(refused)?;
            let scope_wanted = parameter(wanted, "scope").unwrap_or_else(|| scope.to_owned());
            let mut query = vec![("service", parameter(wanted, "service").unwrap_or_default())];
            if !scope_wanted.is_empty() {
                query.push(("scope", scope_wanted));
            }
            let mut url = url::Url::parse(&realm).map_err(|_| refused())?;
            url.query_pairs_mut().extend_pairs(query);
            let mut request = self.client.get(url);
            if !self.username.is_empty() {
                request = request.basic_auth(&self.username, Some(&self.password));
            }
            let answer = request.send().await.map_err(|source| self.offline(source))?;
            if !answer.status().is_success() {
                return Err(refused());
            }
            let token: Token = answer.json().await.map_err(|source| self.offline(source))?;
            let token = if token.token.is_empty() { token.access_token } else { token.token };
            (scope.to_owned(), format!("Bearer {token}"))
        };
        *self.authorization.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(fresh);
        Ok(())
    }

    /// The answer, when it is a good one.
    pub(super) async fn good(&self, answer: Response, what: &str) -> Result<Response, RegistryError> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(RegistryError::Credential { address: self.address.clone(), what: what.to_owned() });
        }
        let said =
            answer.text().await.unwrap_or_default().chars().take(400).collect::<String>().trim().to_owned();
        Err(RegistryError::Refused {
            address: self.address.clone(),
            what: what.to_owned(),
            status: status.as_u16(),
            said,
        })
    }

    pub(super) fn offline(&self, source: reqwest::Error) -> RegistryError {
        // The address is in our sentence already; a URL in the error might carry a token.
        RegistryError::Offline { address: self.address.clone(), source: source.without_url() }
    }

    /// An address the registry gave, which may be a path only.
    pub(super) fn absolute(&self, location: &str) -> String {
        if location.starts_with("http://") || location.starts_with("https://") {
            location.to_owned()
        } else {
            format!("{}{location}", self.base)
        }
    }

    /// Whether a repository has a blob.
    ///
    /// # Errors
    /// When the registry does not answer, or refuses.
    pub async fn has_blob(&self, repository: &str, digest: &str) -> Result<bool, RegistryError> {
        let what = format!("the question for blob {digest} in {repository}");
        let answer = self
            .ask(&scope(repository), &what, |client, base| {
                client.request(Method::HEAD, format!("{base}/v2/{repository}/blobs/{digest}"))
            })
            .await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        self.good(answer, &what).await.map(|_| true)
    }
}

/// The scope of tokens for pushing to a repository.
pub(super) fn scope(repository: &str) -> String {
    format!("repository:{repository}:pull,push")
}

fn parameter(header: &str, name: &str) -> Option<String> {
    let at = header.find(&format!("{name}=\""))? + name.len() + 2;
    let rest = &header[at..];
    Some(rest[..rest.find('"')?].to_owned())
}

fn patience(headers: &HeaderMap, tried: u32) -> Duration {
    let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    asked.map_or(Duration::from_secs(1 << (tried - 1)), Duration::from_secs).min(PATIENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let header = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull""#;
        assert_eq!(parameter(header, "realm").as_deref(), Some("https://auth.example/token"));
        assert_eq!(parameter(header, "service").as_deref(), Some("registry.example"));
        assert_eq!(parameter(header, "error"), None);
    }

    #[test]
    fn a_registry_says_how_long_to_wait() {
        let mut headers = HeaderMap::new();
        assert_eq!(patience(&headers, 3), Duration::from_secs(4));
        headers.insert(RETRY_AFTER, "7".parse().expect("a number"));
        assert_eq!(patience(&headers, 1), Duration::from_secs(7));
        headers.insert(RETRY_AFTER, "86400".parse().expect("a number"));
        assert_eq!(patience(&headers, 1), PATIENCE);
    }
}
