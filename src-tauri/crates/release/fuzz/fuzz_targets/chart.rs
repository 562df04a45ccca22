//! A chart's archive of any bytes, and one whose Chart.yaml is any text under any name: no panic, and a refusal names the
//! file. Checksums keep chance from ever writing the second, so it is packed here.

#![no_main]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use longshore_release::ChartArchive;

/// Any bytes, as a packed member of a name or as they are.
type Input<'a> = (Option<&'a str>, &'a [u8]);

fuzz_target!(|input: Input<'_>| {
    let (name, bytes) = input;
    let packed = name.and_then(|name| pack(name, bytes));
    let bytes = packed.as_deref().unwrap_or(bytes);
    match ChartArchive::read("charts/app-1.0.0.tgz", bytes) {
        Ok(chart) => assert_eq!(chart.bytes, bytes, "a chart keeps its bytes"),
        Err(error) => {
            assert!(error.to_string().contains("app-1.0.0.tgz"), "a refusal names the file: {error}");
        }
    }
});

/// `None` when tar cannot write such a name. An empty one stands for the usual.
fn pack(name: &str, content: &[u8]) -> Option<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    let name = if name.is_empty() { "app/Chart.yaml" } else { name };
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, name, content).ok()?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&archive.into_inner().ok()?).ok()?;
    gzip.finish().ok()
}
