//! Bundles that somebody damaged, by accident or on purpose: none panics, none is taken for what it is not,
//! nothing of it stays half-written.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_bundle::{BundleError, BundleRecord, ImportOptions, Limits};
use longshore_contract::Timestamp;

use crate::made::{Member, Place, archives, clustered, gzip, meaning, tar, tar_open, tree, zstd};

/// A generator of numbers, the same at each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A library that mutants are thrown at, emptied now and then so that both ways through it are gone.
struct Range {
    place: Place,
    sound: BundleRecord,
    tried: usize,
    accepted: usize,
}

impl Range {
    fn new(sound: &[u8]) -> Self {
        let place = Place::new();
        let sound = meaning(&place.import(sound).expect("the original is sound"));
        Self { place, sound, tried: 0, accepted: 0 }
    }

    /// Imports a mutant. One that is taken has to mean what the original means.
    fn try_one(&mut self, what: &dyn Fn() -> String, mutant: &[u8]) -> Option<BundleError> {
        self.tried += 1;
        if self.tried.is_multiple_of(150) {
            self.place = Place::new();
        }
        let before = self.place.library.bundles().expect("lists").len();
        let outcome = self.place.import(mutant);
        assert_eq!(self.place.incoming(), 0, "{}: something is left half-written", what());
        match outcome {
            Ok(record) => {
                assert_eq!(meaning(&record), self.sound, "{}: taken for something else", what());
                self.accepted += 1;
                self.place.library.remove(&record.id).expect("it is removed");
                None
            }
            Err(refusal) => {
                let text = refusal.to_string();
                assert!(!text.contains('\n') && text.len() < 1000, "{}: one sentence: {text}", what());
                assert!(!matches!(refusal, BundleError::Library { .. }), "{}: {text}", what());
                assert_eq!(
                    self.place.library.bundles().expect("lists").len(),
                    before,
                    "{}: a record of a refused bundle",
                    what()
                );
                Some(refusal)
            }
        }
    }
}

/// The archives' bundle with its list of digests, so that every change of meaning can be seen.
fn listed_archives() -> Vec<Member> {
    let mut members = archives("1.0.0");
    let record = Place::new().import(&tar(&members)).expect("it is sound");
    let root = record.root().expect("it has a list of digests");
    members.insert(2, Member::file("longshore/root.txt", root));
    members
}

/// The members of a bundle that we wrote.
fn tree_members() -> Vec<Member> {
    members_of(&tree("1.0.0"))
}

fn members_of(bundle: &[u8]) -> Vec<Member> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bundle).read_to_end(&mut plain).expect("it unpacks");
    let mut archive = tar::Archive::new(plain.as_slice());
    let members = archive.entries().expect("it is an archive").map(|entry| {
        let mut entry = entry.expect("a member");
        let name = entry.path().expect("a name").to_string_lossy().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its content");
        Member::file(&name, content)
    });
    members.collect()
}

#[test]
fn flipped_and_cut_bundles_are_refused_unless_they_mean_the_same() {
    let plain_tree = tar(&tree_members());
    let plain_archives = tar(&listed_archives());
    let plain_clustered = tar(&members_of(&clustered("1.0.0")));
    let download = |inner: &[u8]| {
        tar(&[Member::file("license.yaml", "x"), Member::file("assets/tidewater.airgap", inner)])
    };
    let bundles: &[(&str, usize, Vec<u8>)] = &[
        ("tree, gzip", 1200, tree("1.0.0")),
        ("tree, plain", 1500, plain_tree.clone()),
        ("tree, zstd", 500, zstd(&plain_tree)),
        ("files for hosts, gzip", 500, clustered("1.0.0")),
        ("files for hosts, plain", 1000, plain_clustered),
        ("archives, gzip", 800, gzip(&plain_archives)),
        ("archives, plain", 2000, plain_archives.clone()),
        ("archives, zstd", 500, zstd(&plain_archives)),
        ("download, gzip", 400, gzip(&download(&gzip(&plain_archives)))),
        ("download, plain", 1000, download(&plain_tree)),
    ];
    let (mut tried, mut accepted) = (0, 0);
    for (name, count, bundle) in bundles {
        let mut range = Range::new(bundle);
        let mut numbers = Numbers(0x5eed);
        for _ in 0..*count {
            let (at, bit) = (numbers.below(bundle.len()), numbers.below(8));
            let mut mutant = bundle.clone();
            mutant[at] ^= 1 << bit;
            range.try_one(&|| format!("{name}: bit {bit} of byte {at}"), &mutant);
        }
        let sound = range.accepted;
        for _ in 0..count / 3 {
            let at = numbers.below(bundle.len());
            range.try_one(&|| format!("{name}: cut at {at}"), &bundle[..at]);
        }
        // The end mark is two blocks, and one is enough.
        assert!(range.accepted - sound <= count / 30, "{name}: cut bundles are taken");
        for _ in 0..count / 6 {
            let mut mutant = bundle.clone();
            let (from, to) = (numbers.below(bundle.len()), numbers.below(bundle.len()));
            let length = (1 + numbers.below(700)).min(bundle.len() - from.max(to));
            mutant.copy_within(from..from + length, to);
            range.try_one(&|| format!("{name}: {length} bytes of {from} over {to}"), &mutant);
        }
        tried += range.tried;
        accepted += range.accepted;
    }
    println!("{tried} damaged bundles, {accepted} of them damaged where nothing is said");
    assert!(tried >= 10_000, "{tried} are too few");
    assert!(accepted < tried / 2, "{accepted} of {tried} are too many: the mutations miss");
}

