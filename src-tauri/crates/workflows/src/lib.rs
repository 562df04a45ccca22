//! Runs: what a site shall become, planned, frozen and executed.
//!
//! `prepare` reads the site and renders the release, `plan` makes steps of the two by pure functions, and
//! `runs` keeps a run from its first record to its last, begun with what `bases` say. What a step does is a manager's affair.

pub mod bases;
pub mod plan;
pub mod prepare;
pub mod runs;
