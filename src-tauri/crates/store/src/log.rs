//! A run's log: lines of JSON in a file, and an index of where each begins.
//!
//! The index (eight bytes a line) is what lets a window of a log of a million lines be read at the cost of
//! the window. A line torn by a crash is cut off when the log is opened again.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use longshore_contract::{LogLevel, LogLine, LogPage, LogRequest, Timestamp};

use crate::StoreError;

/// Lines a page has when none are asked for, and at most.
const PAGE: u32 = 500;
const PAGE_MOST: u32 = 5000;

/// The log of one run, open for appending.
pub struct RunLog {
    text_path: PathBuf,
    index_path: PathBuf,
    text: File,
    index: File,
    lines: u64,
    offset: u64,
}

impl RunLog {
    /// Opens the log in a run's folder, making it when it is not there.
    ///
    /// # Errors
    /// When its files cannot be used.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let (text_path, index_path) = paths(folder);
        let mut text = appendable(&text_path)?;
        let mut index = appendable(&index_path)?;
        let (lines, offset) = mend(&text_path, &index_path, &mut text, &mut index)?;
        Ok(Self { text_path, index_path, text, index, lines, offset })
    }

    /// Appends a line and returns it with its place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(
        &mut self,
        at: Timestamp,
        level: LogLevel,
        step: &str,
        text: &str,
    ) -> Result<LogLine, StoreError> {
        let line = LogLine { index: self.lines, at, level, step: step.to_owned(), text: text.to_owned() };
        let mut bytes = serde_json::to_vec(&line).map_err(StoreError::content("a log line"))?;
        bytes.push(b'\n');
        self.text.write_all(&bytes).map_err(StoreError::file(&self.text_path, "written"))?;
        self.index
            .write_all(&self.offset.to_le_bytes())
            .map_err(StoreError::file(&self.index_path, "written"))?;
        self.offset += bytes.len() as u64;
        self.lines += 1;
        Ok(line)
    }

    /// Where the log in a run's folder is: lines of JSON.
    pub fn file(folder: &Path) -> PathBuf {
        paths(folder).0
    }

    /// Reads a window of the log in `folder`, which another process may be writing.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn read(folder: &Path, request: &LogRequest) -> Result<LogPage, StoreError> {
        let (text_path, index_path) = paths(folder);
        let mut page = LogPage { lines: Vec::new(), total: 0, matched: 0, next: request.from };
        let mut index = match File::open(&index_path) {
            Ok(index) => index,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(page),
            Err(error) => return Err(StoreError::file(&index_path, "read")(error)),
        };
        page.total = index.metadata().map_err(StoreError::file(&index_path, "read"))?.len() / 8;
        if request.from >= page.total {
            return Ok(page);
        }
        let offset = entry(&mut index, request.from).map_err(StoreError::file(&index_path, "read"))?;
        let mut text = BufReader::new(File::open(&text_path).map_err(StoreError::file(&text_path, "read"))?);
        text.seek(SeekFrom::Start(offset)).map_err(StoreError::file(&text_path, "read"))?;
        let limit = if request.limit == 0 { PAGE } else { request.limit.min(PAGE_MOST) };
        let wanted = Wanted::of(request);
        for line in text.lines() {
            let line = line.map_err(StoreError::file(&text_path, "read"))?;
            let Ok(line) = serde_json::from_str::<LogLine>(&line) else { break };
            page.next = line.index + 1;
            if wanted.takes(&line) {
                page.matched += 1;
                page.lines.push(line);
                if page.lines.len() >= limit as usize {
                    break;
                }
            }
        }
        Ok(page)
    }
}

/// A filter, ready to be asked a million times.
struct Wanted<'a> {
    search: String,
    level: Option<LogLevel>,
    step: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(request: &'a LogRequest) -> Self {
        Self { search: request.search.to_lowercase(), level: request.level, step: request.step.as_deref() }
    }

    fn takes(&self, line: &LogLine) -> bool {
        self.level.is_none_or(|level| line.level >= level)
            && self.step.is_none_or(|step| line.step == step)
            && (self.search.is_empty() || line.text.to_lowercase().contains(&self.search))
    }
}

fn paths(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("log.jsonl"), folder.join("log.index"))
}

fn appendable(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(StoreError::file(path, "opened"))
}

fn entry(index: &mut File, line: u64) -> std::io::Result<u64> {
    let mut bytes = [0; 8];
    index.seek(SeekFrom::Start(line * 8))?;
    index.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Cuts off what a crash tore: a line without its end, an index entry without its line, or the reverse.
fn mend(
    text_path: &Path,
    index_path: &Path,
    text: &mut File,
    index: &mut File,
) -> Result<(u64, u64), StoreError> {
    let mut lines = index.metadata().map_err(StoreError::file(index_path, "read"))?.len() / 8;
    let content = text.metadata().map_err(StoreError::file(text_path, "read"))?.len();
    let mut end = 0;
    while lines > 0 {
        let start = entry(index, lines - 1).map_err(StoreError::file(index_path, "read"))?;
        if let Some(length) = line_length(text_path, start, content)? {
            end = start + length;
            break;
        }
        lines -= 1;
    }
    index.set_len(lines * 8).map_err(StoreError::file(index_path, "written"))?;
    text.set_len(end).map_err(StoreError::file(text_path, "written"))?;
    Ok((lines, end))
}

fn line_length(path: &Path, start: u64, content: u64) -> Result<Option<u64>, StoreError> {
    if start >= content {
        return Ok(None);
    }
    let mut text = BufReader::new(fs::File::open(path).map_err(StoreError::file(path, "read"))?);
    text.seek(SeekFrom::Start(start)).map_err(StoreError::file(path, "read"))?;
    let mut line = Vec::new();
    text.read_until(b'\n', &mut line).map_err(StoreError::file(path, "read"))?;
    Ok(line.ends_with(b"\n").then_some(line.len() as u64))
}