/// How a member may be changed, and whether what comes of it may still be the same bundle.
fn changes(members: &[Member], at: usize) -> Vec<(String, Vec<Member>)> {
    let mut all: Vec<(String, Vec<Member>)> = Vec::new();
    let member = &members[at];
    let mut with = |what: &str, change: &dyn Fn(&mut Vec<Member>)| {
        let mut changed = members.to_vec();
        change(&mut changed);
        all.push((format!("{}: {what}", member.name), changed));
    };
    with("twice", &|all| all.push(member.clone()));
    with("twice, by another spelling", &|all| {
        all.push(Member { name: format!("./{}", member.name.replace('/', "//")), ..member.clone() });
    });
    with("left out", &|all| drop(all.remove(at)));
    with("last", &|all| {
        let moved = all.remove(at);
        all.push(moved);
    });
    for name in ["/etc/passwd", "../up", "a/../../up", "a\\..\\up", "a\nb", &"n".repeat(2000)] {
        with(&format!("named {}", &name[..name.len().min(12)]), &|all| name.clone_into(&mut all[at].name));
    }
    for kind in [b'1', b'2', b'3', b'4', b'6', b'7', b'S', b'V', b'Z'] {
        with(&format!("of type {}", kind as char), &|all| {
            (all[at].kind, all[at].link) = (kind, "airgap.yaml".to_owned());
        });
    }
    let size = member.content.len() as u64;
    for says in [0, size + 1, size + 512, size.saturating_sub(1), 1 << 34, 1 << 50, u64::MAX >> 1] {
        if says != size {
            with(&format!("of {says} bytes"), &|all| all[at].says = Some(says));
        }
    }
    for byte in [0, member.content.len() / 2, member.content.len().saturating_sub(1)] {
        if !member.content.is_empty() {
            with(&format!("another byte at {byte}"), &|all| all[at].content[byte] ^= 0x01);
        }
    }
    all
}

#[test]
fn members_that_are_not_what_they_should_be_are_refused_by_name() {
    for members in [tree_members(), listed_archives(), members_of(&clustered("1.0.0"))] {
        let mut range = Range::new(&tar(&members));
        for at in 0..members.len() {
            for (what, mutant) in changes(&members, at) {
                let packed = if at % 2 == 0 { tar(&mutant) } else { gzip(&tar(&mutant)) };
                let refusal = range.try_one(&|| what.clone(), &packed);
                let must =
                    ["twice", "named", "of type"].iter().any(|word| what.contains(&format!(": {word}")));
                let folder_twice = members[at].kind == b'5' && what.contains("twice");
                if must && !folder_twice {
                    let refusal = refusal.unwrap_or_else(|| panic!("{what} is taken")).to_string();
                    assert!(
                        refusal.starts_with("Member "),
                        "{what}: the refusal names the member: {refusal}"
                    );
                }
            }
        }
    }
}

#[test]
fn members_inside_an_images_archive_are_refused_by_name() {
    let members = listed_archives();
    let mut range = Range::new(&tar(&members));
    let web = crate::made::saved(
        &["registry.tidewater.example/web:1.0"],
        &[crate::made::noise(1, 700), crate::made::noise(2, 300)],
    );
    for at in 0..web.len() {
        for (what, mutant) in changes(&web, at) {
            let mut bundle = members.clone();
            let image =
                bundle.iter_mut().find(|member| member.name.ends_with("web/1.0")).expect("it is there");
            image.content = tar(&mutant);
            let refusal = range.try_one(&|| what.clone(), &tar(&bundle));
            if what.contains(": twice") || what.contains(": named") {
                let refusal = refusal.unwrap_or_else(|| panic!("{what} is taken")).to_string();
                assert!(refusal.contains("web/1.0: ") || refusal.contains("has a name"), "{what}: {refusal}");
            }
        }
    }
}

/// A PAX record.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let body = format!(" {key}={value}\n");
    let length =
        (body.len() + 1..body.len() + 9).find(|length| length.to_string().len() + body.len() == *length);
    format!("{}{body}", length.expect("there is one")).into_bytes()
}

