//! Questions for blobs and manifests, mounts, and manifests put byte for byte.

use std::io::Read;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Method, Response, StatusCode};
use sha2::{Digest, Sha256};

use super::auth::Scope;
use super::backoff::Stop;
use super::error::RegistryError;
use super::session::{Call, PATIENCE, Registry};
use super::upload::Session;
use super::uploads::UploadKey;
use super::{Blob, PushManifest, Source};

/// All that a tag may name, or a registry would convert what it has to what it thinks we know.
pub(super) const KINDS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// The largest manifest: what registries themselves take.
pub(super) const LARGEST: usize = 4 << 20;
/// Words by which registries say that a tag stays where it is, in whichever status.
const HELD: [&str; 6] = ["immutab", "overwrit", "already exist", "tag_already", "protected", "retain"];

/// What became of a mount.
pub(super) enum Mount {
    /// The blob is there.
    Done,
    /// The registry would rather have it sent, and has begun an upload.
    Begun(Session),
    /// It does not want to.
    Refused,
}

impl Registry {
    /// Whether a repository has a blob.
    ///
    /// # Errors
    /// When the registry does not answer, or refuses.
    pub async fn has_blob(&self, repository: &str, digest: &str) -> Result<bool, RegistryError> {
        self.has(repository, digest, &|| false).await
    }

    pub(super) async fn has_blob_for(&self, key: &UploadKey, stop: Stop<'_>) -> Result<bool, RegistryError> {
        self.has(&key.repository, &key.digest, stop).await
    }

