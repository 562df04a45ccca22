//! A pasted kubeconfig of any text: no panic, and each context that is listed can be cut out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_cluster::{contexts, load};
use longshore_contract::KubeconfigSource;

fuzz_target!(|text: &str| {
    let Ok(loaded) = load(&KubeconfigSource::Pasted { content: text.to_owned() }) else { return };
    for found in contexts(&loaded) {
        assert!(
            loaded.minified(&found.name).is_ok(),
            "a context that is listed is not there: {}",
            found.name
        );
    }
});
