//! Uploads a file as the product does, and says what it took: `upload FILE [USER@]HOST[:PORT] KEY KNOWN_HOSTS TO`.

use std::path::PathBuf;
use std::sync::Arc;

use longshore_remote::{Destination, NoSecrets, Source, SshConfig, SshHost, Upload, upload};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, host, key, known, to] = words.as_slice() else {
        return Err("FILE [USER@]HOST[:PORT] KEY KNOWN_HOSTS TO are needed".into());
    };
    let destination: Destination = host.parse()?;
    let mut route = SshConfig::empty().route(&destination)?;
    for hop in &mut route.hops {
        hop.identity_files = vec![PathBuf::from(key)];
        hop.identity_files_named = true;
        hop.user_known_hosts = vec![PathBuf::from(known)];
    }
    let host = SshHost::new(route, Arc::new(NoSecrets));
    let file = Upload { source: Source::File(PathBuf::from(file)), to: to.clone(), mode: 0o600, root: false };
    let done = upload(&host, &file, &|_| ()).await?;
    println!("{} bytes, {} sent, {} channels", done.bytes, done.sent, done.channels);
    Ok(())
}
