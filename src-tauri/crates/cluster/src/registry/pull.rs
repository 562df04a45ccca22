//! Our own pull from a registry, into the folder of an OCI image layout: every manifest of an image, byte for byte, and
//! each blob once.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION, RANGE};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::Blob;
use super::auth::Scope;
use super::backoff::{Stop, Tries};
use super::error::RegistryError;
use super::manifest::{KINDS, LARGEST, named, text};
use super::session::{Call, PATIENCE, Registry};

/// Blobs fetched at once.
const BLOBS: usize = 3;
/// Manifests of one image: more is no image but an attack.
const MANIFESTS: usize = 1000;
/// Places a registry may send us on to for one blob.
const HOPS: usize = 5;
/// A link that brings nothing for so long is dead.
const STALL: Duration = Duration::from_mins(1);
/// How often it is looked whether a person has stopped the work while nothing comes.
const LOOK: Duration = Duration::from_millis(200);

/// What a pull brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Manifest or index that the tag or digest names.
    pub top: Blob,
    /// Its media type.
    pub media_type: String,
}

/// Where pulled blobs are kept.
pub trait Keep: Send + Sync {
    /// Where a blob of this digest (`sha256:…`) goes; a blob that is there is taken for whole.
    fn place(&self, digest: &str) -> PathBuf;

    /// Told of the bytes of an image, once they are known.
    fn expects(&self, bytes: u64);

    /// Told of bytes that are there now.
    fn came(&self, bytes: u64);

    /// Told of bytes that came and have to come again.
    fn lost(&self, bytes: u64);
}

/// A manifest, or an index, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    manifests: Vec<Part>,
    config: Option<Part>,
    #[serde(default)]
    layers: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    digest: String,
    size: u64,
}

/// One image on its way.
struct Pull<'a> {
    registry: &'a Registry,
    repository: &'a str,
    keep: &'a dyn Keep,
    stop: Stop<'a>,
}

/// Pulls what `name` (a tag, or a digest) stands for in a repository: all its platforms.
///
/// # Errors
/// When the registry has it not, refuses, or sends other bytes than it says; when a file cannot be written.
pub async fn pull(
    registry: &Registry,
    repository: &str,
    name: &str,
    keep: &dyn Keep,
    stop: Stop<'_>,
) -> Result<Pulled, RegistryError> {
    let pull = Pull { registry, repository, keep, stop };
    let (top, media_type, document) = pull.manifest(name).await?;
    let mut open = vec![document];
    let (mut seen, mut blobs) = (BTreeSet::from([top.digest.clone()]), BTreeSet::new());
    while let Some(document) = open.pop() {
        for part in document.config.iter().chain(&document.layers) {
            blobs.insert(Blob { digest: part.digest.clone(), size: part.size });
        }
        for child in document.manifests {
            pull.place(&child.digest)?;
            if seen.len() > MANIFESTS {
                let what = format!("the image {}", named(repository, name));
                return Err(pull.other(&what, &format!("at most {MANIFESTS} manifests"), "more".to_owned()));
            }
            if seen.insert(child.digest.clone()) {
                open.push(pull.manifest(&child.digest).await?.2);
            }
        }
    }
    keep.expects(blobs.iter().map(|blob| blob.size).sum());
    let fetching = blobs.iter().map(|blob| pull.blob(blob));
    stream::iter(fetching).buffer_unordered(BLOBS).try_collect::<Vec<()>>().await?;
    Ok(Pulled { top, media_type })
}

