//! A link that is cut at random, with everything on it.

use crate::ask::{push, told};
use crate::docker::{Docker, plain};
use crate::images::{Library, MIB, Noise, size};
use crate::link::Link;
use crate::scripted::Scripted;

/// What a cut may cost.
const LIMIT: u64 = 64 << 20;
const CUTS: u64 = 50;

fn seed() -> u64 {
    let given = std::env::var("LONGSHORE_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().expect("a clock").as_nanos() as u64)
}

struct Costs(Vec<u64>);

impl Costs {
    fn tell(mut self, of: &str, seed: u64) {
        self.0.sort_unstable();
        let (most, middle) = (self.0.last().copied().unwrap_or(0), self.0[self.0.len() / 2]);
        println!(
            "{of}: {} cuts, sent again at most {most}, in the middle {middle} bytes (seed {seed})",
            self.0.len()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn docker_registry_50_cuts_cost_less_than_64_mib_each() {
    let (seed, docker, library) = (seed(), Docker::start(""), Library::new());
    let (mut noise, mut costs) = (Noise(seed), Costs(Vec::new()));
    let layers: Vec<_> = [40 * MIB, 9 * MIB, 5 * MIB, MIB, 70_000]
        .iter()
        .zip(1..)
        .map(|(size, at)| library.noise(at, *size))
        .collect();
    let link = Link::to(&docker.address).await;
    for round in 0..CUTS {
        let images = [
            library.image(&format!("cut/{round}/one"), "1", &layers[..3]),
            library.image(&format!("cut/{round}/two"), "1", &layers[1..]),
        ];
        let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
        let offset = noise.next() % total;
        let before = link.up();
        link.cut_after(offset);
        let pushed = push(&plain(&link.address), &library, uploads.path(), &images).await;
        let at = format!("seed {seed}, round {round}, cut at {offset}");
        let report = pushed.unwrap_or_else(|error| panic!("{at}: {}", told(&error)));
        assert!(link.was_cut(), "{at}: it was cut");
        let again = (link.up() - before).saturating_sub(total);
        assert!(again < LIMIT, "{at}: {again} bytes were sent again");
        assert_eq!((report.total, report.lacked), (total, total), "{at}");
        docker.holds(&library, &images);
        costs.0.push(again);
    }
    costs.tell("docker-registry", seed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registry_that_keeps_halves_50_cuts_cost_next_to_nothing() {
    let (seed, library) = (seed(), Library::new());
    let (mut noise, mut costs) = (Noise(seed), Costs(Vec::new()));
    let layers: Vec<_> = [96 * MIB, 33 * MIB, 5 * MIB, MIB]
        .iter()
        .zip(1..)
        .map(|(size, at)| library.noise(at, *size))
        .collect();
    for round in 0..CUTS {
        let scripted = Scripted::start().await;
        let link = Link::to(&scripted.address).await;
        let images = [library.image("cut", "1", &layers)];
        let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
        let offset = noise.next() % total;
        link.cut_after(offset);
        let pushed = push(&plain(&link.address), &library, uploads.path(), &images).await;
        let at = format!("seed {seed}, round {round}, cut at {offset}");
        pushed.unwrap_or_else(|error| panic!("{at}: {}", told(&error)));
        assert!(link.was_cut(), "{at}: it was cut");
        let again = link.up().saturating_sub(total);
        assert!(again < LIMIT, "{at}: {again} bytes were sent again");
        for layer in &layers {
            assert!(scripted.has_blob("cut", &layer.digest), "{at}: {} has its digest", layer.digest);
        }
        costs.0.push(again);
    }
    costs.tell("a registry that keeps halves", seed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_push_survives_many_cuts() {
    let (seed, library) = (seed(), Library::new());
    let mut noise = Noise(seed);
    let scripted = Scripted::start().await;
    let link = Link::to(&scripted.address).await;
    let images = [library.image("many", "1", &[library.noise(1, 200 * MIB)])];
    let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
    let cutter = {
        let link = link.clone();
        tokio::spawn(async move {
            let mut cuts = 0_u64;
            loop {
                let up = link.up();
                link.cut_after(noise.next() % (24 << 20));
                link.reaches(up + (25 << 20)).await;
                cuts += 1;
                if up + (50 << 20) > total {
                    return cuts;
                }
            }
        })
    };
    let pushed = push(&plain(&link.address), &library, uploads.path(), &images).await;
    pushed.unwrap_or_else(|error| panic!("seed {seed}: {}", told(&error)));
    let cuts = cutter.await.expect("the cutter");
    let again = link.up().saturating_sub(total);
    println!("{cuts} cuts in one push: {again} bytes sent again (seed {seed})");
    assert!(again < LIMIT, "{cuts} cuts together cost {again} bytes (seed {seed})");
    assert!(scripted.has_blob("many", &images[0].manifests[0].blobs[1].digest), "its digest is right");
}

/// Not what we want, but what Distribution 2.8 does: when this fails it has learnt better, and the head of
/// `upload.rs` and the bound on what is under way are to be revised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn docker_registry_loses_an_upload_with_half_a_chunk() {
    let (docker, library) = (Docker::start(""), Library::new());
    let link = Link::to(&docker.address).await;
    let images = [library.image("half", "1", &[library.noise(1, 60 * MIB)])];
    let (uploads, total) = (tempfile::tempdir().expect("a folder"), size(&images));
    link.cut_after(40 << 20);
    push(&plain(&link.address), &library, uploads.path(), &images).await.expect("it is pushed");
    let again = link.up().saturating_sub(total);
    assert!(
        (39 << 20..42 << 20).contains(&again),
        "the two chunks before the half are lost with it: {again}"
    );
    docker.holds(&library, &images);
}
