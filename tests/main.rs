//! The same journeys through each shell, on the real parts.

mod cli;
mod http;
#[cfg(feature = "desktop")]
mod ipc;
mod operator;
mod workflow;
