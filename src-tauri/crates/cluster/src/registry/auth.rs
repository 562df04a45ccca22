//! Credentials: what a registry asks for, and tokens for each scope until they are about to run out.
//!
//! A token is asked for a set of scopes, because a mount reads one repository and writes another. Tokens are
//! kept for each set: blobs of many repositories travel at once, and one cache entry would be fought over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use url::Url;

use super::error::{RegistryError, may_pass};

/// What a token lives when its service does not say: the token specification's own default.
const LIFE: u64 = 60;
/// A token is renewed this long before its end, for the request that carries it must still be under way.
const AHEAD: Duration = Duration::from_secs(15);
/// How long a token service may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What one request needs: `repository:name:pull,push`, several joined by a space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Scope(String);

impl Scope {
    /// Nothing beyond being known.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Pulling from a repository.
    pub(super) fn pull(repository: &str) -> Self {
        Self(format!("repository:{repository}:pull"))
    }

    /// Pushing to a repository.
    pub(super) fn push(repository: &str) -> Self {
        Self(format!("repository:{repository}:pull,push"))
    }

    /// Mounting a blob of one repository into another.
    pub(super) fn mount(from: &str, to: &str) -> Self {
        Self(format!("repository:{from}:pull repository:{to}:pull,push"))
    }
}

/// How a registry wants to be told who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: Url, service: String, scope: String },
}

/// What a request was sent with, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    header: HeaderValue,
    /// From then on another one is needed.
    stale: Instant,
}

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// Credentials for one registry.
pub(super) struct Credentials {
    /// As the settings name it, for errors.
    address: String,
    username: String,
    password: String,
    challenge: Mutex<Option<Challenge>>,
    slots: Mutex<HashMap<Scope, Slot>>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    issued_at: Option<String>,
}

impl Credentials {
    pub(super) fn new(address: &str, username: &str, password: &str) -> Self {
        Self {
            address: address.to_owned(),
            username: username.to_owned(),
            password: password.to_owned(),
            challenge: Mutex::default(),
            slots: Mutex::default(),
        }
    }

    /// `Authorization` for a request, as far as the registry has asked for any.
    pub(super) async fn header(
        &self,
        client: &Client,
        scope: &Scope,
    ) -> Result<Option<HeaderValue>, RegistryError> {
        let known = self.challenge.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            None => Ok(None),
            Some(Challenge::Basic) => Ok(self.basic()),
            Some(Challenge::Bearer { realm, service, scope: asked }) => {
                let slot = self.slot(scope);
                // Held while the service is asked: those who wait take the token that the first one gets.
                let mut held = slot.lock().await;
                if let Some(token) = held.as_ref().filter(|token| token.stale > Instant::now()) {
                    return Ok(Some(token.header.clone()));
                }
                let wanted = if scope.0.is_empty() { &asked } else { &scope.0 };
                let fresh = self.token(client, &realm, &service, wanted).await?;
                Ok(Some(held.insert(fresh).header.clone()))
            }
        }
    }

    /// Takes note of a 401: what it asks for, and that `used` is of no use any more. `false` when there is
    /// nothing to answer it with.
    pub(super) async fn refused(
        &self,
        headers: &HeaderMap,
        base: &Url,
        scope: &Scope,
        used: Option<&HeaderValue>,
    ) -> Result<bool, RegistryError> {
        let Some(challenge) = challenge(headers) else { return Ok(false) };
        if let Challenge::Bearer { realm, .. } = &challenge
            && base.scheme() == "https"
            && realm.scheme() != "https"
        {
            return Err(RegistryError::Token {
                address: self.address.clone(),
                realm: bare(realm),
                why: "it is not reached over TLS, and the password would be readable on the way".to_owned(),
                transient: false,
            });
        }
        let answerable = challenge != Challenge::Basic || (!self.username.is_empty() && used.is_none());
        *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = Some(challenge);
        let slot = self.slot(scope);
        let mut held = slot.lock().await;
        // Another request may have brought a new one meanwhile.
        if held.as_ref().is_some_and(|token| Some(&token.header) == used) {
            *held = None;
        }
        Ok(answerable)
    }

    fn slot(&self, scope: &Scope) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(scope.clone()).or_default())
    }

    fn basic(&self) -> Option<HeaderValue> {
        if self.username.is_empty() {
            return None;
        }
        let pair = STANDARD.encode(format!("{}:{}", self.username, self.password));
        secret(&format!("Basic {pair}"))
    }

    async fn token(
        &self,
        client: &Client,
        realm: &Url,
        service: &str,
        scope: &str,
    ) -> Result<Token, RegistryError> {
        let failed = |why: String, transient| RegistryError::Token {
            address: self.address.clone(),
            realm: bare(realm),
            why,
            transient,
        };
        let mut url = realm.clone();
        if !service.is_empty() {
            url.query_pairs_mut().append_pair("service", service);
        }
        for one in scope.split_whitespace() {
            url.query_pairs_mut().append_pair("scope", one);
        }
        let mut request = client.get(url).timeout(PATIENCE);
        if let Some(basic) = self.basic() {
            request = request.header(reqwest::header::AUTHORIZATION, basic);
        }
        let asked = Instant::now();
        let answer = request.send().await.map_err(|error| failed(error.without_url().to_string(), true))?;
        let status = answer.status();
        if status.as_u16() == 401 {
            return Err(RegistryError::Credential {
                address: self.address.clone(),
                what: if scope.is_empty() { "a token".to_owned() } else { format!("a token for {scope}") },
            });
        }
        if !status.is_success() {
            return Err(failed(format!("it answered {status}"), may_pass(status.as_u16())));
        }
        // What it says in an answer that cannot be read may be the token itself, hence nothing of it.
        let answer: Answer = answer
            .json()
            .await
            .map_err(|error| failed("its answer is no token".to_owned(), !error.is_decode()))?;
        let text = if answer.token.is_empty() { &answer.access_token } else { &answer.token };
        let header = (!text.is_empty()).then(|| secret(&format!("Bearer {text}"))).flatten();
        let header = header.ok_or_else(|| failed("its answer is no token".to_owned(), false))?;
        Ok(Token { header, stale: asked + life(&answer, Timestamp::now()) })
    }
}

