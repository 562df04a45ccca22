//! Longshore's `managers` crate.
