//! The installation record: what is installed, kept where it is installed, so that any laptop can see it.
//!
//! One Secret per application (`longshore-<slug>`) with what is live, and one per revision with all that is
//! needed to go back to it. Written with optimistic concurrency: a writer that lost the lease without
//! noticing fails at its next write.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use longshore_contract::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{ApiError, ApiFault, Cluster};

/// Revisions that are kept, the live one and the one it came from among them.
const HISTORY: usize = 20;

/// A chart of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedChart {
    /// Helm release name.
    pub release: String,
    /// Chart name.
    pub chart: String,
    /// Chart version.
    pub version: String,
    /// Namespace.
    pub namespace: String,
    /// Weight it was installed with.
    pub weight: i64,
    /// Digest of its archive and merged values.
    pub values_digest: String,
    /// Helm's own revision number, which a rollback goes back to.
    pub helm_revision: u64,
}

/// A revision, in the record's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Number, from 1.
    pub revision: u64,
    /// Version.
    pub version: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// By which run.
    pub run: String,
    /// Its charts.
    pub charts: Vec<RecordedChart>,
    /// Digest over its plain manifests; empty when it has none.
    pub manifests_digest: String,
    /// Status informers, rendered.
    pub informers: Vec<String>,
    /// Digest of its config values.
    pub config_digest: String,
    /// Place in its channel.
    pub cursor: String,
    /// Whether it is a required release.
    pub required: bool,
    /// Revision that was live before; 0 when none was, or an older Longshore wrote it.
    #[serde(default)]
    pub from: u64,
}

/// A rollback: it makes a revision live again without making one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollback {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// By which run.
    pub run: String,
    /// Revision that was live before.
    pub from: u64,
    /// Its version.
    pub from_version: String,
    /// Revision that is live since.
    pub to: u64,
}

/// What a revision's own Secret holds: values may be secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevisionContent {
    /// Plain manifests, rendered, in one text.
    pub manifests: String,
    /// Config values and generated values, as the config crate writes them.
    pub config: Value,
    /// The release's Config, for what an upgrade says about each item.
    pub config_spec: String,
}

/// What is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Installation {
    /// Application slug.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Icon, as a data URI.
    pub icon: String,
    /// Channel id.
    pub channel_id: String,
    /// Channel name.
    pub channel: String,
    /// Live revision; 0 while none is.
    pub revision: u64,
    /// Newest revision number ever given.
    pub newest: u64,
    /// Revisions, oldest first.
    pub history: Vec<Revision>,
    /// Rollbacks, oldest first; as many as revisions are kept.
    pub rollbacks: Vec<Rollback>,
    /// Charts of the cluster itself. They are of no revision: a rollback of the application leaves them alone. One whose
    /// digest is empty was begun and not finished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<RecordedChart>,
    /// Run that wrote last.
    pub run: String,
    /// Digest of its plan.
    pub plan_digest: String,
    /// State it was in, as its journal says.
    pub run_state: String,
    /// The Secret's resourceVersion when it was read: what makes a write fail that would undo another's.
    #[serde(skip)]
    pub resource_version: String,
}

/// Why the record cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The API server.
    #[error("The installation record cannot be read or written")]
    Api(#[from] ApiError),
    /// Somebody else wrote it.
    #[error("The installation record was changed by somebody else in the meantime")]
    Changed,
    /// Its content.
    #[error(
        "The installation record {0} cannot be read: it was written by something else or a newer version"
    )]
    Content(String),
}

impl Installation {
    /// The live revision.
    pub fn live(&self) -> Option<&Revision> {
        self.find(self.revision)
    }

    /// A revision of the history.
    pub fn find(&self, revision: u64) -> Option<&Revision> {
        self.history.iter().find(|known| known.revision == revision)
    }

    /// The newest revision before the live one.
    pub fn before(&self) -> Option<&Revision> {
        self.history.iter().rev().find(|known| known.revision < self.revision)
    }

