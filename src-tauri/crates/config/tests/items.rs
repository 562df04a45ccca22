//! Items that need each other, that are repeated, that are evaluated again.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use longshore_config::{
    Config, Evaluator, Value, Values, export_values, import_values, install_order, repeat_manifest,
    resolve_chart,
};
use support::{config, context, engine, given, run};

#[test]
fn unknown_names_are_told_with_their_place() {
    let config = config(
        r#"
    - {name: a, type: text, default: 'repl{{ ConfigOption "hsot" }}', when: '{{repl ConfigOptionEquals "b1" "1" }}'}
    - {name: b, type: radio, default: b1, items: [{name: b1, title: One}]}
"#,
    );
    let found = run(&config, &Values::new()).expect("evaluates");
    let told: Vec<String> =
        found.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect();
    let wanted = [
        r#"group g, item a, default: ConfigOption "hsot" names no item of this Config"#,
        r#"group g, item a, when: ConfigOptionEquals "b1" names no item of this Config; it is an option of item b"#,
    ];
    assert_eq!(told, wanted);
}

#[test]
fn circles_through_conditions_and_titles_are_none() {
    let config = config(
        r#"
    - {name: a, type: text, default: x, when: '{{repl ConfigOptionEquals "b" "x" }}'}
    - {name: b, type: text, default: '{{repl ConfigOption "a" }}', title: 'B {{repl ConfigOption "b" }}'}
"#,
    );
    let found = run(&config, &Values::new()).expect("a condition is no value");
    assert_eq!(found.values()["b"].value, "x");
    assert!(!found.groups[0].items[0].off);
    assert_eq!(found.groups[0].items[1].item.title, "B x");
}

#[test]
fn an_item_that_asks_for_itself_is_a_circle() {
    let config = config("    - {name: a, type: text, value: 'repl{{ ConfigOption \"a\" | upper }}'}\n");
    let error = run(&config, &Values::new()).expect_err("a circle");
    assert_eq!(error.to_string(), "Config items lead in a circle: a → a");
}

const PORTS: &str = r#"
    - name: port
      type: text
      repeatable: true
      minimumCount: 2
      title: Port
      validation: {regex: {pattern: '^[0-9]+$', message: a number}}
      templates:
        - {apiVersion: v1, kind: Service, name: web, yamlPath: 'spec.ports[0]'}
        - {apiVersion: v1, kind: ConfigMap, name: each}
      valuesByGroup: {g: {port-a: "80", port-b: "443"}}
"#;

fn repetition(value: &str) -> Value {
    Value { value: value.to_owned(), repeatable_item: "port".to_owned(), ..Value::default() }
}

#[test]
fn repeatable_items_have_values_by_group() {
    let typed =
        Values::from([("port-b".to_owned(), repetition("8443")), ("port-c".to_owned(), repetition("9000"))]);
    let found = run(&config(PORTS), &typed).expect("evaluates");
    let repetitions = &found.groups[0].items[0].repetitions;
    let all: Vec<(&str, &str, bool)> =
        repetitions.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.by_person)).collect();
    assert_eq!(all, [("port-a", "80", false), ("port-b", "8443", true), ("port-c", "9000", true)]);
    assert!(repetitions.iter().all(|one| one.group == "g"), "{repetitions:?}");
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    let exported = export_values(&found, true).expect("is written");
    let imported = import_values(&exported).expect("is read");
    assert_eq!(imported["port-c"], repetition("9000"), "{exported}");

    let typed = Values::from([("port-b".to_owned(), repetition("x"))]);
    let found = run(&config(PORTS), &typed).expect("evaluates");
    assert_eq!(found.errors[0].message, "a number", "each value is validated");
    let typed = Values::from([("port-b".to_owned(), repetition(""))]);
    let found = run(&config(PORTS), &typed).expect("evaluates");
    assert_eq!(found.errors[0].message, "Port needs at least 2 values");
}

