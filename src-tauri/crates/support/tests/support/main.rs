//! Redaction, writing and reading, over files as they come.

mod bundle;
mod harmless;
mod hostile;
mod planted;
mod properties;
mod stream;
mod vendor;
