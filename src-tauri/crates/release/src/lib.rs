//! Longshore's `release` crate.
