//! Longshore's `workflows` crate.
