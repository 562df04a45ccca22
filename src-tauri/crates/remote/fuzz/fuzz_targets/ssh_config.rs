//! `ssh_config` of any bytes, and the way to any host through it.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use longshore_remote::{Destination, KnownHosts, SshConfig};

fuzz_target!(|input: (&str, &[u8])| {
    let (host, text) = input;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config");
    fs::write(&file, text).expect("it is written");
    let config = SshConfig {
        files: vec![file],
        home: folder.path().to_owned(),
        local_user: "me".to_owned(),
        local_host: "here.example".to_owned(),
    };
    let _ = config.named_hosts();
    let destination = host.parse().unwrap_or(Destination { host: "a".to_owned(), user: None, port: None });
    let _ = config.route(&destination);
    if let Ok(target) = config.target(&destination) {
        let _ = KnownHosts::of(&target);
    }
});
