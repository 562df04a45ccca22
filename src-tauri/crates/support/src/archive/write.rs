//! Writes a bundle: one member after another, each redacted before it touches the disk, in an order of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use longshore_contract::{CheckResult, Timestamp};
use serde_json::json;
use tar::{Builder, EntryType, Header};
use tempfile::{NamedTempFile, SpooledTempFile};

use super::cut::{BEYOND, Cut, Limited};
use super::{ANALYSIS, CUTS, REDACTIONS, VERSION, analysis};
use crate::redact::{RedactError, Redactor, Report};

/// Bytes of a redacted member that are kept in memory before they go to a temporary file.
const IN_MEMORY: usize = 4 << 20;

/// What a bundle may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file. Of a larger one the beginning is kept.
    pub file: u64,
    /// Bytes of all files together. Those after that are left out.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 100 << 20, total: 2 << 30 }
    }
}

/// Opens a file of a bundle when its turn comes.
pub type Open<'a> = Box<dyn FnOnce() -> io::Result<Box<dyn Read>> + 'a>;

/// What a source holds.
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// Bytes that are read when the file's turn comes.
    Stream(Open<'a>),
    /// Another name of a file in the bundle, seen from its own folder, as upstream writes names of logs.
    Link(String),
}

/// A file of a bundle.
pub struct Source<'a> {
    /// Path below the bundle's folder; our own files lie in `longshore/`.
    pub path: String,
    /// What it holds.
    pub content: Content<'a>,
}

/// What a bundle is made of.
pub struct Contents<'a> {
    /// When it was made; gives its folder the name.
    pub at: Timestamp,
    /// Results of checks.
    pub results: &'a [CheckResult],
    /// Files, in any order.
    pub sources: Vec<Source<'a>>,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Bytes of the file.
    pub size: u64,
    /// Name of the folder in it.
    pub folder: String,
    /// Files that are not whole, in order.
    pub cuts: Vec<Cut>,
    /// What was taken out, by path.
    pub redactions: BTreeMap<String, Report>,
}

/// Why no bundle was written. What was begun is gone.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A path that cannot be in a bundle.
    #[error("{path:?} cannot be the path of a file in a support bundle: {why}")]
    Path {
        /// The path.
        path: String,
        /// Why.
        why: &'static str,
    },
    /// The disk.
    #[error("the support bundle {path} cannot be written")]
    File {
        /// Path of the bundle.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A person stopped it.
    #[error("writing the support bundle was stopped")]
    Stopped,
}

/// Writes a bundle to `path`, which only its owner may read. It is there whole or not at all.
///
/// Our own files come first, so that limits never cost them; then all others by their paths. A source that cannot be
/// read is left out and named in the bundle.
///
/// # Errors
/// When a path cannot be one, the bundle cannot be written, or `stopped` says so.
pub fn write(
    path: &Path,
    contents: Contents<'_>,
    redactor: &Redactor,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
) -> Result<Written, WriteError> {
    let failed = |source| WriteError::File { path: path.to_owned(), source };
    let sources = sorted(named(contents.sources, redactor))?;
    let place = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(place).map_err(failed)?;
    let folder = folder(contents.at);
    let mut bundle = Bundle {
        builder: Builder::new(GzEncoder::new(file, Compression::default())),
        written: Written { size: 0, folder, cuts: Vec::new(), redactions: BTreeMap::new() },
        seconds: u64::try_from(contents.at.0 / 1000).unwrap_or(0),
        left: limits.total,
        limit: limits.file,
        redactor,
        place,
    };
    bundle.begin(contents.results).map_err(failed)?;
    for source in sources {
        if stopped() {
            return Err(WriteError::Stopped);
        }
        bundle.add(source).map_err(failed)?;
    }
    bundle.finish(path).map_err(failed)
}

fn folder(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("support-bundle-{}", time.strftime("%Y-%m-%dT%H_%M_%S"))
}

/// Sources by names without secrets. What would then have one name is told apart by numbers.
fn named<'a>(sources: Vec<Source<'a>>, redactor: &Redactor) -> Vec<Source<'a>> {
    let whole: BTreeSet<String> = sources.iter().map(|source| source.path.clone()).collect();
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut name = |path: &str| {
        let plain = redactor.name(path);
        if plain == path {
            return plain;
        }
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        let free = names.find(|name| !whole.contains(name) && !given.contains(name)).unwrap_or(plain);
        given.insert(free.clone());
        free
    };
    let renamed = sources.into_iter().map(|source| {
        let content = match source.content {
            Content::Link(target) => Content::Link(redactor.name(&target)),
            content => content,
        };
        Source { path: name(&source.path), content }
    });
    renamed.collect()
}

