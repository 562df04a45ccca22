//! What is noted on a host about the cluster that we brought, so that nothing else is ever taken for ours.

use longshore_contract::HostRole;
use longshore_remote::Host;
use serde::{Deserialize, Serialize};

use crate::ask::Asking;
use crate::script::{BASE, Script};
use crate::survey::Survey;
use crate::{ClusterSpec, Member, RuntimeError, RuntimeKind};

const WRITING: Asking<'_> = Asking {
    what: "Noting what is brought",
    hint: "Look at the disk that /var/lib/longshore is on and try again.",
};

/// The note, `note.json` on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Note {
    /// What runs Kubernetes.
    pub runtime: RuntimeKind,
    /// Version of the newest files that are placed.
    pub version: String,
    /// What the host does.
    pub role: HostRole,
    /// Name of its node.
    pub node: String,
    /// Folder of the cluster's data.
    pub data_directory: String,
    /// Whether the container runtime came with us.
    pub containerd: bool,
    /// Paths that were there before, of those that come and go with a cluster.
    pub before: Vec<String>,
}

impl Note {
    /// What is noted from the first touch on, before which nothing on the host is ours: there is no version yet.
    pub(crate) fn begin(runtime: RuntimeKind, member: &Member, spec: &ClusterSpec, survey: &Survey) -> Self {
        Self {
            runtime,
            version: String::new(),
            role: member.spec.role,
            node: member.spec.node.clone(),
            data_directory: spec.data_directory.clone(),
            containerd: runtime == RuntimeKind::K0s || !survey.has_containerd(),
            before: survey.there.clone(),
        }
    }

    /// Writes it, whole or not at all.
    pub(crate) async fn write(&self, host: &dyn Host) -> Result<(), RuntimeError> {
        let text = serde_json::to_string(self).map_err(|error| WRITING.failed(host, error.to_string()))?;
        let script = Script::new().piece(
            "umask 022\nmkdir -p \"$base\" && cat >\"$base/note.json.part\" || exit 1\n\
             sync \"$base/note.json.part\" 2>/dev/null || sync\n\
             mv -f \"$base/note.json.part\" \"$base/note.json\"\n",
        );
        WRITING.root(host, script.text(), text + "\n").await.map(drop)
    }
}

/// Reads a note. One that cannot be read is somebody's damage, and nothing is decided by it.
pub(crate) fn read(host: &dyn Host, text: &str) -> Result<Note, RuntimeError> {
    let reading = Asking {
        what: "Reading what is noted of the cluster",
        hint: "Bring the file back from a backup of the host, or reset the host by hand and remove the file.",
    };
    serde_json::from_str(text).map_err(|error| reading.failed(host, format!("{BASE}/note.json: {error}")))
}

#[cfg(test)]
mod tests {
    use longshore_remote::{Answer, ScriptedHost};
    use proptest::prelude::*;

    use super::*;

    fn note() -> impl Strategy<Value = Note> {
        let text = || "[^\0]{0,12}";
        (text(), text(), prop::collection::vec("[^\0]{0,8}", 0..3), any::<bool>()).prop_map(
            |(version, node, before, containerd)| Note {
                runtime: RuntimeKind::Kubeadm,
                version,
                role: HostRole::Worker,
                node,
                data_directory: "/srv".to_owned(),
                containerd,
                before,
            },
        )
    }

    proptest! {
        #[test]
        fn a_note_is_read_as_it_was_written(note in note()) {
            let text = serde_json::to_string(&note).expect("it is written");
            prop_assert!(!text.contains('\n'), "a note is one line");
            prop_assert_eq!(read(&ScriptedHost::new("one"), &text).expect("it is read"), note);
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,80}") {
            let _ = read(&ScriptedHost::new("one"), &text);
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_told() {
        let host = ScriptedHost::new("one").answer(Answer::to("note.json").fills_up(3));
        let note = Note {
            runtime: RuntimeKind::K0s,
            version: "v1".to_owned(),
            role: HostRole::Controller,
            node: "one".to_owned(),
            data_directory: "/srv".to_owned(),
            containerd: true,
            before: Vec::new(),
        };
        insta::assert_snapshot!(
            note.write(&host).await.expect_err("the disk is full"),
            @"Noting what is brought on one failed: write error: No space left on device"
        );
        let error = read(&host, "{}").expect_err("nothing is in it");
        insta::assert_snapshot!(
            error,
            @"Reading what is noted of the cluster on one failed: /var/lib/longshore/cluster/note.json: missing field `runtime` at line 1 column 2"
        );
    }
}
