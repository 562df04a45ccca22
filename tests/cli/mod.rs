//! The command line.

mod broken_off;
mod bundles;
mod config;
mod hosts;
mod journey;
mod preflight;
mod refusals;
