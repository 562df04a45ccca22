//! A registry that keeps to the specification and keeps what arrived of a chunk; rules make it refuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::images::digest;

/// One request, after its body has been read.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Path without `/v2/`.
    pub path: String,
    pub query: HashMap<String, String>,
    /// The query as it came: names may come twice.
    pairs: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    /// Bytes of the body that arrived.
    pub arrived: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

pub fn reply(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

impl Reply {
    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// What to answer instead of what a registry should; asked before a body is used.
type Rule = Box<dyn FnMut(&Request) -> Option<Reply> + Send>;
/// What to change in the answer that a registry should give.
type Change = Box<dyn FnMut(&Request, &mut Reply) + Send>;

#[derive(Default)]
pub struct Store {
    /// By `repository/digest`.
    pub blobs: HashMap<String, Vec<u8>>,
    /// By `repository/name`: media type and bytes.
    pub manifests: HashMap<String, (String, Vec<u8>)>,
    /// By id: bytes, and how often it was gone on with.
    pub uploads: HashMap<String, (Vec<u8>, u64)>,
    pub log: Vec<Request>,
    begun: u64,
}

pub struct Scripted {
    pub address: String,
    pub store: Arc<Mutex<Store>>,
    rule: Arc<Mutex<Option<Rule>>>,
    change: Arc<Mutex<Option<Change>>>,
}

impl Request {
    /// Scopes that a token is asked for.
    pub fn scopes(&self) -> Vec<String> {
        self.pairs.iter().filter(|(name, _)| name == "scope").map(|(_, value)| value.clone()).collect()
    }

    pub fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.path.contains(part)
    }
}

impl Scripted {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let scripted = Self {
            address: listener.local_addr().expect("an address").to_string(),
            store: Arc::default(),
            rule: Arc::default(),
            change: Arc::default(),
        };
        let (store, rule, change) =
            (Arc::clone(&scripted.store), Arc::clone(&scripted.rule), Arc::clone(&scripted.change));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (store, rule, change) = (Arc::clone(&store), Arc::clone(&rule), Arc::clone(&change));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    while serve(&mut stream, &store, &rule, &change).await.is_some() {}
                });
            }
        });
        scripted
    }

    pub fn rule(&self, rule: impl FnMut(&Request) -> Option<Reply> + Send + 'static) {
        *self.rule.lock().expect("the rule") = Some(Box::new(rule));
    }

    pub fn change(&self, change: impl FnMut(&Request, &mut Reply) + Send + 'static) {
        *self.change.lock().expect("the change") = Some(Box::new(change));
    }

    pub fn count(&self, method: &str, part: &str) -> usize {
        self.store.lock().expect("the store").log.iter().filter(|request| request.is(method, part)).count()
    }

    pub fn has_blob(&self, repository: &str, digest: &str) -> bool {
        self.store.lock().expect("the store").blobs.contains_key(&format!("{repository}/{digest}"))
    }

    pub fn manifest(&self, repository: &str, name: &str) -> Option<Vec<u8>> {
        let store = self.store.lock().expect("the store");
        store.manifests.get(&format!("{repository}/{name}")).map(|(_, bytes)| bytes.clone())
    }
}

