//! Passwords and tokens, asked for by the real registry.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use longshore_cluster::registry::{Registry, RegistryError};
use longshore_contract::RegistrySettings;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB};
use crate::link::Link;
use crate::scripted::{Scripted, reply};
use crate::tls::secured;

const PASSWORD: &str = "s3cret pass";
/// bcrypt of the password.
const HASH: &str = "$2b$05$abcdefghijklmnopqrstuu1qdcFaS0PtqFUPzaCxLQ8/0lspH0ZEW";

fn known(address: &str) -> RegistrySettings {
    let (username, password) = ("pusher".to_owned(), Some(PASSWORD.to_owned()));
    RegistrySettings { username, password, ..plain(address) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_is_asked_for_and_checked() {
    let docker = Docker::start_with(|folder| {
        let file = folder.join("htpasswd");
        std::fs::write(&file, format!("pusher:{HASH}\n")).expect("the passwords");
        format!("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", file.display())
    });
    let (library, uploads) = (Library::new(), tempfile::tempdir().expect("a folder"));
    let images = [library.image("basic", "1", &[library.noise(1, 20 * MIB)])];
    push(&known(&docker.address), &library, uploads.path(), &images).await.expect("it is pushed");
    docker.holds(&library, &images);
    for settings in [
        plain(&docker.address),
        RegistrySettings { password: Some("wrong".to_owned()), ..known(&docker.address) },
    ] {
        let Err(refused) = Registry::open(&settings).await else { panic!("it is refused") };
        assert!(matches!(refused, RegistryError::Credential { .. }), "{}", told(&refused));
        assert!(!format!("{refused:?}").contains("wrong"), "the password is not told");
    }
}

/// What signs tokens that a registry believes.
struct Signer {
    key: EcdsaKeyPair,
    certificate: Vec<u8>,
}

impl Signer {
    fn new() -> (Self, String) {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "tokens");
        let certificate = params.self_signed(&pair).expect("a certificate");
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pair.serialize_der(), &random);
        let signer = Self { key: key.expect("a key"), certificate: certificate.der().to_vec() };
        (signer, certificate.pem())
    }

    /// A token for these scopes that the registry takes for so many seconds more.
    fn token(&self, scopes: &[String], seconds: i64) -> String {
        let now = Timestamp::now().as_second();
        let access = scopes.iter().filter_map(|scope| {
            let (name, actions) = scope.strip_prefix("repository:")?.rsplit_once(':')?;
            let actions: Vec<_> = actions.split(',').collect();
            Some(json!({"type": "repository", "name": name, "actions": actions}))
        });
        // The registry gives each token a minute more than it says.
        let claims = json!({
            "iss": "tests", "sub": "pusher", "aud": "registry", "jti": "1",
            "exp": now + seconds - 60, "nbf": now - 300, "iat": now - 300,
            "access": access.collect::<Vec<Value>>(),
        });
        let header = json!({"typ": "JWT", "alg": "ES256", "x5c": [STANDARD.encode(&self.certificate)]});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Scopes of each token that was asked for.
type Asked = Arc<Mutex<Vec<Vec<String>>>>;

/// A token service that says its tokens live `said` seconds, and makes them for `real`.
async fn tokens(signer: Signer, said: u64, real: i64) -> (Scripted, Asked) {
    let (service, asked) = (Scripted::start().await, Asked::default());
    let seen = Arc::clone(&asked);
    service.rule(move |request| {
        let pair = STANDARD.encode(format!("pusher:{PASSWORD}"));
        if request.headers.get("authorization") != Some(&format!("Basic {pair}")) {
            return Some(reply(401));
        }
        let scopes = request.scopes();
        let token = signer.token(&scopes, real);
        seen.lock().expect("the list").push(scopes);
        Some(reply(200).body(json!({"token": token, "expires_in": said}).to_string()))
    });
    (service, asked)
}

fn wants_tokens(realm: &str, certificate: &str) -> Docker {
    Docker::start_with(|folder| {
        let file = folder.join("tokens.pem");
        std::fs::write(&file, certificate).expect("the certificate");
        format!(
            "auth:\n  token:\n    realm: {realm}\n    service: registry\n    issuer: tests\n    rootcertbundle: {}\n",
            file.display()
        )
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_kept_for_each_scope_and_mounts_get_both() {
    let (signer, certificate) = Signer::new();
    let (service, asked) = tokens(signer, 300, 300).await;
    let docker = wants_tokens(&format!("http://{}/token", service.address), &certificate);
    let (library, uploads) = (Library::new(), tempfile::tempdir().expect("a folder"));
    let base = library.noise(1, MIB);
    let images = ["t/a", "t/b"].map(|name| library.image(name, "1", std::slice::from_ref(&base)));
    let report = push(&known(&docker.address), &library, uploads.path(), &images).await;
    let report = report.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(report.sent, report.total, "mounting was allowed");
    docker.holds(&library, &images);
    let asked = asked.lock().expect("the list");
    let both = vec!["repository:t/a:pull".to_owned(), "repository:t/b:pull,push".to_owned()];
    assert!(asked.contains(&both), "one token for both repositories of a mount: {asked:?}");
    assert!(asked.len() <= 4, "one token for each scope, not for each request: {asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_that_ends_mid_push_is_replaced() {
    let (signer, certificate) = Signer::new();
    // It says that its tokens live for minutes: only the registry's 401 shows that they do not.
    let (service, asked) = tokens(signer, 300, 2).await;
    let docker = wants_tokens(&format!("http://{}/token", service.address), &certificate);
    let link = Link::to(&docker.address).await;
    link.pace(16 << 20);
    let (library, uploads) = (Library::new(), tempfile::tempdir().expect("a folder"));
    let images = [library.image("t/long", "1", &[library.noise(1, 80 * MIB)])];
    let pushed = push(&known(&link.address), &library, uploads.path(), &images).await;
    let report = pushed.unwrap_or_else(|error| panic!("{}", told(&error)));
    docker.holds(&library, &images);
    let times = asked.lock().expect("the list").len();
    println!("{times} tokens for one push; {} of {} bytes sent", report.sent, report.total);
    assert!(times >= 3, "it took more than one token: {times}");
    assert!(
        report.sent < report.total + (64 << 20),
        "a refused chunk is sent again, and not the blob: {report:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_service_that_refuses_is_named() {
    let (signer, certificate) = Signer::new();
    let (service, _) = tokens(signer, 300, 300).await;
    let docker = wants_tokens(&format!("http://{}/token", service.address), &certificate);
    let settings = RegistrySettings { password: Some("wrong".to_owned()), ..known(&docker.address) };
    let Err(refused) = Registry::open(&settings).await else { panic!("it is refused") };
    assert!(matches!(refused, RegistryError::Credential { .. }), "{}", told(&refused));
    service.rule(|_| Some(reply(200).body("{\"tok\": \"secret\"}")));
    let Err(odd) = Registry::open(&known(&docker.address)).await else { panic!("it is refused") };
    assert!(matches!(&odd, RegistryError::Token { transient: false, .. }), "{}", told(&odd));
    assert!(!told(&odd).contains("secret"), "what might be a token is not told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_does_not_leave_tls() {
    let (signer, certificate) = Signer::new();
    let (service, asked) = tokens(signer, 300, 300).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), certificate).expect("the certificate");
    let (ca, docker) = secured(&format!(
        "auth:\n  token:\n    realm: http://{}/token\n    service: registry\n    issuer: tests\n    rootcertbundle: {}\n",
        service.address,
        file.path().display()
    ));
    let settings = RegistrySettings { insecure: false, ca, ..known(&docker.address) };
    let Err(refused) = Registry::open(&settings).await else { panic!("it is refused") };
    assert!(told(&refused).contains("not reached over TLS"), "{}", told(&refused));
    assert_eq!(asked.lock().expect("the list").len(), 0, "it was not even asked");
}
