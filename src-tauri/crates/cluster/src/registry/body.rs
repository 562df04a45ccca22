//! Sending part of a blob: read while it is sent, watched for progress, a stop and a link that hangs.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Client, RequestBuilder, Response};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

use super::error::RegistryError;
use super::session::{Call, Registry};
use super::{Blob, Source};

/// Bytes read at a time.
const PIECE: usize = 256 << 10;
/// How often a person's stop is looked for while no piece moves.
const LOOK: Duration = Duration::from_millis(200);
/// A link that takes no piece for so long is dead.
const STALL: Duration = Duration::from_mins(1);
/// A registry may take so long for what has all arrived: it syncs a chunk, or copies a blob in its object store.
const ANSWER: Duration = Duration::from_mins(10);

/// Part of a blob.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) blob: &'a Blob,
    pub(super) from: u64,
    pub(super) length: u64,
}

#[derive(Default)]
struct Gauge {
    /// Bytes of this part that the link has taken.
    taken: AtomicU64,
    moved: Notify,
    /// What went wrong while it was read.
    broken: Mutex<Option<io::Error>>,
}

impl Part<'_> {
    fn open(&self) -> io::Result<File> {
        let mut file = self.source.open(&self.blob.digest)?;
        let there = file.metadata()?.len();
        if there != self.blob.size {
            return Err(io::Error::other(format!("it has {there} bytes instead of {}", self.blob.size)));
        }
        file.seek(SeekFrom::Start(self.from))?;
        Ok(file)
    }

    fn body(&self, gauge: &Arc<Gauge>, sent: &Arc<AtomicU64>) -> Body {
        gauge.taken.store(0, Ordering::Relaxed);
        let file = match self.open() {
            Ok(file) => file,
            Err(error) => {
                let why = io::Error::from(error.kind());
                gauge.break_at(error);
                return Body::wrap_stream(stream::once(async move { Err::<Bytes, _>(why) }));
            }
        };
        let (gauge, sent) = (Arc::clone(gauge), Arc::clone(sent));
        Body::wrap_stream(pieces(file.take(self.length)).map(move |piece| match piece {
            Ok(piece) => {
                let bytes = piece.len() as u64;
                sent.fetch_add(bytes, Ordering::Relaxed);
                gauge.taken.fetch_add(bytes, Ordering::Relaxed);
                gauge.moved.notify_one();
                Ok(piece)
            }
            Err(error) => {
                let why = io::Error::from(error.kind());
                gauge.break_at(error);
                Err(why)
            }
        }))
    }
}

/// A file's content, read straight into what the link is handed: Tokio's own files are copied once more.
fn pieces(file: Take<File>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let reading = spawn_blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let limit = file.limit();
            file.set_limit(limit.min(PIECE as u64));
            file.read_to_end(&mut piece)?;
            file.set_limit(limit - piece.len() as u64);
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file): (Vec<u8>, Take<File>) = reading.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}

impl Gauge {
    fn break_at(&self, error: io::Error) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Registry {
    /// Sends part of a blob with the request that `make` begins; `at` is told how far in the blob it is.
    pub(super) async fn send_part(
        &self,
        call: Call<'_>,
        part: Part<'_>,
        make: impl Fn(&Client) -> RequestBuilder + Sync,
        at: &(dyn Fn(u64) + Sync),
    ) -> Result<Response, RegistryError> {
        let gauge = Arc::new(Gauge::default());
        let sending = self.send(call, |client| {
            make(client)
                .header(CONTENT_TYPE, "application/octet-stream")
                .header(CONTENT_LENGTH, part.length)
                .body(part.body(&gauge, &self.sent))
        });
        let answer = self.watched(call, part, &gauge, sending, at).await;
        match gauge.broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(source) => Err(RegistryError::Blob { digest: part.blob.digest.clone(), source }),
            None => answer,
        }
    }

    async fn watched(
        &self,
        call: Call<'_>,
        part: Part<'_>,
        gauge: &Gauge,
        sending: impl Future<Output = Result<Response, RegistryError>>,
        at: &(dyn Fn(u64) + Sync),
    ) -> Result<Response, RegistryError> {
        tokio::pin!(sending);
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            tokio::select! {
                answer = &mut sending => return answer,
                () = gauge.moved.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            // Dropping the request ends its connection.
            if (call.stop)() {
                return Err(RegistryError::Stopped);
            }
            let taken = gauge.taken.load(Ordering::Relaxed).min(part.length);
            if taken != seen {
                (seen, since) = (taken, Instant::now());
                at(part.from + taken);
            }
            let patience = if taken < part.length { STALL } else { ANSWER };
            if since.elapsed() > patience {
                return Err(RegistryError::Stalled {
                    address: self.address.clone(),
                    what: call.what.to_owned(),
                    after: patience,
                });
            }
        }
    }
}
