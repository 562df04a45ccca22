//! `containerRuntime`: what the nodes run containers with.

use crate::analyze::outcome::unreadable;
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};

use super::items;

pub(super) fn judge(check: &Check<'_>) -> Judged {
    const PATH: &str = "cluster-resources/nodes.json";
    let list = check.bundle.json(PATH)?;
    let versions = items(PATH, &list)?
        .iter()
        .map(|node| node.record("status")?.record("nodeInfo")?.text("containerRuntimeVersion"))
        .collect::<Result<Vec<_>, _>>()?;
    check.first_or_limbo(&check.named("Container Runtime"), |when| {
        let mut any = false;
        for version in &versions {
            let [operator, wanted] = when.trim().split(' ').collect::<Vec<_>>()[..] else {
                return Err(unreadable(when, "`== containerd`"));
            };
            let scheme = scheme(version)
                .ok_or_else(|| Unjudged::Wrong(format!("{PATH}: {version:?} is no address of a runtime")))?;
            any = matches!(operator, "=" | "==" | "===") && wanted == scheme;
            if any {
                break;
            }
        }
        Ok(any)
    })
}

/// What stands before the colon of an address, in lower case; none at all is no address.
fn scheme(address: &str) -> Option<String> {
    let Some((scheme, _)) = address.split_once(':') else { return Some(String::new()) };
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    match scheme {
        "" => None,
        scheme if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters) => {
            Some(scheme.to_ascii_lowercase())
        }
        _ => Some(String::new()),
    }
}
