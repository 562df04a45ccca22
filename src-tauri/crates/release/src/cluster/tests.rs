//! Both documents, and what is refused of them.

use std::collections::BTreeMap;

use crate::Release;

fn release(text: &str) -> Release {
    let files = BTreeMap::from([("cluster.yaml".to_owned(), text.as_bytes().to_vec())]);
    Release::from_files(files).expect("the files are YAML")
}

const OWN: &str = "apiVersion: longshore.dev/v1beta1
kind: Cluster
metadata:
  name: cluster
spec:
  kubeadm:
    imageRepository: registry.k8s.io
    versions:
      - version: v1.34.4
        files:
          - { name: kubelet, path: cluster/v1.34.4/amd64/kubernetes }
          - { name: kubeadm, path: cluster/v1.34.4/amd64/kubernetes }
        images: ['registry.k8s.io/pause:3.10.1']
      - version: v1.35.4
        files:
          - { name: cni/bridge, path: cluster/cni/bridge }
    overrides:
      networking: { dnsDomain: site.example }
";

const EMBEDDED: &str = "apiVersion: embeddedcluster.replicated.com/v1beta1
kind: Config
spec:
  version: 2.8.1+k8s-1.30
  roles: { controller: { name: all } }
  unsupportedOverrides:
    k0s: |
      config:
        spec: { api: { extraArgs: { v: '2' } } }
    builtInExtensions: [{ name: openebs, values: 'engines: {}' }]
  extensions:
    helm:
      repositories: [{ name: jetstack, url: 'https://charts.jetstack.io' }]
      charts:
        - { name: cert-manager, chartname: jetstack/cert-manager, version: v1.18.2, namespace: cert, order: 5 }
        - name: mesh
          chartname: oci://charts.example.com/mesh
          version: 1.2.0
          namespace: mesh
          order: 7
          timeout: 10m30s
          forceUpgrade: false
    helmCharts:
      - chart: { name: ingress, chartVersion: 4.12.1 }
        namespace: ingress
        weight: 5
        values: { controller: { kind: DaemonSet } }
      - { chart: { name: storage, chartVersion: 1.0.0 }, releaseName: disks, namespace: disks, weight: -1 }
";

#[test]
fn our_own_document_is_read_whole() {
    let release = release(OWN);
    insta::assert_debug_snapshot!(release.cluster().expect("it is read").expect("there is one"));
    assert_eq!(release.extensions().expect("there are none").len(), 0, "it names no extensions");
    assert_eq!(release.manifests.len(), 0, "it is no manifest to apply");
}

#[test]
fn an_embedded_cluster_config_tells_minor_overrides_and_charts() {
    let release = release(EMBEDDED);
    assert_eq!(release.own_cluster().expect("it is not ours"), None, "a bundle need not carry what it wants");
    let read = (release.cluster().expect("it is read"), release.extensions().expect("they are read"));
    insta::assert_debug_snapshot!(read);
}

const EXTENDED: &str = "apiVersion: longshore.dev/v1beta1
kind: Cluster
spec:
  k0s: { versions: [{ version: v1.35.4+k0s.0 }] }
  storage: { defaultClass: disks }
  extensions:
    - { name: gate, chart: 'oci://charts.example.com/gate', version: 2.0.0, namespace: gate, weight: 2 }
    - { name: tide, chart: tide, repository: 'https://charts.example.com', version: 3.0.0, namespace: tide, weight: 2 }
    - name: disks
      chart: disks-1.0.0.tgz
      namespace: disks
      weight: -1
      forceUpgrade: true
      timeout: 15m
      images: ['registry.example.com/disks:1']
      values: { replicas: 2 }
";

/// The chart that [`EXTENDED`] names as a file.
fn disks() -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let text = b"name: disks\nversion: 1.0.0\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, "disks/Chart.yaml", text.as_slice()).expect("it is written");
    tar.into_inner().and_then(flate2::write::GzEncoder::finish).expect("it is written")
}

fn extended(text: &str) -> Release {
    let files = [("cluster.yaml", text.as_bytes().to_vec()), ("disks-1.0.0.tgz", disks())];
    Release::from_files(files.map(|(name, content)| (name.to_owned(), content)).into()).expect("it is read")
}

#[test]
fn our_extensions_come_in_the_order_of_their_weight() {
    let config = extended(EXTENDED).cluster().expect("it is read").expect("there is one");
    insta::assert_debug_snapshot!((config.storage_class, config.extensions));
}

#[test]
fn extensions_are_taken_from_the_rendered_document() {
    let release =
        extended(&EXTENDED.replace("{ replicas: 2 }", "{ replicas: 'repl{{ ConfigOption \"n\" }}' }"));
    let found =
        release.extensions_in(&EXTENDED.replace("replicas: 2", "replicas: 5")).expect("they are read");
    assert_eq!(found[0].values, "replicas: 5\n", "what templates gave is what counts");
}

