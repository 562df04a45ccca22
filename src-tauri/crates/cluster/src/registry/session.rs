//! Speaking with one registry: which scheme, which credentials, which of its answers may pass by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use longshore_contract::RegistrySettings;
use reqwest::header::{AUTHORIZATION, LOCATION};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use super::auth::{Credentials, Scope};
use super::backoff::{Stop, Tries, advised};
use super::error::{RegistryError, may_pass};

/// How long a registry may take for a question without a blob in it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// Of what a registry says in a refusal, as much as a person reads.
const SAID: usize = 400;

/// A registry that can be spoken with.
///
/// It learns while it is used what the registry does not do; open one for each push.
pub struct Registry {
    client: Client,
    /// `https://host[:port]/`.
    base: Url,
    /// As the settings name it, for errors.
    pub(super) address: String,
    credentials: Credentials,
    /// Bytes of blobs handed to the link.
    pub(super) sent: Arc<AtomicU64>,
    /// What it refused, and is not asked for again.
    pub(super) refuses: Refuses,
}

/// What a registry does not do.
#[derive(Debug)]
pub(super) struct Refuses {
    /// Blobs in chunks.
    pub(super) chunks: AtomicBool,
    /// Mounts.
    pub(super) mounts: AtomicBool,
    /// Going on in a chunk that arrived in part.
    pub(super) halves: AtomicBool,
    /// Requests with more bytes than this.
    pub(super) longer: AtomicU64,
}

impl Default for Refuses {
    fn default() -> Self {
        Self {
            chunks: AtomicBool::default(),
            mounts: AtomicBool::default(),
            halves: AtomicBool::default(),
            longer: AtomicU64::new(u64::MAX),
        }
    }
}

/// What one request is for.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// For people: "the upload of blob …".
    pub(super) what: &'a str,
    pub(super) scope: &'a Scope,
    pub(super) stop: Stop<'a>,
}

impl Registry {
    /// Opens the registry of a site, by the address that this machine reaches it at.
    ///
    /// # Errors
    /// When it does not answer, or something else answers there.
    pub async fn open(settings: &RegistrySettings) -> Result<Self, RegistryError> {
        let address = settings.push_address.clone().unwrap_or_else(|| settings.address.clone());
        let wrong = |field, why: String| RegistryError::Settings { address: address.clone(), field, why };
        let mut registry = Self {
            client: client(settings).map_err(|why| wrong("certificate authority", why))?,
            base: base(&address).ok_or_else(|| wrong("address", "host or host:port is needed".to_owned()))?,
            address: address.clone(),
            credentials: Credentials::new(
                &address,
                &settings.username,
                settings.password.as_deref().unwrap_or_default(),
            ),
            sent: Arc::default(),
            refuses: Refuses::default(),
        };
        match registry.ping().await {
            // Only where the operator said so is plain HTTP tried, and only when there is no TLS at all.
            Err(RegistryError::Offline { .. }) if settings.insecure => {
                // Both are schemes with a host: it cannot fail.
                let _ = registry.base.set_scheme("http");
                registry.ping().await?;
            }
            other => other?,
        }
        Ok(registry)
    }

    /// Bytes of blobs handed to the link since it was opened, sent again or not.
    pub fn bytes_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// That it is there: at once when it is not, for a person waits.
    async fn ping(&self) -> Result<(), RegistryError> {
        let call = Call { what: "its version", scope: &Scope::none(), stop: &|| false };
        let url = self.url("");
        let asking = |client: &Client| client.get(url.clone()).timeout(PATIENCE);
        let mut answer = self.send(call, asking).await?;
        if may_pass(answer.status().as_u16()) {
            answer = self.ask(call, asking).await?;
        }
        if answer.status().is_redirection() {
            let to = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let to = url.join(to).map(|to| to.origin().ascii_serialization()).unwrap_or_default();
            return Err(RegistryError::Settings {
                address: self.address.clone(),
                field: "address",
                why: format!("it sends us on to {to}; name the registry there"),
            });
        }
        self.good(answer, call.what).await.map(drop)
    }

