//! Longshore's `cluster` crate.
