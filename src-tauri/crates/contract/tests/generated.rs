//! Files made from the contract and committed: a change of shape shows up as a diff in review, and a
//! forgotten regeneration as a failing test. `LONGSHORE_REGENERATE=1 cargo test -p longshore-contract`
//! writes them anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use longshore_contract::{COMMANDS, HTTP_ROUTES, openapi};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .expect("the crate lies three folders deep")
        .to_owned()
}

fn committed_equals(path: &str, fresh: &str) {
    let file = repository().join(path);
    if std::env::var_os("LONGSHORE_REGENERATE").is_some() {
        std::fs::create_dir_all(file.parent().expect("has a folder")).expect("the folder can be made");
        std::fs::write(&file, fresh).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == fresh, "{path} is not what the contract says; run with LONGSHORE_REGENERATE=1");
}

#[test]
fn openapi_is_committed() {
    let document = serde_json::to_string_pretty(&openapi(env!("CARGO_PKG_VERSION"))).expect("it is JSON");
    committed_equals("docs/openapi.json", &(document + "\n"));
}

#[test]
fn command_map_is_committed() {
    let mut names: Vec<&str> =
        COMMANDS.iter().flat_map(|command| [command.request, command.response]).collect();
    names.sort_unstable();
    names.dedup();
    let mut text = String::from("// Generated from the command list of the contract crate. Do not edit.\n\n");
    for name in &names {
        let _ = writeln!(text, "import type {{ {name} }} from \"./{name}\";");
    }
    text.push_str("\n/** Every command with its request and answer. */\nexport interface Commands {\n");
    for command in COMMANDS {
        let _ = writeln!(
            text,
            "  /** {} */\n  {}: {{ request: {}; response: {} }};",
            command.doc.trim(),
            command.name,
            command.request,
            command.response
        );
    }
    text.push_str(
        "}\n\n/** Method, route and whether it changes something, by command. */\nexport const ROUTES = {\n",
    );
    for command in COMMANDS {
        let _ = writeln!(
            text,
            "  {}: {{ method: \"{}\", path: \"{}\", changes: {} }},",
            command.name,
            command.method.name(),
            command.path,
            command.changes
        );
    }
    text.push_str(
        "} as const;\n\n/** Routes that only the HTTPS server has. */\nexport const HTTP_ROUTES = {\n",
    );
    for route in HTTP_ROUTES {
        let _ = writeln!(
            text,
            "  {}: {{ method: \"{}\", path: \"{}\" }},",
            route.name,
            route.method.name(),
            route.path
        );
    }
    text.push_str("} as const;\n");
    committed_equals("ui/src/bindings/commands.ts", &text);
}

#[test]
fn paths_are_unique_and_name_request_fields() {
    let mut seen = std::collections::BTreeSet::new();
    for command in COMMANDS {
        assert!(
            seen.insert((command.method.name(), command.path)),
            "two commands share {} {}",
            command.method.name(),
            command.path
        );
    }
}
