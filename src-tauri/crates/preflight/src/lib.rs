//! Longshore's `preflight` crate.
