//! TLS: the operator's certificate, or one that is made once and known by its fingerprint.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::server::ServeError;

/// How clients reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// TLS with a certificate made at the first start and kept in the data folder.
    SelfSigned,
    /// TLS with the operator's certificate chain and key, both PEM.
    Certificate {
        /// The chain, the server's own certificate first.
        chain: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// No TLS; on loopback only.
    Plain,
}

/// What TLS needs, and the certificate's SHA-256 fingerprint as browsers show it.
pub(super) struct Identity {
    pub(super) config: Arc<ServerConfig>,
    pub(super) fingerprint: String,
}

/// Years that a certificate of our own making is valid.
const YEARS: i32 = 10;

/// Loads or makes what `security` asks for; `None` without TLS.
pub(super) fn identity(
    security: &Security,
    data: &Path,
    listen: SocketAddr,
    hosts: &[String],
) -> Result<Option<Identity>, ServeError> {
    match security {
        Security::Plain => Ok(None),
        Security::Certificate { chain, key } => load(chain, key).map(Some),
        Security::SelfSigned => {
            let folder = data.join("http");
            let (chain, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
            if !chain.exists() || !key.exists() {
                make(&folder, &chain, &key, names(listen, hosts))?;
            }
            load(&chain, &key).map(Some)
        }
    }
}

fn load(chain: &Path, key: &Path) -> Result<Identity, ServeError> {
    let unusable = |path: &Path, why: String| ServeError::Certificate { path: path.to_owned(), why };
    let read = |error: rustls::pki_types::pem::Error| error.to_string();
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(chain, read(error)))?;
    let first = certificates.first().ok_or_else(|| unusable(chain, "it holds no certificate".to_owned()))?;
    let fingerprint = fingerprint(first);
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, read(error)))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, secret))
        .map_err(|error| unusable(chain, error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Identity { config: Arc::new(config), fingerprint })
}

/// `AB:CD:…` of a certificate.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let bytes = digest(&SHA256, certificate);
    bytes.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// The names that the certificate is for.
fn names(listen: SocketAddr, hosts: &[String]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !listen.ip().is_unspecified() {
        names.push(listen.ip().to_string());
    }
    let bare = hosts.iter().map(|host| host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name));
    names.extend(bare.map(str::to_owned));
    names.sort();
    names.dedup();
    names
}

fn make(folder: &Path, chain: &Path, key: &Path, names: Vec<String>) -> Result<(), ServeError> {
    let failed = |error: rcgen::Error| ServeError::Certificate {
        path: chain.to_owned(),
        why: format!("it cannot be made: {error}"),
    };
    let pair = rcgen::KeyPair::generate().map_err(failed)?;
    let mut parameters = rcgen::CertificateParams::new(names).map_err(failed)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "Longshore");
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let year = i32::from(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year());
    parameters.not_before = rcgen::date_time_ymd(year, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(year + YEARS, 1, 1);
    let certificate = parameters.self_signed(&pair).map_err(failed)?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(ServeError::file(folder, "made"))?;
    write(key, &pair.serialize_pem())?;
    write(chain, &certificate.pem())
}

/// Whole or not at all, and for its owner alone.
fn write(path: &Path, text: &str) -> Result<(), ServeError> {
    let fresh = path.with_extension("new");
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, path))
        .map_err(ServeError::file(path, "written"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn open(folder: &Path) -> Identity {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let identity = identity(&Security::SelfSigned, folder, listen, &["longshore.lan:8443".to_owned()]);
        identity.expect("can be made").expect("there is TLS")
    }

    #[test]
    fn a_certificate_is_made_once_and_its_key_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = open(folder.path()).fingerprint;
        assert_eq!(first.len(), 32 * 3 - 1, "32 bytes, as browsers show them");
        assert_eq!(open(folder.path()).fingerprint, first, "the next start finds it");
        let mode = |name: &str| {
            let about = fs::metadata(folder.path().join("http").join(name)).expect("is there");
            about.permissions().mode() & 0o777
        };
        assert_eq!(
            (mode("key.pem"), mode("certificate.pem"), mode("")),
            (0o600, 0o600, 0o700),
            "permissions"
        );
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("chain.pem");
        fs::write(&path, "not PEM").expect("can be written");
        let error = load(&path, &path).err().expect("it is refused");
        assert!(error.to_string().contains("chain.pem"), "{error} names the file");
    }
}
