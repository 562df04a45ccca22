//! Signatures over a bundle's list of digests, in both forms, inside it and beside it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_bundle::{
    BundleError, BundleRecord, Carried, Create, Digest, ImportOptions, PublicKey, Signature, SignatureKind,
    Signing, check, create, public_key, sign,
};
use longshore_contract::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use crate::made::{Member, Place, archives, files, gzip, meta, tar, tree};

/// A minisign key pair: secret and public text.
fn minisign_pair(password: Option<&str>) -> (String, String) {
    let password = password.map(str::to_owned);
    let pair = match password.clone() {
        Some(password) => minisign::KeyPair::generate_encrypted_keypair(Some(password)),
        None => minisign::KeyPair::generate_unencrypted_keypair(),
    };
    let secret = pair.expect("random numbers").sk.to_box(None).expect("it is text").to_string();
    let public = public_key(&secret, password.as_deref()).expect("it is its own");
    (secret, public)
}

fn key(text: &str) -> PublicKey {
    PublicKey::parse(text).expect("it is a key")
}

fn with(place: &Place, bundle: &[u8], keys: &[PublicKey]) -> Result<BundleRecord, BundleError> {
    let path = place.file("bundle.airgap", bundle);
    let options = ImportOptions { keys: keys.to_vec(), ..ImportOptions::default() };
    place.library.import_with(&path, &options, Timestamp(1), &|_| {}, &|| false)
}

fn root(bundle: &[u8]) -> String {
    Place::new().import(bundle).expect("it is sound").root().expect("it has one")
}

#[test]
fn the_list_of_digests_names_everything_in_one_order() {
    let record = Place::new().import(&tree("1.0.0")).expect("it is imported");
    let root = record.root().expect("it has one");
    let mut lines: Vec<&str> = root.lines().collect();
    assert!(lines.is_sorted(), "sorted");
    for blob in &record.blobs {
        let start = format!("{} {} ", blob.digest, blob.size);
        assert!(lines.iter().any(|line| line.starts_with(&start)), "{start} is listed");
    }
    lines.retain(|line| !line.ends_with(" blob"));
    let mut names: Vec<&str> = lines.iter().filter_map(|line| line.splitn(3, ' ').nth(2)).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "airgap.yaml",
            "app.tar.gz",
            "image/registry.tidewater.example/web:1.0",
            "image/registry.tidewater.example/worker:1.0"
        ],
        "by what they are"
    );
}

#[test]
fn a_signed_bundle_tells_whose_key_it_was() {
    for password in [None, Some("correct horse")] {
        let (secret, public) = minisign_pair(password);
        let signing =
            Signing { key: secret, password: password.map(str::to_owned), comment: "tidewater 1.0.0".into() };
        let (meta, release) = (meta("1.0.0", "docker", &[]), files("1.0.0"));
        let parts = Create {
            meta: &meta,
            release: &release,
            images: &[],
            files: &BTreeMap::new(),
            signing: Some(&signing),
        };
        let mut bundle = Vec::new();
        create(&mut bundle, &parts).expect("it is written");
        let record = with(&Place::new(), &bundle, &[]).expect("it is imported");
        let expected = Signature::Signed {
            kind: SignatureKind::Minisign,
            fingerprint: key(&public).fingerprint(),
            trusted_comment: "tidewater 1.0.0".to_owned(),
        };
        assert_eq!(record.signature, expected, "its own key is shown, for the caller to pin");
        let (_, other) = minisign_pair(None);
        assert_eq!(record.check(&[key(&other)]), expected, "another key changes nothing");
        let written = serde_json::to_string(&record).expect("it is JSON");
        let read: BundleRecord = serde_json::from_str(&written).expect("it is read");
        assert_eq!(read, record, "records keep it");

        let (place, mut unsigned) = (Place::new(), Vec::new());
        create(&mut unsigned, &Create { signing: None, ..parts }).expect("it is written");
        let bare = with(&place, &unsigned, &[]).expect("it is imported");
        assert_eq!((&bare.id, &bare.signature), (&record.id, &Signature::Unsigned), "the same, not signed");
        for copy in [&bundle, &unsigned] {
            let known = with(&place, copy, &[]).expect("it is imported");
            assert_eq!(known.signature, expected, "a copy that is not signed takes no signature away");
        }
        assert_eq!(place.library.bundles().expect("they are listed").len(), 1, "it is one bundle");
    }
    let (secret, _) = minisign_pair(Some("right"));
    let refusal = sign("x", &secret, Some("wrong"), "c").expect_err("the password is wrong").to_string();
    assert!(refusal.contains("password"), "{refusal}");
    assert!(sign("x", &secret, None, "c").is_err(), "an encrypted key needs its password");
    assert!(sign("x", "no key", None, "c").is_err(), "what is no key is refused");
    assert!(sign("x", &minisign_pair(None).0, None, "two\nlines").is_err(), "a comment is one line");
}

