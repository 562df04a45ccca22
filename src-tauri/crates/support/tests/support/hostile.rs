//! Files that somebody made to do harm, and bundles of others.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_support::{EntryKind, ReadError, ReadLimits, Reader};

/// A member: name, type, where it leads, content, and how long the header says it is.
struct Member<'a>(&'a str, u8, &'a str, &'a [u8], Option<u64>);

fn file<'a>(name: &'a str, content: &'a [u8]) -> Member<'a> {
    Member(name, b'0', "", content, None)
}

fn tar(members: &[Member<'_>]) -> Vec<u8> {
    let mut tar = Vec::new();
    for Member(name, kind, link, content, says) in members {
        let mut header = [0_u8; 512];
        header[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
        header[100..108].copy_from_slice(b"0000644\0");
        let size = says.unwrap_or(content.len() as u64);
        header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        header[136..148].copy_from_slice(b"00000000000\0");
        header[148..156].copy_from_slice(b"        ");
        header[156] = *kind;
        header[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header[257..265].copy_from_slice(b"ustar  \0");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(header);
        tar.extend(*content);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    tar
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory takes it");
    gzip.finish().expect("it ends")
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, content: &[u8]) -> PathBuf {
        let path = self.0.path().join("bundle.tar.gz");
        fs::write(&path, content).expect("it is written");
        path
    }

    fn open(&self, content: &[u8]) -> Result<Reader, ReadError> {
        let limits = ReadLimits { members: 1000, unpacked: 1 << 20, ratio: 50 };
        Reader::open(&self.path(content), &limits)
    }
}

#[test]
fn members_that_do_harm_are_refused_by_name() {
    let place = Place::new();
    for member in [
        file("/etc/passwd", b"x"),
        file("b/../../up", b"x"),
        file("b\\..\\up", b"x"),
        file("b/a\x01b", b"x"),
        file("b/a", b"x"),
        Member("b/pipe", b'6', "", b"", None),
        Member("b/device", b'3', "", b"", None),
        Member("b/a", b'2', "c", b"", None),
    ] {
        let name = member.0.escape_debug().to_string();
        for packed in [false, true] {
            let again = Member(member.0, member.1, member.2, member.3, member.4);
            let bytes = tar(&[file("b/version.yaml", b"x"), file("b/a", b"x"), again]);
            let error = place.open(&if packed { gzip(&bytes) } else { bytes }).expect_err(&name).to_string();
            assert!(error.starts_with("member ") && error.contains(&name), "{name}: {error}");
        }
    }
    let long = [b'n'; 5000];
    let bytes = tar(&[Member("././@LongLink", b'L', "", &long, None), file("n", b"x")]);
    assert!(place.open(&bytes).expect_err("it is too long").to_string().contains("too long"));
    let bytes = tar(&[Member("././@LongLink", b'L', "", b"", Some(1 << 32))]);
    assert!(place.open(&bytes).is_err(), "an endless name");
}

#[test]
fn bombs_and_cut_files_are_refused() {
    let place = Place::new();
    let zeros = vec![0; 64 << 20];
    let bomb = gzip(&tar(&[file("b/a", &zeros)]));
    assert!(matches!(place.open(&bomb), Err(ReadError::Unpacks(_))), "it unpacks to far more than its size");
    let after = gzip(&[tar(&[file("b/a", b"x")]), zeros].concat());
    assert!(matches!(place.open(&after), Err(ReadError::Unpacks(_))), "what comes after the end counts");
    let names: Vec<String> = (0..2000).map(|number| format!("b/{number}")).collect();
    let many: Vec<Member<'_>> = names.iter().map(|name| file(name, b"")).collect();
    assert!(matches!(place.open(&tar(&many)), Err(ReadError::Many(1000))), "there are too many");

    let noise: Vec<u8> =
        (0..40_000_u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let whole = gzip(&tar(&[file("b/version.yaml", b"x"), file("b/a", &noise)]));
    for at in [0, 1, 2, 10, 100, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let error = place.open(&whole[..at]).expect_err("it is cut off");
        assert!(
            matches!(error, ReadError::CutOff { .. } | ReadError::Damaged { .. }),
            "cut at {at}: {error}"
        );
    }
    let mut flipped = whole.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 1;
    assert!(place.open(&flipped).is_err(), "its checksum is wrong");
    assert!(place.open(&[b"\x1f\x8b".as_slice(), &noise].concat()).is_err(), "it is no archive");
    assert!(place.open(&noise).is_err(), "it is no archive");
}

#[test]
fn links_lead_nowhere_outside() {
    let place = Place::new();
    let link = |name, target| Member(name, b'2', target, b"", None);
    let bytes = tar(&[
        file("b/dir/ns.json", b"content"),
        link("b/dir/ns.yaml", "ns.json"),
        link("b/other", "dir"),
        link("b/out", "../../etc/passwd"),
        link("b/root", "/etc/passwd"),
        link("b/above", "../x"),
        link("b/loop", "loop"),
        link("b/gone", "nothing"),
        Member("b/same", b'1', "b/dir/ns.json", b"", None),
    ]);
    let reader = place.open(&gzip(&bytes)).expect("it is safe");
    for path in ["dir/ns.yaml", "other/ns.json", "other/ns.yaml", "same"] {
        assert_eq!(reader.read(path, 0..100).expect(path), b"content", "{path}");
    }
    for path in ["out", "root", "above", "loop", "gone", "../etc/passwd", "/etc/passwd", "dir", ""] {
        assert!(matches!(reader.read(path, 0..100), Err(ReadError::NoFile(_))), "{path}");
    }
    let kinds: Vec<_> = reader.entries().iter().filter(|entry| entry.kind == EntryKind::Link(None)).collect();
    assert_eq!(kinds.len(), 5, "what leads nowhere says so: {kinds:?}");
}

#[test]
fn bundles_of_others_are_read() {
    let place = Place::new();
    let bytes = tar(&[
        Member("./", b'5', "", b"", None),
        Member("./bundle-x/", b'5', "", b"", None),
        file("./bundle-x/version.yaml", b"x"),
        file("./bundle-x/a//b.log", b"y"),
    ]);
    let reader = place.open(&bytes).expect("it opens");
    assert_eq!((reader.folder(), reader.is_marked()), ("bundle-x", true));
    assert_eq!(reader.read("a/b.log", 0..9).expect("it is there"), b"y");
    let reader = place.open(&tar(&[file("version.yaml", b"x"), file("a/b", b"y")])).expect("it opens");
    assert_eq!((reader.folder(), reader.is_marked()), ("", true), "without a folder of its own");
    let reader = place.open(&tar(&[])).expect("it opens");
    assert!(reader.entries().is_empty() && reader.findings().expect("there are none").is_empty());
}
