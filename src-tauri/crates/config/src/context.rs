//! What templates may ask about besides config values.

use serde::{Deserialize, Serialize};

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
    /// Release.
    pub release: ReleaseFacts,
    /// Registry.
    pub registry: Registry,
    /// Proxy.
    pub proxy: Proxy,
    /// Whether the installation is airgapped.
    pub airgap: bool,
    /// Name of the ConfigMap with the private authority.
    #[serde(rename = "privateCACert")]
    pub private_ca_cert: String,
    /// Namespace of the application.
    pub namespace: String,
    /// Nodes of the cluster.
    pub node_count: u32,
}
