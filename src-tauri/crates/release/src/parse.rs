//! A release, from its archive.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_norway::Value;

use crate::archive::{self, ArchiveError};
use crate::chart::{ChartArchive, ChartError};
use crate::cluster::ClusterError;
use crate::kind::Kind;
use crate::meta::{Application, ChannelRelease, License};

/// One YAML document of a release, as the vendor wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// File it is in.
    pub file: String,
    /// Name of the object, or empty.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A release.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// The KOTS Application, or defaults when there is none.
    pub application: Application,
    /// The Config, if there is one.
    pub config: Option<Document>,
    /// HelmCharts.
    pub charts: Vec<Document>,
    /// Chart archives.
    pub archives: Vec<ChartArchive>,
    /// App preflight specs.
    pub preflights: Vec<Document>,
    /// Host preflight specs.
    pub host_preflights: Vec<Document>,
    /// Support bundle specs.
    pub support: Vec<Document>,
    /// Plain manifests.
    pub manifests: Vec<Document>,
    /// Cluster config.
    pub infrastructure: Option<Document>,
    /// License that came along.
    pub license: Option<License>,
    /// Channel release file, if there is one.
    pub channel: Option<ChannelRelease>,
}

/// Why a release is refused.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A chart archive.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// A file that is not UTF-8.
    #[error("{0} is not text")]
    NotText(String),
    /// A document of a kind we read, which is not as it should be.
    #[error("{file} holds a {kind} that cannot be read")]
    Content {
        /// File.
        file: String,
        /// Kind.
        kind: &'static str,
        /// Why.
        #[source]
        source: serde_norway::Error,
    },
    /// A cluster document that is not as it should be.
    #[error("{file} holds a cluster config that cannot be used: {why}")]
    Cluster {
        /// File.
        file: String,
        /// Why.
        why: ClusterError,
    },
    /// Two documents where one may be.
    #[error("{first} and {second} both hold a {kind}; a release has one")]
    Two {
        /// Kind.
        kind: &'static str,
        /// First file.
        first: String,
        /// Second file.
        second: String,
    },
}

impl Release {
    /// Parses `app.tar.gz` or `release.tgz`.
    ///
    /// # Errors
    /// The first thing in it that is not as it should be, with the file's name.
    pub fn from_archive(bytes: &[u8]) -> Result<Self, ReleaseError> {
        Self::from_files(archive::unpack(bytes)?)
    }

    /// Parses the files of a release directory, by name.
    ///
    /// # Errors
    /// As [`Self::from_archive`].
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Self, ReleaseError> {
        let mut release = Self::default();
        for (file, content) in files {
            let base = file.rsplit('/').next().unwrap_or_default();
            if base.starts_with("._") || matches!(base, ".DS_Store" | "Thumbs.db") {
                continue;
            }
            if base.ends_with(".tgz") || base.ends_with(".tar.gz") {
                release.archives.push(ChartArchive::read(&file, &content)?);
            } else if base.ends_with(".yaml") || base.ends_with(".yml") {
                let text = String::from_utf8(content).map_err(|_| ReleaseError::NotText(file.clone()))?;
                for part in documents(&text) {
                    release.take(&file, part)?;
                }
            }
        }
        Ok(release)
    }

    fn take(&mut self, file: &str, text: String) -> Result<(), ReleaseError> {
        // Templates may make a document that is no YAML until it is rendered; then its kind is read from its
        // first lines, which vendors keep free of templates.
        let value = serde_norway::from_str::<Value>(&text).unwrap_or_else(|_| head(&text));
        let Some(kind) = Kind::of(&value) else {
            if value.get("channelID").is_some() && value.get("versionLabel").is_some() {
                self.channel = Some(spec_of(file, "channel release", value)?);
            }
            return Ok(());
        };
        let name = value.get("metadata").and_then(|meta| meta.get("name")).and_then(Value::as_str);
        let document = Document { file: file.to_owned(), name: name.unwrap_or_default().to_owned(), text };
        match kind {
            Kind::Application => self.application = spec_of(file, "Application", spec(&value))?,
            Kind::License => {
                let license: License = spec_of(file, "License", spec(&value))?;
                let api_version =
                    value.get("apiVersion").and_then(Value::as_str).unwrap_or_default().to_owned();
                self.license =
                    Some(License { spec: spec(&value), api_version, name: document.name, ..license });
            }
            Kind::Config => one(&mut self.config, document, "Config")?,
            Kind::Infrastructure => one(&mut self.infrastructure, document, "cluster config")?,
            Kind::HelmChart => self.charts.push(document),
            Kind::Preflight => self.preflights.push(document),
            Kind::HostPreflight => self.host_preflights.push(document),
            Kind::Support => self.support.push(document),
            Kind::Manifest => self.manifests.push(document),
            Kind::Descriptor | Kind::Backup => {}
        }
        Ok(())
    }

    /// The chart archive of that name and version.
    pub fn archive(&self, name: &str, version: &str) -> Option<&ChartArchive> {
        self.archives.iter().find(|archive| archive.name == name && archive.version == version)
    }
}

fn one(place: &mut Option<Document>, document: Document, kind: &'static str) -> Result<(), ReleaseError> {
    if let Some(first) = place {
        return Err(ReleaseError::Two { kind, first: first.file.clone(), second: document.file });
    }
    *place = Some(document);
    Ok(())
}

fn spec(value: &Value) -> Value {
    value.get("spec").cloned().unwrap_or(Value::Null)
}

fn spec_of<T: for<'de> Deserialize<'de> + Default>(
    file: &str,
    kind: &'static str,
    value: Value,
) -> Result<T, ReleaseError> {
    if value.is_null() {
        return Ok(T::default());
    }
    serde_norway::from_value(value).map_err(|source| ReleaseError::Content {
        file: file.to_owned(),
        kind,
        source,
    })
}

/// Splits at lines that are `---`, as YAML does, and drops what is empty.
fn documents(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.retain(|part| {
        part.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    });
    parts
}

/// `apiVersion` and `kind` of a document that does not parse.
fn head(text: &str) -> Value {
    let lines: String = text
        .lines()
        .filter(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"))
        .map(|line| format!("{line}\n"))
        .collect();
    serde_norway::from_str(&lines).unwrap_or(Value::Null)
}
