//! Bundles that are written and read.

use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use longshore_contract::{CheckResult, CheckState, Timestamp};
use longshore_support::{
    Content, Contents, EntryKind, Limits, Query, ReadLimits, Reader, Redactor, Severity, Source, WriteError,
    write,
};

fn bytes(path: &str, content: &str) -> Source<'static> {
    Source { path: path.to_owned(), content: Content::Bytes(content.as_bytes().to_vec()) }
}

struct Fails;

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the host is gone"))
    }
}

fn sources() -> Vec<Source<'static>> {
    let stream = |path: &str, fails: bool| Source {
        path: path.to_owned(),
        content: Content::Stream(Box::new(move || {
            if fails {
                Ok(Box::new(Fails))
            } else {
                Err(io::Error::other("no such command, password=hunter2"))
            }
        })),
    };
    vec![
        bytes("cluster-resources/pods/logs/shop/web/web.log", "one\npassword=hunter2\nThree and THREE\n"),
        Source {
            path: "web/web/web.log".to_owned(),
            content: Content::Link("../../cluster-resources/pods/logs/shop/web/web.log".to_owned()),
        },
        bytes("longshore/journal.jsonl", "{\"step\":\"three\"}\n"),
        bytes("host-collectors/long.log", &"a line of a log\n".repeat(20_000)),
        stream("host-collectors/fails.log", true),
        stream("host-collectors/absent.log", false),
    ]
}

fn results() -> Vec<CheckResult> {
    let result = |title: &str, state| CheckResult {
        title: title.to_owned(),
        state,
        message: "see https://me:hunter2@shop.example".to_owned(),
        uri: String::new(),
        strict: false,
        host: String::new(),
    };
    vec![result("Memory", CheckState::Pass), result("Disk", CheckState::Fail)]
}

fn written(folder: &tempfile::TempDir, name: &str, limits: &Limits) -> (PathBuf, longshore_support::Written) {
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let path = folder.path().join(name);
    let results = results();
    let contents = Contents { at: Timestamp(1_700_000_000_000), results: &results, sources: sources() };
    let written = write(&path, contents, &redactor, limits, &|| false).expect("it is written");
    (path, written)
}

#[test]
fn a_bundle_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits { file: 100_000, ..Limits::default() };
    let (path, written_as) = written(&folder, "a.tar.gz", &limits);
    assert_eq!(written_as.folder, "support-bundle-2023-11-14T22_13_20");
    let meta = path.metadata().expect("it is there");
    assert_eq!(meta.permissions().mode() & 0o777, 0o600, "only its owner reads it");
    assert_eq!(meta.len(), written_as.size);
    assert_eq!(std::fs::read_dir(folder.path()).expect("it lists").count(), 1, "nothing else is left");

    let reader = Reader::open(&path, &ReadLimits::default()).expect("it opens");
    assert!(reader.is_marked() && reader.folder() == written_as.folder);
    let paths: Vec<&str> = reader.entries().iter().map(|entry| entry.path.as_str()).collect();
    for wanted in [
        "version.yaml",
        "analysis.json",
        "longshore",
        "longshore/journal.jsonl",
        "longshore/cuts.json",
        "web/web",
    ] {
        assert!(paths.contains(&wanted), "{wanted} of {paths:?}");
    }
    let target = "cluster-resources/pods/logs/shop/web/web.log";
    let link = reader.entries().iter().find(|entry| entry.path == "web/web/web.log").expect("it is there");
    assert_eq!(link.kind, EntryKind::Link(Some(target.to_owned())));
    for path in [target, "web/web/web.log"] {
        let content = reader.read(path, 0..u64::MAX).expect("it is read");
        assert_eq!(String::from_utf8_lossy(&content), "one\npassword=***HIDDEN***\nThree and THREE\n");
        assert_eq!(reader.read(path, 4..12).expect("it is read"), b"password");
        assert_eq!(reader.read(path, 1000..2000).expect("it is read"), b"");
    }
    let long = reader.read("host-collectors/long.log", 0..u64::MAX).expect("it is read");
    assert!(
        long.ends_with(b"[Longshore: the file is longer; 100000 bytes of it are kept]\n"),
        "a cut is told in the file"
    );
    let cuts = String::from_utf8(reader.read("longshore/cuts.json", 0..u64::MAX).expect("it is read"))
        .expect("text");
    for why in [
        "host-collectors/long.log",
        "It could not be read: the host is gone",
        "It could not be opened: no such command",
    ] {
        assert!(cuts.contains(why), "{why} in {cuts}");
    }
    assert!(!cuts.contains("hunter2"), "what went wrong is redacted as well: {cuts}");
    let told = reader.read("longshore/redactions.json", 0..u64::MAX).expect("it is read");
    assert!(String::from_utf8_lossy(&told).contains(target), "what was taken out is told by file");
    let findings = reader.findings().expect("they are read");
    assert_eq!((findings[0].severity, findings[0].title.as_str()), (Severity::Error, "Disk"));
    assert!(!findings[0].message.contains("hunter2"), "results are redacted");
}

#[test]
fn a_bundle_is_the_same_whatever_the_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let mut all = Vec::new();
    for turn in 0..2 {
        let mut sources = sources();
        if turn == 1 {
            sources.reverse();
        }
        let path = folder.path().join("a.tar.gz");
        let contents = Contents { at: Timestamp(1), results: &[], sources };
        write(&path, contents, &redactor, &Limits::default(), &|| false).expect("it is written");
        all.push(std::fs::read(&path).expect("it is read"));
    }
    assert!(all[0] == all[1], "sources in another order make another file");
}

