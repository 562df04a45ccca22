//! The small languages a spec's values are written in, each read as upstream reads it.
//!
//! There is no common grammar: upstream leans on a dozen libraries, and a verdict is only the same when each of
//! them is met in its corners. One file per language, all pure.

pub(crate) mod certificate;
pub(crate) mod constraint;
pub(crate) mod duration;
pub(crate) mod expression;
pub(crate) mod glob;
pub(crate) mod image;
pub(crate) mod jsonpath;
pub(crate) mod number;
pub(crate) mod path;
pub(crate) mod pattern;
pub(crate) mod quantity;
pub(crate) mod selector;
pub(crate) mod version;
