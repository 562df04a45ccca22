//! Licenses signed with keys that are made for the test, and what is wrong with others.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use getrandom::SysRng;
use jiff::Timestamp;
use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::pss::Pss;
use rsa::traits::SignatureScheme as _;
use rsa::{PrivateKey, PublicKey};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::{GlobalKey, LicenseError, Policy, Signed, Trust, judge, legacy, verify};
use crate::meta::{Airgap, License};

struct Keys {
    global: PrivateKey,
    vendor: PrivateKey,
    stranger: PrivateKey,
}

/// A public key of 1024 bits, whose other half nobody has.
const WEAK: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCeuYgGkSex87ZhHGJLkdO0KvO
gXHVdQgH8ri8hJ7jBHdRcn4mj38+bzH9WMEoxRO4ZjeoUx3BM60N2VNJ+RmSixCt
XgqPgnC/V+zgyksAcpZD5u/Zmop7GAuPt7gMTHVHDa9za4iOuFcfTZjlMlCbOeN8
BG8xELpuTmE/xxvLXwIDAQAB
-----END PUBLIC KEY-----";

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let make = || PrivateKey::new(&mut SysRng, 2048).expect("a key can be made");
    Keys { global: make(), vendor: make(), stranger: make() }
});

fn pem(key: &PrivateKey) -> String {
    PublicKey::from(key).to_public_key_pem(LineEnding::LF).expect("it has a public half")
}

fn trust() -> Trust {
    Trust::with(vec![GlobalKey { id: "test".to_owned(), pem: pem(&KEYS.global) }])
}

fn md5(key: &PrivateKey, message: &[u8]) -> String {
    // As long as Go makes it: all that the key leaves.
    let scheme = Pss::<md5::Md5>::new_with_salt(256 - 16 - 2);
    let signature = scheme.sign(Some(&mut SysRng), key, &md5::Md5::digest(message));
    STANDARD.encode(signature.expect("it can be signed"))
}

fn sha256(key: &PrivateKey, message: &[u8]) -> String {
    let scheme = Pss::<sha2::Sha256>::new();
    let signature = scheme.sign(Some(&mut SysRng), key, &sha2::Sha256::digest(message));
    STANDARD.encode(signature.expect("it can be signed"))
}

fn b64(value: &Value) -> String {
    STANDARD.encode(value.to_string())
}

fn spec() -> Value {
    SPEC.clone()
}

// Made once: a signature is another each time that it is made.
static SPEC: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "appSlug": "tidewater", "channelID": "stable", "channelName": "Stable", "licenseID": "abcdefgh1234",
        "customerName": "Quay <& Sons>", "licenseType": "paid", "licenseSequence": 3, "isAirgapSupported": true,
        "channels": [{ "channelID": "stable", "channelName": "Stable", "isDefault": true }],
        "entitlements": {
            "expires_at": { "title": "Expiration", "value": "2027-01-31T00:00:00Z", "valueType": "String",
                "signature": { "v1": md5(&KEYS.vendor, b"2027-01-31T00:00:00Z") } },
            "seats": { "title": "Seats", "value": 25, "valueType": "Integer",
                "signature": { "v1": md5(&KEYS.vendor, b"25") } },
        },
    })
});

fn inner(vendor: &PrivateKey, global: &PrivateKey, id: &str, message: &[u8]) -> Value {
    let public = pem(vendor);
    let by = json!({ "signature": md5(global, public.as_bytes()), "globalKeyId": id });
    json!({ "licenseSignature": md5(vendor, message), "publicKey": public, "keySignature": b64(&by) })
}

fn license(spec: &Value) -> License {
    let mut license: License = serde_json::from_value(spec.clone()).expect("it is a license");
    license.spec = serde_norway::to_value(spec).expect("it is YAML");
    license.api_version = "kots.io/v1beta1".to_owned();
    license.name = "quay".to_owned();
    license
}

/// A license with a signature over `signed`, in which `written` is what is written.
fn with(signed: &Value, mut written: Value) -> License {
    let data = json!({ "apiVersion": "kots.io/v1beta1", "kind": "License", "spec": signed }).to_string();
    let inner = inner(&KEYS.vendor, &KEYS.global, "test", data.as_bytes());
    written["signature"] =
        b64(&json!({ "licenseData": STANDARD.encode(&data), "innerSignature": b64(&inner) })).into();
    license(&written)
}

