//! Support bundles as files: written, taken from others, read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use longshore_contract::{
    CheckResult, CheckState, SupportFile, SupportFiles, SupportHit, SupportHits, SupportText, SupportView,
    WireError, chain,
};
use longshore_preflight::{Gathered, Refusal, Scope, judge_in};
use longshore_support::{
    Content, Contents, Entry, EntryKind, Finding, Limits, Query, ReadError, ReadLimits, Reader, Redactor,
    Severity, Source, Spec, WriteError, Written, parse_specs, write,
};

use super::now;
use super::ours::{self, Body};
use super::specs::Specs;

/// Bytes of a piece that is read at a time.
const PIECE: u64 = 256 << 10;
/// Lines that are told at most.
const HITS: usize = 500;
/// A larger file of a stranger's bundle is not judged, for it would have to be held in memory.
const JUDGED: u64 = 64 << 20;

/// What was written.
pub(super) struct Bundled {
    pub(super) written: Written,
    pub(super) files: u32,
}

/// A host's name as the name of a folder.
pub(super) fn plain(name: &str) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@' | ':');
    let text: String = name.chars().map(|letter| if fits(letter) { letter } else { '_' }).collect();
    if text.trim_matches('.').is_empty() { "_".to_owned() } else { text }
}

fn count(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// Tells in a view what was written.
pub(super) fn told(view: &mut SupportView, bundled: &Bundled) {
    let (summary, written) = (&mut view.summary, &bundled.written);
    summary.size = written.size;
    summary.files = bundled.files;
    summary.masked = count(written.redactions.values().map(longshore_support::Report::count).sum::<u64>());
    summary.cut = count(written.cuts.len());
}

/// Files and findings without what is secret in them. Findings are stored, shown and sent by themselves, too; both pass
/// through one redactor, for its rules are a lot to hold.
pub(super) struct Masked(Redactor);

impl Masked {
    /// By the redactors of specs, and what is known to be secret.
    pub(super) fn new(texts: &[(String, String)], secrets: &[String]) -> Result<Self, WireError> {
        let mut specs: Vec<Spec> = Vec::new();
        for (name, text) in texts {
            specs.extend(parse_specs(name, text).map_err(|error| WireError::bad_input(chain(&error)))?);
        }
        Redactor::new(secrets, &specs).map(Self).map_err(|error| WireError::internal(&error))
    }

    pub(super) fn text(&self, text: &str) -> String {
        self.0.text("analysis.json", text).0
    }

    pub(super) fn results(&self, results: Vec<CheckResult>) -> Vec<CheckResult> {
        let masked = |result: CheckResult| CheckResult {
            title: self.text(&result.title),
            message: self.text(&result.message),
            ..result
        };
        results.into_iter().map(masked).collect()
    }
}

fn unwritten(error: &WriteError) -> WireError {
    WireError::bad_input(chain(error)).hint("Check the disk of the data folder.")
}

fn unread(error: &ReadError) -> WireError {
    WireError::bad_input(chain(error)).hint("Check that it is a support bundle, and whole.")
}

fn source(path: String, body: Body) -> Source<'static> {
    let content = match body {
        Body::Bytes(bytes) => Content::Bytes(bytes),
        Body::File(place) => {
            Content::Stream(Box::new(move || Ok(Box::new(File::open(place)?) as Box<dyn Read>)))
        }
    };
    Source { path, content }
}

/// Writes what was collected.
pub(super) fn bundle(
    file: &Path,
    files: Vec<ours::File>,
    results: &[CheckResult],
    masked: &Masked,
) -> Result<Bundled, WireError> {
    // Two collectors may write one file, as two of upstream's do; the later one counts.
    let files: BTreeMap<String, Body> = files.into_iter().collect();
    let sources = files.into_iter().map(|(path, body)| source(path, body)).collect();
    let contents = Contents { at: now(), results, sources };
    let written = write(file, contents, &masked.0, &Limits::default(), &|| false);
    let written = written.map_err(|error| unwritten(&error))?;
    Ok(Bundled { files: listed(file)?.1, written })
}

fn open(file: &Path) -> Result<Reader, WireError> {
    Reader::open(file, &ReadLimits::default()).map_err(|error| unread(&error))
}

fn listed(file: &Path) -> Result<(Reader, u32), WireError> {
    let reader = open(file)?;
    let files = reader.entries().iter().filter(|entry| entry.kind == EntryKind::File).count();
    Ok((reader, count(files)))
}

