//! What is hostile ends with a clear error, soon.

mod support;

use std::time::{Duration, Instant};

use support::{bare, config, given, run};

/// Far more than any of them needs, far less than a hang.
const SOON: Duration = Duration::from_secs(90);

fn refusal(template: &str) -> String {
    let start = Instant::now();
    let failure = bare().render(template).expect_err("a bomb is refused");
    assert!(start.elapsed() < SOON, "{template} took {:?}", start.elapsed());
    failure.to_string()
}

#[test]
fn loops_end() {
    for template in [
        "{{repl range 1000000000 }}{{repl end }}",
        "{{repl range until 100000000 }}{{repl end }}",
        "{{repl range untilStep 0 1000000000 1 }}x{{repl end }}",
        "{{repl range 100000 }}{{repl range 100000 }}{{repl end }}{{repl end }}",
        "{{repl seq 1 1000000000 }}",
    ] {
        let told = refusal(template);
        assert!(told.contains("limit") || told.contains("more than"), "{template}: {told}");
    }
}

#[test]
fn texts_end() {
    for template in [
        r#"{{repl repeat 1000000000 "x" }}"#,
        r#"{{repl $x := "xxxxxxxxxx" }}{{repl range 60 }}{{repl $x = print $x $x }}{{repl end }}{{repl $x }}"#,
        r#"{{repl range 4000 }}{{repl repeat 100000 "x" }}{{repl end }}"#,
        r#"{{repl printf "%1000000d" 1 | repeat 1000 }}"#,
        r#"{{repl nindent 1000000000 "x" }}"#,
        r#"{{repl regexReplaceAll "" (repeat 100000 "a") (repeat 100000 "b") }}"#,
        r"{{repl randAlpha 1000000000 }}",
        r"{{repl $l := list }}{{repl range 100000 }}{{repl $l = concat (list 1) $l }}{{repl end }}",
        r#"{{repl $d := dict }}{{repl range 40 }}{{repl $d = dict "a" $d "b" $d }}{{repl end }}{{repl $d }}"#,
    ] {
        refusal(template);
    }
}

#[test]
fn recursion_ends() {
    let told = refusal(r#"{{repl define "a" }}{{repl template "a" . }}{{repl end }}{{repl template "a" }}"#);
    assert!(told.contains("exceeded maximum template depth"), "{told}");
    refusal(&format!("{{{{repl {}1{} }}}}", "(".repeat(20_000), ")".repeat(20_000)));
    refusal(&"{{repl if true }}".repeat(20_000));
    refusal(r#"{{repl $d := dict }}{{repl $_ := set $d "a" $d }}{{repl $d }}"#);
    refusal(
        r#"{{repl $d := dict }}{{repl $_ := set $d "a" $d }}{{repl toJson $d | upper }}{{repl fail "x" }}"#,
    );
    refusal(&format!("{{{{repl fromYaml {:?} }}}}", "[".repeat(50_000)));
}

#[test]
fn patterns_are_linear() {
    let start = Instant::now();
    let text = r#"{{repl regexMatch "^(a+)+$" (print (repeat 5000 "a") "b") }}"#;
    assert_eq!(bare().render(text).expect("renders"), "false");
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    refusal(r#"{{repl mustRegexMatch "((a{100}){100}){100}" "a" }}"#);
}

#[test]
fn a_bomb_in_one_item_leaves_the_others() {
    let config = config(
        "    - {name: a, type: text, default: 'repl{{ repeat 1000000000 \"x\" }}'}\n    - {name: b, type: text, default: fine}\n",
    );
    let found = run(&config, &given(&[])).expect("evaluates");
    assert_eq!(found.values()["b"].value, "fine");
    assert_eq!(found.problems[0].path, "item a", "{:?}", found.problems);
}

#[test]
fn long_chains_of_items_are_followed() {
    let items: String = (0..1_000)
        .map(|at| {
            format!(
                "    - {{name: i{at}, type: text, default: 'repl{{{{ ConfigOption \"i{}\" }}}}'}}\n",
                at + 1
            )
        })
        .collect();
    let config = config(&format!("{items}    - {{name: i1000, type: text, default: end}}\n"));
    assert_eq!(run(&config, &given(&[])).expect("evaluates").values()["i0"].value, "end");
}
