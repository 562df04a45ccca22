//! TLS on a connection.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    ClientConfig, DEFAULT_VERSIONS, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::dial::{Duplex, Wire, words};
use crate::{Refused, Tls};

/// How a server's certificate is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Not at all.
    None,
    /// Who signed it, but not for which name.
    Authority,
    /// Both.
    Full,
}

/// Speaks TLS from here on.
pub(crate) async fn begin(
    stream: impl Duplex + 'static,
    host: &str,
    tls: &Tls,
    trust: Trust,
) -> Result<Wire, Refused> {
    Ok(Wire(Box::new(shaken(stream, host, config(tls, trust, DEFAULT_VERSIONS)?).await?)))
}

/// TLS as it was set up, on a connection that can be had back.
pub(crate) async fn shaken<S: Duplex>(
    stream: S,
    host: &str,
    config: ClientConfig,
) -> Result<TlsStream<S>, Refused> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Refused::new(format!("tls: {host:?} is no name of a server")))?;
    let begun = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    begun.map_err(|error| Refused(words("tls", &error)))
}

/// What is spoken: versions of TLS, and how far the server is looked at.
pub(crate) fn config(
    tls: &Tls,
    trust: Trust,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ClientConfig, Refused> {
    let wrong = |what: &str, why: String| Refused(format!("{what}: {why}"));
    let provider = Arc::new(ring::default_provider());
    let verifier = Given { roots: authorities(tls, trust)?, trust, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| wrong("tls", error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    if tls.certificate.is_empty() && tls.key.is_empty() {
        return Ok(builder.with_no_client_auth());
    }
    let key = PrivateKeyDer::from_pem_slice(tls.key.as_bytes())
        .map_err(|_| wrong("tls", "clientKey holds no private key; PEM is needed".to_owned()))?;
    let chain = certificates("clientCert", &tls.certificate)?;
    builder.with_client_auth_cert(chain, key).map_err(|error| wrong("tls", error.to_string()))
}

fn certificates(what: &str, pem: &str) -> Result<Vec<CertificateDer<'static>>, Refused> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Refused::new(format!("tls: {what} holds no certificate; PEM is needed"))),
    }
}

/// The machine's authorities and those that were given; none where nobody is asked.
fn authorities(tls: &Tls, trust: Trust) -> Result<RootCertStore, Refused> {
    let mut roots = RootCertStore::empty();
    if trust == Trust::None {
        return Ok(roots);
    }
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if !tls.authority.is_empty() {
        for authority in certificates("cacert", &tls.authority)? {
            roots.add(authority).map_err(|error| Refused(format!("tls: cacert: {error}")))?;
        }
    }
    Ok(roots)
}

/// Looks at certificates as far as it was told to. With no trust at all a signature is not looked at either: that anybody
/// has the key to a certificate of anybody's says nothing, and those that SQL Server, MySQL and MariaDB make for
/// themselves may be of X.509's first version, out of which no key is read.
#[derive(Debug)]
struct Given {
    roots: RootCertStore,
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Given {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trust == Trust::None {
            return Ok(ServerCertVerified::assertion());
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, chain, now, algorithms)?;
        if self.trust == Trust::Full {
            verify_server_name(&parsed, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trust == Trust::None {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trust == Trust::None {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