/// Takes somebody else's file: redacted, and judged by specs, or with what was found in it.
pub(super) fn taken(from: &Path, to: &Path, specs: &Specs) -> Result<(Bundled, Vec<CheckResult>), WireError> {
    let masked = Masked::new(&specs.texts, &[])?;
    let reader = open(from)?;
    let parent = super::parent(to);
    let scratch = tempfile::tempdir_in(parent).map_err(|error| WireError::internal(&error))?;
    let unpacked = unpacked(&reader, scratch.path())?;
    let results = if specs.spec.analyzers.is_empty() && specs.spec.host_analyzers.is_empty() {
        let findings = reader.findings().map_err(|error| unread(&error))?;
        findings.into_iter().map(result).collect()
    } else {
        judged(&by_all_names(&reader, &unpacked), specs)
    };
    let results = masked.results(results);
    // What the writer makes anew, and what was told of what it replaces.
    let made = |path: &str| matches!(path, "version.yaml" | "analysis.json" | "longshore/cuts.json");
    let kept = unpacked.iter().filter(|(path, _)| !made(path) && *path != "longshore/redactions.json");
    let mut sources: Vec<Source<'_>> =
        kept.map(|(path, place)| source(path.clone(), Body::File(place.clone()))).collect();
    sources.extend(reader.entries().iter().filter_map(link));
    let contents = Contents { at: now(), results: &results, sources };
    let written = write(to, contents, &masked.0, &Limits::default(), &|| false);
    let written = written.map_err(|error| unwritten(&error))?;
    Ok((Bundled { files: listed(to)?.1, written }, results))
}

/// Another name of a file or folder in a bundle, as seen from where it lies. One that leads nowhere is left out.
fn link(entry: &Entry) -> Option<Source<'static>> {
    let EntryKind::Link(Some(target)) = &entry.kind else { return None };
    let up = "../".repeat(entry.path.matches('/').count());
    Some(Source { path: entry.path.clone(), content: Content::Link(format!("{up}{target}")) })
}

/// Writes every file of a bundle below a folder, under a number: names are a stranger's.
fn unpacked(reader: &Reader, folder: &Path) -> Result<BTreeMap<String, PathBuf>, WireError> {
    let mut places = BTreeMap::new();
    let visited = reader.visit(&mut |path, content| {
        let place = folder.join(places.len().to_string());
        io::copy(content, &mut File::create_new(&place)?)?;
        places.insert(path.to_owned(), place);
        Ok(())
    });
    visited.map_err(|error| unread(&error))?;
    Ok(places)
}

/// The same by every name that a file has: upstream's bundles hold logs once and link to them, and checks ask by the link.
fn by_all_names(reader: &Reader, unpacked: &BTreeMap<String, PathBuf>) -> BTreeMap<String, PathBuf> {
    let links = reader.entries().iter().filter_map(|entry| {
        let EntryKind::Link(Some(target)) = &entry.kind else { return None };
        Some((entry.path.clone(), unpacked.get(target)?.clone()))
    });
    unpacked.iter().map(|(path, place)| (path.clone(), place.clone())).chain(links).collect()
}

fn judged(unpacked: &BTreeMap<String, PathBuf>, specs: &Specs) -> Vec<CheckResult> {
    let mut gathered = Gathered::default();
    for (path, place) in unpacked {
        let content = match fs::metadata(place) {
            Ok(facts) if facts.len() > JUDGED => Err(format!("it has more than {JUDGED} bytes")),
            _ => fs::read(place).map_err(|error| error.to_string()),
        };
        match content {
            Ok(content) => drop(gathered.files.insert(path.clone(), content)),
            Err(why) => drop(gathered.refused.insert(path.clone(), Refusal::Failed(why))),
        }
    }
    let of = |items: &[serde_json::Value], scope| judge_in(items, scope, &gathered, now()).results;
    let mut results = of(&specs.spec.analyzers, Scope::Cluster);
    results.extend(of(&specs.spec.host_analyzers, Scope::Host));
    results
}

/// What an analysis found, as ours is shown.
fn result(finding: Finding) -> CheckResult {
    let state = match finding.severity {
        Severity::Error => CheckState::Fail,
        Severity::Unjudged => CheckState::Error,
        Severity::Warn => CheckState::Warn,
        Severity::Pass => CheckState::Pass,
    };
    let Finding { title, message, uri, host, .. } = finding;
    CheckResult { title, state, message, uri, strict: false, host }
}

