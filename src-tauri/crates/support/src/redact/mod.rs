//! Takes secrets out of files on their way into a bundle.
//!
//! Three kinds of rules go over a file together: upstream's defaults and the shapes that secrets have, the secrets that
//! the caller knows, and what a vendor's `Redactor` specs name. A value is masked, its surroundings stay as they are to
//! the byte, and what was redacted once is not changed by redacting it again.

mod encoded;
mod finder;
mod known;
mod nested;
mod report;
mod rules;
mod span;
mod vendor;
mod view;
mod window;

use std::io::{self, BufRead, Write};

use finder::Finder;
use span::{Rule, Span, Style};
use vendor::Removals;
use window::{Find, Part, Sizes};

pub use report::{Found, Report};
pub use vendor::{Spec, SpecError, parse_specs};

/// What stands in a secret's place, as upstream writes it.
pub const MASK: &str = "***HIDDEN***";

/// The same in the name of a file.
const NAMED: &str = "HIDDEN";

/// Why a file could not be redacted.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// There are more secrets to look for than can be.
    #[error("there are too many secrets to look for; give fewer of them")]
    TooMany,
    /// The file.
    #[error("{path} cannot be read")]
    Read {
        /// Path in the bundle.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Where it is written to.
    #[error("what is left of {path} cannot be written")]
    Write {
        /// Path in the bundle.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Knows what is secret and takes it out of files.
pub struct Redactor {
    finder: Finder,
    removals: Removals,
    sizes: Sizes,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Redactor")
    }
}

impl Redactor {
    /// A redactor that knows these secrets by heart, in every form they may take, and does what the specs say.
    ///
    /// Secrets of fewer than four bytes are found everywhere and therefore not looked for; of fewer than eight they
    /// count as whole words only.
    ///
    /// # Errors
    /// When there are more secrets than one automaton holds.
    pub fn new<S: AsRef<[u8]>>(secrets: &[S], specs: &[Spec]) -> Result<Self, RedactError> {
        let secrets: Vec<Vec<u8>> = secrets.iter().map(|secret| secret.as_ref().to_vec()).collect();
        let removals = Removals::new(specs);
        let finder = Finder::new(&secrets, removals.values())?;
        Ok(Self { finder, removals, sizes: Sizes::default() })
    }

    /// The same with a window of other size, for tests of what lies across its ends.
    #[doc(hidden)]
    #[must_use]
    pub fn with_window(mut self, window: usize, overlap: usize) -> Self {
        self.sizes = Sizes { window, overlap, ..self.sizes };
        self
    }

    /// Copies a file without its secrets. `path` is the file's in the bundle; vendors' specs go by it.
    ///
    /// Compressed files and archives are unpacked, redacted and packed again, members one by one. Of what cannot be
    /// looked into only a sentence is left. Memory is bounded whatever the file holds, one endless line too.
    ///
    /// # Errors
    /// When the file cannot be read or its copy not be written.
    pub fn file(&self, path: &str, input: impl BufRead, output: impl Write) -> Result<Report, RedactError> {
        let (mut input, mut output) = (input, output);
        let mut report = Report::default();
        nested::file(self, path, &mut input, &mut output, &mut report)?;
        Ok(report)
    }

    /// The path of a file without its secrets, part by part: what stands in their place is fit for a name on any disk.
    pub fn name(&self, path: &str) -> String {
        // Of vendors' specs those count that are about all files.
        let parts = path.split('/').map(|part| self.text("", part).0.replace(MASK, NAMED));
        parts.collect::<Vec<_>>().join("/")
    }

    /// A text without its secrets.
    pub fn text(&self, path: &str, text: &str) -> (String, Report) {
        let (mut output, mut report) = (Vec::new(), Report::default());
        // Memory neither fails to be read nor to be written.
        let _ = window::pass(&self.of(path), self.sizes, &mut text.as_bytes(), &mut output, &mut report);
        (String::from_utf8_lossy(&output).into_owned(), report)
    }

    fn of<'a>(&'a self, path: &str) -> OfFile<'a> {
        OfFile { redactor: self, active: self.removals.active(path), yaml: is_yaml(path) }
    }
}

fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
}

/// The redactor's rules that count in one file.
struct OfFile<'a> {
    redactor: &'a Redactor,
    /// Which removals count, by their places.
    active: Vec<bool>,
    yaml: bool,
}

impl Find for OfFile<'_> {
    fn find(&self, text: &[u8], part: Part, report: &mut Report) -> Vec<Span> {
        let mut spans = self.redactor.finder.find(text, &|name| self.active.get(name) == Some(&true));
        if part != Part::Again {
            self.redactor.removals.find(text, part == Part::Whole, &self.active, &mut spans, report);
        }
        if self.yaml {
            spans.iter_mut().filter(|span| is_plain(text, span)).for_each(|span| span.style = Style::Quoted);
        }
        spans
    }

    fn name(&self, rule: Rule) -> &str {
        match rule {
            Rule::Own(name) => name,
            Rule::Vendor(at) => self.redactor.removals.name(at),
        }
    }
}

/// Whether a place is the plain value of a key or item, all of it: a mask without quotes would be an alias there.
fn is_plain(text: &[u8], span: &Span) -> bool {
    let blanks = text[..span.start].iter().rev().take_while(|byte| **byte == b' ').count();
    let mark = text[..span.start - blanks].last();
    let after = text[span.end..].iter().find(|byte| !matches!(byte, b' ' | b'\r'));
    span.style == Style::Mask
        && blanks > 0
        && matches!(mark, Some(b':' | b'-'))
        && matches!(after, None | Some(b'\n' | b'#'))
}
