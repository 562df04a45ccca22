//! Files for hosts: kept as blobs, signed, exported, and never lacking when the release names them.

use std::collections::BTreeMap;

use longshore_bundle::{
    BundleError, Digest, ImportOptions, Limits, Signature, WriteError, check, export, sign,
};
use longshore_bundle::{Carried, SignatureKind};
use longshore_contract::Timestamp;

use crate::made::{
    CLUSTER, FILES, Member, Place, airgap_yaml, cluster_files, clustered, import, meta, noise, release, tar,
    with_files,
};

#[test]
fn files_for_hosts_are_blobs_of_the_library() {
    let place = Place::new();
    let bundle = clustered("1.0.0");
    assert!(bundle == clustered("1.0.0"), "the same parts give the same bytes");
    let record = place.import(&bundle).expect("it is imported");
    let paths: Vec<&str> = record.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        ["cluster/LICENSE", "cluster/cni/bridge", "cluster/v1.35.4/kubernetes"],
        "sorted by name"
    );
    for (path, seed) in FILES {
        let file = record.files.iter().find(|file| file.path == *path).expect("it is there");
        let content = place.library.read_blob(&file.blob.digest).expect("it is a blob");
        assert_eq!(content, noise(*seed, 900), "{path} is what was given");
        assert!(record.blobs.contains(&file.blob), "{path} is among what the bundle needs");
        let line = format!("{} 900 {path}", file.blob.digest);
        assert!(
            record.root().expect("a list").lines().any(|other| other == line),
            "{path} is among what is signed"
        );
    }
    assert_eq!(record.meta.uncompressed_size, 2700, "files count to what the bundle unpacks to");
}

#[test]
fn what_only_a_removed_bundle_needs_goes_and_the_rest_stays() {
    let place = Place::new();
    let first = place.import(&clustered("1.0.0")).expect("it is imported");
    let second =
        with_files("1.1.0", CLUSTER, &[("cluster/v1.35.4/kubernetes", 9), ("cluster/cni/bridge", 2)]);
    let second =
        import(&place.library, &place.file("second", &second.expect("made"))).expect("it is imported");
    place.library.remove(&first.id).expect("it is removed");
    let of = |seed| Digest::of(&noise(seed, 900)).hex().to_owned();
    let blobs = place.blobs();
    assert!(!blobs.contains(&of(1)) && !blobs.contains(&of(3)), "the first one's own files are gone");
    assert!(blobs.contains(&of(2)) && blobs.contains(&of(9)), "the second one's are there");
    let path = place.library.root().join("blobs/sha256").join(&of(9)[..2]).join(of(9));
    std::fs::write(&path, noise(8, 900)).expect("it is written");
    let verified = place.library.verify_all(&|_| {}, &|| false).expect("verifies");
    assert_eq!(verified.findings.len(), 1, "a damaged file is found: {verified:?}");
    assert_eq!(verified.findings[0].bundles, [second.id], "with who needs it");
}

#[test]
fn an_export_carries_them_and_a_differential_one_what_its_base_lacks() {
    let place = Place::new();
    let first = place.import(&clustered("1.0.0")).expect("it is imported");
    let fresh = [("cluster/v1.35.4/kubernetes", 9), ("cluster/cni/bridge", 2)];
    let second = with_files("1.1.0", CLUSTER, &fresh).expect("made");
    let second = import(&place.library, &place.file("second", &second)).expect("it is imported");
    let (mut whole, mut part) = (Vec::new(), Vec::new());
    export(&mut whole, &place.library, &second, None).expect("it is written");
    export(&mut part, &place.library, &second, Some(&first)).expect("it is written");
    let there = Place::new();
    assert_eq!(there.import(&whole).expect("it is imported").files, second.files, "all of them");
    let there = Place::new();
    let refusal = there.import(&part).expect_err("the base is not there");
    assert!(matches!(refusal, BundleError::Base { .. }), "{refusal}");
    import(&there.library, &there.file("first", &clustered("1.0.0"))).expect("the base is imported");
    let record = there.import(&part).expect("then it is imported");
    assert_eq!(record.files, second.files, "those of the base have their names again");
    assert_eq!(record.root(), second.root(), "it is the same bundle to whoever signed it");
}