/// How long a token may be used.
fn life(answer: &Answer, now: Timestamp) -> Duration {
    let life = Duration::from_secs(answer.expires_in.unwrap_or(LIFE));
    // A token from the service's own cache is older than our asking for it. Clocks of two machines differ,
    // hence an age beyond its life says nothing.
    let issued = answer.issued_at.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    let age = issued.and_then(|time| Duration::try_from(now.duration_since(time)).ok());
    let left = life.saturating_sub(age.filter(|age| *age < life).unwrap_or_default());
    left.saturating_sub(AHEAD.min(left / 4))
}

fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A realm for people: nothing of its query, where it might carry a name.
fn bare(realm: &Url) -> String {
    format!("{}{}", realm.origin().ascii_serialization(), realm.path())
}

/// The first challenge among those of a 401 that can be answered.
pub(super) fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let mut offered = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    offered.find_map(read)
}

fn read(text: &str) -> Option<Challenge> {
    let (scheme, parameters) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let parameter = |name| parameter(parameters, name).unwrap_or_default();
    let realm = Url::parse(&parameter("realm")).ok()?;
    Some(Challenge::Bearer { realm, service: parameter("service"), scope: parameter("scope") })
}

/// One parameter of a challenge; a comma may stand within quotes (`pull,push`).
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.trim_matches([' ', ',']).eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (WWW_AUTHENTICATE, value.parse().expect("a header"))).collect()
    }

    #[test]
    fn challenges_are_read() {
        let token = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#;
        let Some(Challenge::Bearer { realm, service, scope }) = challenge(&headers(&[token])) else {
            panic!("a bearer challenge");
        };
        assert_eq!(
            (realm.as_str(), service.as_str(), scope.as_str()),
            ("https://auth.example/token", "registry.example", "repository:a/b:pull,push"),
        );
        assert_eq!(
            challenge(&headers(&["Negotiate", "basic realm=x"])),
            Some(Challenge::Basic),
            "the second"
        );
        let loose = challenge(&headers(&["bearer service = s, realm=https://auth.example/t"]));
        assert!(matches!(loose, Some(Challenge::Bearer { service, .. }) if service == "s"), "without quotes");
        for broken in ["", "Bearer", "Bearer realm=\"", "Bearer realm=\"nowhere\"", "Digest realm=\"x\""] {
            assert_eq!(challenge(&headers(&[broken])), None, "{broken:?} cannot be answered");
        }
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let now: Timestamp = "2026-01-01T00:01:00Z".parse().expect("a time");
        let answer = |expires_in, issued_at: Option<&str>| Answer {
            token: String::new(),
            access_token: String::new(),
            expires_in,
            issued_at: issued_at.map(str::to_owned),
        };
        for (expires_in, issued_at, seconds) in [
            (None, None, 45),
            (Some(300), None, 285),
            (Some(4), None, 3),
            (Some(0), None, 0),
            (Some(300), Some("2026-01-01T00:00:00Z"), 225),
            (Some(300), Some("2026-01-01T00:10:00Z"), 285),
            (Some(30), Some("2025-01-01T00:00:00Z"), 22),
            (Some(300), Some("yesterday"), 285),
        ] {
            let life = life(&answer(expires_in, issued_at), now);
            assert_eq!(life.as_secs(), seconds, "{expires_in:?} {issued_at:?}");
        }
    }
}
