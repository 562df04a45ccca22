//! Every way a bundle may be packed comes to the same, and costs the disk once.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use longshore_bundle::{BundleError, Digest, ImportOptions, Limits};
use longshore_contract::Timestamp;

use crate::made::{
    Member, Place, airgap_yaml, archives, files, gzip, meaning, meta, noise, release, saved, tar, tree, zstd,
};

#[test]
fn archives_of_images_become_what_registries_know() {
    let place = Place::new();
    let record = place.import(&gzip(&tar(&archives("1.0.0")))).expect("it is imported");
    assert_eq!(record.images.len(), 2, "both images are there");
    let web = &record.images[0];
    assert_eq!(web.reference, "registry.tidewater.example/web:1.0", "named as the vendor names it");
    assert_eq!((web.name.as_str(), web.tag.as_str()), ("web", "1.0"), "in its parts");
    let manifest = &web.manifests[0];
    let text = place.library.read_blob(&manifest.digest).expect("the manifest is a blob");
    let mut text = String::from_utf8(text).expect("it is text");
    for (number, blob) in manifest.blobs.iter().enumerate() {
        assert!(place.library.holds(&blob.digest, blob.size), "{blob:?} is in the library");
        text = text.replace(&blob.digest.to_string(), &format!("<blob {number}>"));
    }
    insta::assert_snapshot!(text, @r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"<blob 0>","size":225},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"<blob 1>","size":2560},{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"<blob 2>","size":2048}]}"#);
    assert_eq!(
        manifest.digest.to_string(),
        "sha256:1de19005ecffd41c68d19ebf409ceaad3d6d60a7e04f32be06c0c345d984af98",
        "signatures list this digest: the form of the manifest never changes"
    );
    assert_eq!(manifest.blobs[1].digest, record.images[1].manifests[0].blobs[1].digest, "one shared layer");
}

#[test]
fn layers_may_be_packed_and_large() {
    let place = Place::new();
    let large = noise(9, 3 << 20);
    let inner = tar(&[Member::file("data", large)]);
    let small = tar(&[Member::file("data", "small")]);
    let diff = |layer: &[u8]| Digest::of(layer).to_string();
    for pack in [gzip, zstd] {
        let config =
            serde_json::json!({ "rootfs": { "diff_ids": [diff(&inner), diff(&small)] } }).to_string();
        let list = serde_json::json!([{ "Config": "config.json", "Layers": ["a/layer.tar", "b/layer.tar"] }]);
        let image = [
            Member::file("a/layer.tar", pack(&inner)),
            Member::file("b/layer.tar", pack(&small)),
            Member::file("config.json", config),
            Member::file("manifest.json", list.to_string()),
        ];
        let bundle = [
            Member::file("airgap.yaml", airgap_yaml(&meta("1", "", &["x.example/a/big@sha256:00"]))),
            Member::file("app.tar.gz", release(&files("1"))),
            Member::file("images/docker-archive/x.example/a/big/1", tar(&image)),
        ];
        let refusal = place.import(&tar(&bundle)).expect_err("an image that is listed has to be there");
        assert!(matches!(refusal, BundleError::Missing(_)), "{refusal}");
        let mut bundle = bundle.to_vec();
        bundle[0] = Member::file("airgap.yaml", airgap_yaml(&meta("1", "", &["x.example/a/big:1"])));
        let record = place.import(&tar(&bundle)).expect("it is imported");
        let blobs = &record.images[0].manifests[0].blobs;
        assert_eq!(blobs[1].digest, Digest::of(&pack(&inner)), "a packed layer goes as it is");
        let text = place.library.read_blob(&record.images[0].manifests[0].digest).expect("reads");
        let kind = if pack(b"").starts_with(&[0x1f]) { "tar+gzip" } else { "tar+zstd" };
        assert!(String::from_utf8_lossy(&text).contains(kind), "and the manifest says how it is packed");
    }
}

#[test]
fn a_layer_that_is_not_what_the_config_says_is_refused_and_dropped() {
    let place = Place::new();
    let mut image = saved(&[], &[noise(3, 2 << 20)]);
    let at = image[0].content.len() / 2;
    image[0].content[at] ^= 1;
    image[0].name = "layer.tar".to_owned();
    image[1].link = "../layer.tar".to_owned();
    let mut bundle = archives("1.0.0");
    bundle[3].content = tar(&image);
    let refusal = place.import(&tar(&bundle)).expect_err("it is refused");
    assert!(
        matches!(&refusal, BundleError::WrongDigest { name, .. } if name.ends_with("web/1.0: old/layer.tar")),
        "{refusal}"
    );
    let unused = place.library.collect(true).expect("it counts");
    assert!(unused.bytes < 1 << 20, "the damaged layer does not stay: {} bytes", unused.bytes);
}

