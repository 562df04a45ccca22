//! The same journeys through each shell, on the real parts.

mod cli;
mod http;
mod operator;
mod workflow;
