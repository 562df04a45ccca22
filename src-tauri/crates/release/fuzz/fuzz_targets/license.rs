//! Licenses and keys: no panic, and nothing is taken for signed that nobody signed.

#![no_main]

use std::collections::BTreeMap;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use longshore_release::license::{GlobalKey, Policy, Signed, Trust, check_key, judge, verify};
use longshore_release::{Airgap, Release};

fuzz_target!(|input: (&str, &str)| {
    let (text, pem) = input;
    let _ = check_key(pem);
    let text = format!("apiVersion: kots.io/v1beta1\nkind: License\nspec:\n  appSlug: a\n{text}\n");
    let files = BTreeMap::from([("license.yaml".to_owned(), text.into_bytes())]);
    let Ok(Release { license: Some(license), .. }) = Release::from_files(files) else { return };
    let trust = Trust::with(vec![GlobalKey { id: "own".to_owned(), pem: pem.to_owned() }]);
    assert_ne!(verify(&license, &Trust::pinned()).ok(), Some(Signed::Signed), "nobody signed this");
    let policy = Policy { trust, signature_required: false };
    let _ = judge(&license, &Airgap::default(), &policy, Timestamp::UNIX_EPOCH);
});
