//! The command line in a process that dies after the n-th record of the journal, n from the environment; or at each
//! boundary that a file from the environment does not name yet.

use std::path::PathBuf;
use std::process::ExitCode;

use longshore_testkit::Doomed;

fn main() -> ExitCode {
    let records = std::env::var("DOOMED_AFTER").ok().and_then(|text| text.parse().ok()).unwrap_or_default();
    let ledger = std::env::var_os("DOOMED_LEDGER").map(PathBuf::from);
    longshore::cli::main_with(&move |journal| match &ledger {
        Some(ledger) => Doomed::at_each(journal, ledger.clone()),
        None => Doomed::new(journal, records),
    })
}
