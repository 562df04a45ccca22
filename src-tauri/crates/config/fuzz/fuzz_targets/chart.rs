//! A `HelmChart` document of any text.

#![no_main]

use std::sync::{Arc, Once};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use longshore_config::{Context, Effective, Engine, Lookup, resolve_chart};

struct Nothing;

impl Lookup for Nothing {
    fn option(&self, _: &str) -> Result<Option<Effective>, String> {
        Ok(None)
    }
}

/// The parser of YAML panics at a few texts, and what calls it takes that for an error. A panic that nobody takes ends
/// the target all the same.
static QUIET: Once = Once::new();

fuzz_target!(|text: &str| {
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let lookup: Arc<dyn Lookup> = Arc::new(Nothing);
    let engine = Engine::new(&lookup, &Arc::new(Context::default()), Timestamp::UNIX_EPOCH);
    let text = format!("apiVersion: kots.io/v1beta2\nkind: HelmChart\n{text}\n");
    let _ = resolve_chart("chart.yaml", &text, &engine);
});
