//! Reads a bundle without unpacking it: what it holds is listed once, and a file is read by going over the archive again.
//!
//! It is a file that somebody sent. Names that lead out, members that are there twice, more of them than any bundle has
//! and content far beyond the file's size are refused, with the member's name.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use super::analysis::{self, Finding};
use super::links::{clean, joined, resolved};
use super::tape::{Head, Kind, Tape, TapeError, shown};
use super::{ANALYSIS, VERSION};

/// Bytes that are read at a time.
const MOST: u64 = 16 << 20;

/// What a bundle may ask of the machine that reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLimits {
    /// Members, folders among them.
    pub members: usize,
    /// Bytes it may unpack to, whatever its own size.
    pub unpacked: u64,
    /// Bytes it may unpack to besides, for each of its own bytes. Logs stay below 50.
    pub ratio: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self { members: 200_000, unpacked: 256 << 20, ratio: 100 }
    }
}

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Another name, and the file or folder it leads to; none if that is not in the bundle.
    Link(Option<String>),
}

/// One member of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Path below the bundle's own folder.
    pub path: String,
    /// Bytes of a file.
    pub size: u64,
    /// What it is.
    pub kind: EntryKind,
}

/// Why a bundle, or a file of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file.
    #[error("the support bundle {path} cannot be read")]
    File {
        /// Path of the bundle.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It ends too early.
    #[error("the support bundle {path} is cut off; copy it again")]
    CutOff {
        /// Path of the bundle.
        path: PathBuf,
    },
    /// It is no archive.
    #[error("{path} is no support bundle, or it is damaged")]
    Damaged {
        /// Path of the bundle.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A member breaks a rule.
    #[error("member {0}; the support bundle is refused")]
    Member(String),
    /// Too many members.
    #[error("the support bundle holds more than {0} members; it is refused")]
    Many(usize),
    /// It unpacks to more than its size allows.
    #[error("the support bundle unpacks to more than {0} bytes, far more than its size; it is refused")]
    Unpacks(u64),
    /// No such file in it.
    #[error("the support bundle holds no file {0}")]
    NoFile(String),
    /// Its results.
    #[error("{ANALYSIS} of the support bundle cannot be read: {0}")]
    Analysis(String),
    /// What is searched for.
    #[error("{0:?} cannot be searched for; it is empty or too long")]
    Query(String),
}

/// A bundle that was opened.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    /// Most bytes it may unpack to.
    unpacked: u64,
    /// The bundle's own folder, or empty.
    top: String,
    entries: Vec<Entry>,
    /// Where each file's content begins in the archive, and its size.
    places: BTreeMap<String, (u64, u64)>,
    links: BTreeMap<String, String>,
}

impl Reader {
    /// Opens a bundle and lists what it holds.
    ///
    /// # Errors
    /// When it cannot be read, is no archive, is cut off or is refused.
    pub fn open(path: &Path, limits: &ReadLimits) -> Result<Self, ReadError> {
        let file = |source| ReadError::File { path: path.to_owned(), source };
        let size = std::fs::metadata(path).map_err(file)?.len();
        let unpacked = limits.unpacked.saturating_add(size.saturating_mul(limits.ratio));
        let mut reader = Self {
            path: path.to_owned(),
            unpacked,
            top: String::new(),
            entries: Vec::new(),
            places: BTreeMap::new(),
            links: BTreeMap::new(),
        };
        reader.list(limits)?;
        Ok(reader)
    }

    /// What it holds, by path; folders that are only named in paths too.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Name of the bundle's own folder, or empty.
    pub fn folder(&self) -> &str {
        &self.top
    }

    /// Whether it says that it is a support bundle; upstream's say so since 2021.
    pub fn is_marked(&self) -> bool {
        self.places.contains_key(VERSION)
    }

