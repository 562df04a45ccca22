//! An application's config as a form, and the values sent back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BaseRef, Change, ConfigChange, FieldError, ObjectDiff, RunId, SiteId, Timestamp, Workflow};

/// One value sent by a client. A password that was not touched is sent as `Unchanged`, never as a mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum SentValue {
    /// A new value; for a file its content in base64.
    Set {
        /// The value.
        value: String,
        /// File name, for files.
        #[serde(default)]
        filename: String,
        /// The repeatable item that this is one of the values of; empty for all others.
        #[serde(default)]
        repeatable_item: String,
    },
    /// The content of a file. A file item keeps it as it is; any other item takes its text without the last line end.
    File {
        /// Content, base64.
        content: String,
        /// File name.
        filename: String,
    },
    /// The stored value stays.
    Unchanged,
    /// Back to the value of the base that the site follows; without one, to the vendor's default.
    Clear,
}

/// Asks for the form as it would be with values that are not stored yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ConfigTemplateRequest {
    /// Run being configured.
    pub run: RunId,
    /// Values changed in the form.
    #[serde(default)]
    pub values: BTreeMap<String, SentValue>,
}

/// Sends values. All refused fields are answered at once, and then nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ConfigSetRequest {
    /// Run being configured.
    pub run: RunId,
    /// Values changed in the form.
    #[serde(default)]
    pub values: BTreeMap<String, SentValue>,
}

/// Values as a ConfigValues document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigFile {
    /// The document, YAML.
    pub content: String,
    /// Items whose values are passwords and therefore not in it.
    pub left_out: Vec<String>,
}

/// Sends values as a ConfigValues document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ConfigImportRequest {
    /// Run being configured.
    pub run: RunId,
    /// The document, YAML.
    pub content: String,
}

/// What the run's config changes of the installed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigDiff {
    /// Changed values, by item.
    pub changes: Vec<ConfigChange>,
}

/// Asks what values make of the release's charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ConfigRenderRequest {
    /// Run being configured.
    pub run: RunId,
    /// Values changed in the form.
    #[serde(default)]
    pub values: BTreeMap<String, SentValue>,
    /// Renders the objects of changed charts too, which asks Helm and the site.
    #[serde(default)]
    pub objects: bool,
}

/// The release's charts with the stored values, and with values that are not stored yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigRendering {
    /// Charts, in the order in which they are installed.
    pub charts: Vec<ChartRendering>,
    /// Plain manifests with the stored values, YAML.
    pub manifests_before: String,
    /// Plain manifests with the values that were sent, YAML.
    pub manifests_after: String,
}

/// One chart with both sets of values. Passwords and files are masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChartRendering {
    /// Helm release name.
    pub release: String,
    /// Chart name.
    pub chart: String,
    /// What the values that were sent do to it.
    pub change: Change,
    /// Its values with the stored ones, YAML; empty when it would not be installed.
    pub before: String,
    /// Its values with the ones that were sent, YAML; empty when it would not be installed.
    pub after: String,
    /// Its objects, when they were asked for and it changes.
    pub objects: Vec<ObjectDiff>,
}

/// One of the values of a repeatable item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigRepetition {
    /// Its name, under which its value is sent.
    pub name: String,
    /// The value; always empty for passwords.
    pub value: String,
    /// Whether a person gave it, who may then take it away.
    pub is_set: bool,
}

/// An option of a radio or dropdown item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigOption {
    /// Value.
    pub name: String,
    /// Label.
    pub title: String,
}

/// What an upgrade means for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ItemNote {
    /// The stored value is kept.
    Kept,
    /// New in this release.
    Added,
    /// Newly required.
    NewlyRequired,
    /// The stored value is no longer accepted.
    NoLongerAccepted,
    /// The vendor's default changed; the stored value stays.
    DefaultChanged,
}

/// Who an item has its present value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ValueSource {
    /// The vendor: nobody said otherwise.
    Default,
    /// Made once for this site, such as a random password.
    Generated,
    /// The base that the site follows.
    Base,
    /// The site itself: somebody gave it here.
    Site,
}

/// One item of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigItem {
    /// Name.
    pub name: String,
    /// `text`, `textarea`, `password`, `bool`, `radio`, `dropdown`, `file`, `label`, `heading`.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Help, Markdown.
    pub help_text: String,
    /// Value set by a person or by the vendor's template; always empty for passwords.
    pub value: String,
    /// The vendor's default; always empty for passwords.
    pub default: String,
    /// File name, for files.
    pub filename: String,
    /// True when a value is stored; the only thing told of a password.
    pub is_set: bool,
    /// Who it has its value from.
    pub source: ValueSource,
    /// What the base that the site follows says of it; nothing when there is no base or it says nothing. Empty
    /// for passwords; of a file, its name.
    pub base_value: Option<String>,
    /// Must not be empty.
    pub required: bool,
    /// Shown, not editable.
    pub readonly: bool,
    /// Marked as the vendor's choice.
    pub recommended: bool,
    /// Unit or placeholder beside the field.
    pub affix: String,
    /// Choices.
    pub options: Vec<ConfigOption>,
    /// May be given several times.
    pub repeatable: bool,
    /// How many values there must be at least, when it is repeatable.
    pub minimum_count: u32,
    /// Its further values, when it is repeatable.
    pub repetitions: Vec<ConfigRepetition>,
    /// What the upgrade means for it.
    pub note: Option<ItemNote>,
    /// What is wrong with its present value.
    pub error: Option<String>,
}

/// One group of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigGroup {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Description, Markdown.
    pub description: String,
    /// Items.
    pub items: Vec<ConfigItem>,
}

/// The form: what is hidden or switched off is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigView {
    /// Groups in order; none when the release has no config.
    pub groups: Vec<ConfigGroup>,
    /// What would be refused as it stands.
    pub errors: Vec<FieldError>,
    /// Items of the installed release that this one no longer has.
    pub removed: Vec<String>,
    /// The base that the site followed when the run was created; its values then are those that count.
    pub base: Option<BaseRef>,
}

/// What a site's config became over time, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigHistory {
    /// Which site.
    pub site: SiteId,
    /// Application slug; empty when nothing is installed.
    pub slug: String,
    /// Application title.
    pub title: String,
    /// Changes, newest first.
    pub entries: Vec<ConfigHistoryEntry>,
}

/// One time at which a site's config was put in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfigHistoryEntry {
    /// When.
    pub at: Timestamp,
    /// Who, `user@machine`.
    pub who: String,
    /// By which run; it may be one of another machine.
    pub run: RunId,
    /// What that run did.
    pub workflow: Workflow,
    /// Revision that was live before; nothing for the first one.
    pub from_revision: Option<u64>,
    /// Revision that was live after.
    pub revision: u64,
    /// Version before, when there was one and it is still known.
    pub from_version: Option<String>,
    /// Version after.
    pub version: String,
    /// Items that changed. Passwords and files show only that they did.
    pub changes: Vec<ConfigChange>,
    /// False when the values before are no longer kept, so that what changed cannot be told.
    pub comparable: bool,
}
