//! Support bundles: what a vendor needs to see, in the layout that upstream's tools know, without the secrets in it.
//!
//! Everything that goes into a bundle passes through one redactor on its way, so that nothing is ever on the disk
//! that still has to be taken out of it. It knows upstream's default rules, the vendor's own `Redactor` specs, the
//! secrets that the caller knows by heart, and the shapes that secrets have in logs, manifests and configurations.
//! Reading treats a bundle as what it is: a file that somebody sent.

mod archive;
mod redact;

pub use archive::{
    Content, Contents, Cut, Entry, EntryKind, Finding, Hit, Hits, Limits, Open, Query, ReadError, ReadLimits,
    Reader, Severity, Source, WriteError, Written, write,
};
pub use redact::{Found, MASK, RedactError, Redactor, Report, Spec, SpecError, parse_specs};
