//! Longshore's `engine` crate.