#[test]
fn links_in_an_images_archive_stay_inside_it() {
    for (kind, target) in [
        (b'2', "../../../../etc/passwd"),
        (b'2', "/etc/passwd"),
        (b'2', "layer.tar"),
        (b'2', "nowhere.tar"),
        (b'1', "../out"),
        (b'1', "old/layer.tar"),
    ] {
        let place = Place::new();
        let mut image = saved(&[], &[noise(3, 100)]);
        image[1] = Member::link("old/layer.tar", kind, target);
        let mut bundle = archives("1.0.0");
        bundle[4].content = tar(&image);
        let refusal = place.import(&tar(&bundle)).expect_err("it is refused");
        let text = refusal.to_string();
        assert!(text.contains("worker/1.0: "), "{target}: names the member: {text}");
        assert!(matches!(refusal, BundleError::Link(_) | BundleError::Missing(_)), "{target}: {text}");
    }
}

#[test]
fn a_hard_link_is_another_name() {
    let place = Place::new();
    let mut image = saved(&[], &[noise(1, 700)]);
    image[1] = Member { says: Some(4096), ..Member::link("old/layer.tar", b'1', &image[0].name) };
    let mut bundle = archives("1.0.0");
    bundle[4].content = tar(&image);
    let record = place.import(&tar(&bundle)).expect("it is imported");
    let same = place.import(&tar(&archives("1.0.0"))).expect("it is imported");
    assert_eq!(meaning(&record), meaning(&same), "it comes to the same");
}

#[test]
fn every_packing_comes_to_the_same() {
    let plain = tar(&archives("1.0.0"));
    let (half, rest) = plain.split_at(plain.len() / 2);
    let inner = gzip(&plain);
    let outer = |inner: &[u8]| {
        tar(&[
            Member::file("tidewater", "a program"),
            Member::file("license.yaml", "kind: License"),
            Member::odd("assets/", b'5'),
            Member::file("assets/release.tgz", gzip(&tar(&[]))),
            Member::file("assets/ec-2.1.0+k8s-1.30.airgap", "not ours"),
            Member::file("assets/tidewater.airgap", inner),
        ])
    };
    let ways: &[(&str, Vec<u8>)] = &[
        ("plain", plain.clone()),
        ("gzip", inner.clone()),
        ("zstd", zstd(&plain)),
        ("several members", [gzip(half), gzip(rest)].concat()),
        ("several frames", [zstd(half), zstd(rest)].concat()),
        ("padded gzip", [inner.clone(), vec![0; 700]].concat()),
        ("download", gzip(&outer(&inner))),
        ("download, plain inside", gzip(&outer(&plain))),
    ];
    let first = Place::new().import(&plain).expect("it is imported");
    for (way, bundle) in ways {
        let place = Place::new();
        let record = place.import(bundle).unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!(meaning(&record), meaning(&first), "{way} comes to the same");
        assert_eq!(record.id, first.id, "{way}: its id is that of its content");
        assert_eq!(place.incoming(), 0, "{way}: nothing half-written stays");
        assert_eq!(place.blobs().len(), record.blobs.len(), "{way}: no other blob stays");
    }
    let twice = gzip(&tar(&[
        Member::file("assets/a.airgap", inner.clone()),
        Member::file("assets/b.airgap", inner.clone()),
    ]));
    let refusal = Place::new().import(&twice).expect_err("two bundles in one download");
    assert!(refusal.to_string().contains("assets/b.airgap"), "{refusal}");
    let refusal = Place::new().import(&[inner, b"junk".to_vec()].concat()).expect_err("junk behind it");
    assert!(matches!(refusal, BundleError::Damaged { .. }), "{refusal}");
}

#[test]
fn pinned_images_and_short_names_are_found() {
    let hex = "ab".repeat(32);
    let references = [format!("x.example/app/db@sha256:{hex}"), "nginx".to_owned()];
    let listed: Vec<&str> = references.iter().map(String::as_str).collect();
    let bundle = [
        Member::file("airgap.yaml", airgap_yaml(&meta("1", "docker-archive", &listed))),
        Member::file("app.tar.gz", release(&files("1"))),
        Member::file(&format!("images/docker-archive/x.example/app/db/sha256/{hex}"), tar(&saved(&[], &[]))),
        Member::file("images/docker-archive/docker.io/library/nginx/latest", tar(&saved(&[], &[]))),
        Member::file("images/docker-archive/x.example/unlisted/3", tar(&saved(&[], &[]))),
    ];
    let record = Place::new().import(&gzip(&tar(&bundle))).expect("it is imported");
    let names: Vec<(&str, &str, &str)> = record
        .images
        .iter()
        .map(|image| (image.reference.as_str(), image.name.as_str(), image.tag.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (references[0].as_str(), "db", ""),
            ("nginx", "nginx", "latest"),
            ("x.example/unlisted:3", "unlisted", "3")
        ],
        "as the vendor wrote them, the others by their path"
    );
}

/// Inode of each blob: a blob that is written again has another one.
fn inodes(place: &Place) -> Vec<u64> {
    let path = |hex: &String| place.library.root().join("blobs/sha256").join(&hex[..2]).join(hex);
    place.blobs().iter().map(|hex| fs::metadata(path(hex)).expect("it is there").ino()).collect()
}

