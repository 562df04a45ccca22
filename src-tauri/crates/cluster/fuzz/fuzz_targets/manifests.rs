//! Manifests of any text, taken apart into objects.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_cluster::objects;

fuzz_target!(|text: &str| {
    for object in objects("manifest.yaml", text, "default").unwrap_or_default() {
        assert!(!object.id.kind.is_empty() && !object.id.name.is_empty(), "an object has a kind and a name");
    }
});
