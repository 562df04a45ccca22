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
  extensions:
    helm:
      repositories: [{ name: jetstack, url: 'https://charts.jetstack.io' }]
      charts:
        - { name: cert-manager, chartname: jetstack/cert-manager, version: v1.18.2, namespace: cert, order: 5 }
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
    assert_eq!(release.extensions().expect("there are none").len(), 0, "ours has no extensions");
    assert_eq!(release.manifests.len(), 0, "it is no manifest to apply");
}

#[test]
fn an_embedded_cluster_config_tells_minor_overrides_and_charts() {
    let release = release(EMBEDDED);
    assert_eq!(release.own_cluster().expect("it is not ours"), None, "a bundle need not carry what it wants");
    let read = (release.cluster().expect("it is read"), release.extensions().expect("they are read"));
    insta::assert_debug_snapshot!(read);
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
