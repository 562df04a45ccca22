//! Support bundles as files: written from sources that are redacted on their way, and read as what they are, files that
//! somebody sent.

mod analysis;
mod cut;
mod links;
mod read;
mod search;
pub(crate) mod tape;
mod write;

pub use analysis::{Finding, Severity};
pub use cut::Cut;
pub use read::{Entry, EntryKind, ReadError, ReadLimits, Reader};
pub use search::{Hit, Hits, Query};
pub use write::{Content, Contents, Limits, Open, Source, WriteError, Written, write};

/// The bundle's results.
const ANALYSIS: &str = "analysis.json";
/// What tells upstream's tools that this is a bundle.
const VERSION: &str = "version.yaml";
/// What was cut and left out.
const CUTS: &str = "longshore/cuts.json";
/// What was taken out, by file and redactor.
const REDACTIONS: &str = "longshore/redactions.json";
