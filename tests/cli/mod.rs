//! The command line.

mod config;
mod journey;
mod preflight;
mod refusals;
