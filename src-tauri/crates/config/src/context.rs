//! What templates may ask about besides config values.

use serde::{Deserialize, Serialize};

/// Domains that the vendor's service is reached under.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Domains {
    /// Of the application.
    pub replicated_app_domain: String,
    /// Of the proxy registry.
    pub proxy_registry_domain: String,
    /// Of the vendor's registry.
    pub replicated_registry_domain: String,
}

impl Domains {
    /// Domain of the application.
    pub fn app(&self) -> String {
        named(&self.replicated_app_domain, "replicated.app")
    }

    /// Domain of the proxy registry.
    pub fn proxy(&self) -> String {
        named(&self.proxy_registry_domain, "proxy.replicated.com")
    }

    /// Domain of the vendor's registry.
    pub fn registry(&self) -> String {
        named(&self.replicated_registry_domain, "registry.replicated.com")
    }
}

fn named(given: &str, otherwise: &str) -> String {
    if given.is_empty() { otherwise } else { given }.to_owned()
}

/// Facts of the release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReleaseFacts {
    /// Version label.
    pub version_label: String,
    /// Channel id.
    #[serde(rename = "channelID")]
    pub channel_id: String,
    /// Channel slug or name.
    pub channel_slug: String,
    /// Place in its channel.
    pub channel_sequence: i64,
    /// Application slug.
    pub app_slug: String,
    /// Place in its channel, as text.
    pub cursor: String,
    /// Release notes.
    pub release_notes: String,
    /// Whether it may not be skipped.
    pub is_required: bool,
    /// Domains of the vendor's service.
    pub default_domains: Domains,
}

/// Facts of the site's registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Registry {
    /// Whether there is one.
    pub has_local_registry: bool,
    /// `host[:port]` as the cluster reaches it.
    pub host: String,
    /// Host and namespace.
    pub address: String,
    /// Namespace.
    pub namespace: String,
    /// Name of the pull secret.
    pub image_pull_secret_name: String,
    /// Its content, base64.
    pub image_pull_secret_value: String,
}

/// Facts of the installation's proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Proxy {
    /// For HTTP.
    pub http_proxy: String,
    /// For HTTPS.
    pub https_proxy: String,
    /// Reached without.
    pub no_proxy: String,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Context {
    /// `spec` of the license, if there is one.
    pub license: Option<serde_json::Value>,
    /// Release, if it is known.
    pub release: Option<ReleaseFacts>,
    /// Registry.
    pub registry: Registry,
    /// Proxy.
    pub proxy: Proxy,
    /// Whether the installation is airgapped.
    pub airgap: bool,
    /// Name of the ConfigMap with the private authority.
    #[serde(rename = "privateCACert")]
    pub private_ca_cert: String,
    /// Namespace of the application; empty for the usual one.
    pub namespace: String,
    /// Nodes of the cluster.
    pub node_count: u32,
    /// Kind of cluster; empty for the usual one.
    pub distribution: String,
    /// Version of Kubernetes, such as `v1.31.2`; empty when it is not known.
    pub kubernetes_version: String,
    /// Version of what installs.
    pub installer_version: String,
    /// Values of the chart that is being rendered, where there is one.
    pub helm_values: Option<serde_json::Value>,
}

impl Context {
    /// Namespace of the application.
    pub fn namespace(&self) -> &str {
        if self.namespace.is_empty() { "kotsadm" } else { &self.namespace }
    }

    /// Kind of cluster.
    pub fn distribution(&self) -> &str {
        if self.distribution.is_empty() { "embedded-cluster" } else { &self.distribution }
    }
}
