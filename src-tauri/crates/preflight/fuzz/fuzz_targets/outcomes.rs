//! Conditions of outcomes over files that were gathered, both of any text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use longshore_contract::Timestamp;
use longshore_preflight::{judge, parse, refused};

/// Analyzers with the file each reads.
const KINDS: [(&str, &str, &str); 8] = [
    ("clusterVersion", "", "cluster-info/cluster_version.json"),
    ("distribution", "", "cluster-resources/nodes.json"),
    ("nodeResources", "", "cluster-resources/nodes.json"),
    ("storageClass", "storageClassName: a", "cluster-resources/storage-classes.json"),
    ("textAnalyze", "fileName: a\n      regexGroups: '(?P<n>.+)'", "a"),
    ("jsonCompare", "fileName: a\n      value: '1'", "a"),
    ("yamlCompare", "fileName: a\n      value: '1'", "a"),
    ("sysctl", "", "sysctl/a"),
];

fuzz_target!(|input: (u8, &str, &[u8])| {
    let (kind, when, bytes) = input;
    let (kind, more, file) = KINDS[usize::from(kind) % KINDS.len()];
    let when = serde_json::to_string(when).expect("a text");
    let text = format!(
        "apiVersion: troubleshoot.sh/v1beta2\nkind: Preflight\nspec:\n  analyzers:\n  - {kind}:\n      {more}\n      \
         outcomes:\n      - fail:\n          when: {when}\n          message: no\n      - pass:\n          message: yes\n",
    );
    let Ok(spec) = parse("spec.yaml", &text) else { return };
    let mut gathered = refused(&spec, "default", "nobody asked");
    gathered.files.insert(file.to_owned(), bytes.to_vec());
    assert_eq!(judge(&spec, &gathered, Timestamp(0)).results.len(), 1, "one analyzer, one result");
});