#[test]
fn limits_cost_others_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, written) = written(&folder, "a.tar.gz", &Limits { file: 1000, total: 30 });
    let reader = Reader::open(&path, &ReadLimits::default()).expect("it opens");
    assert!(reader.read("longshore/journal.jsonl", 0..100).is_ok(), "our own comes first");
    let left = written.cuts.iter().filter(|cut| cut.why.contains("reached its limit")).count();
    assert!(left >= 2, "the others are named: {:?}", written.cuts);
}

#[test]
fn what_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let path = folder.path().join("a.tar.gz");
    let tried = |sources: Vec<Source<'static>>, stopped: bool| {
        let contents = Contents { at: Timestamp(1), results: &[], sources };
        write(&path, contents, &redactor, &Limits::default(), &|| stopped).expect_err("it is refused")
    };
    for bad in ["/etc/passwd", "../a", "a//b", "a\\b", "a\nb", "version.yaml", "longshore/cuts.json"] {
        assert!(matches!(tried(vec![bytes(bad, "")], false), WriteError::Path { .. }), "{bad}");
    }
    assert!(matches!(tried(vec![bytes("a", ""), bytes("a", "")], false), WriteError::Path { .. }));
    assert!(matches!(tried(sources(), true), WriteError::Stopped));
    assert_eq!(std::fs::read_dir(folder.path()).expect("it lists").count(), 0, "nothing is left");
}

#[test]
fn files_are_searched() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = written(&folder, "a.tar.gz", &Limits::default());
    let reader = Reader::open(&path, &ReadLimits::default()).expect("it opens");
    let found = |text: &str, ignore_case: bool, below: &str, limit: usize| {
        let query = Query { text: text.to_owned(), ignore_case, below: below.to_owned(), limit };
        let found = reader.search(&query).expect("it is searched");
        let lines = found
            .hits
            .iter()
            .map(|hit| (hit.path.rsplit('/').next().unwrap_or("").to_owned(), hit.line, hit.text.clone()));
        (lines.collect::<Vec<_>>(), found.more)
    };
    let journal = ("journal.jsonl".to_owned(), 1, "{\"step\":\"three\"}".to_owned());
    let log = ("web.log".to_owned(), 3, "Three and THREE".to_owned());
    assert_eq!(found("three", false, "", 9), (vec![journal.clone()], false));
    assert_eq!(found("three", true, "", 9), (vec![journal.clone(), log.clone()], false));
    assert_eq!(found("three", true, "", 1), (vec![journal], true));
    assert_eq!(found("three", true, "cluster-resources/", 9), (vec![log], false));
    assert_eq!(found("a line of a log", false, "", 5).0.len(), 5);
    assert!(reader.search(&Query::default()).is_err(), "nothing cannot be searched for");
}

#[test]
fn names_are_no_place_for_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tar.gz");
    let token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let redactor = Redactor::new(&["kelp-and-barnacles"], &[]).expect("it is made");
    let sources = vec![
        bytes(&format!("run/{token}/out.txt"), "one\n"),
        bytes("maps/kelp-and-barnacles.json", "{}\n"),
        bytes("maps/HIDDEN.json", "{\"own\": 1}\n"),
        bytes("configmaps/shop/db-password/token.json", "{}\n"),
        Source { path: "link".to_owned(), content: Content::Link(format!("run/{token}/out.txt")) },
    ];
    let contents = Contents { at: Timestamp(0), results: &[], sources };
    let written = write(&path, contents, &redactor, &Limits::default(), &|| false).expect("it is written");
    let reader = Reader::open(&path, &ReadLimits::default()).expect("it is read");
    let names: Vec<&str> = reader.entries().iter().map(|entry| entry.path.as_str()).collect();
    for secret in [token, "kelp-and-barnacles"] {
        assert!(names.iter().all(|name| !name.contains(secret)), "{names:?}");
        assert!(!format!("{written:?}").contains(secret), "nor is it told: {written:?}");
    }
    for (name, content) in [("maps/HIDDEN.json", "{\"own\": 1}\n"), ("maps/HIDDEN.json-2", "{}\n")] {
        assert_eq!(reader.read(name, 0..100).expect("it is there"), content.as_bytes(), "{name}");
    }
    assert!(
        names.contains(&"configmaps/shop/db-password/token.json"),
        "what only speaks of them stays: {names:?}"
    );
    let link = reader.entries().iter().find(|entry| entry.path == "link").expect("it is there");
    assert_eq!(link.kind, EntryKind::Link(Some("run/HIDDEN/out.txt".to_owned())), "names of names follow");
}

#[test]
fn hits_tell_where_in_the_file_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.tar.gz");
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    // One line is longer than the piece that is looked at at a time.
    let content = format!("one quay\n{}quay\nlast quay\n", "x ".repeat(200_000));
    let contents = Contents { at: Timestamp(0), results: &[], sources: vec![bytes("a.log", &content)] };
    write(&path, contents, &redactor, &Limits::default(), &|| false).expect("it is written");
    let reader = Reader::open(&path, &ReadLimits::default()).expect("it is read");
    let query = Query { text: "quay".to_owned(), limit: 10, ..Query::default() };
    let found = reader.search(&query).expect("it is searched");
    assert_eq!(found.hits.len(), 3);
    for hit in found.hits {
        let at = usize::try_from(hit.offset).expect("it is short");
        assert_eq!(&content[at..at + 4], "quay", "line {}", hit.line);
    }
}
