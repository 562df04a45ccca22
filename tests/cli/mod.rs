//! The command line.

mod journey;
mod refusals;
