//! `Redactor` specs: no panic, and what is read goes over a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_support::{Redactor, parse_specs};

fuzz_target!(|input: (&str, &[u8])| {
    let (text, content) = input;
    let text = format!("apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec:\n  redactors:\n  - {text}\n");
    let Ok(specs) = parse_specs("redactor.yaml", &text) else { return };
    let redactor = Redactor::new::<&str>(&[], &specs).expect("it is made");
    redactor.file("a.yaml", content, std::io::sink()).expect("memory is read and written");
});
