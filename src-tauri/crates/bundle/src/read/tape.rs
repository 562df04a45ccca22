//! Reading a tar archive member by member, with every length bounded before it is believed.
//!
//! The headers are parsed by the `tar` crate. Walking over them is done here, because a reader made for files
//! of one's own keeps extended names of any length in memory, applies sparse maps, and takes an archive that
//! ends at a header for whole.

use std::cell::Cell;
use std::io::{self, Read};

use tar::{EntryType, Header};

use crate::BundleError;
use crate::error::shown;
use crate::limits::Limits;

const BLOCK: u64 = 512;
/// Bytes of an extended header; attributes that some writers put there stay below.
const EXTENDED: u64 = 1 << 20;

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// Symbolic link: where it leads, seen from its own folder.
    Link(String),
    /// Hard link: the member it is another name of.
    Same(String),
    /// Device, pipe, sparse file.
    Odd,
}

/// A member, its content not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// Name as the archive has it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
}

/// Why the next member cannot be had.
#[derive(Debug)]
pub(crate) enum TapeError {
    /// The stream.
    Stream(io::Error),
    /// A rule.
    Refused(BundleError),
}

impl From<io::Error> for TapeError {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl From<BundleError> for TapeError {
    fn from(error: BundleError) -> Self {
        Self::Refused(error)
    }
}

/// What extended headers say about the member that follows them.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

/// An archive that is being read.
pub(crate) struct Tape<'a, R> {
    inner: R,
    limits: &'a Limits,
    /// Headers read so far in the whole bundle.
    members: &'a Cell<usize>,
    /// Bytes of the member's content that are not read yet, and of the padding after it.
    left: u64,
    padding: u64,
}

impl<'a, R: Read> Tape<'a, R> {
    pub(crate) fn new(inner: R, limits: &'a Limits, members: &'a Cell<usize>) -> Self {
        Self { inner, limits, members, left: 0, padding: 0 }
    }

    /// The next member, or `None` at the mark that ends the archive.
    pub(crate) fn next(&mut self) -> Result<Option<Head>, TapeError> {
        let mut extended = Extended::default();
        loop {
            self.skip(self.left)?;
            self.skip(self.padding)?;
            (self.left, self.padding) = (0, 0);
            let mut block = [0; BLOCK as usize];
            self.inner.read_exact(&mut block)?;
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let header = Header::from_byte_slice(&block);
            checked(header)?;
            let size = header.entry_size()?;
            let kind = header.entry_type();
            self.count(&header.path_bytes())?;
            match kind {
                EntryType::XHeader | EntryType::XGlobalHeader => {
                    let text = self.extended(size, &header.path_bytes())?;
                    let more = pax(&text)?;
                    if kind.is_pax_global_extensions() {
                        // Comments are harmless; what names or measures all members at once is not.
                        if more.path.is_some() || more.size.is_some() || more.link.is_some() || more.sparse {
                            return Err(damaged("a global header names members").into());
                        }
                    } else {
                        extended.merge(more)?;
                    }
                }
                EntryType::GNULongName => {
                    let name = self.extended(size, &header.path_bytes())?;
                    extended.merge(Extended { path: Some(unterminated(name)), ..Extended::default() })?;
                }
                EntryType::GNULongLink => {
                    let link = self.extended(size, &header.path_bytes())?;
                    extended.merge(Extended { link: Some(unterminated(link)), ..Extended::default() })?;
                }
                _ => return self.head(header, extended, size).map(Some),
            }
        }
    }

