#![allow(missing_docs, dead_code)]
#[path = "remote/lab.rs"]
mod lab;
#[path = "remote/relay.rs"]
mod relay;
use std::time::{Duration, Instant};
use longshore_remote::*;
#[tokio::test(flavor = "multi_thread")]
async fn bench() {
    let lab = lab::Lab::with("Subsystem sftp internal-sftp");
    let file = std::path::PathBuf::from("/dev/shm/zz_bench");
    std::fs::write(&file, vec![3_u8; 200_000_000]).unwrap();
    for delay in [0_u64, 10, 40] {
        let relay = relay::Relay::start(lab.port, Duration::from_millis(delay)).await;
        let port = if delay == 0 { lab.port } else { relay.port };
        let host = lab.host_with("root", &format!("Port {port}"), std::sync::Arc::new(NoSecrets));
        let cold = Instant::now();
        host.connect().await.unwrap();
        let connected = cold.elapsed();
        let warm = Instant::now();
        host.run(&Command::script("echo hi"), 100).await.unwrap();
        let ran = warm.elapsed();
        let plan = Upload { source: Source::File(file.clone()), to: "/run/zz".into(), mode: 0o600, root: false };
        let started = Instant::now();
        let done = upload(host.as_ref(), &plan, &|_| {}).await.unwrap();
        let ours = started.elapsed();
        let scp = Instant::now();
        let status = tokio::process::Command::new("scp").args(["-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "IdentityAgent=none", "-o", "UserKnownHostsFile=/dev/null", "-P", &port.to_string(), "-i"]).arg(lab.path("id")).arg(&file).arg("root@127.0.0.1:/run/zz2").status().await.unwrap();
        assert!(status.success());
        let theirs = scp.elapsed();
        println!("rtt {}ms: connect {connected:?} run {ran:?} rtt {:?} upload {ours:?} {done:?} scp {theirs:?} ratio {:.2}", delay * 2, host.round_trip(), theirs.as_secs_f64() / ours.as_secs_f64());
    }
    std::fs::remove_file(&file).unwrap();
}
