//! What vendors' specs take out.

use longshore_support::{Redactor, parse_specs};

fn redactor(removals: &str) -> Redactor {
    let text = format!(
        "apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nmetadata: {{name: shop}}\nspec:\n  redactors:\n{removals}"
    );
    Redactor::new::<&str>(&[], &parse_specs("redactor.yaml", &text).expect(&text)).expect("it is made")
}

fn becomes(removals: &str, path: &str, text: &str, wanted: &str) {
    let redactor = redactor(removals);
    let (once, report) = redactor.text(path, text);
    assert_eq!(once, wanted, "{removals}\non {path}: {:?}", report.notes);
    assert_eq!(redactor.text(path, &once).0, once, "a second time changes it");
}

#[test]
fn values_and_files() {
    let removals = "  - name: a\n    fileSelector: {file: logs/*.txt, files: ['x/**']}\n    removals: {values: [shop-1]}\n";
    becomes(removals, "logs/a.txt", "at shop-1.", "at ***HIDDEN***.");
    becomes(removals, "x/y/z", "at shop-1.", "at ***HIDDEN***.");
    becomes(removals, "logs/b/a.txt", "at shop-1.", "at shop-1.");
    becomes(removals, "logs/a.txt", "at SHOP-1.", "at SHOP-1.");
    let report = redactor(removals).text("logs/a.txt", "at\nshop-1").1;
    assert_eq!(report.found["a"].lines, [2], "it is told by the redactor's name");
}

#[test]
fn patterns() {
    let one = |pattern: &str| format!("  - name: a\n    removals: {{regex: [{{redactor: '{pattern}'}}]}}\n");
    becomes(
        &one("(id: )(?P<mask>[0-9]+)(?P<drop> of [a-z]+)"),
        "a",
        "id: 17 of shop; id: 18\n",
        "id: ***HIDDEN***; id: 18\n",
    );
    becomes(&one("(?P<mask>a+)-(?P<mask>b+)"), "a", "x aa-bb y", "x ***HIDDEN******HIDDEN*** y");
    becomes(&one("number=[0-9]+"), "a", "x number=17 y", "x  y");
    becomes(&one("(?P<mask>^.*$)"), "a", "one\r\ntwo\n", "***HIDDEN***\r\n***HIDDEN***\n");
    let selected =
        "  - name: a\n    removals: {regex: [{selector: 'ENDPOINT', redactor: '(: \")(?P<mask>.*)(\")'}]}\n";
    becomes(
        selected,
        "a.json",
        "\"n\": \"ENDPOINT\",\n\"v\": \"here\",\n\"v\": \"there\"\n",
        "\"n\": \"ENDPOINT\",\n\"v\": \"***HIDDEN***\",\n\"v\": \"there\"\n",
    );
}

#[test]
fn paths() {
    let one = |path: &str| format!("  - name: a\n    removals: {{yamlPath: ['{path}']}}\n");
    for (path, text, wanted) in [
        ("a.b", "a:\n  b: x  # why\n  c: y\n", "a:\n  b: \"***HIDDEN***\"  # why\n  c: y\n"),
        (
            "a.*.b",
            "a:\n- b: 'x'\n  c: 1\n- b: 2\n",
            "a:\n- b: '***HIDDEN***'\n  c: 1\n- b: \"***HIDDEN***\"\n",
        ),
        ("a.1", "a: [x, y, z]\n", "a: [x, \"***HIDDEN***\", z]\n"),
        (
            "a",
            "é: ü\na: {b: x, c: [y]}\nd: 1\n",
            "é: ü\na: {b: \"***HIDDEN***\", c: [\"***HIDDEN***\"]}\nd: 1\n",
        ),
        ("a", "a: |\n  one\n  two\nb: 1\n", "a: \"***HIDDEN***\"\nb: 1\n"),
        ("b", "a: &x {c: d}\nb: *x\n", "a: &x {c: \"***HIDDEN***\"}\nb: *x\n"),
        ("a", "x: 1\n---\na: 2\n", "x: 1\n---\na: \"***HIDDEN***\"\n"),
        (
            "a.b",
            "{\n \"a\": {\"b\": 17, \"c\": \"y\"}\n}\n",
            "{\n \"a\": {\"b\": \"***HIDDEN***\", \"c\": \"y\"}\n}\n",
        ),
    ] {
        becomes(&one(path), "a.yaml", text, wanted);
    }
    let report = redactor(&one("a")).text("a.yaml", "a: [\n").1;
    assert_eq!(report.notes.len(), 1, "that it is no YAML is told");
}