    fn head(&mut self, header: &Header, extended: Extended, size: u64) -> Result<Head, TapeError> {
        let raw = extended.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let name = self.name(raw)?;
        let kind = match header.entry_type() {
            _ if extended.sparse => Kind::Odd,
            // Archives from before there were types mark a folder by its name alone.
            EntryType::Regular if name.ends_with('/') => Kind::Folder,
            EntryType::Regular => Kind::File,
            EntryType::Directory => Kind::Folder,
            link @ (EntryType::Symlink | EntryType::Link) => {
                let raw = extended
                    .link
                    .or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned))
                    .unwrap_or_default();
                let target = self.name(raw)?;
                if link == EntryType::Link { Kind::Same(target) } else { Kind::Link(target) }
            }
            _ => Kind::Odd,
        };
        // Some writers repeat the target's size at a hard link, whose content is not there.
        let size = match kind {
            Kind::Same(_) | Kind::Link(_) => 0,
            _ => extended.size.unwrap_or(size),
        };
        if size > self.limits.member {
            return Err(BundleError::Large { name: shown(&name), limit: self.limits.member }.into());
        }
        self.expect(size);
        Ok(Head { name, kind, size })
    }

    fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    fn count(&self, name: &[u8]) -> Result<(), BundleError> {
        let count = self.members.get() + 1;
        self.members.set(count);
        if count > self.limits.members {
            let name = shown(&String::from_utf8_lossy(name));
            return Err(BundleError::Many { what: "members", limit: self.limits.members, name });
        }
        Ok(())
    }

    fn name(&self, raw: Vec<u8>) -> Result<String, BundleError> {
        let odd = |raw: &[u8], why| BundleError::OddName { name: shown(&String::from_utf8_lossy(raw)), why };
        if raw.len() > self.limits.name {
            return Err(odd(&raw, "that is too long"));
        }
        let name = String::from_utf8(raw).map_err(|error| odd(error.as_bytes(), "that is no text"))?;
        if name.chars().any(char::is_control) {
            return Err(odd(name.as_bytes(), "with control characters in it"));
        }
        Ok(name)
    }

    /// The content of an extended header.
    fn extended(&mut self, size: u64, name: &[u8]) -> Result<Vec<u8>, TapeError> {
        if size > EXTENDED {
            let name = shown(&String::from_utf8_lossy(name));
            return Err(BundleError::Large { name, limit: EXTENDED }.into());
        }
        self.expect(size);
        let mut text = Vec::new();
        self.read_to_end(&mut text)?;
        Ok(text)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut (&mut self.inner).take(bytes), &mut io::sink())?;
        if skipped < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// Reads the content of the member whose head was given last; an early end is an error.
impl<R: Read> Read for Tape<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn damaged(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn checked(header: &Header) -> io::Result<()> {
    let bytes = header.as_bytes();
    let sum: u32 = bytes[..148].iter().chain(&bytes[156..]).map(|byte| u32::from(*byte)).sum();
    // The field itself counts as eight spaces.
    if header.cksum()? == sum + 8 * 32 { Ok(()) } else { Err(damaged("a header's checksum is wrong")) }
}

fn unterminated(mut name: Vec<u8>) -> Vec<u8> {
    if name.last() == Some(&0) {
        name.pop();
    }
    name
}

impl Extended {
    fn merge(&mut self, more: Self) -> io::Result<()> {
        let twice = (self.path.is_some() && more.path.is_some())
            || (self.link.is_some() && more.link.is_some())
            || (self.size.is_some() && more.size.is_some());
        if twice {
            return Err(damaged("a member is named or measured twice"));
        }
        self.path = self.path.take().or(more.path);
        self.link = self.link.take().or(more.link);
        self.size = self.size.or(more.size);
        self.sparse |= more.sparse;
        Ok(())
    }
}

/// Parses `<length> <key>=<value>\n` records.
fn pax(text: &[u8]) -> io::Result<Extended> {
    let mut found = Extended::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (record, after) = record(rest).ok_or_else(|| damaged("an extended header cannot be read"))?;
        let (key, value) = record;
        let one = match key {
            b"path" => Extended { path: Some(value.to_vec()), ..Extended::default() },
            b"linkpath" => Extended { link: Some(value.to_vec()), ..Extended::default() },
            b"size" => {
                let size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                let size = size.ok_or_else(|| damaged("an extended header gives no size"))?;
                Extended { size: Some(size), ..Extended::default() }
            }
            _ => Extended { sparse: key.starts_with(b"GNU.sparse."), ..Extended::default() },
        };
        found.merge(one)?;
        rest = after;
    }
    Ok(found)
}

type Record<'a> = ((&'a [u8], &'a [u8]), &'a [u8]);

fn record(text: &[u8]) -> Option<Record<'_>> {
    let space = text.iter().take(20).position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(&text[..space]).ok()?;
    let length: usize = digits.parse().ok()?;
    let (record, rest) = (text.get(space + 1..length)?, &text[length..]);
    let record = record.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some(((&record[..equals], &record[equals + 1..]), rest))
}
