//! The small documents: bundle metadata, application, license.

use serde::Deserialize;
use serde_norway::Value;

/// A release that must not be skipped, as `airgap.yaml` lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequiredRelease {
    /// Version label.
    pub version_label: String,
    /// Place in its channel; a number, as text.
    pub update_cursor: String,
}

/// `spec` of `airgap.yaml` (kind Airgap, `kots.io/v1beta1`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Airgap {
    /// Version label.
    pub version_label: String,
    /// Release notes, Markdown.
    pub release_notes: String,
    /// Place in its channel; a number, as text.
    pub update_cursor: String,
    /// Channel id.
    #[serde(rename = "channelID")]
    pub channel_id: String,
    /// Channel name.
    pub channel_name: String,
    /// Application slug.
    pub app_slug: String,
    /// Whether later releases must not skip it.
    pub is_required: bool,
    /// Releases that must be installed before, newest first.
    pub required_releases: Vec<RequiredRelease>,
    /// Images it carries, full references.
    pub saved_images: Vec<String>,
    /// `docker` for a registry tree, `docker-archive` or empty for one archive an image.
    pub format: String,
    /// Bytes once unpacked, as the vendor says.
    pub uncompressed_size: i64,
}

/// The channel release file that comes with a release directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChannelRelease {
    /// Version label.
    pub version_label: String,
    /// Channel id.
    #[serde(rename = "channelID")]
    pub channel_id: String,
    /// Channel slug.
    pub channel_slug: String,
    /// Place in its channel.
    pub channel_sequence: i64,
    /// Application slug.
    pub app_slug: String,
}

/// `spec` of the KOTS Application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    /// Title for people.
    pub title: String,
    /// Icon: a data URI, or a URL that is not fetched.
    pub icon: String,
    /// Release notes, when the release metadata has none.
    pub release_notes: String,
    /// `[namespace/]kind/name`, templates not rendered.
    pub status_informers: Vec<String>,
    /// Images besides those in charts.
    pub additional_images: Vec<String>,
}

/// `spec` of a License, as far as admissibility and templates need it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct License {
    /// Application slug it is for.
    pub app_slug: String,
    /// Channel it allows.
    #[serde(rename = "channelID")]
    pub channel_id: String,
    /// That channel's name.
    pub channel_name: String,
    /// License id.
    #[serde(rename = "licenseID")]
    pub license_id: String,
    /// Customer.
    pub customer_name: String,
    /// Whether versions compare as semantic versions.
    pub is_semver_required: bool,
    /// Whether it allows bundles.
    pub is_airgap_supported: bool,
    /// Channels it allows; none in licenses of old, which name one.
    pub channels: Vec<LicenseChannel>,
    /// API version of the document.
    #[serde(skip)]
    pub api_version: String,
    /// Name of the document.
    #[serde(skip)]
    pub name: String,
    /// Everything, for templates.
    #[serde(skip)]
    pub spec: Value,
}

/// A channel that a license allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LicenseChannel {
    /// Channel id.
    #[serde(rename = "channelID")]
    pub channel_id: String,
    /// Channel name.
    pub channel_name: String,
}
