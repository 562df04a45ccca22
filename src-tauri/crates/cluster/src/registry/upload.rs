//! One blob to one repository: in chunks that are gone on with after a cut, or whole where a registry wants that.
//!
//! The distribution specification lets an upload go on where `GET` on its URL says. Registries differ in what
//! becomes of the chunk that a cut went through:
//!
//! * most keep what arrived, or drop all of it; either way they say so, and the push goes on there;
//! * Distribution (Docker's registry, Harbor, GitLab) signs the offset into the URL. It keeps what arrived but
//!   refuses the URL, which says less, and never gives another: that upload is lost with all its chunks. It can
//!   only be gone on with when the cut went between two chunks, or through a proxy before it that hands on whole
//!   requests. Only as many bytes of blobs go there at a time as may be lost, for each of those under way would be.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Response, StatusCode};
use url::Url;

use super::auth::Scope;
use super::backoff::{Stop, Tries, advised, rest};
use super::body::Part;
use super::error::RegistryError;
use super::session::{Call, PATIENCE, Registry};
use super::uploads::{Upload, UploadKey, Uploads};
use super::{Blob, Source};

/// Bytes of a chunk, and of the largest blob that is sent whole: what a cut costs at most for one blob, and still
/// long enough that the wait for each chunk's answer does not show.
pub(super) const CHUNK: u64 = 16 << 20;
/// KiB of blobs under way to a registry that loses halves. With what the link itself holds it is less than the 64 MiB
/// that a cut may cost.
pub(super) const UNFINISHED_KIB: u64 = 60 << 10;
/// The most that one blob counts there: beside a longer one no other large one goes, and small ones do.
const LONG_KIB: u64 = UNFINISHED_KIB - (CHUNK >> 10);
/// Between two questions for how far an upload is, of which the second confirms the first.
const SETTLE: Duration = Duration::from_millis(300);
/// How often the second may say something else.
const UNSETTLED: u32 = 20;
/// Chunks are not made smaller than this for one who refuses long requests.
const SHORTEST: u64 = 512 << 10;

/// What all uploads of a push share.
#[derive(Clone, Copy)]
pub(super) struct Ports<'a> {
    pub(super) registry: &'a Registry,
    pub(super) source: &'a dyn Source,
    pub(super) uploads: &'a dyn Uploads,
    pub(super) stop: Stop<'a>,
    /// KiB of blobs that a registry which loses halves may be in the middle of: [`UNFINISHED_KIB`].
    pub(super) unfinished: &'a tokio::sync::Semaphore,
}

/// An upload as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) url: Url,
    /// Bytes that are there.
    offset: u64,
    /// The shortest chunk that it takes.
    shortest: u64,
    /// It refused a chunk at 0 while saying that it has `0-0`, which Distribution says of none and others of one.
    has_one: bool,
}

/// One blob on its way.
pub(super) struct Sending<'a> {
    ports: Ports<'a>,
    blob: &'a Blob,
    what: String,
    scope: Scope,
    key: UploadKey,
    at: &'a (dyn Fn(u64) + Sync),
    tries: Tries,
    /// The most bytes that the registry ever confirmed: only beyond it there is progress.
    furthest: u64,
    /// Refusals of a first chunk, or of a digest.
    refused: u32,
}

/// What one request brought.
enum Step {
    Done,
    /// The upload goes on.
    On(Session),
    /// What became of the request is for the registry to say.
    Ask(Session, RegistryError, Option<Duration>),
    /// The upload is lost, or of no use.
    Anew(RegistryError),
}

type Stepped = Result<Step, RegistryError>;

impl Session {
    pub(super) fn begun(url: Url, headers: &HeaderMap) -> Self {
        let shortest =
            headers.get("OCI-Chunk-Min-Length").and_then(|value| value.to_str().ok()?.parse().ok());
        Self { url, offset: 0, shortest: shortest.unwrap_or(0), has_one: false }
    }

    /// Whether its URL is good for one offset only, as Distribution's is.
    fn is_signed(&self) -> bool {
        self.url.query_pairs().any(|(name, _)| name == "_state")
    }
}

impl<'a> Sending<'a> {
    pub(super) fn new(
        ports: Ports<'a>,
        blob: &'a Blob,
        repository: &str,
        at: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        Self {
            ports,
            blob,
            what: format!("the upload of blob {} to {repository}", blob.digest),
            scope: Scope::push(repository),
            key: UploadKey {
                registry: ports.registry.name(),
                repository: repository.to_owned(),
                digest: blob.digest.clone(),
            },
            at,
            tries: Tries::default(),
            furthest: 0,
            refused: 0,
        }
    }