    /// Makes a recorded revision live again, and remembers that it was.
    pub fn roll_back(&mut self, to: u64, at: Timestamp, who: &str, run: &str) {
        let from_version = self.live().map(|live| live.version.clone()).unwrap_or_default();
        let (who, run, from) = (who.to_owned(), run.to_owned(), self.revision);
        self.rollbacks.push(Rollback { at, who, run, from, from_version, to });
        let old = self.rollbacks.len().saturating_sub(HISTORY);
        self.rollbacks.drain(..old);
        self.revision = to;
    }

    /// Drops the oldest revisions beyond those that are kept and says which; their contents are removed once
    /// the record is written. The one that the live one came from stays however old it is: it is what a rollback
    /// goes back to.
    pub fn trim(&mut self) -> Vec<u64> {
        let mut dropped = Vec::new();
        let stays = [self.revision, self.live().map_or(0, |live| live.from)];
        while self.history.len() > HISTORY {
            let Some(at) = self.history.iter().position(|known| !stays.contains(&known.revision)) else {
                break;
            };
            dropped.push(self.history.remove(at).revision);
        }
        dropped
    }
}

fn secrets(namespace: &str) -> String {
    format!("/api/v1/namespaces/{namespace}/secrets")
}

fn name(slug: &str) -> String {
    format!("longshore-{slug}")
}

fn revision_name(slug: &str, revision: u64) -> String {
    format!("longshore-{slug}-r{revision}")
}

fn content(secret: &Value) -> Option<Vec<u8>> {
    BASE64.decode(secret["data"]["content"].as_str()?).ok()
}

fn secret(name: &str, namespace: &str, version: &str, content: &[u8]) -> Value {
    let mut metadata = json!({
        "name": name,
        "namespace": namespace,
        "labels": { "app.kubernetes.io/managed-by": "longshore", "longshore.dev/record": "installation" },
    });
    if !version.is_empty() {
        metadata["resourceVersion"] = json!(version);
    }
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "longshore.dev/installation",
        "metadata": metadata,
        "data": { "content": BASE64.encode(content) },
    })
}

/// Reads the record of an application; `None` when it was never installed.
///
/// # Errors
/// When the API server does not answer or refuses, or the record is none.
pub async fn read(
    cluster: &Cluster,
    namespace: &str,
    slug: &str,
) -> Result<Option<Installation>, RecordError> {
    let found = cluster.get_opt(&format!("{}/{}", secrets(namespace), name(slug))).await?;
    found.map(|found| parse(&found)).transpose()
}

/// Records of all applications in a namespace.
///
/// # Errors
/// As [`read`].
pub async fn read_all(cluster: &Cluster, namespace: &str) -> Result<Vec<Installation>, RecordError> {
    let path = format!("{}?labelSelector=longshore.dev%2Frecord%3Dinstallation", secrets(namespace));
    let found = cluster.list(&path).await?;
    let is_head = |secret: &&Value| {
        let name = secret["metadata"]["name"].as_str().unwrap_or_default();
        name.rsplit_once("-r").is_none_or(|(_, number)| number.parse::<u64>().is_err())
    };
    found.iter().filter(is_head).map(parse).collect()
}

fn parse(secret: &Value) -> Result<Installation, RecordError> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = text(&secret["metadata"]["name"]);
    let bytes = content(secret).ok_or_else(|| RecordError::Content(name.clone()))?;
    let mut found: Installation = serde_json::from_slice(&bytes).map_err(|_| RecordError::Content(name))?;
    found.resource_version = text(&secret["metadata"]["resourceVersion"]);
    Ok(found)
}

