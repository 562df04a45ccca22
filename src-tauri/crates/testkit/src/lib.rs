//! What tests need and the product must not have.

mod doomed;

pub use doomed::Doomed;