    fn call(&self) -> Call<'_> {
        Call { what: &self.what, scope: &self.scope, stop: self.ports.stop }
    }

    /// Sends the blob; `given` is an upload that a registry began when it was asked for a mount.
    pub(super) async fn run(mut self, given: Option<Session>) -> Result<(), RegistryError> {
        let mut session = match self.recalled().await? {
            Some(known) => Some(known),
            None => given,
        };
        let mut counted = None;
        loop {
            if (self.ports.stop)() {
                return Err(RegistryError::Stopped);
            }
            let at = match session.take() {
                Some(known) => known,
                None => self.begin().await?,
            };
            if counted.is_none() && self.loses_halves() {
                // Never closed, hence there is always a permit in the end.
                counted = self.ports.unfinished.acquire_many(self.kib()).await.ok();
            }
            match self.step(at).await? {
                Step::Done => {
                    self.ports.uploads.forget(&self.key);
                    return Ok(());
                }
                Step::On(next) => session = Some(self.noted(next)),
                Step::Ask(last, error, advice) => {
                    self.tries.wait(error, advice, self.ports.stop).await?;
                    if self.ports.registry.has_blob_for(&self.key, self.ports.stop).await? {
                        self.ports.uploads.forget(&self.key);
                        return Ok(());
                    }
                    session = self.resumed(last).await?;
                }
                Step::Anew(error) => {
                    self.ports.uploads.forget(&self.key);
                    self.tries.wait(error, None, self.ports.stop).await?;
                }
            }
        }
    }

    async fn step(&mut self, at: Session) -> Stepped {
        let whole = self.is_whole(&at);
        if whole && at.offset > 0 {
            // Begun in chunks, which the registry took and made something else of.
            let session = self.begin().await?;
            return self.put(session, true).await;
        }
        if whole || at.offset == self.blob.size { self.put(at, whole).await } else { self.patch(at).await }
    }

    fn is_whole(&self, at: &Session) -> bool {
        let registry = &self.ports.registry.refuses;
        let small = self.blob.size <= CHUNK.min(registry.longer.load(Ordering::Relaxed)) && at.offset == 0;
        small || registry.chunks.load(Ordering::Relaxed)
    }

    fn kib(&self) -> u32 {
        self.blob.size.div_ceil(1 << 10).clamp(1, LONG_KIB) as u32
    }

    fn loses_halves(&self) -> bool {
        self.ports.registry.refuses.halves.load(Ordering::Relaxed)
    }

    fn longest(&self, at: &Session) -> u64 {
        CHUNK.max(at.shortest).min(self.ports.registry.refuses.longer.load(Ordering::Relaxed))
    }

    /// Where an upload that is remembered from before goes on.
    async fn recalled(&mut self) -> Result<Option<Session>, RegistryError> {
        let Some(known) = self.ports.uploads.recall(&self.key) else { return Ok(None) };
        let url = Url::parse(&known.location).ok().filter(|url| self.ports.registry.allows(url));
        let Some(url) = url else { return Ok(None) };
        let last = Session { url, offset: known.confirmed, shortest: 0, has_one: false };
        let session = self.resumed(last).await?;
        if let Some(session) = &session {
            tracing::info!(digest = self.blob.digest, offset = session.offset, "an upload goes on");
            self.furthest = session.offset;
        }
        Ok(session)
    }

    async fn begin(&self) -> Result<Session, RegistryError> {
        let registry = self.ports.registry;
        let url = registry.url(&format!("{}/blobs/uploads/", self.key.repository));
        let begun = registry
            .ask(self.call(), |client| client.post(url.clone()).header(CONTENT_LENGTH, 0).timeout(PATIENCE))
            .await?;
        let begun = registry.good(begun, &self.what).await?;
        let session = registry.located(&url, &begun)?.map(|to| Session::begun(to, begun.headers()));
        let session =
            session.ok_or_else(|| self.refused(&begun, "it does not say where the upload goes on"))?;
        Ok(self.noticed(session))
    }

    fn noticed(&self, session: Session) -> Session {
        if session.is_signed() {
            self.ports.registry.refuses.halves.store(true, Ordering::Relaxed);
        }
        if self.blob.size > CHUNK {
            let upload = Upload { location: session.url.to_string(), confirmed: session.offset };
            self.ports.uploads.remember(&self.key, &upload);
        }
        session
    }

    fn noted(&mut self, session: Session) -> Session {
        if session.offset > self.furthest {
            self.furthest = session.offset;
            self.tries.progress();
        }
        (self.at)(session.offset);
        self.noticed(session)
    }

    fn refused(&self, answer: &Response, said: &str) -> RegistryError {
        RegistryError::Refused {
            address: self.ports.registry.address.clone(),
            what: self.what.clone(),
            status: answer.status().as_u16(),
            said: said.to_owned(),
        }
    }

    /// Sends the next chunk.
    async fn patch(&mut self, at: Session) -> Stepped {
        let length = self.longest(&at).min(self.blob.size - at.offset);
        let part = Part { source: self.ports.source, blob: self.blob, from: at.offset, length };
        let range = format!("{}-{}", at.offset, at.offset + length - 1);
        let make = |client: &reqwest::Client| client.patch(at.url.clone()).header(CONTENT_RANGE, &range);
        let answer = match self.ports.registry.send_part(self.call(), part, make, self.at).await {
            Ok(answer) => answer,
            Err(error) if error.is_transient() => return Ok(Step::Ask(at, error, None)),
            Err(error) => return Err(error),
        };
        if !answer.status().is_success() {
            return self.patch_refused(at, length, answer).await;
        }
        let sent = at.offset + length;
        let offset = there(answer.headers()).unwrap_or(sent);
        if offset <= at.offset || offset > sent {
            // It took the bytes and says that it has others: it does not add one chunk to another.
            self.ports.registry.refuses.chunks.store(true, Ordering::Relaxed);
            return Ok(Step::Anew(self.refused(&answer, "it does not say what it has of the chunks")));
        }
        let url = self.ports.registry.located(&at.url, &answer)?.unwrap_or(at.url);
        Ok(Step::On(Session { url, offset, shortest: at.shortest, has_one: false }))
    }

    async fn patch_refused(&mut self, mut at: Session, length: u64, answer: Response) -> Stepped {
        let status = answer.status();
        let advice = advised(answer.headers(), Timestamp::now());
        let error = self.ports.registry.refusal(answer, &self.what).await;
        if error.is_transient() {
            return Ok(Step::Ask(at, error, advice));
        }
        let refuses = &self.ports.registry.refuses;
        match status {
            StatusCode::PAYLOAD_TOO_LARGE if length > SHORTEST => {
                refuses.longer.fetch_min((length / 4).max(SHORTEST), Ordering::Relaxed);
                Ok(Step::Ask(at, error, Some(Duration::ZERO)))
            }
            StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::LENGTH_REQUIRED => {
                refuses.chunks.store(true, Ordering::Relaxed);
                Ok(Step::Anew(error))
            }
            StatusCode::RANGE_NOT_SATISFIABLE if self.refused < 3 => {
                self.refused += 1;
                at.has_one = at.offset == 0;
                Ok(Step::Ask(at, error, Some(Duration::ZERO)))
            }
            StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::GONE
            | StatusCode::RANGE_NOT_SATISFIABLE => {
                // Once, an upload may be lost between its begin and its first chunk: a registry that is restarted.
                self.refused += u32::from(at.offset == 0);
                if self.refused > 1 {
                    refuses.chunks.store(true, Ordering::Relaxed);
                }
                Ok(Step::Anew(error))
            }
            _ => Err(error),
        }
    }

    /// Completes the upload: with the whole blob, or with nothing more.
    async fn put(&mut self, at: Session, whole: bool) -> Stepped {
        let registry = self.ports.registry;
        let length = if whole { self.blob.size } else { 0 };
        let part = Part { source: self.ports.source, blob: self.blob, from: self.blob.size - length, length };
        let mut url = at.url.clone();
        // What the registry put into the query stays as it is, for it may have signed it.
        let given = url.query().map(|query| format!("{query}&")).unwrap_or_default();
        url.set_query(Some(&format!("{given}digest={}", self.blob.digest)));
        let answer =
            match registry.send_part(self.call(), part, |client| client.put(url.clone()), self.at).await {
                Ok(answer) => answer,
                Err(error) if error.is_transient() => return Ok(Step::Ask(at, error, None)),
                Err(error) => return Err(error),
            };
        if answer.status().is_success() {
            registry.same_digest(&answer, &self.blob.digest, &self.what)?;
            return Ok(Step::Done);
        }
        let status = answer.status();
        let advice = advised(answer.headers(), Timestamp::now());
        let error = registry.refusal(answer, &self.what).await;
        if error.is_transient() {
            return Ok(Step::Ask(at, error, advice));
        }
        match status {
            StatusCode::PAYLOAD_TOO_LARGE if whole && length > SHORTEST => {
                registry.refuses.longer.fetch_min((length / 4).max(SHORTEST), Ordering::Relaxed);
                Ok(Step::Anew(error))
            }
            StatusCode::RANGE_NOT_SATISFIABLE => Ok(Step::Ask(at, error, Some(Duration::ZERO))),
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::GONE => {
                self.put_refused(whole, error)
            }
            _ => Err(error),
        }
    }

    /// An upload that is not known, or whose bytes are others than ours: two connections may have written to it.
    fn put_refused(&mut self, whole: bool, error: RegistryError) -> Stepped {
        self.refused += 1;
        match self.refused {
            1 => Ok(Step::Anew(error)),
            2 if !whole => {
                self.ports.registry.refuses.chunks.store(true, Ordering::Relaxed);
                Ok(Step::Anew(error))
            }
            _ => match error {
                RegistryError::Refused { address, what, said, .. } if said.contains("DIGEST_INVALID") => {
                    Err(RegistryError::Digest { address, what, ours: self.blob.digest.clone(), theirs: said })
                }
                other => Err(other),
            },
        }
    }

    /// Where an upload goes on; `None` when it does not.
    ///
    /// What was on its way when the connection broke may still be arriving: a chunk that is sent meanwhile would
    /// be mixed with it. Hence the registry has to say the same twice.
    async fn resumed(&self, last: Session) -> Result<Option<Session>, RegistryError> {
        let Some(mut now) = self.asked(last).await? else { return Ok(None) };
        for _ in 0..UNSETTLED {
            rest(SETTLE, self.ports.stop).await?;
            let before = now.offset;
            let Some(next) = self.asked(now).await? else { return Ok(None) };
            now = next;
            if now.offset == before {
                break;
            }
        }
        Ok(Some(now))
    }

    /// Asks the registry how far an upload is.
    async fn asked(&self, last: Session) -> Result<Option<Session>, RegistryError> {
        if self.is_whole(&last) {
            return Ok(None);
        }
        let registry = self.ports.registry;
        let asking = |client: &reqwest::Client| client.get(last.url.clone()).timeout(PATIENCE);
        let answer = registry.ask(self.call(), asking).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Err(registry.refusal(answer, &self.what).await);
        }
        let offset = there(answer.headers()).map(|end| match end {
            // `0-0` is said of an upload with nothing in it as well.
            1 => u64::from(last.has_one),
            end => end,
        });
        let Some(offset) = offset.filter(|end| answer.status().is_success() && *end <= self.blob.size) else {
            tracing::info!(digest = self.blob.digest, status = answer.status().as_u16(), "an upload is lost");
            self.ports.uploads.forget(&self.key);
            return Ok(None);
        };
        let url = registry.located(&last.url, &answer)?.unwrap_or(last.url);
        Ok(Some(self.noticed(Session { url, offset, shortest: last.shortest, has_one: last.has_one })))
    }
}

/// Bytes that an answer says are there: `Range: 0-41` are 42.
fn there(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(RANGE)?.to_str().ok()?.trim();
    let text = text.trim_start_matches("bytes").trim_start_matches(['=', ' ']);
    let (from, to) = text.split_once('-')?;
    if from.trim() != "0" {
        return None;
    }
    to.trim().parse::<u64>().ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (said, bytes) in [
            ("0-41", Some(42)),
            ("0-0", Some(1)),
            ("bytes=0-41", Some(42)),
            ("bytes 0-41", Some(42)),
            ("1-41", None),
            ("0--1", None),
            ("0-", None),
            ("0-18446744073709551615", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, said.parse().expect("a header"))]);
            assert_eq!(there(&headers), bytes, "{said:?}");
        }
    }

    #[test]
    fn a_signed_url_is_seen() {
        let session = |url| Session::begun(Url::parse(url).expect("a URL"), &HeaderMap::new());
        assert!(session("https://r.example/v2/a/blobs/uploads/1?_state=abc").is_signed(), "Distribution's");
        assert!(!session("https://r.example/v2/a/blobs/uploads/1?state=abc").is_signed(), "another one's");
    }
}
