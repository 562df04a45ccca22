//! Bases: config values that several sites share, and what each of them says otherwise.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BaseId, BundleId, ConfigOption, FieldError, SentValue, SiteId, Timestamp};

/// Names a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseRef {
    /// Id.
    pub id: BaseId,
    /// Name.
    pub name: String,
}

/// A site that follows a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseSite {
    /// Id.
    pub id: SiteId,
    /// Name.
    pub name: String,
}

/// A base in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseSummary {
    /// Id.
    pub id: BaseId,
    /// Name, unique.
    pub name: String,
    /// Slug of the application that its values are for.
    pub slug: String,
    /// How many values it holds.
    pub values: u32,
    /// Sites that follow it, by name.
    pub sites: Vec<BaseSite>,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// By whom, `user@machine`.
    pub changed_by: String,
}

/// All bases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseList {
    /// Bases, by name.
    pub bases: Vec<BaseSummary>,
}

/// One value of a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseValue {
    /// Item name.
    pub name: String,
    /// Item title; empty when the item is not known.
    pub title: String,
    /// Item type; empty when the item is not known.
    pub kind: String,
    /// The value; always empty for passwords, files and items that are not known.
    pub value: String,
    /// File name, for files.
    pub filename: String,
    /// True when the value is not shown.
    pub secret: bool,
    /// When it was set.
    pub changed_at: Timestamp,
    /// By whom, `user@machine`.
    pub changed_by: String,
}

/// An item that a base may have a value for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseItem {
    /// Name.
    pub name: String,
    /// Title, as the vendor wrote it.
    pub title: String,
    /// Type.
    pub kind: String,
    /// Choices.
    pub options: Vec<ConfigOption>,
}

/// A base with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseView {
    /// Which, and who follows it.
    pub summary: BaseSummary,
    /// Its values, in the order of the release's form, then by name.
    pub values: Vec<BaseValue>,
    /// Items of the release's form, in order: what there is to set.
    pub items: Vec<BaseItem>,
    /// Version of the release whose form they were checked against; empty when none of the application is known.
    pub release: String,
    /// Values of items that this release does not have, or does not accept. Releases differ, so they are kept.
    pub notes: Vec<FieldError>,
}

/// Asks for one base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BaseIdRequest {
    /// Id or name.
    pub base: BaseId,
}

/// Makes a base or changes one. All refused fields are answered at once, and then nothing is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BasePutRequest {
    /// The base to change, by id or name; a new one when not given.
    #[serde(default)]
    pub base: Option<BaseId>,
    /// Its name; needed for a new one, a new name for another.
    #[serde(default)]
    pub name: Option<String>,
    /// Slug of its application; needed for a new one, fixed afterwards.
    #[serde(default)]
    pub slug: Option<String>,
    /// Bundle whose form the values are checked against; the newest one of the application when not given.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// Forgets the values there are first.
    #[serde(default)]
    pub replace: bool,
    /// Values as a ConfigValues document, YAML.
    #[serde(default)]
    pub content: Option<String>,
    /// Single values, over those of the document.
    #[serde(default)]
    pub values: BTreeMap<String, SentValue>,
}

/// Takes the values a site has now, as they were given there, for a base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BaseTakeRequest {
    /// Site that the values are of.
    pub site: SiteId,
    /// The base to change, by id or name; a new one when not given.
    #[serde(default)]
    pub base: Option<BaseId>,
    /// Its name; needed for a new one.
    #[serde(default)]
    pub name: Option<String>,
    /// Items to take; all that somebody gave at the site when empty.
    #[serde(default)]
    pub items: Vec<String>,
    /// Takes passwords as well, which are each site's own otherwise.
    #[serde(default)]
    pub passwords: bool,
}

/// Lets sites follow a base, or no longer follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct BaseAssignRequest {
    /// Id or name of the base.
    pub base: BaseId,
    /// Sites, by id or name. One that follows another base of the application leaves that one.
    pub sites: Vec<SiteId>,
}

/// Which sites differ from a base, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseComparison {
    /// The base.
    pub summary: BaseSummary,
    /// Every site that follows it, by name.
    pub sites: Vec<BaseSiteState>,
    /// Items that are not the base's everywhere, in the order of the form.
    pub items: Vec<BaseDifference>,
}

/// How a site stands to the base it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseSiteState {
    /// Id.
    pub id: SiteId,
    /// Name.
    pub name: String,
    /// Installed version; empty when the application is not installed there or that is not known.
    pub version: String,
    /// How many items differ.
    pub differing: u32,
    /// How many of them differ only because the base was changed since: the next upgrade brings them.
    pub behind: u32,
    /// When its values were read; nothing when they are not known.
    pub read_at: Option<Timestamp>,
    /// Why they could not be read now; empty when they could.
    pub problem: String,
}

/// An item that is not the base's everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BaseDifference {
    /// Item name.
    pub name: String,
    /// Item title.
    pub title: String,
    /// Item type.
    pub kind: String,
    /// True when values are not shown.
    pub secret: bool,
    /// The base's value; nothing when the base says nothing of it. Empty when secret.
    pub base: Option<String>,
    /// Sites that differ, by name.
    pub sites: Vec<SiteValue>,
}

/// What a site says otherwise than its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteValue {
    /// Site.
    pub site: SiteId,
    /// Its value; nothing when nobody gave one there. Empty when secret.
    pub value: Option<String>,
    /// True when the site has it from the base as it was: the next upgrade brings the present value.
    pub behind: bool,
}
