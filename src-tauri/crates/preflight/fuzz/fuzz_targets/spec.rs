//! Specs of any text: no panic in reading, in looking for slips and in judging with nothing gathered.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_contract::Timestamp;
use longshore_preflight::{judge, lint, parse, refused, rights};

fuzz_target!(|input: (bool, &str)| {
    let (host, text) = input;
    let kind = if host { "HostPreflight" } else { "Preflight" };
    let text = format!("apiVersion: troubleshoot.sh/v1beta2\nkind: {kind}\nspec:\n{text}\n");
    let _ = lint(&text, None);
    let Ok(spec) = parse("spec.yaml", &text) else { return };
    let _ = rights(&spec, "default");
    let report = judge(&spec, &refused(&spec, "default", "nobody asked"), Timestamp(0));
    assert!(report.results.len() >= usize::from(!spec.analyzers.is_empty()), "an analyzer gives no result");
});
