//! What was collected, seen as the folder that upstream's analyzers read.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fields::Record;
use super::verdict::Unjudged;
use crate::collect::Refusal;
use crate::values::glob;

/// What was collected: path in the bundle → content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads files, and says why one is not there.
#[derive(Clone, Copy)]
pub(crate) struct Bundle<'a> {
    pub(crate) files: &'a Files,
    pub(crate) refused: &'a BTreeMap<String, Refusal>,
    /// Files that are still to come, and whether one of them was asked for.
    pub(crate) pending: Option<(&'a BTreeSet<String>, &'a Cell<bool>)>,
}

impl<'a> Bundle<'a> {
    /// Notes when a file is asked for that is still to come; folders of such files end with a slash.
    fn ask(&self, asked: impl Fn(&str) -> bool) {
        if let Some((pending, touched)) = self.pending
            && pending.iter().any(|path| asked(path))
        {
            touched.set(true);
        }
    }

    /// A file's content, if it was collected.
    pub(crate) fn get(&self, path: &str) -> Option<&'a [u8]> {
        self.ask(|pending| pending == path || (pending.ends_with('/') && path.starts_with(pending)));
        self.files.get(&glob::joined(&[path])).map(Vec::as_slice)
    }

    /// Why a file could not be had, if that is known. A folder that was refused stands for all in it, a star for any
    /// name.
    pub(crate) fn refusal(&self, path: &str) -> Option<&'a Refusal> {
        let path = glob::joined(&[path]);
        let stands = |refused: &str| {
            if refused.ends_with('/') {
                path.starts_with(refused)
            } else {
                glob::matches(refused, &path) == Some(true)
            }
        };
        let exact = self.refused.get(&path);
        exact.or_else(|| self.refused.iter().find(|(refused, _)| stands(refused)).map(|(_, refusal)| refusal))
    }

    /// Why a file is not there.
    pub(crate) fn missing(&self, path: &str) -> String {
        match self.refusal(path) {
            Some(refusal) => refusal.words().to_owned(),
            None => format!("{path} was not collected"),
        }
    }

    /// A file's content.
    pub(crate) fn read(&self, path: &str) -> Result<&'a [u8], Unjudged> {
        self.get(path).ok_or_else(|| Unjudged::Wrong(self.missing(path)))
    }

    /// A file as JSON.
    pub(crate) fn json(&self, path: &str) -> Result<Value, Unjudged> {
        json(path, self.read(path)?)
    }

    /// Files whose paths match a pattern, by path.
    ///
    /// # Errors
    /// When the pattern is malformed, also matches a folder (upstream reads what it finds and stops at one), or
    /// matches a file that could not be collected.
    pub(crate) fn find(&self, pattern: &str) -> Result<Vec<(&'a str, &'a [u8])>, Unjudged> {
        self.find_without(pattern, &[])
    }

    /// The same without what matches one of other patterns.
    pub(crate) fn find_without(
        &self,
        pattern: &str,
        excluded: &[String],
    ) -> Result<Vec<(&'a str, &'a [u8])>, Unjudged> {
        let pattern = glob::joined(&[pattern]);
        let matches = |pattern: &str, path: &str| {
            glob::matches(pattern, path)
                .ok_or_else(|| Unjudged::Wrong(format!("the file name pattern {pattern:?} is malformed")))
        };
        let wanted = |path: &str| -> Result<bool, Unjudged> {
            if !matches(&pattern, path)? {
                return Ok(false);
            }
            for excluded in excluded {
                if matches(&glob::joined(&[excluded]), path)? {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        matches(&pattern, "")?;
        // What a pattern surely begins with, against what a folder's files begin with.
        let certain = pattern.split(['*', '?', '[', '\\']).next().unwrap_or_default();
        self.ask(|pending| match pending.strip_suffix('/') {
            Some(folder) => certain.starts_with(folder) || folder.starts_with(certain),
            None => glob::matches(&pattern, pending) == Some(true),
        });
        for (path, refusal) in self.refused {
            // Where there was nothing to collect, a check says itself what that means.
            let absent = matches!(refusal, Refusal::Absent(_));
            if !absent && (overlap(path, &pattern) || wanted(path)?) {
                return Err(Unjudged::Silent(refusal.words().to_owned()));
            }
        }
        let mut found = Vec::new();
        for (path, content) in self.files {
            let folders = path.match_indices('/').map(|(end, _)| &path[..end]).chain([""]);
            for folder in folders {
                if wanted(folder)? {
                    return Err(Unjudged::Wrong(format!(
                        "{pattern:?} names the folder {folder:?}, not a file"
                    )));
                }
            }
            if wanted(path)? {
                found.push((path.as_str(), content.as_slice()));
            }
        }
        Ok(found)
    }
}

/// Whether what was refused, a folder with a slash at its end or a pattern, may hold a file that a pattern matches.
fn overlap(refused: &str, pattern: &str) -> bool {
    let wild = |part: &str| part.contains(['*', '?', '[', '\\']);
    let meet = |(left, right): (&str, &str)| match (wild(left), wild(right)) {
        (false, false) => left == right,
        (true, false) => glob::matches(left, right) == Some(true),
        (false, true) => glob::matches(right, left) == Some(true),
        (true, true) => {
            let certain = |part: &str| part.find(['*', '?', '[', '\\']).unwrap_or(part.len());
            let (left, right) = (&left[..certain(left)], &right[..certain(right)]);
            left.starts_with(right) || right.starts_with(left)
        }
    };
    let folder = refused.ends_with('/');
    let (refused, pattern): (Vec<&str>, Vec<&str>) =
        (refused.trim_end_matches('/').split('/').collect(), pattern.split('/').collect());
    let long = if folder { pattern.len() > refused.len() } else { pattern.len() == refused.len() };
    long && refused.into_iter().zip(pattern).all(meet)
}

/// Parses JSON, with the file's name in the error.
pub(crate) fn json(path: &str, content: &[u8]) -> Result<Value, Unjudged> {
    serde_json::from_slice(content).map_err(|error| Unjudged::Wrong(format!("{path} is no JSON: {error}")))
}

/// Sees parsed JSON as a record, with the file's name in the error.
pub(crate) fn record<'a>(path: &str, value: &'a Value) -> Result<Record<'a>, Unjudged> {
    Record::of(value).map_err(|why| Unjudged::Wrong(format!("{path} has another shape: {why}")))
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