    /// Bytes of a file, at the most 16 MiB of those in the range. Links are followed.
    ///
    /// # Errors
    /// When there is no such file, or the bundle cannot be read any more.
    pub fn read(&self, path: &str, range: Range<u64>) -> Result<Vec<u8>, ReadError> {
        let none = || ReadError::NoFile(shown(path));
        let path = clean(path).and_then(|path| resolved(&path, &self.links)).ok_or_else(none)?;
        let (place, size) = *self.places.get(&path).ok_or_else(none)?;
        let start = range.start.min(size);
        let length = range.end.min(size).saturating_sub(start).min(MOST);
        let mut content = Vec::new();
        let left = Cell::new(self.unpacked);
        let mut input = self.stream(&left)?;
        let fault = |error| self.fault(TapeError::Stream(error), &left);
        let skipped = io::copy(&mut (&mut input).take(place + start), &mut io::sink()).map_err(fault)?;
        (&mut input).take(length).read_to_end(&mut content).map_err(fault)?;
        if skipped < place + start || (content.len() as u64) < length {
            return Err(ReadError::CutOff { path: self.path.clone() });
        }
        Ok(content)
    }

    /// Bytes of a file. Links are followed.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn size(&self, path: &str) -> Result<u64, ReadError> {
        let found = clean(path).and_then(|path| resolved(&path, &self.links));
        let found = found.and_then(|path| self.places.get(&path));
        found.map(|(_, size)| *size).ok_or_else(|| ReadError::NoFile(shown(path)))
    }

    /// Hands every file over, in the order of the archive, in one pass.
    ///
    /// # Errors
    /// When the bundle cannot be read any more, or what it is handed to says so.
    pub fn visit(
        &self,
        each: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
    ) -> Result<(), ReadError> {
        let left = Cell::new(self.unpacked);
        let mut tape = Tape::new(self.stream(&left)?);
        while let Some(head) = tape.next().map_err(|error| self.fault(error, &left))? {
            let Some(path) = self.below(&head.name).filter(|_| head.kind == Kind::File) else { continue };
            each(&path, &mut tape).map_err(|error| self.fault(TapeError::Stream(error), &left))?;
        }
        Ok(())
    }

    /// Results of checks, the gravest first; none if the bundle has no analysis.
    ///
    /// # Errors
    /// When its analysis is no list, or the bundle cannot be read any more.
    pub fn findings(&self) -> Result<Vec<Finding>, ReadError> {
        if !self.places.contains_key(ANALYSIS) {
            return Ok(Vec::new());
        }
        analysis::parse(&self.read(ANALYSIS, 0..MOST)?).map_err(ReadError::Analysis)
    }

    /// The unpacked archive, from its beginning.
    pub(super) fn stream<'a>(&self, left: &'a Cell<u64>) -> Result<Bounded<'a>, ReadError> {
        let fault = |source| ReadError::File { path: self.path.clone(), source };
        let mut file = File::open(&self.path).map_err(fault)?;
        let mut head = Vec::new();
        (&mut file).take(2).read_to_end(&mut head).map_err(fault)?;
        file.rewind().map_err(fault)?;
        let file = BufReader::with_capacity(128 << 10, file);
        let inner: Box<dyn Read> =
            if head == [0x1f, 0x8b] { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        Ok(Bounded { inner, left })
    }

    pub(super) fn fault(&self, error: TapeError, left: &Cell<u64>) -> ReadError {
        let path = self.path.clone();
        match error {
            TapeError::Refused(why) => ReadError::Member(why),
            TapeError::Stream(_) if left.get() == 0 => ReadError::Unpacks(self.unpacked),
            TapeError::Stream(source) => match source.kind() {
                io::ErrorKind::UnexpectedEof => ReadError::CutOff { path },
                _ => ReadError::Damaged { path, source },
            },
        }
    }

    pub(super) fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Path below the bundle's folder of a member's name.
    pub(super) fn below(&self, name: &str) -> Option<String> {
        let name = clean(name)?;
        let below = match self.top.as_str() {
            "" => Some(name.as_str()),
            top => name.strip_prefix(top).and_then(|rest| rest.strip_prefix('/')),
        };
        below.map(str::to_owned)
    }

    fn list(&mut self, limits: &ReadLimits) -> Result<(), ReadError> {
        let left = Cell::new(self.unpacked);
        let mut tape = Tape::new(self.stream(&left)?);
        let mut members: BTreeMap<String, Member> = BTreeMap::new();
        let mut count = 0;
        while let Some(head) = tape.next().map_err(|error| self.fault(error, &left))? {
            count += 1;
            if count > limits.members {
                return Err(ReadError::Many(limits.members));
            }
            add(&mut members, head, tape.at())?;
        }
        // The checksum comes last.
        io::copy(&mut tape.into_inner(), &mut io::sink())
            .map_err(|error| self.fault(TapeError::Stream(error), &left))?;
        self.take(members);
        Ok(())
    }

    /// Takes in all members, below the one folder that they lie in.
    fn take(&mut self, members: BTreeMap<String, Member>) {
        self.top = top(&members);
        let mut found: BTreeMap<String, Member> = BTreeMap::new();
        for (name, member) in members {
            let Some(path) = self.below(&name).filter(|path| !path.is_empty()) else { continue };
            for (end, _) in path.match_indices('/') {
                found.entry(path[..end].to_owned()).or_insert(Member::Folder);
            }
            found.insert(path, member);
        }
        for (path, member) in &found {
            match member {
                Member::File { place, size } => drop(self.places.insert(path.clone(), (*place, *size))),
                Member::Link(target) => {
                    // One that leads out gets a target that no member can have.
                    let target = target.as_ref().and_then(|target| self.below(target));
                    self.links.insert(path.clone(), target.unwrap_or_else(|| "..".to_owned()));
                }
                Member::Folder => {}
            }
        }
        self.entries = found.iter().map(|(path, member)| self.entry(path, member, &found)).collect();
    }

    fn entry(&self, path: &str, member: &Member, all: &BTreeMap<String, Member>) -> Entry {
        let (size, kind) = match member {
            Member::File { size, .. } => (*size, EntryKind::File),
            Member::Folder => (0, EntryKind::Folder),
            Member::Link(_) => {
                (0, EntryKind::Link(resolved(path, &self.links).filter(|target| all.contains_key(target))))
            }
        };
        Entry { path: path.to_owned(), size, kind }
    }
}

