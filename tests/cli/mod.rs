//! The command line.

mod broken_off;
mod bundles;
mod config;
mod disk;
mod hosts;
mod journey;
mod preflight;
mod refusals;
pub mod support;
