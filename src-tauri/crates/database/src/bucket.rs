//! Buckets of S3: a request that asks whether one is there, signed with a key, and what the answer means.

use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};
use url::Url;

/// A bucket. It holds a secret key, so it cannot be shown.
pub struct Bucket<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is; empty for `us-east-1`.
    pub region: &'a str,
    /// URL of the server; empty for Amazon's.
    pub endpoint: &'a str,
    /// Name of the key.
    pub key: &'a str,
    /// The key.
    pub secret: &'a str,
    /// Whether the bucket's name is in the path and not in the server's name.
    pub in_path: bool,
}

/// A `HEAD` request that is ready to be sent.
pub struct Signed {
    /// Where to.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
}

/// `sha256("")`: of a request without a body.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SIGNED: &str = "host;x-amz-content-sha256;x-amz-date";

/// Asks for a bucket at a time, which is written `20260131T120000Z`.
///
/// # Errors
/// When there is no such URL; in words that hold no secret.
pub fn signed(bucket: &Bucket<'_>, time: &str) -> Result<Signed, String> {
    let region = if bucket.region.is_empty() { "us-east-1" } else { bucket.region };
    let endpoint = match bucket.endpoint {
        "" => format!("https://s3.{region}.amazonaws.com"),
        endpoint => endpoint.to_owned(),
    };
    let mut url = Url::parse(&endpoint).map_err(|error| format!("the endpoint is no URL: {error}"))?;
    let server = url.host_str().ok_or("the endpoint names no server")?.to_owned();
    // A server that is an address has no other names.
    let is_address = server.parse::<std::net::IpAddr>().is_ok() || server.starts_with('[');
    if bucket.in_path || is_address {
        let path = format!("{}/{}", url.path().trim_end_matches('/'), bucket.name);
        url.set_path(&path);
    } else {
        let name = format!("{}.{server}", bucket.name);
        url.set_host(Some(&name)).map_err(|_| format!("{:?} cannot be the name of a bucket", bucket.name))?;
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let asked = format!(
        "HEAD\n{}\n\nhost:{host}\nx-amz-content-sha256:{NOTHING}\nx-amz-date:{time}\n\n{SIGNED}\n{NOTHING}",
        url.path()
    );
    let day = time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text =
        format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(digest(&SHA256, asked.as_bytes()).as_ref()));
    let first = format!("AWS4{}", bucket.secret).into_bytes();
    let key = [day, region, "s3", "aws4_request"].iter().fold(first, |key, part| mac(&key, part));
    let proof = hex(&mac(&key, &text));
    let header = |name: &str, value: String| (name.to_owned(), value);
    let who = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={SIGNED}, Signature={proof}",
        bucket.key
    );
    Ok(Signed {
        url: url.into(),
        headers: vec![
            header("Authorization", who),
            header("X-Amz-Content-Sha256", NOTHING.to_owned()),
            header("X-Amz-Date", time.to_owned()),
        ],
    })
}

/// Statuses that servers of buckets answer with, as they are named.
const STATUSES: &[(u16, &str)] = &[
    (301, "Moved Permanently"),
    (307, "Temporary Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (405, "Method Not Allowed"),
    (429, "Too Many Requests"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
];

/// What a status means, as upstream tells it; nothing when the bucket is there.
pub fn refusal(status: u16, request: &str, host: &str) -> Option<String> {
    if (200..300).contains(&status) {
        return None;
    }
    let said = STATUSES.iter().find(|(known, _)| *known == status).map_or("UnknownError", |(_, said)| said);
    let why = match status {
        404 => "NotFound: ".to_owned(),
        _ => format!("api error {}: {said}", said.replace(' ', "")),
    };
    Some(format!(
        "operation error S3: HeadBucket, https response error StatusCode: {status}, RequestID: {request}, HostID: {host}, {why}"
    ))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(endpoint: &str, in_path: bool) -> Bucket<'_> {
        Bucket { name: "tides", region: "", endpoint, key: "AKID", secret: "hunter2", in_path }
    }

    #[test]
    fn buckets_lie_where_upstream_looks_for_them() {
        for (endpoint, in_path, url) in [
            ("", false, "https://tides.s3.us-east-1.amazonaws.com/"),
            ("", true, "https://s3.us-east-1.amazonaws.com/tides"),
            ("http://minio.example:9000", false, "http://tides.minio.example:9000/"),
            ("http://minio.example:9000/", true, "http://minio.example:9000/tides"),
            ("http://10.0.0.7:9000", false, "http://10.0.0.7:9000/tides"),
        ] {
            let found = signed(&bucket(endpoint, in_path), "20260131T120000Z").expect("it is signed");
            assert_eq!(found.url, url);
            assert!(found.headers.iter().all(|(_, value)| !value.contains("hunter2")), "the key stays here");
        }
        assert!(signed(&bucket("nowhere", false), "20260131T120000Z").is_err());
    }

    #[test]
    fn only_what_is_there_is_no_refusal() {
        assert_eq!(refusal(200, "", ""), None);
        let said = refusal(403, "r", "h").expect("it is refused");
        assert_eq!(
            said,
            "operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: r, HostID: h, api error Forbidden: Forbidden"
        );
    }
}
