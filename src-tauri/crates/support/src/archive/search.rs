//! Searches a bundle's files for a text, going over the archive once.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::read::{ReadError, Reader};
use super::tape::{Kind, Tape, TapeError};

/// Bytes of a text that is searched for.
const TEXT: usize = 1024;
/// Bytes of a line that are looked at at a time.
const PIECE: usize = 256 << 10;
/// Bytes of a line that are shown before what was found, and after it.
const AROUND: usize = 200;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Query {
    /// The text.
    pub text: String,
    /// Letters of either case.
    pub ignore_case: bool,
    /// Only files whose paths begin so; all if empty.
    pub below: String,
    /// Lines that are found at the most.
    pub limit: usize,
}

/// A line that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Path of the file.
    pub path: String,
    /// Number of the line, from 1.
    pub line: u64,
    /// Bytes of the file before what was found.
    pub offset: u64,
    /// The line, of a long one the part around what was found.
    pub text: String,
}

/// Lines that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hits {
    /// In the order of the archive.
    pub hits: Vec<Hit>,
    /// There are more than the limit.
    pub more: bool,
}

impl Reader {
    /// Lines of all files that hold a text. Each line counts once; packed files inside the bundle are not looked into.
    ///
    /// # Errors
    /// When there is nothing to search for, or the bundle cannot be read any more.
    pub fn search(&self, query: &Query) -> Result<Hits, ReadError> {
        let refused = || ReadError::Query(query.text.chars().take(80).collect());
        let fits = !query.text.is_empty() && query.text.len() <= TEXT && !query.text.contains('\n');
        let mut builder = RegexBuilder::new(&regex::escape(&query.text));
        let pattern =
            builder.case_insensitive(query.ignore_case).build().ok().filter(|_| fits).ok_or_else(refused)?;
        let left = Cell::new(self.unpacked());
        let mut tape = Tape::new(self.stream(&left)?);
        let mut found = Hits::default();
        while let Some(head) = tape.next().map_err(|error| self.fault(error, &left))? {
            let path = self.below(&head.name).filter(|path| path.starts_with(&query.below));
            let Some(path) = path.filter(|_| head.kind == Kind::File) else { continue };
            let searched = lines(&path, &mut tape, &pattern, query, &mut found);
            searched.map_err(|error| self.fault(TapeError::Stream(error), &left))?;
            if found.more {
                break;
            }
        }
        Ok(found)
    }
}

fn lines(
    path: &str,
    input: &mut dyn Read,
    pattern: &Regex,
    query: &Query,
    found: &mut Hits,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 << 10, input);
    let mut number = 1;
    let mut piece = Vec::new();
    let mut told = 0;
    // Bytes before the piece.
    let mut before = 0;
    loop {
        let room = (PIECE - piece.len().min(PIECE - 1)) as u64;
        let read = (&mut input).take(room).read_until(b'\n', &mut piece)?;
        if read == 0 {
            return Ok(());
        }
        if let Some(at) = pattern.find(&piece).filter(|_| told != number) {
            if found.hits.len() >= query.limit {
                found.more = true;
                return Ok(());
            }
            told = number;
            let text = around(&piece, at.start(), at.end());
            let offset = before + at.start() as u64;
            found.hits.push(Hit { path: path.to_owned(), line: number, offset, text });
        }
        if piece.ends_with(b"\n") {
            number += 1;
            before += piece.len() as u64;
            piece.clear();
        } else {
            // What is searched for may lie across two pieces of a long line.
            let over = piece.len().saturating_sub(4 * TEXT);
            before += over as u64;
            piece.drain(..over);
        }
    }
}

fn around(line: &[u8], start: usize, end: usize) -> String {
    let from = start.saturating_sub(AROUND);
    let to = line.len().min(end + AROUND);
    let text = String::from_utf8_lossy(&line[from..to]);
    let text: String =
        text.trim_end().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < line.len() { "…" } else { "" });
    format!("{before}{text}{after}")
}