#[test]
fn manifests_are_repeated() {
    let found = run(&config(PORTS), &Values::new()).expect("evaluates");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - port: 'repl{{ ConfigOption \"repl[[ .port ]]\" }}'\n  - port: 22\n";
    let whole = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: each}\ndata: {'[[repl .port ]]': 'repl{{ ConfigOption \"[[repl .port ]]\" }}'}\n";
    let other = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\n";
    let [services, maps, others] = [service, whole, other].map(|text| {
        let repeated = repeat_manifest(text, &found).expect("is repeated");
        let engine = engine(found.clone());
        repeated.iter().map(|text| engine.render(text).expect("renders")).collect::<Vec<_>>()
    });
    assert_eq!(services.len(), 1);
    assert!(services[0].contains("port: 22") && services[0].contains("port: 443"), "{}", services[0]);
    assert_eq!(maps.len(), 2, "one for each value");
    assert!(maps[1].contains("port-b: 443") && maps[1].contains("name: port-b"), "{}", maps[1]);
    assert_eq!(others, [other], "what no item names stays");
}

#[test]
fn an_evaluator_renders_only_what_changed() {
    let config = config(
        r#"
    - {name: host, type: text, default: h}
    - {name: token, type: password, value: '{{repl RandomString 12 }}'}
    - {name: made, type: text, default: '{{repl ConfigOption "host" }}-{{repl Now }}'}
"#,
    );
    let evaluator = Evaluator::new(config, context());
    let at = |seconds: i64| Timestamp::from_second(seconds).expect("a time");
    let none = BTreeMap::new();
    let first = evaluator.evaluate(&Values::new(), &none, at(0)).expect("evaluates");
    let again =
        evaluator.evaluate(&given(&[("token", "typed")]), &first.generated, at(60)).expect("evaluates");
    assert_eq!(again.values()["made"], first.values()["made"], "nothing it was made from has changed");
    let other = evaluator.evaluate(&given(&[("host", "x")]), &first.generated, at(60)).expect("evaluates");
    assert_eq!(other.values()["made"].value, "x-1970-01-01T00:01:00Z");
    assert_eq!(other.values()["token"], first.values()["token"], "made once");
}

#[test]
fn values_files_are_read_and_written() {
    let config = config(
        r"
    - {name: a, type: text, default: d}
    - {name: pw, type: password}
    - {name: f, type: file}
    - {name: heading, type: heading}
",
    );
    let text = "apiVersion: kots.io/v1beta1\nkind: ConfigValues\nspec:\n  values:\n    a: {default: d}\n    pw: {valuePlaintext: '{{repl fail \"x\" }}'}\n    f: {value: aGk=, filename: f.txt}\n    note: {value: ''}\n";
    let imported = import_values(text).expect("is read");
    assert_eq!(imported.keys().collect::<Vec<_>>(), ["f", "note", "pw"], "a default alone is no value");
    let found = run(&config, &imported).expect("evaluates");
    assert_eq!(found.values()["pw"].value, "{{repl fail \"x\" }}", "no template of a file is evaluated");
    let open = export_values(&found, true).expect("is written");
    assert!(open.contains("valuePlaintext") && open.contains("filename: f.txt"), "{open}");
    let closed = export_values(&found, false).expect("is written");
    assert!(!closed.contains("fail") && closed.contains("default: d"), "{closed}");
    let wrong = import_values("kind: Config\n").expect_err("another kind");
    assert!(wrong.to_string().contains("ConfigValues"), "{wrong}");
}

#[test]
fn charts_are_ordered_by_weight_then_name() {
    let engine = engine(run(&Arc::new(Config::default()), &Values::new()).expect("evaluates"));
    let chart = |name: &str, weight: i64, exclude: bool| {
        let text = format!(
            "metadata: {{name: x}}\nspec: {{chart: {{name: {name}, chartVersion: 1.0.0}}, weight: {weight}, exclude: {exclude}, builder: {{a: 'repl{{{{ VersionLabel }}}}'}}}}"
        );
        resolve_chart("c.yaml", &text, &engine).expect("resolves")
    };
    let charts = [chart("b", 1, false), chart("c", -2, false), chart("a", 1, false), chart("d", -9, true)];
    let order: Vec<&str> = install_order(&charts).iter().map(|chart| chart.chart.as_str()).collect();
    assert_eq!(order, ["c", "a", "b"]);
    assert_eq!(charts[0].builder["a"], "1.0.0");
    let wrong = resolve_chart("c.yaml", "spec: {exclude: maybe}", &engine).expect_err("no boolean");
    assert_eq!(
        wrong.to_string(),
        r#"The HelmChart in c.yaml has a `exclude` that is "maybe"; true or false is needed"#
    );
}
