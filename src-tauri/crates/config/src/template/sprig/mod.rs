//! sprig's functions, version 3. Those that read the machine (`env`, `expandenv`, `getHostByName`) are left out.

pub(super) mod cast;
mod certificates;
mod choices;
mod ciphers;
mod dates;
mod der;
mod dicts;
mod encodings;
mod keys;
mod lists;
mod merge;
mod numbers;
mod primes;
mod random;
mod regexes;
mod strings;
mod urls;
mod words;

use num_bigint::BigUint;

use crate::template::engine::function::{Call, Fault, Function};

/// All of them.
pub(super) static TABLES: &[&[Function]] = &[
    strings::FUNCTIONS,
    words::FUNCTIONS,
    numbers::FUNCTIONS,
    lists::FUNCTIONS,
    dicts::FUNCTIONS,
    choices::FUNCTIONS,
    encodings::FUNCTIONS,
    dates::FUNCTIONS,
    regexes::FUNCTIONS,
    urls::FUNCTIONS,
    random::FUNCTIONS,
    ciphers::FUNCTIONS,
    certificates::FUNCTIONS,
];

/// sprig's function of that name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    TABLES.iter().flat_map(|table| table.iter()).find(|function| function.name == name)
}

/// Random bytes, counted.
pub(super) fn random_bytes(call: &Call<'_>, count: usize) -> Result<Vec<u8>, Fault> {
    random::bytes(call, count)
}

/// Modulus and exponent of the RSA key in a certificate.
pub(super) fn certificate_key(pem: &[u8]) -> Option<(BigUint, BigUint)> {
    certificates::public_key(pem)
}
