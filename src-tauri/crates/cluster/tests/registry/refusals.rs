//! What registries refuse, each in its own way.

use std::time::Instant;

use longshore_cluster::registry::{PushReport, RegistryError};

use crate::ask::{push, told};
use crate::docker::plain;
use crate::images::{Library, MIB, digest};
use crate::scripted::{Scripted, error, reply};

async fn pushed(
    scripted: &Scripted,
    library: &Library,
    layers: &[usize],
) -> Result<PushReport, RegistryError> {
    let layers: Vec<_> = layers.iter().zip(1..).map(|(size, at)| library.noise(at, *size)).collect();
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [library.image("a/b", "1", &layers)];
    let report = push(&plain(&scripted.address), library, uploads.path(), &images).await?;
    for blob in images[0].blobs() {
        assert!(scripted.has_blob("a/b", &blob.digest), "{} is there", blob.digest);
    }
    let top = &images[0].manifests[0].blob.digest;
    assert!(scripted.manifest("a/b", "1") == Some(library.read(top)), "the tag is at the manifest");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_chunks_at_all() {
    for status in [405, 501, 415, 404, 400] {
        let (scripted, library) = (Scripted::start().await, Library::new());
        scripted.rule(move |request| (request.method == "PATCH").then(|| reply(status)));
        pushed(&scripted, &library, &[20 * MIB, 18 * MIB, 17 * MIB]).await.expect("it is pushed whole");
        let asked = scripted.count("PATCH", "");
        assert!(asked <= 4, "{status}: those under way ask, later ones do not: {asked}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_that_replace_each_other() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.change(|request, answer| {
        if request.method == "PATCH" {
            answer.headers.retain(|(name, _)| name != "Range");
            *answer = answer.clone().header("Range", format!("0-{}", request.arrived - 1));
        }
    });
    pushed(&scripted, &library, &[40 * MIB]).await.expect("it is pushed whole");
    assert_eq!(scripted.count("PATCH", ""), 2, "the second chunk showed it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_without_a_range() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.change(|_, answer| answer.headers.retain(|(name, _)| name != "Range"));
    let report = pushed(&scripted, &library, &[40 * MIB]).await.expect("it is pushed");
    assert_eq!(report.sent, report.total, "a chunk that is taken is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shortest_chunk_is_respected() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.change(|request, answer| {
        if request.method == "POST" {
            *answer = answer.clone().header("OCI-Chunk-Min-Length", 24 * MIB);
        }
    });
    pushed(&scripted, &library, &[60 * MIB]).await.expect("it is pushed");
    let store = scripted.store.lock().expect("the store");
    let chunks: Vec<u64> =
        store.log.iter().filter(|request| request.method == "PATCH").map(|request| request.arrived).collect();
    assert_eq!(chunks, [24 << 20, 24 << 20, 12 << 20], "the last may be shorter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxy_that_takes_short_requests_only() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.rule(|request| {
        let length: usize =
            request.headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        (length > MIB).then(|| reply(413).body("<h1>413 Request Entity Too Large</h1>"))
    });
    pushed(&scripted, &library, &[20 * MIB, 3 * MIB]).await.expect("it is pushed in short chunks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_step_chunk_is_asked_about() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let mut times = 0;
    scripted.rule(move |request| {
        times += u32::from(request.method == "PATCH");
        (request.method == "PATCH" && times == 2).then(|| error(416, "RANGE_INVALID", "not the next chunk"))
    });
    pushed(&scripted, &library, &[40 * MIB]).await.expect("it is pushed");
    assert_eq!(scripted.count("GET", "uploads"), 2, "it was asked where the upload is, and once more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mount_that_becomes_an_upload() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.rule(|request| {
        let mounts = request.query.contains_key("mount");
        mounts.then(|| reply(202).header("Location", "/v2/b/blobs/uploads/given?times=0"))
    });
    scripted.store.lock().expect("the store").uploads.insert("given".to_owned(), (Vec::new(), 0));
    let (layer, uploads) = (library.noise(1, 5000), tempfile::tempdir().expect("a folder"));
    let mut images = [library.image("a", "1", &[]), library.image("b", "1", &[])];
    for image in &mut images {
        image.manifests[0].blobs = vec![layer.clone()];
    }
    push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it is pushed");
    assert_eq!(scripted.count("POST", "uploads"), 2, "one begun, one mount: no third");
    assert_eq!(scripted.count("PUT", "uploads/given"), 1, "what the mount began was completed");
    assert!(scripted.has_blob("b", &layer.digest), "with the blob");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mounts_that_are_refused() {
    for (status, at_most) in [(405, 2), (403, 6), (404, 6)] {
        let (scripted, library) = (Scripted::start().await, Library::new());
        scripted.rule(move |request| request.query.contains_key("mount").then(|| reply(status)));
        let (layer, uploads) = (library.noise(1, 5000), tempfile::tempdir().expect("a folder"));
        let images = ["a", "b", "c", "d"].map(|name| library.image(name, "1", std::slice::from_ref(&layer)));
        push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect("it is pushed");
        let store = scripted.store.lock().expect("the store");
        let mounts = store.log.iter().filter(|request| request.query.contains_key("mount")).count();
        assert!(mounts <= at_most, "{status}: asked {mounts} times");
        assert!(store.blobs.contains_key(&format!("d/{}", layer.digest)), "{status}: it was sent instead");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_requests_are_waited_for_as_long_as_told() {
    for (method, part) in
        [("HEAD", "blobs"), ("POST", "uploads"), ("PATCH", ""), ("PUT", "uploads"), ("PUT", "manifests")]
    {
        for status in [429, 503] {
            let (scripted, library) = (Scripted::start().await, Library::new());
            let mut refused = false;
            scripted.rule(move |request| {
                let hit = request.is(method, part) && !refused;
                refused |= hit;
                hit.then(|| reply(status).header("Retry-After", 1))
            });
            let begun = Instant::now();
            pushed(&scripted, &library, &[17 * MIB]).await.unwrap_or_else(|error| {
                panic!("{status} to {method} {part}: {}", told(&error));
            });
            assert!(begun.elapsed().as_secs_f64() >= 1.0, "{status} to {method} {part} was not waited for");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_that_stay_end_the_push() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.rule(|request| {
        request
            .is("PUT", "uploads")
            .then(|| error(500, "UNKNOWN", "write /var/lib/registry: no space left on device"))
    });
    let full = pushed(&scripted, &library, &[1000]).await.expect_err("it is full");
    assert!(matches!(full, RegistryError::Full { .. }) && !full.is_transient(), "{}", told(&full));
    assert!(told(&full).contains("Free space there"), "it says what to do: {}", told(&full));

    scripted.rule(|request| request.is("POST", "uploads").then(|| error(403, "DENIED", "quota or rights")));
    let denied = pushed(&scripted, &library, &[1000]).await.expect_err("it is forbidden");
    assert!(matches!(denied, RegistryError::Denied { .. }) && !denied.is_transient(), "{}", told(&denied));

    scripted
        .rule(|request| request.is("PUT", "uploads").then(|| error(400, "DIGEST_INVALID", "other bytes")));
    let other = pushed(&scripted, &library, &[1000]).await.expect_err("its digest differs each time");
    assert!(matches!(other, RegistryError::Digest { .. }), "{}", told(&other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digest_that_differs_is_seen() {
    for part in ["uploads", "manifests"] {
        let (scripted, library) = (Scripted::start().await, Library::new());
        scripted.change(move |request, answer| {
            if request.is("PUT", part) {
                answer.headers.retain(|(name, _)| name != "Docker-Content-Digest");
                *answer = answer.clone().header("Docker-Content-Digest", digest(b"something else"));
            }
        });
        let other = pushed(&scripted, &library, &[1000]).await.expect_err("another digest");
        assert!(
            matches!(&other, RegistryError::Digest { theirs, .. } if *theirs == digest(b"something else")),
            "{part}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tag_that_may_not_move() {
    let uploads = tempfile::tempdir().expect("a folder");
    for (status, code, said) in [
        (
            400,
            "TAG_INVALID",
            "The image tag '1' already exists and cannot be overwritten because the repository is immutable.",
        ),
        (409, "CONFLICT", "tag is there"),
        (403, "DENIED", "tag is immutable"),
        (412, "PRECONDITION", "matches an immutable tag rule"),
    ] {
        let (scripted, library) = (Scripted::start().await, Library::new());
        let old = [library.image("fixed", "1", &[library.noise(1, 100)])];
        let new = [library.image("fixed", "1", &[library.noise(2, 100)])];
        push(&plain(&scripted.address), &library, uploads.path(), &old).await.expect("the first");
        scripted.rule(move |request| request.is("PUT", "manifests/1").then(|| error(status, code, said)));
        push(&plain(&scripted.address), &library, uploads.path(), &old)
            .await
            .expect("the same is nothing to do");
        let held =
            push(&plain(&scripted.address), &library, uploads.path(), &new).await.expect_err("it is held");
        let (text, old, new) =
            (told(&held), &old[0].manifests[0].blob.digest, &new[0].manifests[0].blob.digest);
        assert!(matches!(held, RegistryError::TagHeld { .. }) && !held.is_transient(), "{status}: {text}");
        for part in ["fixed:1", old, new, "Delete the tag there"] {
            assert!(text.contains(part), "{status}: {part} is in: {text}");
        }
    }
    // A refusal that is not about tags stays what it is.
    let (scripted, library) = (Scripted::start().await, Library::new());
    scripted.rule(|request| request.is("PUT", "manifests/1").then(|| error(400, "MANIFEST_INVALID", "no")));
    let refused = pushed(&scripted, &library, &[100]).await.expect_err("it is refused");
    assert!(matches!(refused, RegistryError::Refused { status: 400, .. }), "{}", told(&refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_do_not_follow_an_upload_to_another_host() {
    let (first, second, library) = (Scripted::start().await, Scripted::start().await, Library::new());
    first.rule(|request| {
        let known = request.headers.contains_key("authorization");
        (!known).then(|| reply(401).header("WWW-Authenticate", "Basic realm=\"here\""))
    });
    let elsewhere = format!("http://{}", second.address);
    first.change(move |request, answer| {
        if request.method == "POST" && answer.status == 202 {
            let at = answer.headers.iter().position(|(name, _)| name == "Location").expect("a location");
            let (_, path) = answer.headers.remove(at);
            *answer = answer.clone().header("Location", format!("{elsewhere}{path}"));
        }
    });
    for id in ["u1", "u2"] {
        second.store.lock().expect("the store").uploads.insert(id.to_owned(), (Vec::new(), 0));
    }
    let mut settings = plain(&first.address);
    (settings.username, settings.password) = ("me".to_owned(), Some("hunter2".to_owned()));
    let uploads = tempfile::tempdir().expect("a folder");
    let images = [library.image("far", "1", &[library.noise(1, 20 * MIB)])];
    push(&settings, &library, uploads.path(), &images).await.expect("it is pushed");
    let store = second.store.lock().expect("the store");
    assert!(store.log.len() >= 3, "the other host got the blobs");
    assert!(
        store.log.iter().all(|request| !request.headers.contains_key("authorization")),
        "and no password"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn library_that_is_damaged_is_our_error() {
    let (scripted, library) = (Scripted::start().await, Library::new());
    let uploads = tempfile::tempdir().expect("a folder");
    for size in [5000, 20 * MIB] {
        let layer = library.noise(size as u64, size);
        let images = [library.image("short", "1", std::slice::from_ref(&layer))];
        std::fs::write(library.0.path().join(&layer.digest), b"short").expect("damaged");
        let broken = push(&plain(&scripted.address), &library, uploads.path(), &images)
            .await
            .expect_err("it is short");
        assert!(told(&broken).contains(&format!("it has 5 bytes instead of {size}")), "{}", told(&broken));
        std::fs::remove_file(library.0.path().join(&layer.digest)).expect("removed");
        let gone =
            push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect_err("it is gone");
        assert!(matches!(gone, RegistryError::Blob { .. }), "{}", told(&gone));
    }
    let images = [library.image("other", "1", &[])];
    std::fs::write(library.0.path().join(&images[0].manifests[0].blob.digest), b"{}").expect("damaged");
    let other =
        push(&plain(&scripted.address), &library, uploads.path(), &images).await.expect_err("other bytes");
    assert!(matches!(other, RegistryError::Blob { .. }), "a tag would take any manifest: {}", told(&other));
    assert_eq!(scripted.count("PUT", "manifests"), 0, "nothing was named");
}
