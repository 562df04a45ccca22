//! Longshore's `testkit` crate.
