//! Files from a host: into a `.part` beside their place, compared by digest, renamed when they are whole.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use crate::error::RemoteError;
use crate::host::{Captured, Command, Exit, Host, Sink as _, Stream};
use crate::process::Event;
use crate::upload::DIGEST;
use longshore_shell::quote;

const SAID: usize = 16 * 1024;
/// New links after lost ones.
const LINKS: usize = 5;

/// A file that is wanted from a host.
#[derive(Debug, Clone)]
pub struct Download {
    /// Its path on the host.
    pub from: String,
    /// Where it goes on this machine. It gets mode 0600.
    pub to: PathBuf,
    /// Whether root reads it.
    pub root: bool,
}

/// A file that was brought here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, here and there.
    pub digest: String,
}

struct Part {
    path: PathBuf,
    file: File,
    digest: Sha256,
    length: u64,
}

impl Part {
    fn failed(&self, error: &std::io::Error) -> RemoteError {
        unwritable(&self.path, error)
    }

    async fn write(&mut self, piece: &[u8]) -> Result<(), RemoteError> {
        self.digest.update(piece);
        self.length += piece.len() as u64;
        self.file.write_all(piece).await.map_err(|error| self.failed(&error))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> RemoteError {
    RemoteError::LocalFile { path: path.to_owned(), done: "written", why: error.to_string() }
}

/// The file from `offset` on, then its digest on the other stream.
fn script(from: &str, offset: u64) -> String {
    format!("{DIGEST}f={}\ntail -c +{} \"$f\" || exit 1\nh <\"$f\" >&2", quote(from), offset + 1)
}

/// Brings a file here. `progress` is told how many bytes are here.
///
/// Goes on over a new link if the link is lost. The file appears under its name whole and verified, or not at
/// all.
pub async fn download(
    host: &dyn Host,
    download: &Download,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Downloaded, RemoteError> {
    let mut path = download.to.clone().into_os_string();
    path.push(".part");
    let path = PathBuf::from(path);
    let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).await;
    let file = opened.map_err(|error| unwritable(&path, &error))?;
    let mut part = Part { path, file, digest: Sha256::new(), length: 0 };
    let result = fetch(host, download, &mut part, progress).await;
    if result.is_err() {
        let _ = tokio::fs::remove_file(&part.path).await;
    }
    result
}

async fn fetch(
    host: &dyn Host,
    download: &Download,
    part: &mut Part,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Downloaded, RemoteError> {
    let mut links = 0;
    let there = loop {
        match attempt(host, download, part, progress).await {
            Err(error) if error.is_link_lost() && links < LINKS => links += 1,
            other => break other?,
        }
    };
    let digest: String = part.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if there != digest {
        let why = format!("its digest is {there} there and {digest} here");
        return Err(failed(host, download, why, "it was written to meanwhile; try again"));
    }
    part.file.sync_all().await.map_err(|error| part.failed(&error))?;
    tokio::fs::rename(&part.path, &download.to).await.map_err(|error| part.failed(&error))?;
    Ok(Downloaded { bytes: part.length, digest })
}

fn failed(host: &dyn Host, download: &Download, why: String, hint: &'static str) -> RemoteError {
    RemoteError::Transfer {
        host: host.name().to_owned(),
        path: download.from.clone(),
        done: "downloaded",
        why,
        hint,
    }
}

/// The digest there, after everything was read.
async fn attempt(
    host: &dyn Host,
    download: &Download,
    part: &mut Part,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<String, RemoteError> {
    let command = Command::script(script(&download.from, part.length)).root(download.root);
    let mut process = host.start(&command).await?;
    let mut said = Captured::new(SAID, host.redactor());
    let exit = loop {
        match process.next().await? {
            Event::Stdout(piece) => {
                part.write(&piece).await?;
                progress(part.length);
            }
            Event::Stderr(piece) => said.piece(Stream::Stderr, &piece),
            Event::Ended(exit) => break exit,
        }
    };
    let said = said.text(Stream::Stderr);
    if exit != Exit::Status(0) {
        let why = host.redactor().said(said.as_bytes());
        return Err(failed(host, download, why, "check the path and who may read it"));
    }
    Ok(said.split_whitespace().next().unwrap_or_default().to_owned())
}