#[test]
fn what_the_library_has_is_not_written_again() {
    for bundle in [tree("1.0.0"), gzip(&tar(&archives("1.0.0")))] {
        let place = Place::new();
        place.import(&bundle).expect("it is imported");
        let before = inodes(&place);
        place.import(&bundle).expect("and again");
        assert_eq!(inodes(&place), before, "no blob was written again");
    }
    let place = Place::new();
    let first = place.import(&tree("1.0.0")).expect("it is imported");
    let second = place.import(&tree("1.1.0")).expect("it is imported");
    let fresh: Vec<_> = second.blobs.iter().filter(|blob| !first.blobs.contains(blob)).collect();
    assert_eq!(fresh.len(), 2, "only airgap.yaml and the release differ: {fresh:?}");
}

#[test]
fn a_blob_cut_short_by_a_power_cut_is_written_again() {
    let place = Place::new();
    let record = place.import(&tree("1.0.0")).expect("it is imported");
    let layer = &record.images[0].manifests[0].blobs[1];
    let path =
        place.library.root().join("blobs/sha256").join(&layer.digest.hex()[..2]).join(layer.digest.hex());
    fs::write(&path, b"").expect("it is cut");
    place.import(&tree("1.0.0")).expect("it is imported again");
    let again = place.library.read_blob(&layer.digest).expect("reads");
    assert_eq!(Digest::of(&again), layer.digest, "it is whole again");
}

#[test]
fn an_import_that_was_stopped_goes_on_where_it_stopped() {
    let place = Place::new();
    let images: Vec<_> =
        (0..6).map(|n| crate::made::source(&format!("x.example/i{n}:1"), &[noise(n, 1 << 20)])).collect();
    let mut bundle = Vec::new();
    longshore_bundle::write_bundle(&mut bundle, &meta("1", "docker", &[]), &files("1"), &images)
        .expect("it is written");
    let path = place.file("b.airgap", &bundle);
    let stored = || place.blobs().len() > 3;
    let refusal = place.library.import(&path, Timestamp(1), &|_| {}, &stored).expect_err("it is stopped");
    assert!(matches!(refusal, BundleError::Stopped), "{refusal}");
    assert_eq!(place.incoming(), 0, "nothing half-written stays");
    assert!(place.library.bundles().expect("lists").is_empty(), "there is no record of it");
    let (kept, before) = (place.blobs(), inodes(&place));
    place.import(&bundle).expect("it goes on");
    let now = place.blobs();
    let after: Vec<u64> = inodes(&place)
        .into_iter()
        .zip(&now)
        .filter(|(_, hex)| kept.contains(hex))
        .map(|(inode, _)| inode)
        .collect();
    assert!(!kept.is_empty(), "something was stored before it was stopped");
    assert_eq!(after, before, "what was there was not written again");
}

#[test]
fn limits_hold() {
    type Change<'a> = &'a dyn Fn(&mut Limits);
    let place = Place::new();
    let path = place.file("b.airgap", &gzip(&tar(&archives("1.0.0"))));
    let with = |change: &dyn Fn(&mut Limits)| {
        let mut options = ImportOptions::default();
        change(&mut options.limits);
        place.library.import_with(&path, &options, Timestamp(1), &|_| {}, &|| false)
    };
    with(&|_| {}).expect("it is imported by default");
    let cases: &[(&str, Change<'_>)] = &[
        ("members, the last of them", &|limits| limits.members = 7),
        ("blobs, the last of them", &|limits| limits.blobs = 3),
        ("images, the last of them", &|limits| limits.images = 1),
        ("that is too long", &|limits| limits.name = 20),
        ("airgap.yaml is larger than 100 bytes", &|limits| limits.small = 100),
        ("app.tar.gz is larger than 100 bytes", &|limits| limits.release = 100),
        ("unpacks to more than 1000 bytes in member app.tar.gz", &|limits| limits.release_unpacked = 1000),
        ("web/1.0 is larger than 2000 bytes", &|limits| limits.member = 2000),
        ("unpacks to more than", &|limits| (limits.unpacked, limits.ratio) = (3000, 0)),
    ];
    for (words, change) in cases {
        let refusal = with(change).expect_err(words).to_string();
        assert!(refusal.contains(words), "{words}: {refusal}");
        assert_eq!(place.incoming(), 0, "{words}: nothing half-written stays");
    }
}

#[test]
fn a_bundle_the_disk_has_no_room_for_is_refused_first() {
    let place = Place::new();
    let mut members = archives("1.0.0");
    let mut huge = meta("1.0.0", "docker", &[]);
    huge.uncompressed_size = 1 << 60;
    members[0].content = airgap_yaml(&huge);
    let refusal = place.import(&gzip(&tar(&members))).expect_err("there is no such disk");
    assert!(
        matches!(refusal, BundleError::Full { needed, .. } if needed == 1 << 60),
        "it says what it needs: {refusal}"
    );
    assert!(place.blobs().is_empty(), "nothing was stored");
}
