//! The same journeys through each shell, on the real parts.

mod browser;
mod cli;
mod http;
#[cfg(feature = "desktop")]
mod ipc;
mod linux;
mod operator;
mod preflight;
mod workflow;
