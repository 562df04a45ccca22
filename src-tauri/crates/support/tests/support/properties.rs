//! What holds for every text.

use std::sync::LazyLock;

use longshore_support::{MASK, Redactor, parse_specs};
use proptest::prelude::*;

use crate::planted::{Numbers, SHAPES, planted};
use crate::stream::redacted;

static REDACTOR: LazyLock<Redactor> =
    LazyLock::new(|| Redactor::new(&["HIDDEN", "the-known-one", "pass word"], &[]).expect("it is made"));

/// Pieces that rules begin and end at.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "password",
            "DB_PASSWORD",
            "token",
            "secret",
            "=",
            ":",
            ": ",
            " ",
            "\"",
            "'",
            "\\\"",
            "\\n",
            "\n",
            "\r\n",
            "- ",
            "  ",
            "{",
            "}",
            "[",
            "]",
            ",",
            ";",
            "@",
            "://",
            "postgres",
            "kind: Secret",
            "\"kind\":\"Secret\"",
            "data:",
            "stringData:",
            "\"data\"",
            "value:",
            "\"value\"",
            "name: A_TOKEN",
            "\"name\":\"A_TOKEN\"",
            "-----BEGIN RSA PRIVATE KEY-----",
            "-----END RSA PRIVATE KEY-----",
            "Authorization",
            "Basic ",
            "Bearer ",
            "cGFzc3dvcmQ9aHVudGVyMgo=",
            "eyJhbGciOiJub25lIn0.e30.",
            "|",
            ">",
            "|\n",
            "***HIDDEN***",
            "***",
            "HIDDEN",
            "the-known-one",
            "pass word",
            "%40",
            "\\u0022",
            "$2a$10$",
            "--",
            "#",
            "é",
            "\\",
            "Server=",
            "Database=",
            "pwd",
            "hunter2",
            "aB3",
            "x",
            "1",
            "AKIA",
            "cookie",
            "<",
            ">",
            "H4sI",
            "/",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9+/]{1,24}",
        (0..SHAPES, any::<u64>()).prop_map(|(shape, seed)| planted(shape, &mut Numbers(seed | 1)).1),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_is_once(text in text(), yaml in any::<bool>()) {
        let path = if yaml { "a.yaml" } else { "a.log" };
        let (once, _) = redacted(&REDACTOR, path, text.as_bytes());
        let (twice, _) = redacted(&REDACTOR, path, &once);
        prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&once), "of {}", text);
    }

    #[test]
    fn any_bytes_pass(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let (once, report) = redacted(&REDACTOR, "a.bin", &bytes);
        let packed = bytes.starts_with(b"BZh") || !report.notes.is_empty();
        prop_assert!(packed || report.count() > 0 || once == bytes, "what is not found stays");
    }

    #[test]
    fn what_is_known_is_gone(before in text(), after in text()) {
        let (once, _) = redacted(&REDACTOR, "a.log", format!("{before} the-known-one {after}").as_bytes());
        let once = String::from_utf8_lossy(&once).replace(MASK, "");
        prop_assert!(!once.contains("the-known-one"), "{}", once);
    }

    #[test]
    fn windows_play_no_part_for_short_lines(lines in prop::collection::vec((0..SHAPES, any::<u64>()), 1..60)) {
        let text: Vec<String> = lines.iter().map(|(shape, seed)| planted(*shape, &mut Numbers(seed | 1)).1).collect();
        let text = text.join("\nI1103 an ordinary line\n");
        let small = Redactor::new::<&str>(&[], &[]).expect("it is made").with_window(8192, 4096);
        let large = Redactor::new::<&str>(&[], &[]).expect("it is made");
        let (small, _) = redacted(&small, "a.log", text.as_bytes());
        let (large, _) = redacted(&large, "a.log", text.as_bytes());
        prop_assert_eq!(String::from_utf8_lossy(&small), String::from_utf8_lossy(&large));
    }

    #[test]
    fn any_spec_is_read_or_refused(body in "[-a-zA-Z0-9:{}\\[\\]()?<>|,'\" \\n*.]{0,200}") {
        let text = format!("apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec:\n  redactors:\n  - {body}\n");
        if let Ok(specs) = parse_specs("r.yaml", &text) {
            let redactor = Redactor::new::<&str>(&[], &specs).expect("it is made");
            redacted(&redactor, "a.yaml", text.as_bytes());
        }
    }

    #[test]
    fn any_pattern_and_path_is_taken_or_refused(pattern in "[a-c(?P<mask>\\[\\]|*+^$.&~\\\\wd-]{0,30}", path in "[a-c.*0-9]{0,10}") {
        let quoted = serde_json::Value::from(pattern).to_string();
        let text = format!(
            "apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec:\n  redactors:\n  - name: a\n    removals:\n      \
             regex: [{{redactor: {quoted}}}]\n      yamlPath: [\"{path}\"]\n"
        );
        if let Ok(specs) = parse_specs("r.yaml", &text) {
            let redactor = Redactor::new::<&str>(&[], &specs).expect("it is made");
            redacted(&redactor, "a.yaml", b"a: {b: [c, abc]}\nb: |\n  abc\nc: abc\n");
        }
    }
}
