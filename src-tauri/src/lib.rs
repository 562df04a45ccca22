//! Longshore, put together: stores, managers and workflows once, and the shells over their one command list.

pub mod app;
pub mod cli;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod http;
