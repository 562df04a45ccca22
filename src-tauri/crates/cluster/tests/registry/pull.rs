//! Our own pull: what it costs when the link is cut, and what it takes from nobody.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use longshore_cluster::registry::{self, Keep, Pulled, PushImage, Registry, RegistryError};
use longshore_contract::RegistrySettings;
use serde_json::json;

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB, Noise, OCI_INDEX, OCI_MANIFEST, digest, size};
use crate::link::Link;
use crate::scripted::{Scripted, reply};

/// What may be in the buffers of a link when it is cut.
const LIMIT: u64 = 8 << 20;

/// A folder for what comes, that counts as a person's screen does.
struct Here {
    folder: tempfile::TempDir,
    expected: AtomicU64,
    came: AtomicU64,
    lost: AtomicU64,
}

impl Here {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            expected: AtomicU64::default(),
            came: AtomicU64::default(),
            lost: AtomicU64::default(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn files(&self) -> BTreeSet<String> {
        let listed = std::fs::read_dir(self.path()).expect("the folder");
        listed.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    /// That all of an image is here, byte for byte, and nothing else.
    fn holds(&self, library: &Library, image: &PushImage) {
        let manifests = image.manifests.iter().map(|manifest| &manifest.blob);
        let wanted: BTreeSet<_> =
            image.blobs().into_iter().chain(manifests).map(|blob| blob.digest.clone()).collect();
        assert_eq!(self.files(), wanted);
        for name in &wanted {
            let got = std::fs::read(self.path().join(name)).expect("a blob");
            assert!(got == library.read(name), "{name} is what was pushed");
        }
    }

    /// That what it was told adds up.
    fn adds_up(&self, total: u64) {
        let read = |number: &AtomicU64| number.load(Ordering::SeqCst);
        assert_eq!(read(&self.expected), total);
        assert_eq!(read(&self.came) - read(&self.lost), total);
    }
}

impl Keep for Here {
    fn place(&self, digest: &str) -> PathBuf {
        self.path().join(digest)
    }

    fn expects(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::SeqCst);
    }

    fn came(&self, bytes: u64) {
        self.came.fetch_add(bytes, Ordering::SeqCst);
    }

    fn lost(&self, bytes: u64) {
        self.lost.fetch_add(bytes, Ordering::SeqCst);
    }
}

async fn pull(
    settings: &RegistrySettings,
    repository: &str,
    name: &str,
    here: &Here,
) -> Result<Pulled, RegistryError> {
    let registry = Registry::open(settings).await?;
    registry::pull(&registry, repository, name, here, &|| false).await
}

/// A scripted registry that holds one image of these layers.
async fn holding(library: &Library, layers: &[usize]) -> (Scripted, PushImage) {
    let layers: Vec<_> = layers.iter().zip(1..).map(|(size, seed)| library.noise(seed, *size)).collect();
    let image = library.image("app/web", "1", &layers);
    let scripted = Scripted::start().await;
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [image];
    push(&plain(&scripted.address), library, uploads.path(), &images).await.expect("it is pushed");
    let [image] = images;
    (scripted, image)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_platforms_come_byte_for_byte() {
    let (docker, library, here) = (Docker::start(""), Library::new(), Here::new());
    let shared = library.noise(1, 3 * MIB);
    let manifests = (0..3).map(|at| library.manifest(at, &[shared.clone(), library.noise(10 + at, 70_000)]));
    let image = library.index("app/web", "1", manifests.collect());
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [image];
    push(&plain(&docker.address), &library, uploads.path(), &images).await.expect("it is pushed");
    let pulled = pull(&plain(&docker.address), "app/web", "1", &here).await.expect("it is pulled");
    let top = images[0].manifests.last().expect("the index");
    assert_eq!(
        (pulled.top.digest.as_str(), pulled.media_type.as_str()),
        (top.blob.digest.as_str(), OCI_INDEX)
    );
    here.holds(&library, &images[0]);
    here.adds_up(size(&images));
    // What is here does not come again.
    let link = Link::to(&docker.address).await;
    pull(&plain(&link.address), "app/web", &pulled.top.digest, &here).await.expect("it is there");
    assert!(link.down() < 64 << 10, "{} bytes came again", link.down());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn docker_registry_20_cuts_cost_what_was_on_its_way() {
    let seed = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_nanos() as u64;
    let (docker, library, mut noise) = (Docker::start(""), Library::new(), Noise(seed));
    let layers: Vec<_> = [24 * MIB, 9 * MIB, 5 * MIB, 70_000]
        .iter()
        .zip(1..)
        .map(|(size, at)| library.noise(at, *size))
        .collect();
    let images = [library.image("app/web", "1", &layers)];
    let uploads = tempfile::tempdir().expect("a folder");
    push(&plain(&docker.address), &library, uploads.path(), &images).await.expect("it is pushed");
    let total = size(&images);
    let link = Link::to(&docker.address).await;
    for round in 0..20 {
        let (here, before) = (Here::new(), link.down());
        let offset = noise.next() % total;
        link.cut_after(offset);
        let pulled = pull(&plain(&link.address), "app/web", "1", &here).await;
        let at = format!("seed {seed}, round {round}, cut at {offset}");
        pulled.unwrap_or_else(|error| panic!("{at}: {}", told(&error)));
        assert!(link.was_cut(), "{at}: it was cut");
        let again = (link.down() - before).saturating_sub(total);
        assert!(again < LIMIT, "{at}: {again} bytes came again");
        here.holds(&library, &images[0]);
        here.adds_up(total);
    }
}

/// Some registries answer a wish for the rest with the whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registry_that_knows_no_parts_sends_the_whole_again() {
    let library = Library::new();
    let (scripted, image) = holding(&library, &[6 * MIB]).await;
    let whole = library.read(&image.manifests[0].blobs[1].digest);
    let path = format!("/blobs/{}", image.manifests[0].blobs[1].digest);
    scripted.rule(move |request| request.is("GET", &path).then(|| reply(200).body(whole.clone())));
    let link = Link::to(&scripted.address).await;
    let here = Here::new();
    link.cut_after(3 << 20);
    pull(&plain(&link.address), "app/web", "1", &here).await.expect("it is pulled");
    assert!(link.was_cut(), "it was cut");
    here.holds(&library, &image);
    here.adds_up(image.size());
    assert!(here.lost.load(Ordering::SeqCst) > 0, "what came for nothing is told");
}

/// Blobs often lie in a store elsewhere, whose business our credentials are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_are_fetched_where_the_registry_sends_us_without_its_credentials() {
    let (library, here) = (Library::new(), Here::new());
    let (scripted, image) = holding(&library, &[MIB, 2 * MIB]).await;
    let (elsewhere, _) = holding(&library, &[MIB, 2 * MIB]).await;
    let to = elsewhere.address.clone();
    scripted.rule(move |request| match request.headers.get("authorization") {
        None => Some(reply(401).header("WWW-Authenticate", "Basic realm=\"here\"")),
        Some(_) if request.is("GET", "/blobs/") => {
            Some(reply(307).header("Location", format!("http://{to}/v2/{}", request.path)))
        }
        Some(_) => None,
    });
    let (username, password) = ("puller".to_owned(), Some("s3cret".to_owned()));
    let settings = RegistrySettings { username, password, ..plain(&scripted.address) };
    pull(&settings, "app/web", "1", &here).await.expect("it is pulled");
    here.holds(&library, &image);
    let store = elsewhere.store.lock().expect("the store");
    let asked: Vec<_> = store.log.iter().filter(|request| request.is("GET", "/blobs/")).collect();
    assert_eq!(asked.len(), 3, "a config and two layers");
    assert!(asked.iter().all(|request| !request.headers.contains_key("authorization")), "no credentials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_in_circles_ends() {
    let (library, here) = (Library::new(), Here::new());
    let (scripted, _) = holding(&library, &[MIB]).await;
    scripted.rule(|request| {
        let itself = format!("/v2/{}", request.path);
        request.is("GET", "/blobs/").then(|| reply(307).header("Location", itself))
    });
    let refused = pull(&plain(&scripted.address), "app/web", "1", &here).await.expect_err("it ends");
    assert!(told(&refused).contains("one place after another"), "{}", told(&refused));
    assert!(scripted.count("GET", "/blobs/") <= 20, "{} requests", scripted.count("GET", "/blobs/"));
}

/// What a registry sends instead, and the sentence for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_what_the_digest_says_is_not_taken() {
    let library = Library::new();
    let (scripted, image) = holding(&library, &[MIB]).await;
    let layer = image.manifests[0].blobs[1].clone();
    let manifest = image.manifests[0].blob.digest.clone();
    let other = Noise(99).bytes(MIB);
    for (what, body, said) in [
        ("/blobs/", other.clone(), digest(&other)),
        ("/blobs/", [other.clone(), vec![0]].concat(), "more".to_owned()),
    ] {
        let here = Here::new();
        let path = format!("{what}{}", layer.digest);
        scripted.rule(move |request| request.is("GET", &path).then(|| reply(200).body(body.clone())));
        let refused =
            pull(&plain(&scripted.address), "app/web", "1", &here).await.expect_err("it is refused");
        let told = told(&refused);
        assert!(matches!(refused, RegistryError::Content { .. }), "{told}");
        assert!(told.contains(&layer.digest) && told.contains(&said), "{told}");
        assert!(!here.files().contains(&layer.digest), "what is wrong is not kept");
    }
    let here = Here::new();
    let path = format!("/manifests/{manifest}");
    scripted.rule(move |request| {
        let body = json!({"schemaVersion": 2, "config": {"digest": "sha256:00", "size": 1}}).to_string();
        request.is("GET", &path).then(|| reply(200).header("Content-Type", OCI_MANIFEST).body(body))
    });
    let refused =
        pull(&plain(&scripted.address), "app/web", &manifest, &here).await.expect_err("it is refused");
    assert!(told(&refused).contains(&manifest), "{}", told(&refused));
    assert_eq!(here.files(), BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn manifests_that_are_none_are_refused() {
    let scripted = Scripted::start().await;
    let outside = json!({"schemaVersion": 2, "config": {"digest": "sha256:../../../etc/passwd", "size": 1}});
    let children: HashMap<_, _> = (0..1001)
        .map(|at| {
            let config = json!({"digest": digest(b"{}"), "size": 2});
            let body = json!({"schemaVersion": 2, "config": config, "annotations": {"at": at.to_string()}});
            (digest(body.to_string().as_bytes()), body.to_string())
        })
        .collect();
    let many: Vec<_> = children.keys().map(|digest| json!({"digest": digest, "size": 1})).collect();
    for (body, said) in [
        ("<html>".to_owned(), "a manifest"),
        (json!({"schemaVersion": 1, "fsLayers": []}).to_string(), "a manifest of version 2"),
        (outside.to_string(), "a SHA-256 digest"),
        (
            json!({"schemaVersion": 2, "manifests": [{"digest": "sha512:00", "size": 1}]}).to_string(),
            "SHA-256",
        ),
        (" ".repeat(5 << 20), "more than"),
        (json!({"schemaVersion": 2, "manifests": many}).to_string(), "at most 1000 manifests"),
    ] {
        let here = Here::new();
        let children = children.clone();
        scripted.rule(move |request| {
            let name = request.path.strip_prefix("app/web/manifests/")?;
            let body = children.get(name).unwrap_or(&body);
            Some(reply(200).header("Content-Type", OCI_INDEX).body(body.as_bytes()))
        });
        let refused =
            pull(&plain(&scripted.address), "app/web", "1", &here).await.expect_err("it is refused");
        assert!(told(&refused).contains(said), "{said}: {}", told(&refused));
        assert_eq!(scripted.count("GET", "/blobs/"), 0, "no blob is asked for");
    }
    let here = Here::new();
    scripted.rule(|_| None);
    let refused = pull(&plain(&scripted.address), "app/web", "2", &here).await.expect_err("it is not there");
    assert!(told(&refused).contains("app/web:2"), "{}", told(&refused));
}
