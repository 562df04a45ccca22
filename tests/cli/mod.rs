//! The command line.

mod broken_off;
mod bundles;
mod config;
mod disk;
mod hosts;
pub mod imports;
mod journey;
mod preflight;
mod refusals;
pub mod support;
