//! The vendor's functions: config values, license, release, registry, and what packages are used to.

mod certificates;
mod config;
mod images;
mod license;
mod numbers;
mod seal;
mod site;
mod text;
mod yaml;

use super::engine::function::Function;

/// All of them.
pub(super) static TABLES: &[&[Function]] = &[
    config::FUNCTIONS,
    license::FUNCTIONS,
    site::FUNCTIONS,
    text::FUNCTIONS,
    numbers::FUNCTIONS,
    images::FUNCTIONS,
    certificates::FUNCTIONS,
    seal::FUNCTIONS,
];
