//! What one release changes against another, before anything is rendered for a site.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, SiteId};

/// Asks what a bundle's release changes, against another bundle or against what a site runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ReleaseDiffRequest {
    /// The newer bundle.
    pub bundle: BundleId,
    /// The older bundle.
    #[serde(default)]
    pub from: Option<BundleId>,
    /// The site whose installed release is the older one. One of the two.
    #[serde(default)]
    pub site: Option<SiteId>,
}

/// Something that is not the same in both releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReleaseChange {
    /// What: a chart's name, `Kind namespace/name` of an object, a file.
    pub name: String,
    /// As it was: a version, or a document's text; `None` when it was not there.
    pub before: Option<String>,
    /// As it is in the newer release; `None` when it is gone.
    pub after: Option<String>,
}

/// An image that is not the same in both releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReleaseImage {
    /// Its repository: the reference without tag and digest.
    pub repository: String,
    /// Reference as it was; `None` when it was not there.
    pub before: Option<String>,
    /// Reference in the newer release; `None` when it is gone.
    pub after: Option<String>,
    /// Bytes of it that are in no image of the older release.
    pub bytes: u64,
}

/// A config item that is in one release only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigFormItem {
    /// Name of its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Type: `text`, `bool`, `password` …
    #[serde(rename = "type")]
    pub kind: String,
}

/// A field of a config item that is not the same in both releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldChange {
    /// Name of the field; `group` when the item went to another group.
    pub field: String,
    /// As it was: text as it is, anything else as JSON; `None` when it was not there.
    pub before: Option<String>,
    /// As it is now.
    pub after: Option<String>,
}

/// A config item that is in both releases and not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigFormChange {
    /// Its name.
    pub name: String,
    /// Title in the newer release.
    pub title: String,
    /// Fields, by name.
    pub fields: Vec<FieldChange>,
}

/// What the newer Config changes. Lists are in the order of the Config they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigFormDiff {
    /// New items.
    pub added: Vec<ConfigFormItem>,
    /// Items that are gone.
    pub removed: Vec<ConfigFormItem>,
    /// Items that are not the same.
    pub changed: Vec<ConfigFormChange>,
    /// Names of items that are required now and were not before, new ones among them.
    pub newly_required: Vec<String>,
    /// Why one of the two cannot be compared; empty when both can.
    pub problem: String,
}

/// One of the two releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReleaseSide {
    /// Id of its bundle.
    pub bundle: BundleId,
    /// Version label.
    pub version: String,
    /// Channel name.
    pub channel: String,
    /// Release notes, Markdown.
    pub release_notes: String,
}

/// What the release `to` changes against `from`. Lists are sorted by name and hold differences only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReleaseDiff {
    /// The older release.
    pub from: ReleaseSide,
    /// The newer one.
    pub to: ReleaseSide,
    /// Images.
    pub images: Vec<ReleaseImage>,
    /// Bytes that a site which has all of `from` lacks of `to`: each blob and manifest of images once, and each file for
    /// hosts.
    pub bytes_to_move: u64,
    /// Chart archives: versions before and after, equal when only the content differs.
    pub charts: Vec<ReleaseChange>,
    /// Files of charts that are in both releases: `values.yaml`, templates and the rest, not rendered. Texts.
    pub chart_files: Vec<ReleaseChange>,
    /// HelmChart objects: how charts are installed, and with which values. Texts.
    pub chart_specs: Vec<ReleaseChange>,
    /// Plain manifests, those with rights left out. Texts.
    pub manifests: Vec<ReleaseChange>,
    /// Config items.
    pub config: ConfigFormDiff,
    /// Specs of checks, on hosts and in clusters. Texts.
    pub preflights: Vec<ReleaseChange>,
    /// Roles, bindings and service accounts: plain manifests, and templates of charts that hold such, not
    /// rendered. Texts.
    pub rbac: Vec<ReleaseChange>,
    /// The cluster config. Text.
    pub infrastructure: Option<ReleaseChange>,
    /// Objects of charts, rendered without a cluster and with the defaults of each release's Config; what the older one
    /// generates is kept. Texts, without secrets.
    pub rendered: Vec<ReleaseChange>,
    /// Why charts could not be rendered; empty when they could.
    pub rendered_problem: String,
}
