//! Longshore's `store` crate.
