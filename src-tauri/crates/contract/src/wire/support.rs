//! Support bundles: what is wrong with a site, and what it looks like, in one file that holds no secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BundleId, CheckResult, PreflightProgress, SiteId, SpecFile, SshSettings, SupportId, Timestamp};

/// Collects a support bundle of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportCollectRequest {
    /// Which site.
    pub site: SiteId,
    /// Specs, YAML: `SupportBundle`, `Redactor`, and preflights, whose collectors and checks are taken as well. They
    /// are added to our own.
    #[serde(default)]
    pub specs: Vec<SpecFile>,
    /// Adds the specs of a bundle's release; the installed release's when the library has it and none is named.
    #[serde(default)]
    pub bundle: Option<BundleId>,
    /// How hosts are reached beyond what the site says.
    #[serde(default)]
    pub ssh: SshSettings,
}

/// Takes a support bundle that somebody else collected, also with another program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportOpenRequest {
    /// File.
    pub path: String,
    /// Specs whose checks are judged on what it holds, and whose redactors are applied.
    #[serde(default)]
    pub specs: Vec<SpecFile>,
}

/// Writes a support bundle to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportSaveRequest {
    /// Which.
    pub support: SupportId,
    /// File to write; it must not be there.
    pub file: String,
}

/// Names a support bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportIdRequest {
    /// Which.
    pub support: SupportId,
}

/// Reads a piece of a file of a support bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportReadRequest {
    /// Which support bundle.
    pub support: SupportId,
    /// Path in it.
    pub path: String,
    /// Byte to begin at.
    #[serde(default)]
    pub offset: u64,
}

/// Looks for a text in all files of a support bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct SupportSearchRequest {
    /// Which support bundle.
    pub support: SupportId,
    /// What is looked for, as it is.
    pub text: String,
    /// Capitals matter.
    #[serde(default)]
    pub exact_case: bool,
}

/// A support bundle in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportSummary {
    /// Id.
    pub id: SupportId,
    /// When it was begun, or taken.
    pub at: Timestamp,
    /// How it stands.
    pub progress: PreflightProgress,
    /// Site, when it was collected here.
    pub site: Option<SiteId>,
    /// Its name then; for one that was taken, the name of its file.
    pub name: String,
    /// Whether it was collected here.
    pub own: bool,
    /// Bytes of its file.
    pub size: u64,
    /// Files in it.
    pub files: u32,
    /// Checks that pass.
    pub passed: u32,
    /// Checks that warn.
    pub warned: u32,
    /// Checks that fail.
    pub failed: u32,
    /// Checks that could not be judged.
    pub unjudged: u32,
    /// Places at which something secret was masked.
    pub masked: u32,
    /// Files that were cut at their limit.
    pub cut: u32,
}

/// A part of a support bundle: a collector, or something of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportPart {
    /// What: "the cluster", "the host db1.example", "runs".
    pub name: String,
    /// Done.
    pub done: bool,
    /// Why it is not there, or not whole; or empty.
    pub problem: String,
}

/// A support bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportView {
    /// As in a list.
    pub summary: SupportSummary,
    /// Parts, in the order in which they are collected.
    pub parts: Vec<SupportPart>,
    /// Findings, the gravest first.
    pub results: Vec<CheckResult>,
    /// Why there is no file, or empty.
    pub problem: String,
}

/// Support bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportList {
    /// Newest first.
    pub bundles: Vec<SupportSummary>,
}

/// A file of a support bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportFile {
    /// Path in it.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// What a support bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportFiles {
    /// Files, by path.
    pub files: Vec<SupportFile>,
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportText {
    /// Its text; what is no UTF-8 is replaced.
    pub text: String,
    /// Bytes of the whole file.
    pub size: u64,
    /// Where the next piece begins, when there is one.
    pub next: Option<u64>,
}

/// A line in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportHit {
    /// Path of the file.
    pub path: String,
    /// Line in it, from 1.
    pub line: u32,
    /// Bytes of the file before what was found: where a piece of it can be read from.
    pub offset: u64,
    /// The line, or a part of a long one.
    pub text: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SupportHits {
    /// Lines, by path.
    pub hits: Vec<SupportHit>,
    /// There are more than are told.
    pub more: bool,
}
