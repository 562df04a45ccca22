//! Bringing blobs and manifests to a registry.

use std::io::Read;

use bytes::Bytes;
use futures::{StreamExt, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::{Body, Method, StatusCode};
use tokio_util::io::ReaderStream;

use super::session::{Registry, RegistryError, scope};
use super::{Blob, PushImage, Source};

/// Bytes read at a time.
const PIECE: usize = 256 << 10;

impl Registry {
    /// Brings a blob to all repositories that lack it: sent to the first, mounted into the others.
    pub(super) async fn bring(
        &self,
        source: &dyn Source,
        blob: &Blob,
        repositories: &[&str],
        sent: &(dyn Fn(u64) + Sync),
    ) -> Result<(), RegistryError> {
        let mut home = None;
        let mut told = 0;
        for repository in repositories {
            if !self.has_blob(repository, &blob.digest).await? {
                let mounted = match home {
                    Some(home) => self.mount(home, repository, blob).await?,
                    None => false,
                };
                if !mounted {
                    let counter = |bytes| {
                        if home.is_none() {
                            sent(bytes);
                        }
                    };
                    self.upload(source, repository, blob, &counter).await?;
                    told = blob.size;
                }
            }
            if home.is_none() {
                home = Some(*repository);
                sent(blob.size.saturating_sub(told));
            }
        }
        Ok(())
    }

    /// Mounts a blob from another repository; `false` when the registry would rather have it sent.
    async fn mount(&self, from: &str, repository: &str, blob: &Blob) -> Result<bool, RegistryError> {
        let what = format!("mounting blob {} into {repository}", blob.digest);
        let answer = self
            .ask(&scope(repository), &what, |client, base| {
                let url = format!("{base}/v2/{repository}/blobs/uploads/?mount={}&from={from}", blob.digest);
                client.post(url).header(CONTENT_LENGTH, 0)
            })
            .await?;
        Ok(answer.status() == StatusCode::CREATED)
    }

    async fn upload(
        &self,
        source: &dyn Source,
        repository: &str,
        blob: &Blob,
        sent: &(dyn Fn(u64) + Sync),
    ) -> Result<(), RegistryError> {
        let what = format!("the upload of blob {} to {repository}", blob.digest);
        let begun = self
            .ask(&scope(repository), &what, |client, base| {
                client.post(format!("{base}/v2/{repository}/blobs/uploads/")).header(CONTENT_LENGTH, 0)
            })
            .await?;
        let begun = self.good(begun, &what).await?;
        let location =
            begun.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let location = self.absolute(location);
        let joint = if location.contains('?') { '&' } else { '?' };
        let url = format!("{location}{joint}digest={}", blob.digest);
        let unreadable = |source| RegistryError::Blob { digest: blob.digest.clone(), source };
        // Opened before it is sent, so that a blob that is gone is our error and not a broken request.
        drop(source.open(&blob.digest).map_err(unreadable)?);
        let (progress, mut arriving) = tokio::sync::mpsc::unbounded_channel::<u64>();
        let scope = scope(repository);
        let asking = self.ask(&scope, &what, |client, _| {
            client
                .put(&url)
                .header(CONTENT_TYPE, "application/octet-stream")
                .header(CONTENT_LENGTH, blob.size)
                .body(body(source, &blob.digest, progress.clone()))
        });
        tokio::pin!(asking);
        let answer = loop {
            tokio::select! {
                answer = &mut asking => break answer?,
                Some(bytes) = arriving.recv() => sent(bytes),
            }
        };
        while let Ok(bytes) = arriving.try_recv() {
            sent(bytes);
        }
        self.good(answer, &what).await.map(drop)
    }

    /// The digest of what a tag or digest names; `None` when there is nothing.
    pub(super) async fn manifest_digest(
        &self,
        repository: &str,
        name: &str,
    ) -> Result<Option<String>, RegistryError> {
        let what = format!("the question for {repository}:{name}");
        let accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
            application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
        let answer = self
            .ask(&scope(repository), &what, |client, base| {
                client
                    .request(Method::HEAD, format!("{base}/v2/{repository}/manifests/{name}"))
                    .header("Accept", accept)
            })
            .await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let answer = self.good(answer, &what).await?;
        Ok(answer
            .headers()
            .get("Docker-Content-Digest")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned))
    }

    /// Puts an image's manifests, byte for byte; those that others name first, the tag last.
    pub(super) async fn put_manifests(
        &self,
        source: &dyn Source,
        image: &PushImage,
    ) -> Result<(), RegistryError> {
        let repository = &image.repository;
        for (at, manifest) in image.manifests.iter().enumerate() {
            let digest = &manifest.blob.digest;
            let is_top = at + 1 == image.manifests.len();
            let name = if is_top && !image.tag.is_empty() { &image.tag } else { digest };
            if self.manifest_digest(repository, name).await?.as_deref() == Some(digest.as_str()) {
                continue;
            }
            let mut text = Vec::new();
            source
                .open(digest)
                .and_then(|mut file| file.read_to_end(&mut text))
                .map_err(|source| RegistryError::Blob { digest: digest.clone(), source })?;
            let text = Bytes::from(text);
            let what = format!("putting {repository}:{name}");
            let answer = self
                .ask(&scope(repository), &what, |client, base| {
                    client
                        .put(format!("{base}/v2/{repository}/manifests/{name}"))
                        .header(CONTENT_TYPE, &manifest.media_type)
                        .body(text.clone())
                })
                .await?;
            self.good(answer, &what).await?;
        }
        Ok(())
    }
}

/// A body that reads the blob while it is sent and says how far it is.
fn body(source: &dyn Source, digest: &str, progress: tokio::sync::mpsc::UnboundedSender<u64>) -> Body {
    match source.open(digest) {
        Ok(file) => {
            let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
            Body::wrap_stream(pieces.inspect(move |piece| {
                if let Ok(piece) = piece {
                    // Nobody listens any more once the request has ended.
                    let _ = progress.send(piece.len() as u64);
                }
            }))
        }
        Err(error) => Body::wrap_stream(stream::once(async move { Err::<Bytes, _>(error) })),
    }
}
