//! TLS: an authority of one's own beside the public ones, and nothing less unless it is said.

use std::fs;

use longshore_cluster::registry::{Registry, RegistryError};
use longshore_contract::RegistrySettings;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB};

/// An authority as PEM, and a registry with a certificate of it.
pub fn secured(more: &str) -> (String, Docker) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "An authority of our own");
    let ca = params.self_signed(&key).expect("a certificate");
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    let leaf = leaf.signed_by(&own, &issuer).expect("a certificate");
    let docker = Docker::start_with(|folder| {
        fs::write(folder.join("tls.crt"), leaf.pem()).expect("the certificate");
        fs::write(folder.join("tls.key"), own.serialize_pem()).expect("the key");
        format!("  tls:\n    certificate: {0}/tls.crt\n    key: {0}/tls.key\n{more}", folder.display())
    });
    (ca.pem(), docker)
}

fn with(address: &str, ca: &str, insecure: bool) -> RegistrySettings {
    RegistrySettings { ca: ca.to_owned(), insecure, ..plain(address) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_authority_is_trusted_and_no_other() {
    let (ca, docker) = secured("");
    let (other, _elsewhere) = secured("");
    let (library, uploads) = (Library::new(), tempfile::tempdir().expect("a folder"));
    let images = [library.image("tls", "1", &[library.noise(1, 20 * MIB)])];
    push(&with(&docker.address, &ca, false), &library, uploads.path(), &images).await.expect("it is trusted");
    docker.holds(&library, &images);
    let both = format!("{other}\n{ca}");
    Registry::open(&with(&docker.address, &both, false)).await.expect("one of two is right");
    Registry::open(&with(&docker.address, "", true)).await.expect("insecure takes any certificate");
    for ca in ["", other.as_str()] {
        let Err(refused) = Registry::open(&with(&docker.address, ca, false)).await else {
            panic!("it is refused")
        };
        assert!(matches!(refused, RegistryError::Offline { .. }), "{}", told(&refused));
        assert!(told(&refused).contains("certificate"), "it says why: {}", told(&refused));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_certificate_is_said_so() {
    for ca in ["nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let Err(wrong) = Registry::open(&with("127.0.0.1:1", ca, false)).await else {
            panic!("it is refused")
        };
        assert!(
            matches!(wrong, RegistryError::Settings { field: "certificate authority", .. }),
            "{}",
            told(&wrong)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_spoken_only_when_it_is_said() {
    let docker = Docker::start("");
    Registry::open(&with(&docker.address, "", true)).await.expect("it is said");
    let Err(refused) = Registry::open(&with(&docker.address, "", false)).await else {
        panic!("it is refused")
    };
    assert!(matches!(refused, RegistryError::Offline { .. }), "{}", told(&refused));
}
