//! What a run survives.

mod crash;
mod faults;
mod lease;
