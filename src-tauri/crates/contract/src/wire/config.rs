//! An application's config as a form, and the values sent back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FieldError, RunId};

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
    },
    /// The stored value stays.
    Unchanged,
    /// Back to the vendor's default.
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
}