    pub(super) async fn has(
        &self,
        repository: &str,
        digest: &str,
        stop: Stop<'_>,
    ) -> Result<bool, RegistryError> {
        let what = format!("the question for blob {digest} in {repository}");
        let url = self.url(&format!("{repository}/blobs/{digest}"));
        let call = Call { what: &what, scope: &Scope::push(repository), stop };
        let answer =
            self.ask(call, |client| client.request(Method::HEAD, url.clone()).timeout(PATIENCE)).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(false),
            // It sends those who pull to its object store, and would not if there were nothing.
            status if status.is_redirection() => Ok(true),
            _ => self.good(answer, &what).await.map(|_| true),
        }
    }

    /// The digest of what a tag or digest names; `None` when there is nothing.
    pub(super) async fn manifest_digest(
        &self,
        repository: &str,
        name: &str,
        stop: Stop<'_>,
    ) -> Result<Option<String>, RegistryError> {
        let what = format!("the question for {}", named(repository, name));
        let url = self.url(&format!("{repository}/manifests/{name}"));
        let call = Call { what: &what, scope: &Scope::push(repository), stop };
        let asking = |method: Method| {
            let url = url.clone();
            move |client: &reqwest::Client| {
                client.request(method.clone(), url.clone()).header(ACCEPT, KINDS).timeout(PATIENCE)
            }
        };
        let answer = self.ask(call, asking(Method::HEAD)).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = self.good(answer, &what).await?;
        if let Some(digest) = said_digest(&answer) {
            return Ok(Some(digest));
        }
        if name.contains(':') {
            return Ok(Some(name.to_owned()));
        }
        // The header is optional: what the tag names is hashed instead.
        let mut answer = self.good(self.ask(call, asking(Method::GET)).await?, &what).await?;
        let (mut hash, mut length) = (Sha256::new(), 0);
        while let Some(piece) = answer.chunk().await.map_err(|error| self.offline(error))? {
            length += piece.len();
            if length > LARGEST {
                return Ok(None);
            }
            hash.update(&piece);
        }
        Ok(Some(text(hash)))
    }

    /// Mounts a blob from another repository.
    pub(super) async fn mount(
        &self,
        from: &str,
        repository: &str,
        blob: &Blob,
        stop: Stop<'_>,
    ) -> Result<Mount, RegistryError> {
        if self.refuses.mounts.load(Ordering::Relaxed) {
            return Ok(Mount::Refused);
        }
        let what = format!("mounting blob {} into {repository}", blob.digest);
        let mut url = self.url(&format!("{repository}/blobs/uploads/"));
        url.set_query(Some(&format!("mount={}&from={from}", blob.digest)));
        let call = Call { what: &what, scope: &Scope::mount(from, repository), stop };
        let asked = self
            .ask(call, |client| client.post(url.clone()).header(CONTENT_LENGTH, 0).timeout(PATIENCE))
            .await?;
        match asked.status() {
            StatusCode::CREATED => Ok(Mount::Done),
            status if status.is_success() => {
                let to = self.located(&url, &asked)?;
                Ok(to.map_or(Mount::Refused, |to| Mount::Begun(Session::begun(to, asked.headers()))))
            }
            status => {
                tracing::debug!(%status, from, repository, "a mount is refused");
                // A repository that may not be read says nothing of the others.
                let all = matches!(status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED);
                self.refuses.mounts.fetch_or(all, Ordering::Relaxed);
                Ok(Mount::Refused)
            }
        }
    }

    /// Puts a manifest, byte for byte, below its digest or a tag.
    pub(super) async fn put_manifest(
        &self,
        source: &dyn Source,
        manifest: &PushManifest,
        (repository, name): (&str, &str),
        stop: Stop<'_>,
    ) -> Result<(), RegistryError> {
        let digest = &manifest.blob.digest;
        let bytes =
            read(source, digest).map_err(|source| RegistryError::Blob { digest: digest.clone(), source })?;
        let what = format!("putting {}", named(repository, name));
        let url = self.url(&format!("{repository}/manifests/{name}"));
        let call = Call { what: &what, scope: &Scope::push(repository), stop };
        let answer = self
            .ask(call, |client| {
                let put = client.put(url.clone()).timeout(PATIENCE);
                put.header(CONTENT_TYPE, &manifest.media_type).body(bytes.clone())
            })
            .await?;
        let answer = self.good(answer, &what).await?;
        self.same_digest(&answer, digest, &what)
    }

    /// Puts what a tag names. A registry that keeps the tag where it is says so in many ways.
    pub(super) async fn put_tag(
        &self,
        source: &dyn Source,
        manifest: &PushManifest,
        (repository, tag): (&str, &str),
        stop: Stop<'_>,
    ) -> Result<(), RegistryError> {
        let error = match self.put_manifest(source, manifest, (repository, tag), stop).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let said = match &error {
            RegistryError::Refused { status: 409 | 412, said, .. } => said.clone(),
            RegistryError::Refused { status: 400 | 405 | 422, said, .. }
            | RegistryError::Denied { said, .. }
                if HELD.iter().any(|word| said.to_ascii_lowercase().contains(word)) =>
            {
                said.clone()
            }
            _ => return Err(error),
        };
        let wanted = &manifest.blob.digest;
        match self.manifest_digest(repository, tag, stop).await? {
            Some(held) if held == *wanted => Ok(()),
            Some(held) => Err(RegistryError::TagHeld {
                address: self.address.clone(),
                repository: repository.to_owned(),
                tag: tag.to_owned(),
                held,
                wanted: wanted.clone(),
                said,
            }),
            None => Err(error),
        }
    }

    /// Compares the digest that an answer gives, if it gives one.
    pub(super) fn same_digest(&self, answer: &Response, ours: &str, what: &str) -> Result<(), RegistryError> {
        match said_digest(answer) {
            Some(theirs) if theirs != ours => Err(RegistryError::Digest {
                address: self.address.clone(),
                what: what.to_owned(),
                ours: ours.to_owned(),
                theirs,
            }),
            _ => Ok(()),
        }
    }
}

/// A manifest of the library. Below a tag a registry takes whatever it is sent, hence it is hashed here.
fn read(source: &dyn Source, digest: &str) -> std::io::Result<Bytes> {
    let mut bytes = Vec::new();
    source.open(digest)?.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(std::io::Error::other("it is larger than a manifest may be"));
    }
    let found = text(Sha256::new_with_prefix(&bytes));
    if digest.starts_with("sha256:") && digest != found {
        return Err(std::io::Error::other(format!("its bytes are those of {found}")));
    }
    Ok(Bytes::from(bytes))
}

pub(super) fn text(hash: Sha256) -> String {
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn said_digest(answer: &Response) -> Option<String> {
    answer.headers().get("Docker-Content-Digest").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// `repository:tag` or `repository@digest`.
pub(super) fn named(repository: &str, name: &str) -> String {
    format!("{repository}{}{name}", if name.contains(':') { '@' } else { ':' })
}
