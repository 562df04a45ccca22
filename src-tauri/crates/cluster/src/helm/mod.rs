//! Helm, by its own binary: what a vendor tested their charts with is what runs them.
//!
//! Whether a release is done is exact: each revision that we make carries the digest of its chart and values
//! in its description. Waiting for workloads is ours, with reasons; Helm waits for its hooks only.

mod command;
mod decide;
mod driver;
mod scratch;
mod stored;

pub use decide::{Held, Next, next};
pub use driver::{Helm, HelmError, Rendered, Upgrade};
