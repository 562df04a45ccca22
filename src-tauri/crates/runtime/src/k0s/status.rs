//! What k0s says of itself: `status -o json`, and what systemd says of its unit.

use longshore_remote::Host;
use serde::Deserialize;

use crate::RuntimeError;
use crate::ask::Asking;
use crate::script::Script;

const ASKING: Asking<'_> =
    Asking { what: "Asking k0s how it is", hint: "Look at the host's load and try again." };

/// The fields of `status -o json` that are used. Others come and go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Status {
    /// `v1.35.4+k0s.0`.
    pub version: String,
    /// `controller` or `worker`; a controller that runs pods as well is a controller.
    #[serde(default)]
    pub role: String,
}

/// What is found of k0s on a host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// Whether a unit of it is active. Active is not ready.
    pub active: bool,
    /// Version of the binary.
    pub binary: Option<String>,
    /// What the running one says.
    pub status: Option<Status>,
}

/// Asks a host, with a time limit: k0s may not answer for minutes.
pub(crate) async fn ask(host: &dyn Host, data: &str) -> Result<Found, RuntimeError> {
    let script = Script::new().value("data", data).piece(include_str!("scripts/look.sh")).text();
    Ok(parse(&ASKING.root(host, script, "").await?.stdout()))
}

fn parse(text: &str) -> Found {
    let line = |word: &str| text.lines().find_map(|line| line.strip_prefix(word)).map(str::to_owned);
    let json = text.find('{').map(|at| &text[at..]);
    Found {
        active: line("active ").is_some(),
        binary: line("binary ").filter(|version| version.starts_with('v')),
        status: json.and_then(|json| serde_json::from_str(json).ok()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RUNNING: &str = r#"active k0scontroller
binary v1.35.4+k0s.0
{"Version":"v1.35.4+k0s.0","Pid":412,"PPid":0,"Role":"controller","SysInit":"","StubFile":"","Output":"",
"Workloads":true,"SingleNode":false,"Args":["controller","--data-dir=/var/lib/tidewater/k0s"],
"WorkerToAPIConnectionStatus":{"Message":"","Success":true},"ClusterConfig":null,"K0sVars":{"DataDir":"/var/lib/tidewater/k0s"}}
"#;

    #[test]
    fn what_runs_is_read() {
        insta::assert_debug_snapshot!([parse(RUNNING), parse("binary v1.35.4+k0s.0\n"), parse("")]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,120}", version in "v[0-9.]{1,8}\\+k0s\\.[0-9]") {
            let _ = parse(&text);
            let found = parse(&format!("active k0sworker\n{{\"Version\": \"{version}\"}}"));
            prop_assert_eq!(found.status.expect("it answers").version, version);
        }
    }
}
