//! What was read of bundles lately: somebody who fills in a form asks for it again at every key.

use std::sync::{Arc, Mutex, PoisonError};

use longshore_bundle::BundleRecord;
use longshore_config::{Config, Context, Evaluator};
use longshore_release::Release;

/// How many are kept: the operator's, and the last one or two looked at.
const KEPT: usize = 3;

/// A release and its bundle.
pub(super) type Known = (Arc<BundleRecord>, Arc<Release>);

/// Releases and evaluators, the one used last at the end.
#[derive(Default)]
pub(super) struct Lately {
    releases: Mutex<Vec<Known>>,
    evaluators: Mutex<Vec<Prepared>>,
}

/// An evaluator with all that it depends on besides the values.
struct Prepared {
    digest: String,
    context: Arc<Context>,
    evaluator: Arc<Evaluator>,
    config: Arc<Config>,
}

/// Takes what matches to the end of the list.
fn used<T>(list: &mut Vec<T>, matches: impl Fn(&T) -> bool) -> Option<&T> {
    let place = list.iter().position(matches)?;
    let found = list.remove(place);
    list.push(found);
    list.last()
}

fn kept<T>(list: &mut Vec<T>, new: T) {
    if list.len() >= KEPT {
        list.remove(0);
    }
    list.push(new);
}

impl Lately {
    /// The release in a blob, read by `read` when it was not lately. Blobs never change.
    pub(super) fn release<E>(
        &self,
        record: BundleRecord,
        read: impl FnOnce(&BundleRecord) -> Result<Release, E>,
    ) -> Result<Known, E> {
        let mut releases = self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, release)) = used(&mut releases, |(known, _)| **known == record) {
            return Ok((Arc::clone(known), Arc::clone(release)));
        }
        let release = Arc::new(read(&record)?);
        let known = (Arc::new(record), release);
        kept(&mut releases, known.clone());
        Ok(known)
    }

    /// The evaluator of a release's Config with facts; it remembers what it evaluated last.
    pub(super) fn evaluator<E>(
        &self,
        digest: &str,
        context: &Arc<Context>,
        read: impl FnOnce() -> Result<Arc<Config>, E>,
    ) -> Result<(Arc<Config>, Arc<Evaluator>), E> {
        let mut evaluators = self.evaluators.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |one: &Prepared| one.digest == digest && one.context == *context;
        if let Some(one) = used(&mut evaluators, same) {
            return Ok((Arc::clone(&one.config), Arc::clone(&one.evaluator)));
        }
        let config = read()?;
        let evaluator = Arc::new(Evaluator::new(Arc::clone(&config), Arc::clone(context)));
        let (context, digest) = (Arc::clone(context), digest.to_owned());
        let one =
            Prepared { digest, context, evaluator: Arc::clone(&evaluator), config: Arc::clone(&config) };
        kept(&mut evaluators, one);
        Ok((config, evaluator))
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, kept, used};

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut list = Vec::new();
        for number in 0..KEPT {
            kept(&mut list, number);
        }
        assert_eq!(used(&mut list, |one| *one == 0), Some(&0), "it is there");
        kept(&mut list, KEPT);
        assert_eq!(list.len(), KEPT, "no more than so many");
        assert_eq!(used(&mut list, |one| *one == 1), None, "the oldest one left");
        assert_eq!(used(&mut list, |one| *one == 0), Some(&0), "the one that was used stayed");
    }
}
