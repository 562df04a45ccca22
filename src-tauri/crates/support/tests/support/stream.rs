//! How a file is cut into pieces plays no part, and no file is too long.

use std::io::{self, BufReader, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_support::{MASK, Redactor, Report};

use crate::harmless::FILES;

/// Gives its bytes in pieces of changing size.
pub struct Pieces<'a>(pub &'a [u8], pub u64);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = (1 + (self.1 >> 60) as usize).min(self.0.len()).min(buffer.len());
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}

pub fn redacted(redactor: &Redactor, path: &str, content: &[u8]) -> (Vec<u8>, Report) {
    let mut output = Vec::new();
    let report = redactor.file(path, content, &mut output).expect("memory is read and written");
    (output, report)
}

/// Ordinary lines with secrets among them: what it is, and what should come of it.
fn mixed(lines: usize) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    for line in 0..lines {
        let (raw, masked) = match line % 9 {
            0 => (
                format!("I1103 step {line} password=hunter{line}"),
                format!("I1103 step {line} password={MASK}"),
            ),
            4 => (
                format!("{{\"kind\":\"Secret\",\"data\":{{\"k{line}\":\"eA==\"}},\"n\":{line}}}"),
                format!("{{\"kind\":\"Secret\",\"data\":{{\"k{line}\":\"{MASK}\"}},\"n\":{line}}}"),
            ),
            7 => (
                "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----".to_owned(),
                MASK.to_owned(),
            ),
            _ => {
                let text = FILES[line % 5].1.lines().next().unwrap_or_default().to_owned();
                (text.clone(), text)
            }
        };
        before.extend([raw.as_str(), "\n"]);
        after.extend([masked.as_str(), "\n"]);
    }
    (before, after)
}

#[test]
fn pieces_and_windows_play_no_part() {
    let (before, after) = mixed(400);
    for (window, overlap) in [(16 << 20, 2 << 20), (16 << 10, 4 << 10), (5000, 2000), (4096, 1024)] {
        let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made").with_window(window, overlap);
        let (whole, report) = redacted(&redactor, "a.log", before.as_bytes());
        assert_eq!(String::from_utf8_lossy(&whole), after, "a window of {window}");
        for seed in 0..3 {
            let mut output = Vec::new();
            let pieces = BufReader::with_capacity(7, Pieces(before.as_bytes(), seed));
            let again = redactor.file("a.log", pieces, &mut output).expect("memory is read");
            assert_eq!(output, whole, "a window of {window}, pieces of seed {seed}");
            assert_eq!(again, report, "it is told the same");
        }
    }
}

#[test]
fn lines_of_the_report_are_those_of_the_file() {
    let text = "a\npassword=one\nb\r\n\npassword=two";
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let (_, report) = redacted(&redactor, "a.log", text.as_bytes());
    let lines: Vec<u64> = report.found.values().flat_map(|found| found.lines.clone()).collect();
    assert_eq!(lines, [2, 5]);
    assert!(!format!("{report:?}").contains("two"), "the report says where, not what");
}

#[test]
fn bytes_that_are_no_text_stay() {
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let content = b"\xff\xfe\x00 a\r\npassword=\x80abc\xff \x00\r\nno end";
    let content = &content[3..];
    let (output, _) = redacted(&redactor, "a.bin", content);
    assert_eq!(output, b" a\r\npassword=***HIDDEN*** \x00\r\nno end");
}

/// A line without an end.
struct Endless<'a> {
    left: u64,
    unit: &'a [u8],
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX)).min(8192);
        for (at, byte) in buffer[..size].iter_mut().enumerate() {
            *byte = self.unit[(self.left as usize - at) % self.unit.len()];
        }
        self.left -= size as u64;
        Ok(size)
    }
}

/// Counts what is written.
#[derive(Default)]
struct Counted {
    bytes: u64,
    largest: usize,
}

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        self.largest = self.largest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_of_any_length_passes() {
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made").with_window(256 << 10, 32 << 10);
    let size = 8 << 20;
    let mut counted = Counted::default();
    let line = Endless { left: size, unit: b"an ordinary line that does not end, " };
    let report = redactor.file("a.log", BufReader::new(line), &mut counted).expect("memory is read");
    assert_eq!((counted.bytes, report.count()), (size, 0), "all of it, and nothing taken out");
    assert!(counted.largest <= 256 << 10, "never more than the window");

    let mut counted = Counted::default();
    let secret = io::Read::chain(&b"password=\""[..], Endless { left: size, unit: b"abcdefgh" });
    let secret = io::Read::chain(secret, &b"\"\nnext: line\n"[..]);
    let report = redactor.file("a.log", BufReader::new(secret), &mut counted).expect("memory is read");
    assert_eq!(counted.bytes as usize, "password=\"".len() + MASK.len() + "\nnext: line\n".len());
    assert_eq!(report.notes.len(), 1, "that the rest of the line is left out is told");
}

#[test]
fn packed_files_are_packed_again() {
    let redactor = Redactor::new(&["the-known-one"], &[]).expect("it is made");
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    let long = format!("logs/{}/b.log", "n".repeat(120));
    for (name, content) in [("a.yaml", "password: hunter2\nb: 1\n"), (long.as_str(), "x the-known-one y\n")] {
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        tar.append_data(&mut header, name, content.as_bytes()).expect("memory takes it");
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&tar.into_inner().expect("it ends")).expect("memory takes it");
    let packed = packed.finish().expect("it ends");
    let (output, report) = redacted(&redactor, "logs.tar.gz", &packed);
    let mut found = Vec::new();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(output.as_slice()));
    for entry in archive.entries().expect("it is an archive") {
        let mut entry = entry.expect("a member");
        let (mut text, name) = (String::new(), entry.path().expect("a name").display().to_string());
        entry.read_to_string(&mut text).expect("its content");
        assert_eq!(entry.header().mode().expect("a mode"), 0o640, "{name}");
        found.push((name, text));
    }
    let wanted = [
        ("a.yaml".to_owned(), format!("password: \"{MASK}\"\nb: 1\n")),
        (long.clone(), format!("x {MASK} y\n")),
    ];
    assert_eq!(found, wanted);
    assert_eq!(report.found[&format!("known secrets in {long}")].lines, [1], "{report:?}");

    let half = &packed[..packed.len() - 40];
    let (_, report) = redacted(&redactor, "logs.tar.gz", half);
    assert!(!report.notes.is_empty(), "a damaged one is told");
    let (output, report) = redacted(&redactor, "a.zip", b"PK\x03\x04 password=hunter2");
    assert!(!String::from_utf8_lossy(&output).contains("hunter2"), "what cannot be looked into is left out");
    assert_eq!(report.notes.len(), 1, "and told");
}

#[test]
fn what_packs_too_well_is_left_out() {
    let redactor = Redactor::new::<&str>(&[], &[]).expect("it is made");
    let mut packed = b"password=hunter2\n".to_vec();
    for _ in 0..6 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&packed).expect("memory takes it");
        packed = encoder.finish().expect("it ends");
    }
    let (output, report) = redacted(&redactor, "a.gz", &packed);
    assert!(report.notes.iter().any(|note| note.contains("archive within archives")), "{report:?}");
    assert!(!output.is_empty());
}
