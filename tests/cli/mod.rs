//! The command line.

mod config;
mod hosts;
mod journey;
mod preflight;
mod refusals;
