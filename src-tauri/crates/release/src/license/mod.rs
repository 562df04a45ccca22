//! Licenses: whether one is signed, unchanged, of this application and channel, and not expired.

mod compare;
mod error;
mod judge;
mod keys;
mod legacy;
mod signature;
#[cfg(test)]
mod tests;
mod value;

pub use error::LicenseError;
pub use judge::{Policy, Standing, judge};
pub use keys::{GlobalKey, Trust};
pub use signature::{Signed, check_key, verify};
