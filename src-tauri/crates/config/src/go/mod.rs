//! Rules of Go's standard library that templates show to their authors: how numbers are read and written,
//! what a letter is, how text is quoted. Texts are bytes, as Go's are.

pub(crate) mod base;
pub(crate) mod decimal;
pub(crate) mod duration;
pub(crate) mod float;
pub(crate) mod json;
pub(crate) mod layout;
pub(crate) mod number;
pub(crate) mod path;
pub(crate) mod quote;
pub(crate) mod regex;
pub(crate) mod semver;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod time_parse;
pub(crate) mod unicode;
pub(crate) mod unquote;
pub(crate) mod url;
pub(crate) mod utf8;
