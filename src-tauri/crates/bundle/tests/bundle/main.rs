//! Bundles made by code, through the library and back.

mod cluster;
mod create;
mod diff;
mod hostile;
mod import;
mod imports;
mod library;
mod made;
mod names;
mod signatures;
