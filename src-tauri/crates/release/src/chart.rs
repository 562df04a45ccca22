//! A Helm chart archive, as far as its name and version.

use std::io::Read;

use flate2::read::GzDecoder;
use serde::Deserialize;

/// A packaged chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartArchive {
    /// File in the release.
    pub file: String,
    /// Name in `Chart.yaml`.
    pub name: String,
    /// Version in `Chart.yaml`.
    pub version: String,
    /// The archive.
    pub bytes: Vec<u8>,
}

/// Why a chart archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// Not a gzip'd tar, or cut off.
    #[error("{file} is no chart archive that can be read")]
    Unreadable {
        /// File in the release.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No `Chart.yaml` at its place.
    #[error("{0} holds no Chart.yaml")]
    NoChart(String),
    /// A `Chart.yaml` that is not one.
    #[error("Chart.yaml of {file} cannot be read")]
    Content {
        /// File in the release.
        file: String,
        /// Why.
        #[source]
        source: serde_norway::Error,
    },
}

#[derive(Deserialize)]
struct ChartYaml {
    name: String,
    version: String,
}

impl ChartArchive {
    /// Reads name and version from the archive's `<folder>/Chart.yaml`.
    ///
    /// # Errors
    /// When it is no archive, or holds no such file.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, ChartError> {
        let unreadable = |source| ChartError::Unreadable { file: file.to_owned(), source };
        let mut archive = tar::Archive::new(GzDecoder::new(bytes));
        for entry in archive.entries().map_err(unreadable)? {
            let mut entry = entry.map_err(unreadable)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
            if name.split('/').count() != 2 || !name.ends_with("/Chart.yaml") {
                continue;
            }
            let mut text = String::new();
            entry.by_ref().take(1 << 20).read_to_string(&mut text).map_err(unreadable)?;
            let chart: ChartYaml = serde_norway::from_str(&text)
                .map_err(|source| ChartError::Content { file: file.to_owned(), source })?;
            return Ok(Self {
                file: file.to_owned(),
                name: chart.name,
                version: chart.version,
                bytes: bytes.to_vec(),
            });
        }
        Err(ChartError::NoChart(file.to_owned()))
    }
}
