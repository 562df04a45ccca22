//! Files that hold files: what is packed is unpacked, redacted and packed again; what cannot be is left out.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Seek as _, Write};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use tar::{Builder, Header};
use tempfile::SpooledTempFile;

use super::report::Report;
use super::{RedactError, Redactor, window};
use crate::archive::tape::{Kind, Tape, TapeError};

/// Levels of packing that are looked into.
const DEPTH: usize = 3;
/// Bytes that one file is unpacked to, over all levels.
const UNPACKED: u64 = 4 << 30;
/// Bytes of a member that are kept in memory before they go to a temporary file. They are redacted by then.
const IN_MEMORY: usize = 4 << 20;
/// Bytes that tell what a file is.
const HEAD: u64 = 512;

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Gzip,
    Tar,
    /// Nothing that can be looked into: what it is in words.
    Closed(&'static str),
}

/// First bytes of what is not looked into.
const CLOSED: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\xff\xfe", "a text in UTF-16"),
    (b"\xfe\xff", "a text in UTF-16"),
];

fn form(head: &[u8]) -> Form {
    if head.starts_with(&[0x1f, 0x8b, 8]) {
        return Form::Gzip;
    }
    if head.len() >= 512 && &head[257..262] == b"ustar" {
        return Form::Tar;
    }
    let closed = CLOSED.iter().find(|(begin, _)| head.starts_with(begin));
    closed.map_or(Form::Plain, |(_, what)| Form::Closed(what))
}

/// Redacts a file, whatever its form.
pub(super) fn file(
    redactor: &Redactor,
    path: &str,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    report: &mut Report,
) -> Result<(), RedactError> {
    let mut watched = Watched { input, failed: None };
    let work = Work { redactor, left: &Cell::new(UNPACKED) };
    let done = work.any(path, &mut BufReader::with_capacity(64 << 10, &mut watched), output, report, 0);
    let path = path.to_owned();
    match (watched.failed, done) {
        (Some(source), _) => Err(RedactError::Read { path, source }),
        (None, Err(source)) => Err(RedactError::Write { path, source }),
        (None, Ok(())) => Ok(()),
    }
}

/// Remembers whether it was reading that failed.
struct Watched<'a> {
    input: &'a mut dyn BufRead,
    failed: Option<io::Error>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.input.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let again = io::Error::from(error.kind());
                    self.failed = Some(error);
                    return Err(again);
                }
                done => return done,
            }
        }
    }
}

/// Ends early where the content is damaged or too much, and remembers why.
struct Lenient<'a, R> {
    input: R,
    left: &'a Cell<u64>,
    trouble: Option<&'static str>,
}

impl<R: Read> Read for Lenient<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.trouble.is_some() {
            return Ok(0);
        }
        match self.input.read(buffer) {
            Ok(read) if read as u64 > self.left.get() => {
                self.trouble = Some("It unpacks to more than can be searched; the rest is left out");
                Ok(0)
            }
            Ok(read) => {
                self.left.set(self.left.get() - read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(_) => {
                self.trouble = Some("It is damaged; what comes after is left out");
                Ok(0)
            }
        }
    }
}

struct Work<'a> {
    redactor: &'a Redactor,
    /// Bytes that may still be unpacked.
    left: &'a Cell<u64>,
}

type Whole<'r> = Chain<Cursor<Vec<u8>>, &'r mut dyn Read>;

impl Work<'_> {
    fn any(
        &self,
        path: &str,
        input: &mut dyn Read,
        output: &mut dyn Write,
        report: &mut Report,
        depth: usize,
    ) -> io::Result<()> {
        let mut head = Vec::new();
        input.take(HEAD).read_to_end(&mut head)?;
        let form = form(&head);
        let mut whole = Cursor::new(head).chain(input);
        match form {
            Form::Plain => {
                window::pass(&self.redactor.of(path), self.redactor.sizes, &mut whole, output, report)
            }
            Form::Closed(what) => left_out(what, output, report),
            _ if depth >= DEPTH => left_out("an archive within archives", output, report),
            Form::Gzip => self.gzip(path, whole, output, report, depth),
            Form::Tar => self.tar(path, &mut whole, output, report, depth),
        }
    }

    fn gzip(
        &self,
        path: &str,
        input: Whole<'_>,
        output: &mut dyn Write,
        report: &mut Report,
        depth: usize,
    ) -> io::Result<()> {
        let decoder = MultiGzDecoder::new(BufReader::with_capacity(64 << 10, input));
        let mut plain = Lenient { input: decoder, left: self.left, trouble: None };
        let mut packed = GzEncoder::new(output, Compression::default());
        let inner = path.strip_suffix(".gz").unwrap_or(path);
        self.any(inner, &mut plain, &mut packed, report, depth + 1)?;
        packed.finish()?;
        plain.trouble.into_iter().for_each(|why| report.note(why));
        Ok(())
    }

    fn tar(
        &self,
        path: &str,
        input: &mut dyn Read,
        output: &mut dyn Write,
        report: &mut Report,
        depth: usize,
    ) -> io::Result<()> {
        let mut builder = Builder::new(output);
        let mut tape = Tape::new(Lenient { input, left: self.left, trouble: None });
        loop {
            let head = match tape.next() {
                Ok(Some(head)) => head,
                Ok(None) => break,
                Err(TapeError::Stream(_)) => {
                    report.note("It is damaged; the members after that are left out");
                    break;
                }
                Err(TapeError::Refused(why)) => {
                    report.note(format!("Member {why}; the members after that are left out"));
                    break;
                }
            };
            match &head.kind {
                Kind::File => {
                    let mut content = SpooledTempFile::new(IN_MEMORY);
                    let mut own = Report::default();
                    let mut member = Lenient { input: &mut tape, left: &Cell::new(u64::MAX), trouble: None };
                    self.any(
                        &format!("{path}/{}", head.name),
                        &mut member,
                        &mut content,
                        &mut own,
                        depth + 1,
                    )?;
                    member.trouble.into_iter().for_each(|why| own.note(why));
                    report.of_member(&head.name, own);
                    append(&mut builder, &head.header, &head.name, content)?;
                }
                Kind::Folder => builder.append_data(&mut sized(&head.header, 0), &head.name, io::empty())?,
                Kind::Link(target) | Kind::Same(target) => {
                    builder.append_link(&mut sized(&head.header, 0), &head.name, target)?;
                }
                Kind::Odd => {
                    report.note(format!("Member {} is neither file nor folder; it is left out", head.name));
                }
            }
        }
        builder.finish()
    }
}

fn append(
    builder: &mut Builder<&mut dyn Write>,
    header: &Header,
    name: &str,
    mut content: SpooledTempFile,
) -> io::Result<()> {
    let size = content.stream_position()?;
    content.rewind()?;
    builder.append_data(&mut sized(header, size), name, content)
}

/// A header as it was, for content of another size. What older and newer forms keep elsewhere is not carried along.
fn sized(header: &Header, size: u64) -> Header {
    let mut fresh = Header::new_gnu();
    fresh.set_entry_type(header.entry_type());
    fresh.set_mode(header.mode().unwrap_or(0o644));
    fresh.set_uid(header.uid().unwrap_or(0));
    fresh.set_gid(header.gid().unwrap_or(0));
    fresh.set_mtime(header.mtime().unwrap_or(0));
    fresh.set_size(size);
    fresh
}

fn left_out(what: &str, output: &mut dyn Write, report: &mut Report) -> io::Result<()> {
    let sentence = format!("It is {what}, which cannot be searched for secrets; it is left out");
    report.note(sentence.clone());
    writeln!(output, "[Longshore: {sentence}]")
}