#[test]
fn each_wrong_extension_is_refused_in_one_sentence() {
    let table: &[(&str, &str)] = &[
        ("name: disks\n", "name: Disks\n"),
        ("name: disks\n", "name: gate\n"),
        ("chart: disks-1.0.0.tgz", "chart: disks-1.0.1.tgz"),
        ("version: 2.0.0, ", ""),
        ("version: 3.0.0, ", ""),
        ("namespace: gate, ", "namespace: '', "),
        ("namespace: gate, ", "namespace: a_b, "),
        ("timeout: 15m", "timeout: 15"),
        ("timeout: 15m", "timeout: 0s"),
        ("timeout: 15m", "timeout: 99999999999h"),
        ("weight: -1", "order: 1"),
        ("defaultClass: disks", "defaultClass: ''"),
        ("defaultClass: disks", "class: disks"),
    ];
    let mut said = Vec::new();
    for (from, to) in table {
        assert!(EXTENDED.contains(from), "{from:?} is there to be changed");
        let error = extended(&EXTENDED.replacen(from, to, 1)).cluster().expect_err(to);
        said.push(format!("{to:?}\n    {error}"));
    }
    let unknown = EMBEDDED.replace("name: jetstack, url", "name: other, url");
    said.push(format!("no repository\n    {}", release(&unknown).extensions().expect_err("it is not known")));
    let timeout = EMBEDDED.replace("10m30s", "soon");
    said.push(format!("no timeout\n    {}", release(&timeout).extensions().expect_err("it is none")));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_release_without_a_document_wants_no_cluster() {
    assert_eq!(Release::default().cluster().expect("nothing to refuse"), None, "there is no document");
}

#[test]
fn each_wrong_document_is_refused_in_one_sentence() {
    let table: &[(&str, &str, &str)] = &[
        (OWN, "imageRepository: registry.k8s.io", "imageRepositry: registry.k8s.io"),
        (OWN, "  name: cluster\n", "  name: cluster\nstatus: {}\n"),
        (OWN, "path: cluster/cni/bridge }", "path: cluster/cni/bridge, mode: 755 }"),
        (OWN, "longshore.dev/v1beta1", "longshore.dev/v1"),
        (OWN, "  kubeadm:\n", "  k0s: { versions: [] }\n  kubeadm:\n"),
        (OWN, "spec:\n  kubeadm:", "spec: {}\nmetadata2:\n  kubeadm:"),
        (OWN, "    imageRepository: registry.k8s.io\n", ""),
        (OWN, "v1.35.4\n        files", "v1.34.5\n        files"),
        (OWN, "v1.35.4\n        files", "v1.33.9\n        files"),
        (OWN, "v1.35.4\n        files", "v1.36.0\n        files"),
        (OWN, "v1.35.4\n        files", "v2.35.4\n        files"),
        (OWN, "v1.35.4\n        files", "1.35.4\n        files"),
        (OWN, "v1.35.4\n        files", "v1.35\n        files"),
        (OWN, "v1.35.4\n        files", "v1.35.4+k0s.0\n        files"),
        (OWN, "name: kubeadm,", "name: kubelet,"),
        (OWN, "name: kubeadm,", "name: ../kubeadm,"),
        (OWN, "name: kubeadm,", "name: '',"),
        (OWN, "path: cluster/cni/bridge", "path: cni/bridge"),
        (OWN, "path: cluster/cni/bridge", "path: cluster/../app.tar.gz"),
        (OWN, "path: cluster/cni/bridge", "path: cluster//bridge"),
        (OWN, "path: cluster/cni/bridge", "path: cluster/"),
        (OWN, "['registry.k8s.io/pause:3.10.1']", "[a/b:1, a/b:1]"),
        (OWN, "['registry.k8s.io/pause:3.10.1']", "['']"),
        (EMBEDDED, "2.8.1+k8s-1.30", "2.8.1"),
        (EMBEDDED, "2.8.1+k8s-1.30", "2.8.1+k8s-1.x"),
    ];
    let mut said = Vec::new();
    for (document, from, to) in table {
        assert!(document.contains(from), "{from:?} is there to be changed");
        let error = release(&document.replacen(from, to, 1)).cluster().expect_err(to);
        said.push(format!("{to:?}\n    {error}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn versions_of_k0s_bear_its_mark_and_need_no_repository() {
    let text = "apiVersion: longshore.dev/v1beta1\nkind: Cluster\nspec:\n  k0s:\n    versions:\n      - version: VERSION\n";
    let read = |version: &str| release(&text.replace("VERSION", version)).cluster();
    let config = read("v1.35.4+k0s.0").expect("it is read").expect("there is one");
    assert_eq!(config.versions[0].version, "v1.35.4+k0s.0", "as it was written");
    assert!(read("v1.35.4").is_err(), "which build of k0s it is has to be said");
}

#[test]
fn two_documents_are_one_too_many() {
    let files = [("a.yaml", OWN), ("b.yaml", EMBEDDED)];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let error = Release::from_files(BTreeMap::from(files)).expect_err("two are refused").to_string();
    assert!(error.contains("a.yaml and b.yaml"), "both files are named: {error}");
}