/// Writes the record, if nobody else has since it was read.
///
/// # Errors
/// `Changed` when somebody has.
pub async fn write(cluster: &Cluster, namespace: &str, record: &mut Installation) -> Result<(), RecordError> {
    let text = serde_json::to_vec(record).map_err(|_| RecordError::Content(name(&record.slug)))?;
    let object = secret(&name(&record.slug), namespace, &record.resource_version, &text);
    let path = secrets(namespace);
    let written = if record.resource_version.is_empty() {
        cluster.create(&path, &object).await
    } else {
        cluster.replace(&format!("{path}/{}", name(&record.slug)), &object).await
    };
    match written {
        Ok(written) => {
            written["metadata"]["resourceVersion"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut record.resource_version);
            Ok(())
        }
        Err(error) if matches!(error.fault, ApiFault::Conflict | ApiFault::NotFound) => {
            Err(RecordError::Changed)
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes a revision's content. Done before the record names it; the same revision again is replaced.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn write_content(
    cluster: &Cluster,
    namespace: &str,
    slug: &str,
    revision: u64,
    held: &RevisionContent,
) -> Result<(), RecordError> {
    let name = revision_name(slug, revision);
    let packed = pack(&serde_json::to_vec(held).map_err(|_| RecordError::Content(name.clone()))?)
        .map_err(|_| RecordError::Content(name.clone()))?;
    let object = secret(&name, namespace, "", &packed);
    let path = secrets(namespace);
    match cluster.create(&path, &object).await {
        Err(error) if error.fault == ApiFault::Conflict => {
            cluster.replace(&format!("{path}/{name}"), &object).await.map(drop).map_err(Into::into)
        }
        other => other.map(drop).map_err(Into::into),
    }
}

/// Reads a revision's content.
///
/// # Errors
/// When it is gone or cannot be read.
pub async fn read_content(
    cluster: &Cluster,
    namespace: &str,
    slug: &str,
    revision: u64,
) -> Result<RevisionContent, RecordError> {
    let name = revision_name(slug, revision);
    let found = cluster.get(&format!("{}/{name}", secrets(namespace))).await?;
    unpack(&found).ok_or(RecordError::Content(name))
}

/// Contents of all revisions that are kept, by number. One that cannot be read is left out.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn read_contents(
    cluster: &Cluster,
    namespace: &str,
    slug: &str,
) -> Result<BTreeMap<u64, RevisionContent>, RecordError> {
    let path = format!("{}?labelSelector=longshore.dev%2Frecord%3Dinstallation", secrets(namespace));
    let prefix = format!("{}-r", name(slug));
    let found = cluster.list(&path).await?;
    let numbered = found.iter().filter_map(|secret| {
        let number = secret["metadata"]["name"].as_str()?.strip_prefix(&prefix)?.parse().ok()?;
        Some((number, unpack(secret)?))
    });
    Ok(numbered.collect())
}

/// A revision's content from its Secret.
fn unpack(secret: &Value) -> Option<RevisionContent> {
    let mut text = Vec::new();
    // A Secret holds a megabyte at most; what it unpacks to is bounded all the same.
    GzDecoder::new(content(secret)?.as_slice()).take(64 << 20).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Removes the contents of revisions that the record no longer names.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn remove_contents(
    cluster: &Cluster,
    namespace: &str,
    slug: &str,
    revisions: &[u64],
) -> Result<(), RecordError> {
    for revision in revisions {
        cluster.delete(&format!("{}/{}", secrets(namespace), revision_name(slug, *revision))).await?;
    }
    Ok(())
}

fn pack(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(number: u64, from: u64) -> Revision {
        let value = serde_json::json!({
            "revision": number, "version": format!("1.{number}.0"), "from": from, "at": 0, "who": "", "run": "",
            "charts": [], "manifestsDigest": "", "informers": [], "configDigest": "", "cursor": "", "required": false,
        });
        serde_json::from_value(value).expect("a revision")
    }

    #[test]
    fn what_a_rollback_goes_back_to_stays_however_often_it_was_tried() {
        let mut record =
            Installation { revision: 1, history: vec![revision(1, 0)], ..Installation::default() };
        for tried in 2..60 {
            record.history.push(revision(tried, 1));
            record.revision = tried;
            let dropped = record.trim();
            assert!(record.history.len() <= HISTORY, "after {tried}: {}", record.history.len());
            assert!(record.find(1).is_some() && record.find(tried).is_some(), "after {tried}: {dropped:?}");
            record.revision = 1;
        }
        assert_eq!(record.history.len(), HISTORY);
    }
}
