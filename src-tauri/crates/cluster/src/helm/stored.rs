//! Revisions of a release as Helm stores them: a Secret each, `helm.sh/release.v1`.
//!
//! Read through the API, which takes a hundredth of a second, while each `helm history` or `helm get` is a process that
//! first asks the API server what it knows. A step looks at its release several times.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use super::decide::Held;
use super::driver::HelmError;
use crate::api::Cluster;

/// A revision.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// What there is to know of it.
    pub(super) held: Held,
    /// The objects it made, as one text.
    pub(super) manifest: String,
}

/// Bytes that a revision may unpack to. A Secret has a megabyte at most, packed.
const LARGEST: u64 = 256 << 20;

/// How gzip begins. Helm stores what it does not pack as it is.
const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];

#[derive(Deserialize)]
struct Body {
    version: u64,
    #[serde(default)]
    info: Info,
    #[serde(default)]
    chart: Chart,
    #[serde(default)]
    manifest: String,
}

#[derive(Default, Deserialize)]
struct Info {
    #[serde(default)]
    status: String,
    #[serde(default)]
    description: String,
}

#[derive(Default, Deserialize)]
struct Chart {
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
}

/// The revisions of a release, oldest first; none when there is no such release.
pub(super) async fn revisions(
    cluster: &Cluster,
    namespace: &str,
    release: &str,
) -> Result<Vec<Stored>, HelmError> {
    let path =
        format!("/api/v1/namespaces/{namespace}/secrets?labelSelector=owner%3Dhelm%2Cname%3D{release}");
    let secrets = cluster.list(&path).await.map_err(HelmError::Api)?;
    let mut found = secrets.iter().map(|secret| read(release, secret)).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|stored| stored.held.revision);
    Ok(found)
}

fn read(release: &str, secret: &Value) -> Result<Stored, HelmError> {
    let name = secret["metadata"]["name"].as_str().unwrap_or_default();
    let odd = |why: String| HelmError::Stored { release: release.to_owned(), secret: name.to_owned(), why };
    let body = unpack(secret["data"]["release"].as_str().unwrap_or_default()).map_err(odd)?;
    let body: Body = serde_json::from_slice(&body).map_err(|error| odd(error.to_string()))?;
    let chart =
        body.chart.metadata.map(|chart| format!("{}-{}", chart.name, chart.version)).unwrap_or_default();
    let Info { status, description } = body.info;
    let held = Held { revision: body.version, status, chart, description };
    Ok(Stored { held, manifest: body.manifest })
}

/// Base64 of the API, in it base64 of Helm's own, in it gzip.
fn unpack(data: &str) -> Result<Vec<u8>, String> {
    let own = STANDARD.decode(data).map_err(|error| error.to_string())?;
    let bytes = STANDARD.decode(&own).map_err(|error| error.to_string())?;
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut body = Vec::new();
    let read = GzDecoder::new(bytes.as_slice()).take(LARGEST + 1).read_to_end(&mut body);
    match read {
        Ok(size) if size as u64 <= LARGEST => Ok(body),
        Ok(_) => Err(format!("it unpacks to more than {LARGEST} bytes")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;

    use super::*;

    fn secret(body: &[u8]) -> Value {
        json!({ "metadata": { "name": "sh.helm.release.v1.web.v2" }, "data": { "release": STANDARD.encode(STANDARD.encode(body)) } })
    }

    fn packed(body: &Value) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(body.to_string().as_bytes()).expect("packs");
        gzip.finish().expect("packs")
    }

    #[test]
    fn a_revision_is_read_packed_or_not() {
        let body = json!({
            "name": "web", "version": 2, "manifest": "kind: Service\n",
            "info": { "status": "deployed", "description": "longshore sha256:1" },
            "chart": { "metadata": { "name": "web", "version": "1.1.0" } },
        });
        for bytes in [packed(&body), body.to_string().into_bytes()] {
            let stored = read("web", &secret(&bytes)).expect("it is read");
            assert_eq!(stored.held.revision, 2);
            assert_eq!(stored.held.status, "deployed");
            assert_eq!(stored.held.chart, "web-1.1.0");
            assert_eq!(stored.held.digest(), Some("sha256:1"));
            assert_eq!(stored.manifest, "kind: Service\n");
        }
    }

    #[test]
    fn what_is_no_revision_is_told_by_its_secret() {
        let half = packed(&json!({ "version": 1 }));
        for body in [&b"no JSON"[..], &half[..half.len() / 2], b""] {
            let error = read("web", &secret(body)).expect_err("it is refused").to_string();
            assert!(error.contains("sh.helm.release.v1.web.v2"), "{error}");
        }
    }
}