/// A minisign signature of old, not prehashed, as `minisign -l` makes it; with its public key.
fn legacy(message: &[u8], comment: &str) -> (String, String) {
    let seed = [7; 32];
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
    let id = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
    let signature = pair.sign(message);
    let global = pair.sign(&[signature.as_ref(), comment.as_bytes()].concat());
    let text = format!(
        "untrusted comment: x\n{}\ntrusted comment: {comment}\n{}\n",
        STANDARD.encode([b"Ed".as_slice(), &id, signature.as_ref()].concat()),
        STANDARD.encode(global.as_ref()),
    );
    let public = STANDARD.encode([b"Ed".as_slice(), &id, pair.public_key().as_ref()].concat());
    (text, public)
}

#[test]
fn signatures_lie_beside_a_bundle_too_old_ones_as_well() {
    let bundle = gzip(&tar(&archives("1.0.0")));
    let (text, public) = legacy(root(&bundle).as_bytes(), "made in 2016");
    let place = Place::new();
    place.file("bundle.airgap.minisig", text.as_bytes());
    let record = with(&place, &bundle, &[]).expect("it is imported");
    let unknown = Signature::Unknown { kind: SignatureKind::Minisign, key: "0807060504030201".to_owned() };
    assert_eq!(record.signature, unknown, "no key is known: it says which one is wanted");
    let signed = Signature::Signed {
        kind: SignatureKind::Minisign,
        fingerprint: key(&public).fingerprint(),
        trusted_comment: "made in 2016".to_owned(),
    };
    assert_eq!(record.check(&[key(&public)]), signed, "later, when the key is known");
    place.file("bundle.airgap.pub", format!("untrusted comment: key\n{public}\n").as_bytes());
    assert_eq!(with(&place, &bundle, &[]).expect("it is imported").signature, signed, "its key beside it");
    let changed = text.replace("made in 2016", "made in 2026");
    place.file("bundle.airgap.minisig", changed.as_bytes());
    let refusal = with(&place, &bundle, &[]).expect_err("the comment is signed as well");
    assert!(matches!(refusal, BundleError::Signature(_)), "{refusal}");
    let (over_other, _) = legacy(b"something else", "x");
    place.file("bundle.airgap.minisig", over_other.as_bytes());
    let refusal = with(&place, &bundle, &[]).expect_err("it is of something else").to_string();
    assert!(refusal.contains("0807060504030201, but not over this bundle"), "{refusal}");
}

fn sigstore(message: &str, signature: &[u8]) -> String {
    let digest = Digest::of(message.as_bytes());
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&digest.hex()[2 * at..2 * at + 2], 16).expect("it is hexadecimal"))
        .collect();
    json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "publicKey": { "hint": "tidewater" }, "tlogEntries": [] },
        "messageSignature": {
            "messageDigest": { "algorithm": "SHA2_256", "digest": STANDARD.encode(bytes) },
            "signature": STANDARD.encode(signature),
        },
    })
    .to_string()
}

