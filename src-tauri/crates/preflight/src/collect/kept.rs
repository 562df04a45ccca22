//! What one collector keeps: files, why others are not there, and no more bytes than it may.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::Gathered;
use super::world::{Refusal, Text};

/// Bytes that one collector may keep.
pub(super) const ROOM: usize = 64 << 20;
/// Bytes that all of them may keep.
pub(super) const TOTAL: usize = 512 << 20;

/// Takes the files of one collector as they come, so that what came before a collector's time was up is kept.
pub(super) struct Kept<'a> {
    gathered: Mutex<Gathered>,
    own: AtomicUsize,
    all: &'a AtomicUsize,
}

impl<'a> Kept<'a> {
    /// Nothing yet; `all` counts what all collectors keep.
    pub(super) fn new(all: &'a AtomicUsize) -> Self {
        Self { gathered: Mutex::default(), own: AtomicUsize::new(0), all }
    }

    fn change(&self, change: impl FnOnce(&mut Gathered)) {
        change(&mut self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Keeps a file.
    pub(super) fn put(&self, path: &str, mut bytes: Vec<u8>) {
        // What grew has more room than it needs, twice as much at times.
        bytes.shrink_to_fit();
        let own = self.own.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
        let all = self.all.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
        if own <= ROOM && all <= TOTAL {
            return self.change(|gathered| drop(gathered.files.insert(path.to_owned(), bytes)));
        }
        self.own.fetch_sub(bytes.len(), Ordering::Relaxed);
        self.all.fetch_sub(bytes.len(), Ordering::Relaxed);
        let (whose, most) = if own > ROOM { ("its collector", ROOM) } else { ("all collectors", TOTAL) };
        let words = format!("{path} is not kept: {whose} may keep {} MiB", most >> 20);
        self.refuse(path, Refusal::Failed(words));
    }

    /// Keeps a text, and says when there was more of it.
    pub(super) fn text(&self, path: &str, text: Text) {
        if text.cut {
            self.note(format!("{path} was cut after {} bytes", text.bytes.len()));
        }
        self.put(path, text.bytes);
    }

    /// Keeps a value as JSON.
    pub(super) fn json(&self, path: &str, value: &Value) {
        self.put(path, value.to_string().into_bytes());
    }

    /// Keeps a value, or why there is none.
    pub(super) fn result(&self, path: &str, found: Result<Value, Refusal>) {
        match found {
            Ok(value) => self.json(path, &value),
            Err(refusal) => self.refuse(path, refusal),
        }
    }

    /// Says why a file is not there. A path that ends with a slash stands for a folder, a star for any name.
    pub(super) fn refuse(&self, path: &str, refusal: Refusal) {
        self.change(|gathered| drop(gathered.refused.insert(path.to_owned(), refusal)));
    }

    /// Says something about the files.
    pub(super) fn note(&self, note: String) {
        self.change(|gathered| gathered.notes.push(note));
    }

    /// All of it.
    pub(super) fn into_inner(self) -> Gathered {
        self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
