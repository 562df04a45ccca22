//! How a run stays true through crashes: state machines as data, a journal that is folded into state, and a
//! runner that executes a frozen plan from wherever it stands.
//!
//! There is no I/O, no clock and no randomness here; they come in through the traits of [`port`]. That is
//! what allows the tests to crash a run after every single record and to compare the ends.

pub mod fold;
pub mod machine;
pub mod plan_digest;
pub mod port;
pub mod runner;
pub mod step;

pub use fold::{Entry, Folded, fold};
pub use machine::Shape;