/// A license with that inner signature.
fn with_inner(inner: &Value) -> License {
    let data = json!({ "spec": spec() }).to_string();
    let mut written = spec();
    written["signature"] =
        b64(&json!({ "licenseData": STANDARD.encode(&data), "innerSignature": b64(inner) })).into();
    license(&written)
}

fn data() -> String {
    json!({ "spec": spec() }).to_string()
}

#[test]
fn one_that_is_signed_and_unchanged_is_accepted() {
    assert_eq!(verify(&with(&spec(), spec()), &trust()), Ok(Signed::Signed));
    let mut spelled = spec();
    spelled["entitlements"]["seats"]["value"] = json!(25.0);
    spelled["isGitOpsSupported"] = json!(false);
    let signed = verify(&with(&spec(), spelled), &trust());
    assert_eq!(signed, Ok(Signed::Signed), "a number's spelling and a switch that is off are no change");
    let mut bare = spec();
    for name in ["expires_at", "seats"] {
        let fields = bare["entitlements"][name].as_object_mut().expect("it is one");
        fields.remove("signature");
    }
    assert_eq!(
        verify(&with(&bare, bare.clone()), &trust()),
        Ok(Signed::Signed),
        "old ones are covered by the whole"
    );
}

#[test]
fn an_entitlement_without_a_value_is_signed_as_such() {
    let mut spec = spec();
    spec["entitlements"]["seats"] =
        json!({ "title": "Seats", "signature": { "v1": md5(&KEYS.vendor, b"<nil>") } });
    assert_eq!(verify(&with(&spec, spec.clone()), &trust()), Ok(Signed::Signed));
}

#[test]
fn a_license_may_be_signed_with_sha_256() {
    let data = data();
    let public = pem(&KEYS.vendor);
    let by = json!({ "signature": sha256(&KEYS.global, public.as_bytes()), "globalKeyId": "test" });
    let inner = json!({
        "v2LicenseSignature": sha256(&KEYS.vendor, data.as_bytes()), "publicKey": public, "v2KeySignature": b64(&by),
    });
    let second = License { api_version: "kots.io/v1beta2".to_owned(), ..with_inner(&inner) };
    assert_eq!(verify(&second, &trust()), Ok(Signed::Signed));
    let first = License { api_version: "kots.io/v1beta1".to_owned(), ..with_inner(&inner) };
    assert!(
        matches!(verify(&first, &trust()), Err(LicenseError::Unreadable(_))),
        "not in place of the other"
    );
}

#[test]
fn the_old_form_is_accepted_and_guards_what_it_covers() {
    let old = |spec: &Value| {
        let mut written = spec.clone();
        let plain = license(&written);
        let message = legacy::message(&plain, &written).expect("it has all fields");
        written["signature"] = b64(&inner(&KEYS.vendor, &KEYS.global, "test", message.as_bytes())).into();
        written
    };
    let signed = old(&spec());
    assert_eq!(verify(&license(&signed), &trust()), Ok(Signed::Signed));
    let mut changed = signed;
    changed["appSlug"] = json!("other");
    let error = verify(&license(&changed), &trust()).expect_err("it was changed");
    assert!(error.to_string().contains("not what its vendor signed"), "{error}");
}

#[test]
fn what_was_changed_is_named_with_both_values() {
    let cases: &[(&str, Value, &str)] = &[
        (
            "/appSlug",
            json!("other"),
            "appSlug is \"other\" in the license and \"tidewater\" within the signature",
        ),
        ("/licenseSequence", json!(9), "licenseSequence is \"9\" in the license and \"3\""),
        ("/isAirgapSupported", json!(false), "isAirgapSupported is \"false\" in the license and \"true\""),
        ("/channels/0/channelID", json!("beta"), "channels[0].channelID is \"beta\""),
        ("/channels/0/isDefault", json!(false), "channels[0].isDefault is \"false\""),
        ("/entitlements/seats/title", json!("Chairs"), "entitlements[seats].title is \"Chairs\""),
        ("/licenseID", json!("zyxwvuts9876"), "licenseID is \"zyxw…\" in the license and \"abcd…\""),
    ];
    for (path, value, said) in cases {
        let mut written = spec();
        *written.pointer_mut(path).expect("it is there") = value.clone();
        let error = verify(&with(&spec(), written), &trust()).expect_err("it was changed");
        assert!(error.to_string().contains(said), "{path}: {error}");
    }
    let mut fewer = spec();
    fewer["entitlements"].as_object_mut().expect("it is one").remove("seats");
    let error = verify(&with(&spec(), fewer), &trust()).expect_err("it was changed");
    assert!(error.to_string().contains("the number of entitlements is \"1\""), "{error}");
    let mut more = spec();
    more["channels"].as_array_mut().expect("it is one").push(json!({ "channelID": "beta" }));
    let error = verify(&with(&spec(), more), &trust()).expect_err("it was changed");
    assert!(error.to_string().contains("the number of channels is \"2\""), "{error}");
    let mut kind = spec();
    kind["entitlements"]["seats"]["value"] = json!("25");
    let error = verify(&with(&spec(), kind), &trust()).expect_err("a text is no number");
    assert!(error.to_string().contains("entitlements[seats].value is \"a text\""), "{error}");
}

