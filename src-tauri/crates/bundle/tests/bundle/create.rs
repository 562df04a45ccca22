//! Bundles made from parts, and written again from the library.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use longshore_bundle::{
    Archives, BundleError, BundleRecord, Create, Digest, ImageOrigin, Library, OciLayout, Signature, Signing,
    WriteError, create, export, release_files,
};
use serde_json::json;

use crate::made::{Place, files, gzip, import, meaning, meta, noise, saved, source, tar, tree};

/// An OCI layout with one image of two platforms, named `name`.
fn layout(folder: &Path, name: &str) {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).expect("made");
    let put = |content: &[u8]| {
        let digest = Digest::of(content);
        fs::write(blobs.join(digest.hex()), content).expect("written");
        json!({ "digest": digest.to_string(), "size": content.len() })
    };
    let platform = |seed: u64| {
        let layer = put(&noise(seed, 4000));
        let config = put(json!({ "os": "linux", "seed": seed }).to_string().as_bytes());
        put(json!({ "schemaVersion": 2, "config": config, "layers": [layer] }).to_string().as_bytes())
    };
    let manifests = [platform(1), platform(2)];
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests });
    let mut entry = put(index.to_string().as_bytes());
    entry["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
    fs::write(folder.join("index.json"), json!({ "manifests": [entry] }).to_string()).expect("written");
}

fn made(images: &[(String, &dyn ImageOrigin)], signing: Option<&Signing>) -> Result<Vec<u8>, WriteError> {
    let (meta, release) = (meta("1.0.0", "", &[]), files("1.0.0"));
    let mut bundle = Vec::new();
    create(
        &mut bundle,
        &Create { meta: &meta, release: &release, images, files: &BTreeMap::new(), signing },
    )?;
    Ok(bundle)
}

#[test]
fn a_bundle_is_made_of_a_layout_and_an_archive_always_the_same() {
    let place = Place::new();
    let folder = place.folder.path().join("layout");
    layout(&folder, "x.example/multi:1");
    let from_layout = OciLayout::open(&folder).expect("it opens");
    assert_eq!(from_layout.names(), ["x.example/multi:1"], "it says what is in it");
    let scratch = Library::open(&place.folder.path().join("scratch")).expect("opens");
    let mut archives = Archives::new(scratch);
    let archive = place.file("db.tar", &gzip(&tar(&saved(&["x.example/db:2"], &[noise(3, 2 << 20)]))));
    archives.add(&archive, "x.example/db:2", &|| false).expect("it is taken in");
    let images: [(String, &dyn ImageOrigin); 2] =
        [("x.example/multi:1".into(), &from_layout), ("x.example/db:2".into(), &archives)];
    let bundle = made(&images, None).expect("it is made");
    assert!(bundle == made(&images, None).expect("again"), "the same parts give the same bytes");
    let record = place.import(&bundle).expect("it is imported");
    assert_eq!(record.images[0].manifests.len(), 3, "both platforms and their index");
    assert_eq!(
        record.images[0].digest(),
        from_layout.image("x.example/multi:1").expect("there").digest(),
        "unchanged"
    );
    assert_eq!(record.meta.saved_images, ["x.example/multi:1", "x.example/db:2"], "and it says so");
    assert_eq!(record.meta.format, "docker", "as a registry tree");
    let missing =
        made(&[("x.example/none:1".into(), &archives)], None).expect_err("there is none").to_string();
    assert!(missing.contains("image x.example/none:1"), "{missing}");
}

#[test]
fn damaged_parts_make_no_bundle() {
    let place = Place::new();
    let folder = place.folder.path().join("layout");
    layout(&folder, "1");
    let blob = folder.join("blobs/sha256").join(Digest::of(&noise(2, 4000)).hex());
    let image = |origin: &OciLayout| made(&[("x.example/multi:1".into(), origin)], None);
    image(&OciLayout::open(&folder).expect("opens")).expect("an image may be named by its tag alone");
    for content in [noise(9, 4000), noise(2, 3999), noise(2, 4001)] {
        let origin = OciLayout::open(&folder).expect("opens");
        fs::write(&blob, content).expect("written");
        let refusal = image(&origin).expect_err("it is damaged");
        assert!(
            matches!(refusal, WriteError::WrongDigest { .. } | WriteError::Out(_)),
            "the blob is not what its name says: {refusal}"
        );
        fs::write(&blob, noise(2, 4000)).expect("written");
    }
    let origin = OciLayout::open(&folder).expect("opens");
    fs::remove_file(&blob).expect("removed");
    let refusal = image(&origin).expect_err("it is gone");
    assert!(matches!(refusal, WriteError::Blob { .. }), "{refusal}");
}

