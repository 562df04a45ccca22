//! What templates may know of the world outside: config values, facts, the time they are told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::context::Context;
use crate::evaluate::Effective;

/// Where templates find config values.
pub trait Lookup: Send + Sync {
    /// The effective value of an item; `None` for an unknown name.
    ///
    /// # Errors
    /// When the item's own template leads back to where it came from.
    fn option(&self, name: &str) -> Result<Option<Effective>, String>;

    /// Values of a repeatable item by the name of each repetition; none for other items.
    fn repetitions(&self, name: &str) -> Vec<(String, String)> {
        let _ = name;
        Vec::new()
    }
}

/// A certificate's and a key's text.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// The world of one set of facts.
pub(crate) struct World {
    /// Config values.
    pub lookup: Arc<dyn Lookup>,
    /// Facts.
    pub context: Arc<Context>,
    /// The present time.
    pub now: Timestamp,
    random: AtomicBool,
    pairs: Mutex<HashMap<String, Pair>>,
}

impl World {
    pub(crate) fn new(lookup: Arc<dyn Lookup>, context: Arc<Context>, now: Timestamp) -> Self {
        Self { lookup, context, now, random: AtomicBool::new(false), pairs: Mutex::default() }
    }

    /// Says that something was made at random.
    pub(crate) fn made_random(&self) {
        self.random.store(true, Ordering::Relaxed);
    }

    /// Whether something was made at random since the last call.
    pub(crate) fn take_random(&self) -> bool {
        self.random.swap(false, Ordering::Relaxed)
    }

    /// A pair that was made before under this name.
    pub(crate) fn pair(&self, name: &str) -> Option<Pair> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps a pair under a name, so that certificate and key stay together.
    pub(crate) fn keep_pair(&self, name: String, pair: Pair) {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner).insert(name, pair);
    }
}
