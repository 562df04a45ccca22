//! A client that sends exactly what it is told to, one connection per request.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// An answer as a whole.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON: {error}: {text}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("is text"))
    }

    /// The field names that an error refuses.
    pub fn fields(&self) -> Vec<String> {
        let error = self.json();
        let fields = error["fields"].as_array().cloned().unwrap_or_default();
        fields.iter().map(|field| field["field"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Where requests go, and whom they find there.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    /// Fingerprint of the certificate; without one, no TLS.
    pub pin: Option<String>,
    pub token: Option<String>,
}

impl Client {
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], &body.to_string()).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let body = Bytes::from(body.to_owned());
        whole(self.open(method, path, headers, body).await.expect("the server answers")).await
    }

    pub async fn send_bytes(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        whole(self.open("POST", path, headers, Bytes::from(body)).await.expect("the server answers")).await
    }

    /// Sends a request and gives the answer once its head is there.
    pub async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> std::io::Result<Response<Incoming>> {
        let named = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let mut request = Request::builder().method(method).uri(path);
        if !named("host") {
            request = request.header("host", self.address.to_string());
        }
        if let Some(token) = self.token.as_ref().filter(|_| !named("authorization")) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).expect("is a request");
        let stream = TcpStream::connect(self.address).await?;
        match &self.pin {
            None => exchange(TokioIo::new(stream), request).await,
            Some(pin) => {
                let name = ServerName::try_from("localhost").expect("is a name");
                let connector = TlsConnector::from(Arc::new(pinned(pin)));
                exchange(TokioIo::new(connector.connect(name, stream).await?), request).await
            }
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> std::io::Result<Response<Incoming>>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(stream).await.map_err(std::io::Error::other)?;
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(std::io::Error::other)
}

async fn whole(response: Response<Incoming>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the answer ends").to_bytes().to_vec();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub id: String,
    pub name: String,
    pub data: String,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("no JSON: {error}: {}", self.data))
    }
}

/// The events of a stream.
pub struct Events {
    body: http_body_util::BodyDataStream<Incoming>,
    text: String,
}

impl Events {
    /// Opens a stream that has to be one.
    pub async fn open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        let headers: Vec<(&str, &str)> =
            headers.iter().copied().chain([("accept", "text/event-stream")]).collect();
        let response = client.open("GET", path, &headers, Bytes::new()).await.expect("the server answers");
        assert_eq!(response.status(), 200, "the stream opens");
        assert_eq!(response.headers()["content-type"], "text/event-stream", "it is a stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (told, rest) = (read(block), rest.to_owned());
                self.text = rest;
                if told != Told::default() {
                    return Some(told);
                }
            }
            let chunk = self.body.next().await?.ok()?;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

fn read(block: &str) -> Told {
    let mut told = Told::default();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("id", text)) => text.clone_into(&mut told.id),
            Some(("event", text)) => text.clone_into(&mut told.name),
            Some(("data", text)) => told.data.push_str(text),
            _ => {}
        }
    }
    told
}

/// Accepts the one certificate that has this fingerprint.
fn pinned(pin: &str) -> ClientConfig {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Pin { pin: pin.to_owned(), provider: Arc::clone(&provider) });
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth()
}

#[derive(Debug)]
struct Pin {
    pin: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let digest = ::ring::digest::digest(&::ring::digest::SHA256, certificate);
        let shown: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        if shown.join(":") == self.pin {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("the certificate has another fingerprint".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
