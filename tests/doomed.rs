//! The command line in a process that dies after the n-th record of the journal, n from the environment.

use std::process::ExitCode;

fn main() -> ExitCode {
    let records = std::env::var("DOOMED_AFTER").ok().and_then(|text| text.parse().ok()).unwrap_or_default();
    longshore::cli::main_with(&move |journal| longshore_testkit::Doomed::new(journal, records))
}