/// Sources in the order in which they are written, each path once.
fn sorted(mut sources: Vec<Source<'_>>) -> Result<Vec<Source<'_>>, WriteError> {
    let mut seen = BTreeSet::from([ANALYSIS, VERSION, CUTS, REDACTIONS].map(str::to_owned));
    for source in &sources {
        let refused = |why| Err(WriteError::Path { path: source.path.clone(), why });
        if source.path.split('/').any(|part| matches!(part, "" | "." | "..")) || source.path.contains('\\') {
            return refused("it has to be relative, without empty parts and dots");
        }
        if source.path.chars().any(char::is_control) || source.path.len() > 1000 {
            return refused("it is too long or has control characters");
        }
        if !seen.insert(source.path.clone()) {
            return refused("it is there already");
        }
    }
    sources.sort_by(|one, other| {
        let rank = |source: &Source<'_>| (!source.path.starts_with("longshore/"), source.path.clone());
        rank(one).cmp(&rank(other))
    });
    Ok(sources)
}

struct Bundle<'a> {
    builder: Builder<GzEncoder<NamedTempFile>>,
    written: Written,
    seconds: u64,
    /// Bytes that files may still have.
    left: u64,
    limit: u64,
    redactor: &'a Redactor,
    place: &'a Path,
}

impl Bundle<'_> {
    fn begin(&mut self, results: &[CheckResult]) -> io::Result<()> {
        let version =
            "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.1.0\n";
        self.member(VERSION, EntryType::Regular, version.len() as u64, version.as_bytes())?;
        let text = serde_json::to_string_pretty(&analysis::to_json(results))?;
        let (text, report) = self.redactor.text(ANALYSIS, &text);
        self.tell(ANALYSIS, report);
        self.member(ANALYSIS, EntryType::Regular, text.len() as u64, text.as_bytes())
    }

    fn member(&mut self, path: &str, kind: EntryType, size: u64, content: impl Read) -> io::Result<()> {
        let path = format!("{}/{path}", self.written.folder);
        self.builder.append_data(&mut self.header(kind, size), path, content)
    }

    fn header(&self, kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_mtime(self.seconds);
        header.set_size(size);
        header
    }

    fn tell(&mut self, path: &str, report: Report) {
        if report != Report::default() {
            self.written.redactions.insert(path.to_owned(), report);
        }
    }

    fn cut(&mut self, path: &str, kept: u64, why: &str) {
        let (why, _) = self.redactor.text(CUTS, why);
        self.written.cuts.push(Cut { path: path.to_owned(), kept, why });
    }

    fn add(&mut self, source: Source<'_>) -> io::Result<()> {
        let Source { path, content } = source;
        let limit = self.limit.min(self.left);
        let input: Box<dyn Read + '_> = match content {
            Content::Link(target) => {
                let name = format!("{}/{path}", self.written.folder);
                return self.builder.append_link(&mut self.header(EntryType::Symlink, 0), name, target);
            }
            _ if limit == 0 => {
                self.cut(&path, 0, "The bundle has reached its limit; the file is left out");
                return Ok(());
            }
            Content::Bytes(bytes) => Box::new(io::Cursor::new(bytes)),
            Content::Stream(open) => match open() {
                Ok(input) => input,
                Err(error) => {
                    self.cut(&path, 0, &format!("It could not be opened: {error}"));
                    return Ok(());
                }
            },
        };
        self.file(&path, input, limit)
    }

    fn file(&mut self, path: &str, input: Box<dyn Read + '_>, limit: u64) -> io::Result<()> {
        let mut input = input.take(limit.saturating_add(BEYOND));
        let mut content = Limited::new(SpooledTempFile::new_in(IN_MEMORY, self.place), limit);
        match self.redactor.file(path, BufReader::with_capacity(64 << 10, &mut input), &mut content) {
            Ok(report) => self.tell(path, report),
            Err(RedactError::Write { source, .. }) => return Err(source),
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                self.cut(path, 0, &format!("It could not be read: {why}"));
                return Ok(());
            }
        }
        let more = input.limit() == 0;
        let (mut content, kept, cut) = content.finish(more)?;
        if cut {
            writeln!(content, "\n[Longshore: the file is longer; {kept} bytes of it are kept]")?;
            self.cut(path, kept, &format!("It is longer than {limit} bytes"));
        }
        self.left -= kept;
        let size = content.stream_position()?;
        content.rewind()?;
        self.member(path, EntryType::Regular, size, content)
    }

    fn finish(mut self, path: &Path) -> io::Result<Written> {
        let cuts = serde_json::to_string_pretty(&json!({ "cuts": self.written.cuts }))?;
        self.member(CUTS, EntryType::Regular, cuts.len() as u64, cuts.as_bytes())?;
        let redactions = serde_json::to_string_pretty(&json!({ "files": self.written.redactions }))?;
        self.member(REDACTIONS, EntryType::Regular, redactions.len() as u64, redactions.as_bytes())?;
        let file = self.builder.into_inner()?.finish()?;
        file.as_file().sync_all()?;
        self.written.size = file.as_file().metadata()?.len();
        file.persist(path).map_err(|error| error.error)?;
        // The name reaches the disk with its folder, where folders can be opened.
        if cfg!(unix) {
            File::open(self.place)?.sync_all()?;
        }
        Ok(self.written)
    }
}
