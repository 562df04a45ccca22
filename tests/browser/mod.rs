//! The user interface in a browser, against `longshore serve` on the real parts.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::operator::{Operator, bundle, target};

/// A server of the operator's; ends with its handle. Nobody reads its log, as nobody reads a halted terminal's: it
/// has to serve all the same.
struct Serving {
    child: Child,
    url: String,
    password: String,
}

impl Serving {
    fn start(operator: &Operator) -> Self {
        let words = ["serve", "--listen", "127.0.0.1:0", "--plain-http", "--output", "json"];
        let mut child = operator.start(&words);
        let mut line = String::new();
        let out = child.stdout.take().expect("its output is a pipe");
        BufReader::new(out).read_line(&mut line).expect("it says where it is");
        let said: Value = serde_json::from_str(&line).expect("JSON");
        let text = |name: &str| said[name].as_str().expect("is told").to_owned();
        Self { child, url: text("url"), password: text("password") }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_same_journey_in_a_browser() {
    // A site that names no namespace gets the application's slug, so this one is shared with the demo.
    let operator = Operator::in_namespace("tidewater");
    let namespace = ["delete", "namespace", "tidewater", "--ignore-not-found", "--timeout=120s"];
    operator.lab.kubectl(&namespace).expect("what an earlier run left goes");
    let serving = Serving::start(&operator);
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let output = Command::new("npx")
        .args(["playwright", "test", "e2e/journeys", "--reporter=line", "--max-failures=1"])
        .arg("--output")
        .arg(target().join("browser"))
        .current_dir(ui)
        .env("LONGSHORE_E2E_URL", &serving.url)
        .env("LONGSHORE_E2E_PASSWORD", &serving.password)
        .env("LONGSHORE_E2E_SITE", "quay")
        .env("LONGSHORE_E2E_KUBECONFIG", operator.lab.kubeconfig())
        .env("LONGSHORE_E2E_CONTEXT", operator.lab.context())
        .env("LONGSHORE_E2E_REGISTRY", operator.lab.registry())
        .env("LONGSHORE_E2E_REGISTRY_INSECURE", "1")
        .env("LONGSHORE_E2E_BUNDLE_1_0_0", bundle("1.0.0"))
        .env("LONGSHORE_E2E_BUNDLE_1_1_0", bundle("1.1.0"))
        .stdin(Stdio::null())
        .output()
        .expect("npx starts; `cargo xtask test` installs the front end's packages");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the journeys pass:\n{said}");
    // The second journey upgrades once more, by keyboard alone.
    operator.sees("1.1.0");
}