#[test]
fn images_that_bundles_cannot_tell_apart_are_refused() {
    let images = [source("a.example/a/web:1", &[noise(1, 9)]), source("b.example/b/web:1", &[noise(2, 9)])];
    let refusal = longshore_bundle::write_bundle(&mut Vec::new(), &meta("1", "", &[]), &files("1"), &images)
        .expect_err("clash");
    assert!(refusal.to_string().contains("b.example/b/web:1"), "{refusal}");
}

#[test]
fn a_release_directory_is_read_flat() {
    let place = Place::new();
    let folder = place.folder.path().join("release");
    fs::create_dir_all(folder.join("folder")).expect("made");
    for name in ["a.yaml", ".hidden", "folder/b.yaml"] {
        fs::write(folder.join(name), name).expect("written");
    }
    let files = release_files(&folder).expect("it is read");
    assert_eq!(files.into_keys().collect::<Vec<_>>(), ["a.yaml"], "folders and hidden files are left out");
}

/// Two releases that share a large layer, signed; imported into a library.
fn two(place: &Place) -> (BundleRecord, BundleRecord) {
    let first = place.import(&large("1.0.0", 2)).expect("it is imported");
    let second = place.import(&large("1.1.0", 3)).expect("it is imported");
    (first, second)
}

fn large(version: &str, seed: u64) -> Vec<u8> {
    let images = [source("x.example/app:1", &[noise(1, 1 << 20), noise(seed, 1000)])];
    let mut bundle = Vec::new();
    longshore_bundle::write_bundle(&mut bundle, &meta(version, "", &[]), &files(version), &images)
        .expect("written");
    bundle
}

#[test]
fn a_differential_bundle_carries_what_its_base_lacks() {
    let place = Place::new();
    let (first, second) = two(&place);
    let mut bundle = Vec::new();
    export(&mut bundle, &place.library, &second, Some(&first)).expect("it is written");
    assert!(bundle.len() < 20_000, "the shared layer is left out: {} bytes", bundle.len());
    let there = Place::new();
    let refusal = there.import(&bundle).expect_err("the library lacks the base");
    assert!(matches!(&refusal, BundleError::Base { base, .. } if *base == first.id), "{refusal}");
    assert!(refusal.to_string().contains(&format!("import {} first", first.id)), "{refusal}");
    import(&there.library, &there.file("first", &large("1.0.0", 2))).expect("the base is imported");
    let record = there.import(&bundle).expect("then it is imported");
    assert_eq!(record.base, Some(first.id.clone()), "the record says what it builds on");
    assert_eq!(record.images, second.images, "its images are whole");
    assert_eq!(record.root(), second.root(), "it is the same bundle to whoever signed it");
    there.library.remove(&first.id).expect("the base is removed");
    let verified = there.library.verify_all(&|_| {}, &|| false).expect("verifies");
    assert!(verified.findings.is_empty(), "what it needs of the base stays: {verified:?}");
}

#[test]
fn an_export_is_the_vendors_bundle_signature_and_all() {
    let place = Place::new();
    let secret = minisign::KeyPair::generate_unencrypted_keypair().expect("random numbers").sk;
    let key = secret.to_box(None).expect("it is text").to_string();
    let signing = Signing { key, password: None, comment: "tidewater 1.0.0".to_owned() };
    let folder = place.folder.path().join("layout");
    layout(&folder, "x.example/multi:1");
    let origin = OciLayout::open(&folder).expect("it opens");
    let bundle = made(&[("x.example/multi:1".into(), &origin)], Some(&signing)).expect("it is made");
    let record = place.import(&bundle).expect("it is imported");
    assert!(matches!(record.signature, Signature::Signed { .. }), "{:?}", record.signature);
    let mut again = Vec::new();
    export(&mut again, &place.library, &record, None).expect("it is written");
    let there = Place::new().import(&again).expect("it is imported elsewhere");
    assert_eq!(meaning(&there), meaning(&record), "all of it, its signature too");
    // One in the other encoding comes out as a registry tree.
    let archived = place.import(&gzip(&tar(&crate::made::archives("1.0.0")))).expect("it is imported");
    let mut again = Vec::new();
    export(&mut again, &place.library, &archived, None).expect("it is written");
    let there = Place::new().import(&again).expect("it is imported elsewhere");
    assert_eq!(there.root(), archived.root(), "it is the same bundle to whoever signed it");
}

#[test]
fn old_records_cannot_be_exported() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let old = BundleRecord { airgap: None, ..record };
    let refusal =
        export(&mut Vec::new(), &place.library, &old, None).expect_err("its airgap.yaml is not kept");
    assert!(matches!(refusal, WriteError::Old(_)), "{refusal}");
}
