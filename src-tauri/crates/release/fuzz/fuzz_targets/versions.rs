//! Versions of releases and clusters in any form: no panic, and what is installed may be installed again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_release::{Airgap, Candidate, Installed, admit, admit_cluster};

fuzz_target!(|input: (&str, &str, &str, &str, bool)| {
    let (old, new, cursor, next, required) = input;
    let installed = Installed {
        slug: "app".to_owned(),
        version: old.to_owned(),
        channel_id: "one".to_owned(),
        cursor: cursor.to_owned(),
        required,
        finished: true,
    };
    let meta = |version: &str, cursor: &str| Airgap {
        app_slug: "app".to_owned(),
        channel_id: "one".to_owned(),
        version_label: version.to_owned(),
        update_cursor: cursor.to_owned(),
        ..Airgap::default()
    };
    let _ = admit(&Candidate { meta: &meta(new, next), license: None }, Some(&installed));
    let same = admit(&Candidate { meta: &meta(old, cursor), license: None }, Some(&installed));
    assert!(same.is_ok(), "the installed release is refused: {same:?}");
    let _ = admit_cluster(old, &[new, next]);
});