impl Pull<'_> {
    /// The place of a blob, whose digest somebody else has written.
    fn place(&self, digest: &str) -> Result<PathBuf, RegistryError> {
        let hex = digest.strip_prefix("sha256:").unwrap_or_default();
        let is_one = hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_one {
            return Ok(self.keep.place(digest));
        }
        Err(self.other(
            &format!("an image of {}", self.repository),
            "a SHA-256 digest",
            format!("{digest:?}"),
        ))
    }

    fn other(&self, what: &str, ours: &str, theirs: String) -> RegistryError {
        RegistryError::Content {
            address: self.registry.address.clone(),
            what: what.to_owned(),
            wanted: ours.to_owned(),
            got: theirs,
        }
    }

    /// Fetches a manifest and keeps it.
    async fn manifest(&self, name: &str) -> Result<(Blob, String, Document), RegistryError> {
        let what = format!("the manifest {}", named(self.repository, name));
        let url = self.registry.url(&format!("{}/manifests/{name}", self.repository));
        let call = Call { what: &what, scope: &Scope::pull(self.repository), stop: self.stop };
        let answer = self
            .registry
            .ask(call, |client| client.get(url.clone()).header(ACCEPT, KINDS).timeout(PATIENCE))
            .await?;
        let answer = self.registry.good(answer, &what).await?;
        let said = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let said = said.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = self.whole(answer, &what).await?;
        let digest = text(Sha256::new_with_prefix(&bytes));
        if name.starts_with("sha256:") && name != digest {
            return Err(self.other(&what, name, digest));
        }
        let document: Document = serde_json::from_slice(&bytes)
            .map_err(|error| self.other(&what, "a manifest", format!("what is none: {error}")))?;
        // Version 1 names layers in a way that nothing carries any more.
        if document.manifests.is_empty() && document.config.is_none() {
            return Err(self.other(&what, "a manifest of version 2", said));
        }
        let place = self.place(&digest)?;
        write(&place, &bytes).await.map_err(|source| kept(&digest, source))?;
        let media_type = if document.media_type.is_empty() { said } else { document.media_type.clone() };
        Ok((Blob { digest, size: bytes.len() as u64 }, media_type, document))
    }

    async fn whole(&self, mut answer: Response, what: &str) -> Result<Bytes, RegistryError> {
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| self.registry.offline(error))? {
            if bytes.len() + piece.len() > LARGEST {
                return Err(self.other(what, "a manifest", format!("more than {LARGEST} bytes")));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Bytes::from(bytes))
    }

    /// Fetches a blob unless it is there. A link that is lost costs what was on its way.
    async fn blob(&self, blob: &Blob) -> Result<(), RegistryError> {
        let place = self.place(&blob.digest)?;
        if tokio::fs::metadata(&place).await.is_ok_and(|facts| facts.len() == blob.size) {
            self.keep.came(blob.size);
            return Ok(());
        }
        let broken = |source| kept(&blob.digest, source);
        let part = place.with_extension("part");
        let mut file = tokio::fs::File::create(&part).await.map_err(broken)?;
        let mut fetched = Fetched { hash: Sha256::new(), length: 0 };
        let mut tries = Tries::default();
        while fetched.length < blob.size {
            let before = fetched.length;
            let result = self.some(blob, &mut fetched, &mut file).await;
            if fetched.length > before {
                tries.progress();
            }
            match result {
                Ok(()) if fetched.length >= blob.size => break,
                // It ended early and says nothing of it.
                Ok(()) => {
                    let source = self.other(
                        &blob.digest,
                        &format!("{} bytes", blob.size),
                        format!("{}", fetched.length),
                    );
                    tries.wait(source, None, self.stop).await?;
                }
                Err(error) if error.is_transient() => tries.wait(error, None, self.stop).await?,
                Err(error) => return Err(error),
            }
        }
        file.flush().await.map_err(broken)?;
        let got = text(fetched.hash);
        if got != blob.digest || fetched.length != blob.size {
            drop(tokio::fs::remove_file(&part).await);
            let what = format!("blob {} of {}", blob.digest, self.repository);
            return Err(self.other(&what, &blob.digest, format!("{got} ({} bytes)", fetched.length)));
        }
        tokio::fs::rename(&part, &place).await.map_err(broken)
    }

    /// Fetches from where it stands on, as far as it comes.
    async fn some(
        &self,
        blob: &Blob,
        fetched: &mut Fetched,
        file: &mut tokio::fs::File,
    ) -> Result<(), RegistryError> {
        let what = format!("blob {} of {}", blob.digest, self.repository);
        let mut answer = self.located(&what, blob, fetched.length).await?;
        if answer.status() != StatusCode::PARTIAL_CONTENT && fetched.length > 0 {
            // It does not know of parts: from the beginning, over what is there.
            let again = tokio::io::AsyncSeekExt::rewind(file).await;
            again.map_err(|source| kept(&blob.digest, source))?;
            self.keep.lost(fetched.length);
            *fetched = Fetched { hash: Sha256::new(), length: 0 };
        }
        while let Some(piece) = self.waited(&what, answer.chunk()).await? {
            if fetched.length + piece.len() as u64 > blob.size {
                return Err(self.other(&what, &format!("{} bytes", blob.size), "more".to_owned()));
            }
            file.write_all(&piece).await.map_err(|source| kept(&blob.digest, source))?;
            fetched.hash.update(&piece);
            fetched.length += piece.len() as u64;
            self.keep.came(piece.len() as u64);
        }
        Ok(())
    }

    /// Waits for the next piece, for a person's stop, or until the link seems dead.
    async fn waited(
        &self,
        what: &str,
        piece: impl Future<Output = reqwest::Result<Option<Bytes>>>,
    ) -> Result<Option<Bytes>, RegistryError> {
        tokio::pin!(piece);
        let begun = tokio::time::Instant::now();
        loop {
            tokio::select! {
                piece = &mut piece => return piece.map_err(|error| self.registry.offline(error)),
                () = tokio::time::sleep(LOOK) => {}
            }
            if (self.stop)() {
                return Err(RegistryError::Stopped);
            }
            if begun.elapsed() > STALL {
                let (address, what) = (self.registry.address.clone(), what.to_owned());
                return Err(RegistryError::Stalled { address, what, after: STALL });
            }
        }
    }

    /// Asks for a blob from an offset on, wherever the registry has it.
    async fn located(&self, what: &str, blob: &Blob, from: u64) -> Result<Response, RegistryError> {
        let mut url = self.registry.url(&format!("{}/blobs/{}", self.repository, blob.digest));
        let call = Call { what, scope: &Scope::pull(self.repository), stop: self.stop };
        for _ in 0..HOPS {
            let answer = self
                .registry
                .ask(call, |client| {
                    let request = client.request(Method::GET, url.clone());
                    if from == 0 { request } else { request.header(RANGE, format!("bytes={from}-")) }
                })
                .await?;
            if !answer.status().is_redirection() {
                return self.registry.good(answer, what).await;
            }
            let to = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(to) = to.and_then(|to| url.join(to).ok()).filter(|to| self.registry.allows(to)) else {
                return Err(self.registry.refusal(answer, what).await);
            };
            url = to;
        }
        Err(self.other(what, "the blob", "one place after another to look for it".to_owned()))
    }
}

fn kept(digest: &str, source: io::Error) -> RegistryError {
    RegistryError::Kept { digest: digest.to_owned(), source }
}

struct Fetched {
    hash: Sha256,
    length: u64,
}

async fn write(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = place.with_extension("part");
    tokio::fs::write(&part, bytes).await?;
    tokio::fs::rename(&part, place).await
}
