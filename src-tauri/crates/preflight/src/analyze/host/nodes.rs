//! Where a host check finds its file: on this host, or one per node of a cluster.

use serde_json::Value;

use crate::analyze::bundle::{json, record};
use crate::analyze::outcome::NO_MATCH;
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};

const NODE_LIST: &str = "host-collectors/system/node_list.json";
/// Where kinds that occur once keep their file.
pub(super) const SYSTEM: &str = "host-collectors/system";

/// A file of this host or of a node.
pub(super) struct Content<'a> {
    /// Name of the check, with the node's where there is one.
    pub(super) title: String,
    /// Path, for errors.
    pub(super) path: String,
    pub(super) data: &'a [u8],
}

impl Content<'_> {
    /// The content as JSON.
    pub(super) fn json(&self) -> Result<Value, Unjudged> {
        json(&self.path, self.data)
    }
}

/// The files of a check.
///
/// # Errors
/// When there is none: upstream then says nothing at all, which hides failed collectors.
pub(super) fn contents<'a>(
    check: &Check<'a>,
    title: &str,
    folder: &str,
    file: &str,
) -> Result<Vec<Content<'a>>, Unjudged> {
    let local = format!("{folder}/{file}");
    if let Some(data) = check.bundle.get(&local) {
        return Ok(vec![Content { title: title.to_owned(), path: local, data }]);
    }
    if check.bundle.get(NODE_LIST).is_none() {
        return Err(Unjudged::Silent(check.bundle.missing(&local)));
    }
    let list = check.bundle.json(NODE_LIST)?;
    let nodes = record(NODE_LIST, &list)?.texts("nodes")?;
    if nodes.is_empty() {
        return Err(Unjudged::Silent(format!("{local} was not collected, and {NODE_LIST} names no node")));
    }
    nodes
        .into_iter()
        .map(|node| {
            let path = format!("{folder}/{node}/{file}");
            Ok(Content { title: format!("{title} - Node {node}"), data: check.bundle.read(&path)?, path })
        })
        .collect()
}

/// Judges each file by the first outcome whose `when` holds for it.
pub(super) fn judged(
    check: &Check<'_>,
    title: &str,
    folder: &str,
    file: &str,
    holds: impl Fn(&str, &Content<'_>) -> Result<bool, Unjudged>,
) -> Judged {
    contents(check, title, folder, file)?
        .iter()
        .map(|content| {
            Ok(match check.first(|when| holds(when, content))? {
                Some(outcome) => outcome.verdict(&content.title),
                None => Verdict::dropped(&content.title, NO_MATCH),
            })
        })
        .collect()
}
