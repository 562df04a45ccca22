//! What a release says of its cluster before anything is installed: which program runs it, and which versions it has.
//!
//! Only told to people who choose a release. What is done with it is the plan's, which reads the whole document.

use longshore_contract::BundleCluster;
use longshore_release::Document;
use serde::Deserialize;

/// As much of a cluster document as is told. The form of embedded-cluster packages has one version and always k0s.
#[derive(Deserialize)]
struct Told {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    #[serde(default)]
    runtime: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

/// The cluster of a release; `None` where it has none, or one that cannot be read, which the plan says in full.
pub fn read(document: Option<&Document>) -> Option<BundleCluster> {
    let told: Told = serde_norway::from_str(&document?.text).ok()?;
    let spec = told.spec;
    let versions: Vec<String> = spec
        .versions
        .into_iter()
        .map(|one| one.version)
        .chain(spec.version)
        .filter(|one| !one.is_empty())
        .collect();
    let runtime = spec.runtime.unwrap_or_else(|| "k0s".to_owned());
    (!versions.is_empty()).then_some(BundleCluster { runtime, versions })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(String, Vec<String>)> {
        let document =
            Document { file: "cluster.yaml".to_owned(), name: String::new(), text: text.to_owned() };
        read(Some(&document)).map(|cluster| (cluster.runtime, cluster.versions))
    }

    #[test]
    fn both_forms_tell_program_and_versions() {
        let own = "spec:\n  runtime: kubeadm\n  versions:\n    - version: v1.34.3\n    - version: v1.35.4\n";
        let versions = vec!["v1.34.3".to_owned(), "v1.35.4".to_owned()];
        assert_eq!(of(own), Some(("kubeadm".to_owned(), versions)), "our own form, in its order");
        let packaged = "spec:\n  version: 1.35.4+k8s-1.35\n  unsupportedOverrides: {}\n";
        let versions = vec!["1.35.4+k8s-1.35".to_owned()];
        assert_eq!(of(packaged), Some(("k0s".to_owned(), versions)), "the form of embedded-cluster packages");
    }

    #[test]
    fn what_tells_no_version_is_no_cluster() {
        assert_eq!(read(None), None, "a release without a document");
        for text in ["spec: {}", "spec: [", "spec:\n  versions: []\n", "kind: Cluster"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
