//! Longshore's `bundle` crate.
