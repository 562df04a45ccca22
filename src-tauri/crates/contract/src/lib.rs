//! Longshore's `contract` crate.