/// Copies a file to one that is not there yet.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), WireError> {
    let shown = to.display();
    if !to.is_absolute() {
        return Err(
            WireError::bad_input(format!("{shown} is no whole path")).field("file", "must be a whole path")
        );
    }
    let refused = |error: &io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => WireError::bad_input(format!("{shown} is there already"))
            .field("file", "is there already; name another one"),
        _ => WireError::bad_input(format!("{shown} cannot be written: {error}"))
            .field("file", "cannot be written"),
    };
    let folder = super::parent(to);
    let mut part = tempfile::NamedTempFile::new_in(folder).map_err(|error| refused(&error))?;
    let mut source = File::open(from).map_err(|error| WireError::internal(&error))?;
    io::copy(&mut source, part.as_file_mut()).map_err(|error| refused(&error))?;
    part.as_file().sync_all().map_err(|error| refused(&error))?;
    part.persist_noclobber(to).map_err(|error| refused(&error.error))?;
    Ok(())
}

/// Files by path.
pub(super) fn files(file: &Path) -> Result<SupportFiles, WireError> {
    let reader = open(file)?;
    let shown = reader.entries().iter().filter(|entry| entry.kind != EntryKind::Folder);
    Ok(SupportFiles {
        files: shown.map(|entry| SupportFile { path: entry.path.clone(), size: entry.size }).collect(),
    })
}

/// A piece of a file. It ends with a whole letter, so that pieces can be joined.
pub(super) fn read(file: &Path, path: &str, offset: u64) -> Result<SupportText, WireError> {
    let reader = open(file)?;
    let unread = |error: &ReadError| unread(error).field("path", "is no file of the bundle");
    let size = reader.size(path).map_err(|error| unread(&error))?;
    let mut bytes =
        reader.read(path, offset..offset.saturating_add(PIECE)).map_err(|error| unread(&error))?;
    let mut end = offset.saturating_add(bytes.len() as u64);
    if end < size {
        let whole = whole_letters(&bytes);
        bytes.truncate(whole);
        end = offset + whole as u64;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(SupportText { text, size, next: (end < size && !bytes.is_empty()).then_some(end) })
}

/// How many bytes there are before a letter that is cut at the end.
fn whole_letters(bytes: &[u8]) -> usize {
    let is_first = |byte: u8| byte & 0xc0 != 0x80;
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        if is_first(bytes[at]) {
            let wanted = match bytes[at] {
                0xf0..=0xf7 => 4,
                0xe0..=0xef => 3,
                0xc0..=0xdf => 2,
                _ => 1,
            };
            return if wanted > back { at } else { bytes.len() };
        }
    }
    bytes.len()
}

/// Lines with a text in them.
pub(super) fn search(file: &Path, text: &str, exact_case: bool) -> Result<SupportHits, WireError> {
    let reader = open(file)?;
    let query = Query { text: text.to_owned(), ignore_case: !exact_case, below: String::new(), limit: HITS };
    let found =
        reader.search(&query).map_err(|error| unread(&error).field("text", "cannot be looked for"))?;
    let hit = |hit: longshore_support::Hit| SupportHit {
        path: hit.path,
        line: count(hit.line),
        offset: hit.offset,
        text: hit.text,
    };
    let mut hits: Vec<SupportHit> = found.hits.into_iter().map(hit).collect();
    hits.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    Ok(SupportHits { hits, more: found.more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_with_whole_letters() {
        for (text, whole) in [
            (&b"abc"[..], 3),
            ("caf\u{e9}".as_bytes(), 5),
            (&"caf\u{e9}".as_bytes()[..4], 3),
            (&"\u{20ac}".as_bytes()[..2], 0),
            (&"\u{1f30a}".as_bytes()[..3], 0),
            (b"", 0),
            (b"\xff\xfe\xff", 3),
        ] {
            assert_eq!(whole_letters(text), whole, "{text:?}");
        }
    }

    #[test]
    fn a_hosts_name_is_a_folders() {
        assert_eq!(plain("root@10.0.0.1:2222"), "root@10.0.0.1:2222");
        assert_eq!(plain("../etc"), ".._etc");
        assert_eq!(plain(".."), "_");
    }
}
