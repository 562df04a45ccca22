//! Bundles made by code: members as they are wanted, well-formed or not.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_bundle::{
    BundleError, BundleRecord, Create, Digest, ImageSource, Layer, Library, WriteError, create, write_bundle,
};
use longshore_contract::Timestamp;
use longshore_release::Airgap;
use serde_json::json;

/// A member of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    pub kind: u8,
    pub content: Vec<u8>,
    pub link: String,
    /// What the header says of the size, when it lies.
    pub says: Option<u64>,
}

impl Member {
    pub fn file(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), kind: b'0', content: content.into(), link: String::new(), says: None }
    }

    pub fn link(name: &str, kind: u8, target: &str) -> Self {
        Self { kind, link: target.to_owned(), ..Self::file(name, "") }
    }

    /// A folder, device, pipe.
    pub fn odd(name: &str, kind: u8) -> Self {
        Self { kind, ..Self::file(name, "") }
    }
}

/// Where the ends of members lie, and the archive.
pub fn tar_open(members: &[Member]) -> Vec<u8> {
    let mut tar = Vec::new();
    for member in members {
        if member.name.len() > 100 {
            let long = Member { kind: b'L', ..Member::file("././@LongLink", member.name.clone()) };
            one(&mut tar, &long);
        }
        one(&mut tar, member);
    }
    tar
}

pub fn tar(members: &[Member]) -> Vec<u8> {
    let mut tar = tar_open(members);
    tar.extend([0; 1024]);
    tar
}

fn one(tar: &mut Vec<u8>, member: &Member) {
    let mut header = [0_u8; 512];
    let name = &member.name.as_bytes()[..member.name.len().min(100)];
    header[..name.len()].copy_from_slice(name);
    let says = member.says.unwrap_or(member.content.len() as u64);
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    if says < 1 << 33 {
        header[124..136].copy_from_slice(format!("{says:011o}\0").as_bytes());
    } else {
        header[124] = 0x80;
        header[128..136].copy_from_slice(&says.to_be_bytes());
    }
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].copy_from_slice(b"        ");
    header[156] = member.kind;
    let link = &member.link.as_bytes()[..member.link.len().min(100)];
    header[157..157 + link.len()].copy_from_slice(link);
    header[257..265].copy_from_slice(b"ustar  \0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend(header);
    tar.extend(&member.content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory takes it");
    gzip.finish().expect("memory takes it")
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.include_checksum(true).expect("a checksum");
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn meta(version: &str, format: &str, images: &[&str]) -> Airgap {
    Airgap {
        version_label: version.to_owned(),
        release_notes: format!("Notes of {version}."),
        update_cursor: "7".to_owned(),
        channel_id: "stable".to_owned(),
        channel_name: "Stable".to_owned(),
        app_slug: "tidewater".to_owned(),
        saved_images: images.iter().map(|image| (*image).to_owned()).collect(),
        format: format.to_owned(),
        ..Airgap::default()
    }
}

pub fn airgap_yaml(meta: &Airgap) -> Vec<u8> {
    let spec = serde_json::to_value(meta).expect("it is JSON");
    json!({ "apiVersion": "kots.io/v1beta1", "kind": "Airgap", "spec": spec }).to_string().into_bytes()
}

pub fn files(version: &str) -> BTreeMap<String, Vec<u8>> {
    let application = "apiVersion: kots.io/v1beta1\nkind: Application\nmetadata:\n  name: tidewater\nspec:\n  title: Tidewater\n";
    let manifest = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tidewater\ndata:\n  version: '{version}'\n"
    );
    BTreeMap::from([
        ("application.yaml".to_owned(), application.as_bytes().to_vec()),
        ("configmap.yaml".to_owned(), manifest.into_bytes()),
    ])
}

/// `app.tar.gz` of files.
pub fn release(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let members: Vec<Member> =
        files.iter().map(|(name, content)| Member::file(name, content.clone())).collect();
    gzip(&tar(&members))
}

/// Bytes that do not pack well, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub fn source(reference: &str, layers: &[Vec<u8>]) -> ImageSource {
    ImageSource {
        reference: reference.to_owned(),
        layers: layers
            .iter()
            .map(|content| Layer { files: vec![("data".to_owned(), content.clone(), false)] })
            .collect(),
        entrypoint: vec!["/data".to_owned()],
        user: "65532".to_owned(),
    }
}

/// A bundle with a registry tree of two images that share a layer.
pub fn tree(version: &str) -> Vec<u8> {
    let images = [
        source("registry.tidewater.example/web:1.0", &[noise(1, 700), noise(2, 300)]),
        source("registry.tidewater.example/worker:1.0", &[noise(1, 700)]),
    ];
    let mut bundle = Vec::new();
    write_bundle(&mut bundle, &meta(version, "docker", &[]), &files(version), &images)
        .expect("it is written");
    bundle
}

/// A release that brings a cluster: its one document besides the usual ones.
pub fn cluster_files(version: &str, cluster: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(version);
    let text = format!("apiVersion: longshore.dev/v1beta1\nkind: Cluster\nspec: {cluster}\n");
    files.insert("cluster.yaml".to_owned(), text.into_bytes());
    files
}