#[test]
fn signatures_by_others_are_invalid_and_each_says_which() {
    let cases = [
        (inner(&KEYS.vendor, &KEYS.stranger, "test", data().as_bytes()), "the vendor's key is not signed"),
        (inner(&KEYS.vendor, &KEYS.global, "test", b"something else"), "the data in it is not signed"),
    ];
    for (inner, said) in cases {
        let error = verify(&with_inner(&inner), &trust()).expect_err("it is by another");
        assert!(matches!(&error, LicenseError::Invalid(text) if text.contains(said)), "{error}");
    }
    let stranger = inner(&KEYS.vendor, &KEYS.global, "nobody", data().as_bytes());
    assert_eq!(verify(&with_inner(&stranger), &trust()), Err(LicenseError::UnknownKey("nobody".to_owned())));
    let here_only = inner(&KEYS.vendor, &KEYS.global, "test", data().as_bytes());
    let pinned = verify(&with_inner(&here_only), &Trust::pinned());
    assert_eq!(
        pinned,
        Err(LicenseError::UnknownKey("test".to_owned())),
        "the test's key is trusted only by the test"
    );
    let mut entitlement = spec();
    entitlement["entitlements"]["seats"]["value"] = json!(500);
    let error = verify(&with(&entitlement, entitlement.clone()), &trust())
        .expect_err("its own signature is another's");
    assert!(error.to_string().contains("entitlement seats has another value"), "{error}");
}