async fn head(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = Vec::new();
    // Who tries TLS first is answered by hanging up.
    if *stream.fill_buf().await.ok()?.first()? == 0x16 {
        return None;
    }
    stream.read_until(b'\n', &mut line).await.ok()?;
    let line = String::from_utf8(line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let url = url::Url::parse(&format!("http://here{target}")).ok()?;
    let path = url.path().trim_start_matches("/v2/").to_owned();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    Some(Request { method, path, query: pairs.iter().cloned().collect(), pairs, headers, arrived: 0 })
}

async fn serve(
    stream: &mut BufReader<TcpStream>,
    store: &Mutex<Store>,
    rule: &Mutex<Option<Rule>>,
    change: &Mutex<Option<Change>>,
) -> Option<()> {
    let mut request = head(stream).await?;
    let mut ruled = rule.lock().expect("the rule").as_mut().and_then(|rule| rule(&request));
    if ruled.is_none() && request.method == "PATCH" {
        ruled = store.lock().expect("the store").refuse_patch(&request);
    }
    let mut left: u64 = request.headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    let mut complete = true;
    while left > 0 {
        let read = stream.read(&mut buffer[..left.min(64 << 10) as usize]).await.unwrap_or(0);
        if read == 0 {
            complete = false;
            break;
        }
        left -= read as u64;
        request.arrived += read as u64;
        match request.path.rsplit_once("/blobs/uploads/") {
            Some((_, id)) if request.method == "PATCH" && ruled.is_none() => {
                let mut store = store.lock().expect("the store");
                store.uploads.get_mut(id)?.0.extend_from_slice(&buffer[..read]);
            }
            _ => body.extend_from_slice(&buffer[..read]),
        }
    }
    let mut answer = {
        let mut store = store.lock().expect("the store");
        store.log.push(request.clone());
        if !complete {
            return None;
        }
        ruled.unwrap_or_else(|| store.answer(&request, body))
    };
    if let Some(change) = change.lock().expect("the change").as_mut() {
        change(&request, &mut answer);
    }
    let mut text = format!("HTTP/1.1 {} Scripted\r\n", answer.status);
    let has_length = answer.headers.iter().any(|(name, _)| name == "Content-Length");
    if answer.status != 204 && !has_length {
        answer = answer.clone().header("Content-Length", answer.body.len());
    }
    for (name, value) in &answer.headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += "\r\n";
    stream.write_all(text.as_bytes()).await.ok()?;
    if request.method != "HEAD" {
        stream.write_all(&answer.body).await.ok()?;
    }
    Some(())
}

/// A blob, or what the request wants of it.
fn blob(request: &Request, bytes: &[u8]) -> Reply {
    let from = request.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    match from.and_then(|from| from.parse::<usize>().ok()) {
        Some(from) => reply(206)
            .header("Content-Range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len()))
            .body(&bytes[from..]),
        None => reply(200).body(bytes),
    }
}

pub fn error(status: u16, code: &str, message: &str) -> Reply {
    reply(status).body(json!({"errors": [{"code": code, "message": message}]}).to_string())
}

impl Store {
    fn going_on(&self, repository: &str, id: &str, status: u16) -> Reply {
        let (bytes, times) = &self.uploads[id];
        let end = bytes.len().saturating_sub(1);
        reply(status)
            .header("Location", format!("/v2/{repository}/blobs/uploads/{id}?times={times}"))
            .header("Range", format!("0-{end}"))
    }

    /// A chunk that does not begin where the upload ends, or comes by a URL that was replaced.
    fn refuse_patch(&self, request: &Request) -> Option<Reply> {
        let id = request.path.rsplit('/').next().unwrap_or_default();
        let Some((bytes, times)) = self.uploads.get(id) else {
            return Some(error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown"));
        };
        let newest = request.query.get("times") == Some(&times.to_string());
        let begin =
            request.headers.get("content-range").and_then(|range| range.split('-').next()?.parse().ok());
        if !newest {
            return Some(error(400, "BLOB_UPLOAD_INVALID", "an old location"));
        }
        (begin != Some(bytes.len())).then(|| error(416, "RANGE_INVALID", "not the next chunk"))
    }

    fn answer(&mut self, request: &Request, body: Vec<u8>) -> Reply {
        let path = request.path.clone();
        if path.is_empty() {
            return reply(200);
        }
        if let Some((repository, id)) = path.split_once("/blobs/uploads/") {
            return self.upload(request, repository, id, body);
        }
        if let Some((repository, digest)) = path.split_once("/blobs/") {
            let there = self.blobs.get(&format!("{repository}/{digest}"));
            return there.map_or(reply(404), |bytes| blob(request, bytes));
        }
        let Some((repository, name)) = path.split_once("/manifests/") else { return reply(404) };
        if request.method == "PUT" {
            let kind = request.headers.get("content-type").cloned().unwrap_or_default();
            let digest = digest(&body);
            self.manifests.insert(format!("{repository}/{digest}"), (kind.clone(), body.clone()));
            self.manifests.insert(format!("{repository}/{name}"), (kind, body));
            return reply(201).header("Docker-Content-Digest", digest);
        }
        match self.manifests.get(&format!("{repository}/{name}")) {
            None => reply(404),
            Some((kind, bytes)) => reply(200)
                .header("Docker-Content-Digest", digest(bytes))
                .header("Content-Type", kind)
                .body(bytes.clone()),
        }
    }

    fn upload(&mut self, request: &Request, repository: &str, id: &str, body: Vec<u8>) -> Reply {
        match request.method.as_str() {
            "POST" => {
                if let (Some(digest), Some(from)) = (request.query.get("mount"), request.query.get("from"))
                    && let Some(bytes) = self.blobs.get(&format!("{from}/{digest}")).cloned()
                {
                    self.blobs.insert(format!("{repository}/{digest}"), bytes);
                    return reply(201);
                }
                self.begun += 1;
                let id = format!("u{}", self.begun);
                self.uploads.insert(id.clone(), (Vec::new(), 0));
                self.going_on(repository, &id, 202)
            }
            _ if !self.uploads.contains_key(id) => error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown"),
            "GET" => self.going_on(repository, id, 204),
            "PATCH" => {
                self.uploads.get_mut(id).expect("it is there").1 += 1;
                self.going_on(repository, id, 202)
            }
            "PUT" => {
                let (mut bytes, _) = self.uploads.remove(id).expect("it is there");
                bytes.extend(body);
                let (found, wanted) =
                    (digest(&bytes), request.query.get("digest").cloned().unwrap_or_default());
                if found != wanted {
                    return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
                }
                self.blobs.insert(format!("{repository}/{found}"), bytes);
                reply(201).header("Docker-Content-Digest", found)
            }
            _ => reply(405),
        }
    }
}