#[test]
fn a_signature_is_over_them_too() {
    let place = Place::new();
    let record = place.import(&clustered("1.0.0")).expect("it is imported");
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("random numbers");
    let key = pair.sk.to_box(None).expect("it is text").to_string();
    let public = Some(pair.pk.to_box().expect("it is text").to_string());
    let text = sign(&record.root().expect("a list"), &key, None, "tidewater").expect("it is signed");
    let signature = Carried { kind: SignatureKind::Minisign, text, key: public };
    let judged =
        |record: &longshore_bundle::BundleRecord| check(&record.root().expect("a list"), &signature, &[]);
    assert!(matches!(judged(&record), Signature::Signed { .. }), "it fits the bundle");
    let mut renamed = record.clone();
    renamed.files[1].path = "cluster/cni/other".to_owned();
    let mut changed = record;
    changed.files[1].blob.digest = Digest::of(b"other");
    for other in [renamed, changed] {
        assert!(
            matches!(judged(&other), Signature::Refused { .. }),
            "another name or content is another bundle"
        );
    }
}

/// A cluster, the files that come with it, and what is said to be lacking.
type Lacking<'a> = (&'a str, &'a [(&'a str, u64)], &'a str);

#[test]
fn what_the_cluster_names_must_be_carried() {
    let image = "{ kubeadm: { imageRepository: k8s.example, versions: [{ version: v1.35.4, images: ['k8s.example/pause:3.10'] }] } }";
    let table: &[Lacking<'_>] = &[
        (CLUSTER, &FILES[..1], "file cni/bridge as cluster/cni/bridge"),
        (CLUSTER, &FILES[1..], "file kubelet as cluster/v1.35.4/kubernetes"),
        (image, &[], "image k8s.example/pause:3.10"),
    ];
    for (cluster, files, lacking) in table {
        let made = with_files("1.0.0", cluster, files).expect_err(lacking).to_string();
        let mut members = vec![
            Member::file("airgap.yaml", airgap_yaml(&meta("1.0.0", "docker", &[]))),
            Member::file("app.tar.gz", release(&cluster_files("1.0.0", cluster))),
        ];
        members.extend(files.iter().map(|(path, seed)| Member::file(path, noise(*seed, 900))));
        let place = Place::new();
        let imported = place.import(&tar(&members)).expect_err(lacking).to_string();
        for said in [made, imported] {
            assert!(
                said.contains(lacking) && said.contains("v1.35.4"),
                "{lacking} of v1.35.4 is named: {said}"
            );
        }
        assert!(place.library.bundles().expect("lists").is_empty(), "no record of a refused bundle");
    }
    let broken = with_files("1.0.0", "{}", FILES).expect_err("the document is no cluster");
    assert!(matches!(broken, WriteError::Release(_)), "{broken}");
}

#[test]
fn files_elsewhere_and_too_many_are_refused() {
    for member in
        ["kubelet", "cluster/../app.tar.gz", "/cluster/kubelet", "cluster//kubelet", "clusters/kubelet"]
    {
        let files = [FILES, &[(member, 5)]].concat();
        let refusal = with_files("1.0.0", CLUSTER, &files).expect_err(member).to_string();
        assert!(refusal.contains(member), "the member is named: {refusal}");
    }
    let place = Place::new();
    let path = place.file("bundle", &clustered("1.0.0"));
    let options =
        ImportOptions { limits: Limits { files: 2, ..Limits::default() }, ..ImportOptions::default() };
    let refusal = place.library.import_with(&path, &options, Timestamp(1), &|_| {}, &|| false);
    let refusal = refusal.expect_err("three are too many").to_string();
    assert!(refusal.contains("more than 2 files for hosts"), "{refusal}");
    let missing = BTreeMap::from([("cluster/none".to_owned(), place.folder.path().join("none"))]);
    let (meta, release) = (meta("1.0.0", "", &[]), crate::made::files("1.0.0"));
    let parts = longshore_bundle::Create {
        meta: &meta,
        release: &release,
        images: &[],
        files: &missing,
        signing: None,
    };
    let refusal = longshore_bundle::create(&mut Vec::new(), &parts).expect_err("there is no such file");
    assert!(matches!(refusal, WriteError::File { .. }), "{refusal}");
}
