//! Longshore's `config` crate.
