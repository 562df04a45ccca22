//! The command line.

mod bundles;
mod config;
mod hosts;
mod journey;
mod preflight;
mod refusals;
