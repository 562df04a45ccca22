//! Why a license is not accepted.

/// What is wrong with a license.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenseError {
    /// It is not signed, and must be.
    #[error("The license has no signature, and unsigned licenses are refused here")]
    Missing,
    /// Its signature is not of the form of one.
    #[error("The signature of the license cannot be read: {0}")]
    Unreadable(String),
    /// The key that vouches for the vendor's is none that is known.
    #[error("The license is signed under the global key {0:?}, which is not known here")]
    UnknownKey(String),
    /// A signature is not by the key that it should be by.
    #[error("The signature of the license is invalid: {0}")]
    Invalid(String),
    /// What is written is not what was signed.
    #[error(
        "The license was changed after it was signed: {field} is {found:?} in the license and {signed:?} within the signature"
    )]
    Changed {
        /// Which field, as a path in `spec`.
        field: String,
        /// Its value as it is written.
        found: String,
        /// Its value as it was signed.
        signed: String,
    },
    /// It is for another application.
    #[error("The license is for application {license}, and this release is of {found}")]
    OtherApplication {
        /// Slug in the license.
        license: String,
        /// Slug of the release.
        found: String,
    },
    /// It does not allow the channel.
    #[error("The license does not allow channel {found}; it allows {}", .allowed.join(", "))]
    OtherChannel {
        /// Channel of the release, with its id.
        found: String,
        /// Channels that it allows, with their ids.
        allowed: Vec<String>,
    },
    /// When it expires cannot be read.
    #[error("The license expires at {0:?}, which is no time such as 2027-01-31T00:00:00Z")]
    Expiry(String),
    /// It has expired.
    #[error("The license expired on {0}")]
    Expired(String),
}
