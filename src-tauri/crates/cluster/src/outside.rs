//! Requests that this machine sends to anywhere, as checks ask for them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Method, Proxy};

use crate::bounded::Bounded;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// A request. Headers, body and proxy may hold secrets, so it cannot be shown.
pub struct Outgoing<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// Where to.
    pub url: &'a str,
    /// Headers.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a str,
    /// How long the whole of it may take.
    pub timeout: Duration,
    /// Whether any certificate is accepted.
    pub insecure: bool,
    /// Certificates of authorities in PEM, or the path of a file or folder of such; empty for the usual ones.
    pub authority: &'a str,
    /// Proxy; empty for the environment's, which is taken only where it has `HTTPS_PROXY`.
    pub proxy: &'a str,
    /// Bytes to take of the body.
    pub limit: usize,
}

/// What a request got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Status.
    pub status: u16,
    /// Headers; those of one name are joined by commas.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Bounded,
}

/// Why a request got nothing. No word of it holds the URL, which may carry a password.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// A setting of it.
    #[error("the {field} of the request cannot be used: {why}")]
    Setting {
        /// Which.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// No answer.
    #[error("{}", longshore_contract::chain(.0))]
    Sent(reqwest::Error),
}

impl From<reqwest::Error> for OutsideError {
    fn from(error: reqwest::Error) -> Self {
        Self::Sent(error.without_url())
    }
}

/// Sends a request. Redirects are followed; TLS is of version 1.2 at least.
///
/// # Errors
/// When a setting cannot be used, or there is no answer.
pub async fn send(request: &Outgoing<'_>) -> Result<Incoming, OutsideError> {
    let wrong = |field, why: String| OutsideError::Setting { field, why };
    let method =
        Method::from_bytes(request.method.as_bytes()).map_err(|_| wrong("method", "it is none".into()))?;
    let mut sent = client(request)?.request(method, request.url).timeout(request.timeout);
    for (name, value) in request.headers {
        sent = sent.header(name, value);
    }
    if !request.body.is_empty() {
        sent = sent.body(request.body.to_owned());
    }
    let mut answer = sent.send().await?;
    let mut incoming = Incoming { status: answer.status().as_u16(), ..Incoming::default() };
    for (name, value) in answer.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let name = canonical(name.as_str());
        incoming
            .headers
            .entry(name)
            .and_modify(|before| {
                before.push(',');
                before.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    while let Some(piece) = answer.chunk().await? {
        let room = request.limit - incoming.body.bytes.len();
        incoming.body.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            incoming.body.cut = true;
            break;
        }
    }
    Ok(incoming)
}

/// A header's name as Go writes it: `Content-Type`.
fn canonical(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    parts.collect::<Vec<_>>().join("-")
}

fn client(request: &Outgoing<'_>) -> Result<Client, OutsideError> {
    crate::crypto();
    let wrong = |field, why: String| OutsideError::Setting { field, why };
    let mut builder = Client::builder().connect_timeout(CONNECT).user_agent("Go-http-client/1.1");
    if !request.proxy.is_empty() {
        // What it says of a proxy that it cannot read may hold its password.
        let proxy = Proxy::all(request.proxy).map_err(|_| wrong("proxy", "it is no URL".to_owned()))?;
        builder = builder.proxy(proxy);
    } else if std::env::var_os("HTTPS_PROXY").is_none_or(|proxy| proxy.is_empty()) {
        builder = builder.no_proxy();
    }
    if !request.authority.is_empty() {
        let found = authorities(request.authority).map_err(|why| wrong("certificate authority", why))?;
        builder = builder.tls_certs_merge(found);
    }
    if request.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    Ok(builder.build()?)
}

/// Certificates as they are given: themselves, or a file or a folder of them.
fn authorities(given: &str) -> Result<Vec<Certificate>, String> {
    let read = |pem: &[u8]| Certificate::from_pem_bundle(pem).map_err(|error| error.to_string());
    let found = if given.contains("BEGIN CERTIFICATE") {
        read(given.as_bytes())?
    } else if Path::new(given).is_dir() {
        let files = std::fs::read_dir(given).map_err(|error| format!("{given}: {error}"))?;
        let texts = files.filter_map(|file| std::fs::read(file.ok()?.path()).ok());
        texts.filter_map(|text| read(&text).ok()).flatten().collect()
    } else {
        read(&std::fs::read(given).map_err(|error| format!("{given}: {error}"))?)?
    };
    if found.is_empty() { Err("there is no certificate in it; PEM is needed".to_owned()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_named_as_go_names_them() {
        for (name, wanted) in [("content-type", "Content-Type"), ("etag", "Etag"), ("x-a--b", "X-A--B")] {
            assert_eq!(canonical(name), wanted);
        }
    }

    #[tokio::test]
    async fn no_error_holds_the_url() {
        let request = |url, proxy| Outgoing {
            method: "GET",
            url,
            headers: &[],
            body: "",
            timeout: Duration::from_secs(5),
            insecure: false,
            authority: "",
            proxy,
            limit: 100,
        };
        for (url, proxy) in
            [("http://ada:hunter2@127.0.0.1:1/?token=hunter2", ""), ("http://127.0.0.1:1/", "::hunter2::")]
        {
            let error = send(&request(url, proxy)).await.expect_err("nobody listens").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
