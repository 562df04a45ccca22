//! Which document is which.

use serde_norway::Value;

/// What a YAML document of a release is, by `apiVersion` and `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `kots.io/v1beta1` Application.
    Application,
    /// `app.k8s.io` Application: links and descriptor.
    Descriptor,
    /// `kots.io/v1beta1` Config.
    Config,
    /// `kots.io` HelmChart.
    HelmChart,
    /// `troubleshoot.sh` Preflight.
    Preflight,
    /// `troubleshoot.sh` HostPreflight.
    HostPreflight,
    /// `troubleshoot.sh` SupportBundle, Redactor and collectors' other kinds.
    Support,
    /// Cluster (infrastructure) config.
    Infrastructure,
    /// `kots.io/v1beta1` License.
    License,
    /// Velero's backup and restore specs, which only its own operator reads.
    Backup,
    /// Anything else with a kind: a plain manifest that is applied.
    Manifest,
}

impl Kind {
    /// Reads it off a document; `None` for one that is no Kubernetes object.
    pub fn of(document: &Value) -> Option<Self> {
        let text = |field: &str| document.get(field).and_then(Value::as_str);
        let kind = text("kind")?;
        let group = text("apiVersion")?.split('/').next().unwrap_or_default();
        Some(match (group, kind) {
            ("kots.io", "Application") => Self::Application,
            ("app.k8s.io", "Application") => Self::Descriptor,
            ("kots.io", "Config") => Self::Config,
            ("kots.io", "HelmChart") => Self::HelmChart,
            ("kots.io", "License") => Self::License,
            ("troubleshoot.sh" | "troubleshoot.replicated.com", "Preflight") => Self::Preflight,
            ("troubleshoot.sh" | "troubleshoot.replicated.com", "HostPreflight") => Self::HostPreflight,
            ("troubleshoot.sh" | "troubleshoot.replicated.com", _) => Self::Support,
            ("embeddedcluster.replicated.com", _) | ("longshore.dev", "Cluster") => Self::Infrastructure,
            ("velero.io", _) => Self::Backup,
            _ => Self::Manifest,
        })
    }
}