#[test]
fn extended_headers_play_no_tricks() {
    let sound = tar(&tree_members());
    let mut range = Range::new(&sound);
    let extended = |kind, content: Vec<u8>| Member { kind, ..Member::file("pax", content) };
    let mut put = |what: &str, headers: Vec<Member>| {
        let mut members = tree_members();
        members.splice(0..0, headers);
        range.try_one(&|| what.to_owned(), &tar(&members))
    };
    assert!(
        put("a comment", vec![extended(b'g', pax("comment", "made here"))]).is_none(),
        "comments are read over"
    );
    assert!(put("a time", vec![extended(b'x', pax("mtime", "1.5"))]).is_none(), "times are read over");
    assert!(
        put("the same name", vec![extended(b'x', pax("path", "airgap.yaml"))]).is_none(),
        "it is its name"
    );
    for (what, headers) in [
        ("leads out", vec![extended(b'x', pax("path", "../airgap.yaml"))]),
        ("another name", vec![extended(b'x', pax("path", "other.yaml"))]),
        ("longer than it is", vec![extended(b'x', pax("size", "99999"))]),
        ("shorter than it is", vec![extended(b'x', pax("size", "3"))]),
        ("no size", vec![extended(b'x', pax("size", "-1"))]),
        ("sparse", vec![extended(b'x', pax("GNU.sparse.major", "1"))]),
        ("for all", vec![extended(b'g', pax("path", "airgap.yaml"))]),
        ("measured for all", vec![extended(b'g', pax("size", "1"))]),
        (
            "named twice",
            vec![extended(b'L', b"airgap.yaml\0".to_vec()), extended(b'x', pax("path", "airgap.yaml"))],
        ),
        ("no record", vec![extended(b'x', b"99 path=a\n".to_vec())]),
        ("no length", vec![extended(b'x', b"path=a\n".to_vec())]),
        ("endless", vec![Member { says: Some(1 << 40), ..extended(b'x', Vec::new()) }]),
        ("endless name", vec![Member { says: Some(1 << 40), ..extended(b'L', Vec::new()) }]),
    ] {
        assert!(put(what, headers).is_some(), "{what} is taken");
    }
}

#[test]
fn bombs_do_not_go_off() {
    let limits = Limits { unpacked: 1 << 20, ratio: 10, release_unpacked: 1 << 20, ..Limits::default() };
    let options = ImportOptions { limits, ..ImportOptions::default() };
    let zeros = vec![0; 64 << 20];
    let bomb = gzip(&zeros);
    let with = |name: &str, content: Vec<u8>| {
        let mut members = archives("1.0.0");
        members.retain(|member| member.name != name);
        members.insert(members.len().min(1), Member::file(name, content));
        members
    };
    let mut image = crate::made::saved(&[], &[crate::made::noise(1, 100)]);
    image[0].content.clone_from(&bomb);
    let image = tar(&image);
    let files = gzip(&tar(&[Member::file("chart.tgz", bomb.clone())]));
    let cases = [
        ("filler", gzip(&tar(&with("filler", zeros.clone())))),
        ("filler", zstd(&tar(&with("filler", zeros.clone())))),
        ("assets/a.airgap", tar(&with("assets/a.airgap", bomb.clone()))),
        ("app.tar.gz", tar(&with("app.tar.gz", bomb.clone()))),
        ("app.tar.gz", tar(&with("app.tar.gz", gzip(&tar(&[Member::file("x.yaml", zeros.clone())]))))),
        ("app.tar.gz", tar(&with("app.tar.gz", files))),
        ("x/1: old/layer.tar", tar(&with("images/docker-archive/x/1", image))),
        ("after its end", gzip(&[tar(&archives("1.0.0")), zeros].concat())),
    ];
    for (name, bundle) in cases {
        let place = Place::new();
        let path = place.file("bomb.airgap", &bundle);
        let refusal = place.library.import_with(&path, &options, Timestamp(1), &|_| {}, &|| false);
        let refusal = refusal.expect_err(name);
        assert!(matches!(refusal, BundleError::Unpacks { .. }), "{name}: {refusal}");
        assert!(refusal.to_string().contains(name), "{name}: the refusal says where: {refusal}");
        assert_eq!(place.incoming(), 0, "{name}: nothing half-written stays");
    }
}

#[test]
fn a_million_tiny_members_are_too_many() {
    let one = tar_open(&[Member::file("m/0000000", "")]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&tar_open(&archives("1.0.0")[..2])).expect("memory takes it");
    let sum: u32 = one.iter().map(|byte| u32::from(*byte)).sum::<u32>() - sum_of(&one[148..156]) + 8 * 32;
    for number in 0..1_000_000_u32 {
        let mut header = one.clone();
        let digits = format!("{number:07}");
        header[2..9].copy_from_slice(digits.as_bytes());
        let sum = sum + sum_of(digits.as_bytes()) - 7 * u32::from(b'0');
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        gzip.write_all(&header).expect("memory takes it");
    }
    gzip.write_all(&[0; 1024]).expect("memory takes it");
    let bundle = gzip.finish().expect("memory takes it");
    let limits = Limits { unpacked: 1 << 30, ..Limits::default() };
    let place = Place::new();
    let path = place.file("many.airgap", &bundle);
    let options = ImportOptions { limits, ..ImportOptions::default() };
    let refusal = place.library.import_with(&path, &options, Timestamp(1), &|_| {}, &|| false);
    let refusal = refusal.expect_err("they are too many");
    assert!(
        matches!(&refusal, BundleError::Many { what: "members", limit: 1_000_000, name } if name.starts_with("m/0999")),
        "{refusal}"
    );
}

fn sum_of(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(*byte)).sum()
}
