//! A config and the values for it: no panic, and what is exported is read again.

#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, Once};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use longshore_config::{Config, Context, evaluate, export_values, import_values, repeat_manifest};

/// The parser of YAML panics at a few texts, and what calls it takes that for an error. A panic that nobody takes ends
/// the target all the same.
static QUIET: Once = Once::new();

fuzz_target!(|input: (&str, &str, &str)| {
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let (config, values, manifest) = input;
    let values = import_values(values).unwrap_or_default();
    let text = format!("apiVersion: kots.io/v1beta1\nkind: Config\nspec:\n  groups:\n{config}\n");
    let Ok(config) = Config::parse(&text) else { return };
    let (config, context) = (Arc::new(config), Arc::new(Context::default()));
    let Ok(done) = evaluate(&config, &values, &BTreeMap::new(), &context, Timestamp::UNIX_EPOCH) else {
        return;
    };
    let file = export_values(&done, true).expect("what was evaluated can be written");
    import_values(&file).expect("what was written can be read");
    let _ = repeat_manifest(manifest, &done);
});