fn pem(start: &str, point: &[u8]) -> String {
    let der = [STANDARD.decode(start).expect("it is base64").as_slice(), point].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

/// A signature of each algorithm over `message`, and its public key.
fn sigstore_pairs(message: &str) -> Vec<(String, String)> {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("random numbers");
    let p256 = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("a key");
    let by_p256 = p256.sign(&random, message.as_bytes()).expect("it signs");
    let ed = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("a key");
    let by_ed = ed.sign(message.as_bytes());
    vec![
        (
            sigstore(message, by_p256.as_ref()),
            pem("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=", p256.public_key().as_ref()),
        ),
        (sigstore(message, by_ed.as_ref()), pem("MCowBQYDK2VwAyEA", ed.public_key().as_ref())),
    ]
}

#[test]
fn sigstore_bundles_are_verified_offline() {
    let bundle = tree("1.0.0");
    let root = root(&bundle);
    for (text, public) in sigstore_pairs(&root) {
        let place = Place::new();
        place.file("bundle.airgap.sigstore.json", text.as_bytes());
        let record = with(&place, &bundle, &[key(&public)]).expect("it is imported");
        let signed = Signature::Signed {
            kind: SignatureKind::Sigstore,
            fingerprint: key(&public).fingerprint(),
            trusted_comment: String::new(),
        };
        assert_eq!(record.signature, signed, "the key fits");
        let unknown = Signature::Unknown { kind: SignatureKind::Sigstore, key: "tidewater".to_owned() };
        assert_eq!(record.check(&[]), unknown, "no key is known");
        let refused = |carried: Carried| match check(&root, &carried, &[key(&public)]) {
            Signature::Refused { why } => why,
            other => panic!("{other:?}"),
        };
        let carried = |text: String| Carried { kind: SignatureKind::Sigstore, text, key: None };
        for (from, to, words) in [
            ("v0.3", "v0.9", "version 0.3"),
            ("publicKey", "certificate", "certificate"),
            ("messageSignature", "dsseEnvelope", "attestation"),
            ("SHA2_256", "SHA2_512", "not over this bundle"),
            ("{", "[", "cannot be read"),
        ] {
            let why = refused(carried(text.replacen(from, to, 1)));
            assert!(why.contains(words), "{from} → {to}: {why}");
        }
        let (other, _) = &sigstore_pairs("another")[0];
        assert!(refused(carried(other.clone())).contains("not over this bundle"), "of something else");
        let forged = Carried { key: Some(sigstore_pairs("x")[0].1.clone()), ..carried(text.clone()) };
        let verdict = check(&root, &forged, &[]);
        assert!(matches!(verdict, Signature::Refused { .. }), "another's key beside it: {verdict:?}");
    }
}

#[test]
fn a_changed_bundle_is_not_the_signed_one() {
    let (secret, public) = minisign_pair(None);
    let members = archives("1.0.0");
    let root = root(&tar(&members));
    let signature = sign(&root, &secret, None, "tidewater 1.0.0").expect("it signs");
    let signed = |root: &str, mut members: Vec<Member>| {
        members.push(Member::file("longshore/root.txt", root));
        members.push(Member::file("longshore/root.txt.minisig", signature.clone()));
        members.push(Member::file("longshore/root.txt.pub", public.clone()));
        with(&Place::new(), &tar(&members), &[])
    };
    let record = signed(&root, members.clone()).expect("it is imported");
    assert!(matches!(record.signature, Signature::Signed { .. }), "{:?}", record.signature);
    let mut other = archives("1.0.1");
    let refusal = signed(&root, other.clone()).expect_err("the list is of another bundle");
    assert!(
        matches!(&refusal, BundleError::Root(line) if line.contains("airgap.yaml") || line.contains("app.tar")),
        "{refusal}"
    );
    let own = self::root(&tar(&other));
    let refusal = signed(&own, other.clone()).expect_err("the signature is of another list");
    assert!(matches!(refusal, BundleError::Signature(_)), "{refusal}");
    // An image under the other's name: every digest is there, only the names changed places.
    other = archives("1.0.0");
    let (web, worker) = (other[3].name.clone(), other[4].name.clone());
    (other[3].name, other[4].name) = (worker, web);
    let refusal = signed(&root, other).expect_err("images changed places");
    assert!(matches!(&refusal, BundleError::Root(line) if line.contains("image/")), "{refusal}");
}

#[test]
fn damaged_signatures_and_keys_are_refused_without_a_panic() {
    let (root, comment) = ("sha256:00 1 blob\n", "c");
    let (minisig, minisign_public) = legacy(root.as_bytes(), comment);
    let (bundle, public) = sigstore_pairs(root).remove(0);
    for (kind, text, public) in
        [(SignatureKind::Minisign, minisig, minisign_public), (SignatureKind::Sigstore, bundle, public)]
    {
        let carried = |text: String, key: Option<String>| Carried { kind, text, key };
        assert!(
            matches!(
                check(root, &carried(text.clone(), Some(public.clone())), &[]),
                Signature::Signed { .. }
            ),
            "the original fits"
        );
        for at in 0..text.len() {
            let cut = check(root, &carried(text[..at].to_owned(), Some(public.clone())), &[]);
            let whole = text[at..].trim().is_empty();
            assert!(whole || !matches!(cut, Signature::Signed { .. }), "{kind:?} cut at {at}: {cut:?}");
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            // What is judged does not depend on it when it lies in a comment or hint that nobody signs.
            let _ = check(root, &carried(flipped, Some(public.clone())), &[]);
        }
        for at in 0..public.len() {
            let verdict = check(root, &carried(text.clone(), Some(public[..at].to_owned())), &[]);
            let whole = public[at..].trim().is_empty();
            assert!(whole || !matches!(verdict, Signature::Signed { .. }), "key cut at {at}: {verdict:?}");
        }
    }
}
