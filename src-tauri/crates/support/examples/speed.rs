//! How fast files are redacted: megabytes for a second of one core, of ordinary logs, of logs with a secret in every
//! hundredth line, and of manifests.

use std::io;
use std::time::{Duration, Instant};

use longshore_support::Redactor;

const LOG: &[&str] = &[
    "I1103 10:15:02.123456       1 operation_generator.go:721] MountVolume.SetUp succeeded for volume \"kube-api-access-7xk2p\" pod \"web-6d4b75cb6d-x2kvl\"",
    "10.0.0.7 - alice [03/Nov/2026:10:15:02 +0000] \"GET /api/v1/sessions/42?page=3&sort=name HTTP/1.1\" 200 1532 \"https://shop.example/cart\" \"Mozilla/5.0\"",
    "{\"level\":\"info\",\"ts\":\"2026-11-03T10:15:02.123Z\",\"msg\":\"reconciled\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"duration\":0.25}",
    "Nov 03 10:15:02 node-1 systemd[1]: Started k0s - Zero Friction Kubernetes.",
    "\tat org.example.shop.security.TokenValidator.validate(TokenValidator.java:118)",
];
const POD: &str = "    {\n      \"metadata\": {\n        \"name\": \"web-6d4b75cb6d-x2kvl\",\n        \"uid\": \"6f1d3f6e-7d0f-4d5e-9d29-3c9a0a7f8c11\"\n      },\n      \"spec\": {\n        \"containers\": [{\n          \"image\": \"registry.example/shop/web@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n          \"env\": [\n            {\n              \"name\": \"LOG_LEVEL\",\n              \"value\": \"debug\"\n            },\n            {\n              \"name\": \"DB_PASSWORD\",\n              \"value\": \"hunter2\"\n            }\n          ]\n        }]\n      }\n    },\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let size = 64 << 20;
    let mut files = [
        ("ordinary logs", String::new()),
        ("logs with secrets", String::new()),
        ("manifests", String::new()),
    ];
    let mut line = 0;
    while files[0].1.len() < size {
        line += 1;
        let text = LOG[line % LOG.len()];
        files[0].1.extend([text, "\n"]);
        files[1]
            .1
            .extend([if line % 100 == 0 { "connecting with password=hunter2 to it" } else { text }, "\n"]);
        files[2].1.push_str(if line % 8 == 0 { POD } else { "" });
    }
    let known: Vec<String> = (0..100).map(|number| format!("known secret number {number}")).collect();
    let redactor = Redactor::new(&known, &[])?;
    let start = Instant::now();
    for (name, text) in files {
        let began = worked(start);
        let report = redactor.file("a.log", text.as_bytes(), io::sink())?;
        let speed = text.len() as f64 / 1e6 / worked(start).saturating_sub(began).as_secs_f64();
        println!("{name}: {speed:.0} MB/s of {:.0} MB, {} places", text.len() as f64 / 1e6, report.count());
    }
    Ok(())
}

/// Time on a core; time on the clock where the system does not tell.
fn worked(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}
