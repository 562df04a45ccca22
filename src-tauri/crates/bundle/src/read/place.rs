//! Where in a bundle something went wrong, and what the stream's error means there.

use std::io;
use std::path::Path;

use super::decode::TooMuch;
use super::{pump, tape::TapeError};
use crate::BundleError;
use crate::digest::Digest;

/// A member that is being read.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The bundle.
    pub(super) path: &'a Path,
    /// Its member, as it may be shown.
    pub(super) member: &'a str,
}

impl Place<'_> {
    pub(super) fn broken(&self, error: io::Error) -> BundleError {
        broken(self.path, &format!("in member {}", self.member), error)
    }

    pub(super) fn content(&self, why: impl ToString) -> BundleError {
        BundleError::Content { name: self.member.to_owned(), why: why.to_string() }
    }

    pub(super) fn wrong(&self, found: &Digest) -> BundleError {
        BundleError::WrongDigest { name: self.member.to_owned(), found: found.to_string() }
    }
}

/// What the stream's error means for the bundle, and where.
pub(super) fn broken(path: &Path, place: &str, source: io::Error) -> BundleError {
    if pump::is_stop(&source) {
        return BundleError::Stopped;
    }
    let (path, after) = (path.to_owned(), place.to_owned());
    if let Some(TooMuch(limit)) = source.get_ref().and_then(|inner| inner.downcast_ref()) {
        return BundleError::Unpacks { limit: *limit, after };
    }
    if source.kind() == io::ErrorKind::UnexpectedEof {
        BundleError::CutOff { path, after }
    } else {
        BundleError::Damaged { path, after, source }
    }
}

/// What keeps the next member from being read.
pub(super) fn no_member(path: &Path, place: &str, error: TapeError) -> BundleError {
    match error {
        TapeError::Stream(error) => broken(path, place, error),
        TapeError::Refused(refusal) => refusal,
    }
}
