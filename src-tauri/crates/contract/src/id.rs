//! Identifiers and instants. Newtypes, so that a run's id cannot be passed where a site's is meant.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
        #[serde(transparent)]
        #[ts(export)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id!(
    /// Names one site. Made when the site is added, never reused.
    SiteId
);
id!(
    /// Names one run. Sorts by the time of its creation.
    RunId
);
id!(
    /// Names one imported bundle: the SHA-256 of its list of digests (what `longshore/root.txt` in it says), hexadecimal.
    /// The same content has the same id, however it is packed.
    BundleId
);
id!(
    /// Names one preflight run. Sorts by the time of its creation.
    PreflightId
);
id!(
    /// Names one base: config values that several sites share. Made when the base is, never reused.
    BaseId
);
id!(
    /// Names one import of a bundle, also when it goes on after it broke off.
    ImportId
);
id!(
    /// Names one support bundle. Sorts by the time of its creation.
    SupportId
);
id!(
    /// Names long work on the library while it is under way and for as long as the process lives after it.
    TaskId
);

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(transparent)]
#[ts(export)]
pub struct Timestamp(#[ts(type = "number")] pub i64);

impl Timestamp {
    /// Milliseconds from `earlier` to `self`; zero when the clock went backwards.
    pub fn millis_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}