/// A cluster of two files, one of which goes by two names.
pub const CLUSTER: &str = "{ kubeadm: { imageRepository: k8s.example, versions: [{ version: v1.35.4, files: [
  { name: kubelet, path: cluster/v1.35.4/kubernetes }, { name: kubeadm, path: cluster/v1.35.4/kubernetes },
  { name: cni/bridge, path: cluster/cni/bridge }] }] } }";

/// A bundle without images that brings these files for hosts: member and seed of its noise.
pub fn with_files(version: &str, cluster: &str, files: &[(&str, u64)]) -> Result<Vec<u8>, WriteError> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut paths = BTreeMap::new();
    for (at, (member, seed)) in files.iter().enumerate() {
        let path = folder.path().join(at.to_string());
        fs::write(&path, noise(*seed, 900)).expect("it is written");
        paths.insert((*member).to_owned(), path);
    }
    let (meta, release) = (meta(version, "", &[]), cluster_files(version, cluster));
    let mut bundle = Vec::new();
    let parts = Create { meta: &meta, release: &release, images: &[], files: &paths, signing: None };
    create(&mut bundle, &parts).map(|()| bundle)
}

/// The files of [`CLUSTER`].
pub const FILES: &[(&str, u64)] = &[("cluster/v1.35.4/kubernetes", 1), ("cluster/cni/bridge", 2)];

/// The same files, and one that no document names: it is carried all the same.
pub fn clustered(version: &str) -> Vec<u8> {
    with_files(version, CLUSTER, &[FILES, &[("cluster/LICENSE", 3)]].concat()).expect("it is made")
}

/// An image saved to an archive of its own, as containers' tools do it: layers by digest, a link from a folder
/// of old to the second one, the list last.
pub fn saved(tags: &[&str], layers: &[Vec<u8>]) -> Vec<Member> {
    let inner: Vec<Vec<u8>> =
        layers.iter().map(|layer| tar(&[Member::file("data", layer.clone())])).collect();
    let diffs: Vec<String> = inner.iter().map(|layer| Digest::of(layer).to_string()).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diffs },
    })
    .to_string();
    let mut members = Vec::new();
    let mut names = Vec::new();
    for layer in &inner {
        let name = format!("{}.tar", Digest::of(layer).hex());
        if !names.contains(&name) {
            members.push(Member::file(&name, layer.clone()));
        }
        names.push(name);
    }
    if let Some(last) = names.last_mut() {
        members.push(Member::link("old/layer.tar", b'2', &format!("../{last}")));
        "old/layer.tar".clone_into(last);
    }
    members.push(Member::file("old/VERSION", "1.0"));
    let config_name = format!("{}.json", Digest::of(config.as_bytes()).hex());
    members.push(Member::file(&config_name, config));
    let list = json!([{ "Config": config_name, "RepoTags": tags, "Layers": names }]);
    members.push(Member::file("manifest.json", list.to_string()));
    members
}

/// The members of a bundle with an archive for each of two images, which share a layer.
pub fn archives(version: &str) -> Vec<Member> {
    let web = saved(&["registry.tidewater.example/web:1.0"], &[noise(1, 700), noise(2, 300)]);
    let worker = saved(&[], &[noise(1, 700)]);
    let images = ["registry.tidewater.example/web:1.0", "registry.tidewater.example/worker:1.0"];
    vec![
        Member::file("airgap.yaml", airgap_yaml(&meta(version, "docker-archive", &images))),
        Member::file("app.tar.gz", release(&files(version))),
        Member::odd("images/", b'5'),
        Member::file("images/docker-archive/registry.tidewater.example/web/1.0", tar(&web)),
        Member::file("images/docker-archive/registry.tidewater.example/worker/1.0", tar(&worker)),
    ]
}

/// A library in a folder of its own, and a place for bundles.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub library: Library,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Library::open(&folder.path().join("library")).expect("it opens");
        Self { folder, library }
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("it is written");
        path
    }

    pub fn import(&self, bundle: &[u8]) -> Result<BundleRecord, BundleError> {
        import(&self.library, &self.file("bundle.airgap", bundle))
    }

    /// Files half-written.
    pub fn incoming(&self) -> usize {
        fs::read_dir(self.library.root().join("incoming")).expect("it lists").count()
    }

    /// Every blob's digest.
    pub fn blobs(&self) -> Vec<String> {
        let top = self.library.root().join("blobs/sha256");
        let mut found: Vec<String> = fs::read_dir(top)
            .expect("it lists")
            .flat_map(|folder| fs::read_dir(folder.expect("an entry").path()).expect("it lists"))
            .map(|blob| blob.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        found.sort();
        found
    }
}

pub fn import(library: &Library, path: &Path) -> Result<BundleRecord, BundleError> {
    library.import(path, Timestamp(1), &|_| {}, &|| false)
}

/// What a record says of the bundle's content, and not of the file it came in.
pub fn meaning(record: &BundleRecord) -> BundleRecord {
    BundleRecord { id: String::new(), file: String::new(), size: 0, ..record.clone() }
}
