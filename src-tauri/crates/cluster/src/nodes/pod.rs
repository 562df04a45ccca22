//! What is to be done with each pod of a node that is drained; pure. The rules are `kubectl drain`'s.

use serde_json::Value;

/// A pod, by what names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pod {
    pub namespace: String,
    pub name: String,
    /// A new pod may have an old one's name.
    pub uid: String,
}

/// What is to be done with a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It belongs to the node: a static pod's mirror, or a DaemonSet's.
    Stays,
    /// It is moved.
    Evicted {
        /// Data of its own is lost with it.
        empty_dir: bool,
    },
    /// Nothing would make it again.
    Lost,
    /// It is going already.
    Going,
}

impl Pod {
    pub(super) fn of(pod: &Value) -> Self {
        let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
        Self { namespace: text("namespace"), name: text("name"), uid: text("uid") }
    }

    /// `shop/web-7c9`.
    pub(super) fn words(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

pub(super) fn fate(pod: &Value) -> Fate {
    let metadata = &pod["metadata"];
    if metadata["annotations"].get("kubernetes.io/config.mirror").is_some() {
        return Fate::Stays;
    }
    let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
    let controller = owners.into_iter().find(|owner| owner["controller"] == true);
    let ended = ["Succeeded", "Failed"].iter().any(|phase| pod["status"]["phase"] == *phase);
    let empty_dir = pod["spec"]["volumes"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one.get("emptyDir").is_some()));
    match controller {
        Some(owner) if owner["kind"] == "DaemonSet" => Fate::Stays,
        _ if !metadata["deletionTimestamp"].is_null() => Fate::Going,
        None if !ended => Fate::Lost,
        _ => Fate::Evicted { empty_dir: empty_dir && !ended },
    }
}