/// What is known of a member.
enum Member {
    File {
        place: u64,
        size: u64,
    },
    Folder,
    /// Where it leads in the archive.
    Link(Option<String>),
}

fn add(members: &mut BTreeMap<String, Member>, head: Head, place: u64) -> Result<(), ReadError> {
    let refused = |why: &str| Err(ReadError::Member(format!("{} {why}", shown(&head.name))));
    let Some(name) = clean(&head.name) else { return refused("has a name that leads outside") };
    let parent = name.rsplit_once('/').map_or("", |(parent, _)| parent);
    let member = match head.kind {
        Kind::File => Member::File { place, size: head.size },
        Kind::Folder => Member::Folder,
        Kind::Link(target) => Member::Link(joined(parent, &target)),
        Kind::Same(target) => Member::Link(clean(&target)),
        Kind::Odd => return refused("is neither file, folder nor link"),
    };
    match (members.get(&name), &member) {
        (None, _) | (Some(Member::Folder), Member::Folder) => {}
        _ => return refused("is there twice"),
    }
    members.insert(name, member);
    Ok(())
}

/// The folder that all members lie in, or empty.
fn top(members: &BTreeMap<String, Member>) -> String {
    let mut names = members.iter().filter(|(name, _)| !name.is_empty());
    let Some((first, _)) = names.next() else { return String::new() };
    let top = first.split('/').next().unwrap_or_default().to_owned();
    let folder = matches!(members.get(&top), None | Some(Member::Folder));
    let inside =
        |name: &str| name == top || name.strip_prefix(&top).is_some_and(|rest| rest.starts_with('/'));
    if folder && names.all(|(name, _)| inside(name)) { top } else { String::new() }
}

/// Reads no more than a number of bytes; more is an error.
pub(super) struct Bounded<'a> {
    inner: Box<dyn Read>,
    left: &'a Cell<u64>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read as u64 > self.left.get() {
            self.left.set(0);
            return Err(io::Error::other("it unpacks to too much"));
        }
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}
