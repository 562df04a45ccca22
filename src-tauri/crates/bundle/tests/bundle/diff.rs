//! What a release changes.

use std::collections::BTreeMap;

use longshore_bundle::write_bundle;
use longshore_contract::{ConfigFormDiff, ReleaseDiff};

use crate::made::{Member, Place, files, gzip, meta, noise, source, tar};

fn chart(name: &str, version: &str, role: &str) -> Vec<u8> {
    gzip(&tar(&[
        Member::file(&format!("{name}/Chart.yaml"), format!("name: {name}\nversion: {version}\n")),
        Member::file(
            &format!("{name}/templates/role.yaml"),
            format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules: {role}\n"),
        ),
        Member::file(&format!("{name}/values.yaml"), format!("role: {role}\n")),
        Member::file(&format!("{name}/templates/deployment.yaml"), "apiVersion: apps/v1\nkind: Deployment\n"),
    ]))
}

fn config(items: &str) -> Vec<u8> {
    format!("apiVersion: kots.io/v1beta1\nkind: Config\nmetadata:\n  name: c\nspec:\n  groups:\n  - name: main\n    items:\n{items}")
        .into_bytes()
}

fn first() -> BTreeMap<String, Vec<u8>> {
    let mut all = files("1.0.0");
    all.insert("cache.tgz".into(), chart("cache", "1.0.0", "[a]"));
    all.insert("db.tgz".into(), chart("db", "2.0.0", "[a]"));
    all.insert(
        "config.yaml".into(),
        config(
            "    - {name: host, title: Host, type: text}\n    - {name: old, title: Old, type: bool}\n    - {name: mail, title: Mail, type: text, default: none}\n",
        ),
    );
    all.insert("preflight.yaml".into(), b"apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nmetadata:\n  name: checks\nspec: {analyzers: []}\n".to_vec());
    all.insert(
        "account.yaml".into(),
        b"apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: runner\n  namespace: tide\n".to_vec(),
    );
    all
}

fn second() -> BTreeMap<String, Vec<u8>> {
    let mut all = first();
    all.extend(files("1.1.0"));
    all.insert("cache.tgz".into(), chart("cache", "1.0.0", "[a, b]"));
    all.remove("db.tgz");
    all.insert("queue.tgz".into(), chart("queue", "0.1.0", "[]"));
    all.insert(
        "config.yaml".into(),
        config(
            "    - {name: host, title: Host, type: text, required: true}\n    - {name: mail, title: Mail, type: text, default: 'repl{{ LicenseFieldValue \"mail\" }}'}\n    - {name: key, title: Key, type: password, required: true}\n",
        ),
    );
    all.insert("preflight.yaml".into(), b"apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nmetadata:\n  name: checks\nspec: {analyzers: [{distribution: {}}]}\n".to_vec());
    all.remove("account.yaml");
    all
}

#[test]
fn a_release_says_what_it_changes() {
    let place = Place::new();
    let bundle = |version: &str, files: &BTreeMap<String, Vec<u8>>, images: &[(&str, u64)]| {
        let sources: Vec<_> =
            images.iter().map(|(image, seed)| source(image, &[noise(1, 5000), noise(*seed, 3000)])).collect();
        let mut bundle = Vec::new();
        write_bundle(&mut bundle, &meta(version, "", &[]), files, &sources).expect("it is written");
        place.import(&bundle).expect("it is imported")
    };
    let from = bundle(
        "1.0.0",
        &first(),
        &[("x.example:5000/a/web:1", 10), ("x.example/db:1", 11), ("x.example/same:1", 12)],
    );
    let to = bundle(
        "1.1.0",
        &second(),
        &[("x.example:5000/a/web:2", 20), ("x.example/queue:1", 21), ("x.example/same:1", 12)],
    );
    let mut diff = place.library.diff(&from.id, &to.id).expect("it is compared");
    let fresh: u64 = to
        .images
        .iter()
        .flat_map(|image| &image.manifests)
        .flat_map(|manifest| {
            manifest
                .blobs
                .iter()
                .map(|blob| blob.size)
                .chain([manifest.size])
                .zip(manifest.blobs.iter().map(|blob| &blob.digest).chain([&manifest.digest]))
        })
        .filter(|(_, digest)| !from.blobs.iter().any(|blob| blob.digest == **digest))
        .map(|(size, _)| size)
        .sum();
    assert_eq!(diff.bytes_to_move, fresh, "what is shared is not moved");
    assert!((6000..9000).contains(&fresh), "two layers, configs and manifests: {fresh}");
    assert_eq!(diff.images.iter().map(|image| image.bytes).sum::<u64>(), fresh, "each image its part");
    for image in &mut diff.images {
        image.bytes = 0;
    }
    (diff.bytes_to_move, diff.from.bundle, diff.to.bundle) = (0, "a".into(), "b".into());
    insta::assert_json_snapshot!(diff);
    let read: ReleaseDiff =
        serde_json::from_value(serde_json::to_value(&diff).expect("it is JSON")).expect("it is read");
    assert_eq!(read, diff, "it goes over a wire and back");
}

#[test]
fn a_release_changes_nothing_against_itself() {
    let place = Place::new();
    let mut bundle = Vec::new();
    write_bundle(&mut bundle, &meta("1", "", &[]), &first(), &[source("x.example/a:1", &[noise(1, 10)])])
        .expect("written");
    let record = place.import(&bundle).expect("it is imported");
    let diff = place.library.diff(&record.id, &record.id).expect("it is compared");
    let nothing = ReleaseDiff {
        from: diff.from.clone(),
        to: diff.to.clone(),
        images: Vec::new(),
        bytes_to_move: 0,
        charts: Vec::new(),
        chart_files: Vec::new(),
        chart_specs: Vec::new(),
        manifests: Vec::new(),
        config: ConfigFormDiff::default(),
        preflights: Vec::new(),
        rbac: Vec::new(),
        infrastructure: None,
        rendered: Vec::new(),
        rendered_problem: diff.rendered_problem.clone(),
    };
    assert_eq!(diff, nothing, "no difference is made up");
}

#[test]
fn a_config_that_is_no_yaml_is_said_to_be_so() {
    let place = Place::new();
    let bundle = |config: &[u8]| {
        let mut all = files("1");
        all.insert("config.yaml".into(), config.to_vec());
        let mut bundle = Vec::new();
        write_bundle(&mut bundle, &meta("1", "", &[]), &all, &[]).expect("it is written");
        place.import(&bundle).expect("it is imported").id
    };
    let sound = bundle(&config("    - {name: host}\n"));
    let odd = bundle(b"apiVersion: kots.io/v1beta1\nkind: Config\nspec:\n  groups: {{repl x }}\n  - {\n");
    let diff = place.library.diff(&sound, &odd).expect("the rest is compared");
    assert!(diff.config.problem.starts_with("config.yaml cannot be read"), "{}", diff.config.problem);
    assert!(diff.config.removed.is_empty(), "nothing is guessed");
}
