//! Walks over a tar archive member by member. Lengths are bounded before they are believed, and nothing is unpacked.

use std::io::{self, Read};

use tar::{EntryType, Header};

const BLOCK: usize = 512;
/// Bytes of a member's name, and of where a link leads.
const NAME: usize = 4096;
/// Bytes of an extended header.
const EXTENDED: u64 = 1 << 20;

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// A symbolic link, and where it leads.
    Link(String),
    /// A hard link, and the member whose content it shares.
    Same(String),
    /// A device, a pipe, a sparse file.
    Odd,
}

/// A member whose content is not read yet.
pub(crate) struct Head {
    /// Name as the archive has it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    pub(crate) header: Header,
}

/// Why the next member cannot be had.
#[derive(Debug)]
pub(crate) enum TapeError {
    /// The stream ended early or cannot be read.
    Stream(io::Error),
    /// A member breaks a rule; what it is called, and what is wrong with it.
    Refused(String),
}

impl From<io::Error> for TapeError {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

/// What extended headers say of the member after them.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

/// An archive that is being read.
pub(crate) struct Tape<R> {
    inner: R,
    /// Bytes of the member's content that are not read yet, and of the padding after it.
    left: u64,
    padding: u64,
    /// Bytes read so far.
    at: u64,
}

impl<R: Read> Tape<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, left: 0, padding: 0, at: 0 }
    }

    /// Bytes from the archive's beginning to what is read next.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// What comes after the archive.
    pub(crate) fn into_inner(self) -> R {
        self.inner
    }

    /// The next member; none at the mark that ends the archive.
    pub(crate) fn next(&mut self) -> Result<Option<Head>, TapeError> {
        let mut extended = Extended::default();
        loop {
            self.skip()?;
            let mut block = [0; BLOCK];
            self.inner.read_exact(&mut block)?;
            self.at += BLOCK as u64;
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let header = Header::from_byte_slice(&block).clone();
            checked(&header)?;
            let size = header.entry_size()?;
            match header.entry_type() {
                EntryType::XHeader => pax(&self.extended(size)?, &mut extended)?,
                // What is said of all members at once are comments of programs.
                EntryType::XGlobalHeader => drop(self.extended(size)?),
                EntryType::GNULongName => extended.name = Some(unterminated(self.extended(size)?)),
                EntryType::GNULongLink => extended.link = Some(unterminated(self.extended(size)?)),
                _ => return self.head(header, extended, size).map(Some),
            }
        }
    }

    fn head(&mut self, header: Header, extended: Extended, size: u64) -> Result<Head, TapeError> {
        let name = text(extended.name.unwrap_or_else(|| header.path_bytes().into_owned()))?;
        let link = extended.link.or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned));
        let kind = match header.entry_type() {
            _ if extended.sparse => Kind::Odd,
            EntryType::Regular if name.ends_with('/') => Kind::Folder,
            EntryType::Regular => Kind::File,
            EntryType::Directory => Kind::Folder,
            EntryType::Symlink => Kind::Link(text(link.unwrap_or_default())?),
            EntryType::Link => Kind::Same(text(link.unwrap_or_default())?),
            _ => Kind::Odd,
        };
        // Some writers repeat at a link how large its target is; the content is not there.
        let size =
            if matches!(kind, Kind::Link(_) | Kind::Same(_)) { 0 } else { extended.size.unwrap_or(size) };
        self.expect(size);
        Ok(Head { name, kind, size, header })
    }

    fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    fn extended(&mut self, size: u64) -> Result<Vec<u8>, TapeError> {
        if size > EXTENDED {
            return Err(TapeError::Refused("an extended header is too long".to_owned()));
        }
        self.expect(size);
        let mut content = Vec::new();
        self.read_to_end(&mut content)?;
        Ok(content)
    }

    /// Reads over what is left of a member.
    fn skip(&mut self) -> io::Result<()> {
        let bytes = self.left.saturating_add(self.padding);
        let skipped = io::copy(&mut (&mut self.inner).take(bytes), &mut io::sink())?;
        self.at += skipped;
        (self.left, self.padding) = (0, 0);
        if skipped < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// Reads the content of the member that was given last; an early end is an error.
impl<R: Read> Read for Tape<R> {
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
        self.at += read as u64;
        Ok(read)
    }
}

fn damaged(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn checked(header: &Header) -> io::Result<()> {
    let bytes = header.as_bytes();
    let sum: u32 = bytes[..148].iter().chain(&bytes[156..]).map(|byte| u32::from(*byte)).sum();
    // The sum's own field counts as eight blanks.
    if header.cksum()? == sum + 8 * 32 { Ok(()) } else { Err(damaged("a header's checksum is wrong")) }
}

/// A name as text; it is shown to people and becomes a path.
fn text(raw: Vec<u8>) -> Result<String, TapeError> {
    let refused =
        |raw: &[u8], why: &str| TapeError::Refused(format!("{} {why}", shown(&String::from_utf8_lossy(raw))));
    if raw.len() > NAME {
        return Err(refused(&raw, "has a name that is too long"));
    }
    let name =
        String::from_utf8(raw).map_err(|error| refused(error.as_bytes(), "has a name that is no text"))?;
    if name.chars().any(char::is_control) {
        return Err(refused(name.as_bytes(), "has a name with control characters"));
    }
    Ok(name)
}

/// A name as it may stand in a sentence.
pub(crate) fn shown(name: &str) -> String {
    let mut text: String = name.chars().take(200).flat_map(char::escape_debug).collect();
    if name.chars().nth(200).is_some() {
        text.push('…');
    }
    text
}

fn unterminated(mut name: Vec<u8>) -> Vec<u8> {
    if name.last() == Some(&0) {
        name.pop();
    }
    name
}

/// Reads `<length> <key>=<value>\n` records.
fn pax(content: &[u8], extended: &mut Extended) -> io::Result<()> {
    let mut rest = content;
    while !rest.is_empty() {
        let ((key, value), after) =
            record(rest).ok_or_else(|| damaged("an extended header cannot be read"))?;
        match key {
            b"path" => extended.name = Some(value.to_vec()),
            b"linkpath" => extended.link = Some(value.to_vec()),
            b"size" => {
                let size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                extended.size = Some(size.ok_or_else(|| damaged("an extended header gives no size"))?);
            }
            _ => extended.sparse |= key.starts_with(b"GNU.sparse."),
        }
        rest = after;
    }
    Ok(())
}

type Record<'a> = ((&'a [u8], &'a [u8]), &'a [u8]);

fn record(content: &[u8]) -> Option<Record<'_>> {
    let space = content.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&content[..space]).ok()?.parse().ok()?;
    let record = content.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some(((&record[..equals], &record[equals + 1..]), &content[length..]))
}