#[test]
fn what_is_no_signature_says_what_of_it_cannot_be_read() {
    let signature = |text: &str| {
        let mut written = spec();
        written["signature"] = text.into();
        verify(&license(&written), &trust())
    };
    assert_eq!(signature(""), Ok(Signed::Unsigned));
    assert_eq!(signature("IA=="), Ok(Signed::Unsigned), "one space is none");
    let no_inner = STANDARD.encode(r#"{"licenseData":"","innerSignature":"e30="}"#);
    let public = WEAK;
    let by = json!({ "signature": md5(&KEYS.global, public.as_bytes()), "globalKeyId": "test" });
    let weak = json!({ "licenseSignature": "AAAA", "publicKey": public, "keySignature": b64(&by) });
    let by = json!({ "signature": md5(&KEYS.global, b"no key"), "globalKeyId": "test" });
    let no_key = json!({ "licenseSignature": "AAAA", "publicKey": "no key", "keySignature": b64(&by) });
    let unsigned_data = {
        let mut inner = inner(&KEYS.vendor, &KEYS.global, "test", b"");
        inner["licenseSignature"] = "".into();
        inner
    };
    let cases = [
        (signature("not base64!"), "spec.signature"),
        (signature(&STANDARD.encode("not json")), "spec.signature"),
        (signature(&no_inner), "keySignature is missing"),
        (verify(&with_inner(&weak), &trust()), "publicKey"),
        (verify(&with_inner(&no_key), &trust()), "publicKey:"),
        (verify(&with_inner(&unsigned_data), &trust()), "licenseSignature is missing"),
    ];
    for (result, said) in cases {
        let error = result.expect_err("it cannot be read");
        assert!(matches!(&error, LicenseError::Unreadable(text) if text.contains(said)), "{said}: {error}");
    }
}

#[test]
fn pinned_keys_can_be_read_and_not_be_replaced() {
    for id in [
        "bdee56560cfb43c9b28bf98eacafa646",
        "1d3f7f6b50714fe7b895554dd65773b0",
        "de2c275656d04b1bb0f15cf70f0ea2a2",
    ] {
        let taken = GlobalKey { id: id.to_owned(), pem: pem(&KEYS.stranger) };
        let trust = Trust::with(vec![taken]);
        let known = trust.find(id).expect("it is pinned");
        assert_ne!(known.pem, pem(&KEYS.stranger), "a pinned id stays the pinned key's");
        let inner = json!({ "licenseSignature": "AAAA", "publicKey": pem(&KEYS.vendor),
            "keySignature": b64(&json!({ "signature": "AAAA", "globalKeyId": id })) });
        let error = verify(&with_inner(&inner), &trust).expect_err("it is not by that key");
        assert!(matches!(error, LicenseError::Invalid(_)), "the key itself can be read: {error}");
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
}

fn release() -> Airgap {
    Airgap {
        app_slug: "tidewater".into(),
        channel_id: "stable".into(),
        channel_name: "Stable".into(),
        ..Airgap::default()
    }
}

#[test]
fn the_end_is_told_before_it_comes_and_refused_after() {
    let policy = Policy { trust: trust(), signature_required: true };
    let judged = |now: &str| judge(&with(&spec(), spec()), &release(), &policy, at(now));
    let early = judged("2026-06-01T00:00:00Z").expect("it is accepted");
    assert_eq!((early.signed, early.warnings.len()), (Signed::Signed, 0));
    assert_eq!(early.expires_at, Some(at("2027-01-31T00:00:00Z")));
    let soon = judged("2027-01-10T12:00:00Z").expect("it is accepted");
    assert_eq!(
        soon.warnings,
        ["The license expires in 20 days, on 2027-01-31; ask the vendor for a new one."]
    );
    let last = judged("2027-01-30T12:00:00Z").expect("it is accepted");
    assert!(last.warnings[0].contains("within a day"), "{:?}", last.warnings);
    let over = judged("2027-01-31T00:00:00Z").expect_err("it is over");
    assert_eq!(over.to_string(), "The license expired on 2027-01-31");
    let mut odd = spec();
    odd["entitlements"] = json!({ "expires_at": { "value": "next week" } });
    let error = judge(&license(&odd), &release(), &Policy::default(), at("2026-06-01T00:00:00Z"));
    assert!(matches!(error, Err(LicenseError::Expiry(_))), "what is no time does not pass for never");
    odd["entitlements"] = json!({ "expires_at": { "value": "" } });
    let never = judge(&license(&odd), &release(), &Policy::default(), at("2026-06-01T00:00:00Z"));
    assert_eq!(never.expect("it is accepted").expires_at, None);
}

#[test]
fn application_and_channel_must_be_the_licenses() {
    let now = at("2026-06-01T00:00:00Z");
    let judged = |meta: &Airgap| judge(&license(&spec()), meta, &Policy::default(), now);
    let other = Airgap { app_slug: "harbor".into(), ..release() };
    let error = judged(&other).expect_err("it is for another");
    assert_eq!(error.to_string(), "The license is for application tidewater, and this release is of harbor");
    let beta = Airgap { channel_id: "beta".into(), channel_name: "Beta".into(), ..release() };
    let error = judged(&beta).expect_err("it is not listed");
    assert_eq!(
        error.to_string(),
        "The license does not allow channel Beta (beta); it allows Stable (stable)"
    );
    let mut listed = spec();
    listed["channels"] = json!([{ "channelID": "beta" }, { "channelID": "stable" }]);
    assert!(judge(&license(&listed), &beta, &Policy::default(), now).is_ok(), "every listed one is allowed");
    listed["channels"] = json!([]);
    let error = judge(&license(&listed), &beta, &Policy::default(), now);
    assert!(matches!(error, Err(LicenseError::OtherChannel { .. })), "one of old names one");
}

#[test]
fn an_unsigned_license_is_told_as_such_or_refused_where_that_is_wanted() {
    let now = at("2026-06-01T00:00:00Z");
    let standing = judge(&license(&spec()), &release(), &Policy::default(), now).expect("it is accepted");
    assert_eq!(
        (standing.signed, standing.warnings.len()),
        (Signed::Unsigned, 0),
        "that is shown, and no warning"
    );
    let strict = Policy { signature_required: true, ..Policy::default() };
    assert_eq!(judge(&license(&spec()), &release(), &strict, now), Err(LicenseError::Missing));
}