    /// Below `/v2/`.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("/v2/{path}"));
        url
    }

    /// Whether a URL may be used at all: not without TLS when the registry has it.
    pub(super) fn allows(&self, url: &Url) -> bool {
        url.scheme() == "https" || url.scheme() == self.base.scheme()
    }

    /// What its uploads are remembered by.
    pub(super) fn name(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// Sends a request once, with credentials as soon as the registry asks for them. A token that it does not
    /// take any more is replaced, which sends the request a second time.
    pub(super) async fn send(
        &self,
        call: Call<'_>,
        make: impl Fn(&Client) -> RequestBuilder + Sync,
    ) -> Result<Response, RegistryError> {
        let mut answered = false;
        loop {
            let mut request = make(&self.client).build().map_err(|source| self.offline(source))?;
            // An upload may go to another host, whose business our credentials are not.
            let ours = request.url().origin() == self.base.origin();
            let used = if ours { self.credentials.header(&self.client, call.scope).await? } else { None };
            if let Some(used) = &used {
                request.headers_mut().insert(AUTHORIZATION, used.clone());
            }
            let answer = self.client.execute(request).await.map_err(|source| self.offline(source))?;
            if answer.status() == StatusCode::UNAUTHORIZED
                && ours
                && !answered
                && self.credentials.refused(answer.headers(), &self.base, call.scope, used.as_ref()).await?
            {
                answered = true;
                continue;
            }
            return Ok(answer);
        }
    }

    /// As [`Self::send`], and again while the answer is one that may pass by itself.
    pub(super) async fn ask(
        &self,
        call: Call<'_>,
        make: impl Fn(&Client) -> RequestBuilder + Sync,
    ) -> Result<Response, RegistryError> {
        let mut tries = Tries::default();
        loop {
            if (call.stop)() {
                return Err(RegistryError::Stopped);
            }
            let (error, advice) = match self.send(call, &make).await {
                Ok(answer) if may_pass(answer.status().as_u16()) => {
                    let advice = advised(answer.headers(), Timestamp::now());
                    (self.refusal(answer, call.what).await, advice)
                }
                Ok(answer) => return Ok(answer),
                Err(error) => (error, None),
            };
            if !error.is_transient() {
                return Err(error);
            }
            tries.wait(error, advice, call.stop).await?;
        }
    }

    /// The answer, when it is a good one.
    pub(super) async fn good(&self, answer: Response, what: &str) -> Result<Response, RegistryError> {
        if answer.status().is_success() { Ok(answer) } else { Err(self.refusal(answer, what).await) }
    }

    /// What an answer that is not a good one means.
    pub(super) async fn refusal(&self, answer: Response, what: &str) -> RegistryError {
        let (address, what, status) = (self.address.clone(), what.to_owned(), answer.status());
        let said = said(answer).await;
        let full = status == StatusCode::INSUFFICIENT_STORAGE
            || said.to_ascii_lowercase().contains("no space left on device");
        match status {
            _ if full => RegistryError::Full { address, what, said },
            StatusCode::UNAUTHORIZED => RegistryError::Credential { address, what },
            StatusCode::FORBIDDEN => RegistryError::Denied { address, what, said },
            _ => RegistryError::Refused { address, what, status: status.as_u16(), said },
        }
    }

    pub(super) fn offline(&self, source: reqwest::Error) -> RegistryError {
        // The address is in our sentence already; a URL in the error might carry a token.
        RegistryError::Offline { address: self.address.clone(), source: source.without_url() }
    }

    /// Where an answer to `asked` says that the upload goes on, if it says so.
    ///
    /// # Errors
    /// When that is without TLS and the registry is not.
    pub(super) fn located(&self, asked: &Url, answer: &Response) -> Result<Option<Url>, RegistryError> {
        let said = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let Some(mut url) = said.and_then(|text| asked.join(text).ok()) else { return Ok(None) };
        if !self.allows(&url) {
            // A registry that does not know of the TLS before it names its own host without: a common mistake
            // in its settings, which must not send blobs in the clear.
            let itself =
                url.host() == self.base.host() && (url.port().is_none() || url.port() == self.base.port());
            if !itself || url.set_scheme("https").is_err() || url.set_port(self.base.port()).is_err() {
                return Err(RegistryError::Settings {
                    address: self.address.clone(),
                    field: "address for uploads",
                    why: format!("{} is not reached over TLS", url.origin().ascii_serialization()),
                });
            }
        }
        Ok(Some(url))
    }
}

fn client(settings: &RegistrySettings) -> Result<Client, String> {
    crate::crypto();
    let keepalive = Duration::from_secs(15);
    // No timeout for a read: reqwest's runs while a body is sent, and a slow link would never end a chunk. A
    // push looks itself whether bytes move. HTTP/1.1 only: over one connection of HTTP/2 all uploads share one
    // window of a megabyte, which idles any link that is far away.
    let mut builder = Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .tcp_keepalive(keepalive)
        .tcp_keepalive_interval(keepalive)
        .tcp_keepalive_retries(3)
        .redirect(reqwest::redirect::Policy::none())
        .http1_only();
    // What was sent and is not acknowledged for so long will not be: the kernel's own patience is a quarter of an
    // hour.
    #[cfg(target_os = "linux")]
    {
        builder = builder.tcp_user_timeout(PATIENCE);
    }
    if !settings.ca.trim().is_empty() {
        let ca = reqwest::Certificate::from_pem_bundle(settings.ca.as_bytes())
            .map_err(|error| error.to_string())?;
        if ca.is_empty() {
            return Err("there is no certificate in it; PEM is needed".to_owned());
        }
        builder = builder.tls_certs_merge(ca);
    }
    if settings.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    builder.build().map_err(|error| error.to_string())
}

fn base(address: &str) -> Option<Url> {
    let url = Url::parse(&format!("https://{address}")).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    (plain && url.query().is_none() && url.fragment().is_none()).then_some(url)
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    detail: serde_json::Value,
}

/// What an answer says, for people: the error list of the distribution specification, or its text as it is.
async fn said(mut answer: Response) -> String {
    let status = answer.status();
    let mut bytes = Vec::new();
    while bytes.len() < 16 << 10
        && let Ok(Some(more)) = answer.chunk().await
    {
        bytes.extend_from_slice(&more);
    }
    let text = match serde_json::from_slice::<Errors>(&bytes) {
        Ok(list) => list.errors.iter().map(OneError::text).collect::<Vec<_>>().join("; "),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SAID).collect();
    if text.is_empty() { status.canonical_reason().unwrap_or("nothing more").to_owned() } else { text }
}

impl OneError {
    fn text(&self) -> String {
        let detail = match &self.detail {
            serde_json::Value::Null => String::new(),
            serde_json::Value::Object(fields) if fields.is_empty() => String::new(),
            serde_json::Value::String(text) => format!(" ({text})"),
            other => format!(" ({other})"),
        };
        format!("{}: {}{detail}", self.code, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (address, right) in [
            ("registry.example", true),
            ("registry.example:5000", true),
            ("[::1]:5000", true),
            ("", false),
            ("registry.example/path", false),
            ("user@registry.example", false),
            ("registry.example:port", false),
            ("registry.example?x", false),
        ] {
            assert_eq!(base(address).is_some(), right, "{address:?}");
        }
    }
}
