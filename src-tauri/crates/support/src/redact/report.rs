//! What was taken out, without saying it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Lines that are named for one redactor and file; more are counted only.
const LINES: usize = 1000;

/// What one file lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Places by the redactor that found them. One of a member inside an archive has the member's name after ` in `.
    pub found: BTreeMap<String, Found>,
    /// What a reader should know: parts that could not be searched and were left out. One sentence each.
    pub notes: Vec<String>,
}

/// What one redactor found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Places.
    pub count: u64,
    /// Lines in which they begin, from 1, each once; of more than 1000 the first.
    pub lines: Vec<u64>,
}

impl Report {
    /// Places in all.
    pub fn count(&self) -> u64 {
        self.found.values().map(|found| found.count).sum()
    }

    pub(crate) fn add(&mut self, redactor: &str, line: u64) {
        if !self.found.contains_key(redactor) {
            self.found.insert(redactor.to_owned(), Found::default());
        }
        let Some(found) = self.found.get_mut(redactor) else { return };
        found.count += 1;
        if found.lines.last() != Some(&line) && found.lines.len() < LINES {
            found.lines.push(line);
        }
    }

    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.notes.contains(&sentence) && self.notes.len() < LINES {
            self.notes.push(sentence);
        }
    }

    /// Takes in what a member of the file lost.
    pub(crate) fn of_member(&mut self, member: &str, other: Self) {
        for (redactor, found) in other.found {
            let place = self.found.entry(format!("{redactor} in {member}")).or_default();
            place.count += found.count;
            place.lines.extend(found.lines);
        }
        other.notes.into_iter().for_each(|note| self.note(format!("{member}: {note}")));
    }
}
