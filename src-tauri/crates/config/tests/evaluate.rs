//! Evaluation of a small Config: order, circles, what is kept, what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use longshore_config::{Config, ConfigError, Context, Evaluation, ReleaseFacts, Value, Values, evaluate};

const CONFIG: &str = r#"
apiVersion: kots.io/v1beta1
kind: Config
spec:
  groups:
    - name: main
      title: Main of {{repl VersionLabel }}
      items:
        - name: url
          type: text
          title: URL
          default: 'https://{{repl ConfigOption "host" }}:{{repl ConfigOption "port" }}'
        - name: host
          type: text
          required: true
        - name: port
          type: text
          default: "443"
          validation: {regex: {pattern: '^[0-9]+$', message: a number}}
        - name: token
          type: password
          value: '{{repl RandomString 16 }}'
        - name: tier
          type: radio
          default: a
          items: [{name: a}, {name: b}]
        - name: only_b
          type: text
          required: true
          when: '{{repl ConfigOptionEquals "tier" "b" }}'
        - name: secret_required
          type: text
          hidden: true
          required: true
"#;

fn given(pairs: &[(&str, &str)]) -> Values {
    let value = |text: &&str| Value { value: (*text).to_owned(), ..Value::default() };
    pairs.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
}

fn run(config: &str, given: &Values, kept: &BTreeMap<String, String>) -> Result<Evaluation, ConfigError> {
    let config = Arc::new(Config::parse(config).expect("the Config parses"));
    let release = ReleaseFacts { version_label: "1.0.0".to_owned(), ..ReleaseFacts::default() };
    let context = Context { release: Some(release), ..Context::default() };
    evaluate(&config, given, kept, &Arc::new(context), Timestamp::UNIX_EPOCH)
}

#[test]
fn items_are_evaluated_in_the_order_they_need_each_other() {
    let found = run(CONFIG, &given(&[("host", "example.com")]), &BTreeMap::new()).expect("evaluates");
    assert_eq!(
        found.values()["url"].value,
        "https://example.com:443",
        "a later item's value is in an earlier one's"
    );
    assert_eq!(found.groups[0].title, "Main of 1.0.0", "titles are rendered");
    assert!(found.errors.is_empty(), "nothing is refused: {:?}", found.errors);
}

#[test]
fn every_refused_field_is_told_at_once() {
    let found = run(CONFIG, &given(&[("port", "x"), ("tier", "c")]), &BTreeMap::new()).expect("evaluates");
    let fields: Vec<(&str, &str)> =
        found.errors.iter().map(|error| (error.field.as_str(), error.message.as_str())).collect();
    let wanted = [("host", "host is required"), ("port", "a number"), ("tier", "tier must be one of a, b")];
    assert_eq!(fields, wanted, "three at once; what is hidden or switched off is not required");
}

#[test]
fn what_was_made_at_random_stays() {
    let first = run(CONFIG, &Values::new(), &BTreeMap::new()).expect("evaluates");
    let token = first.generated["token"].clone();
    assert_eq!(token.len(), 16, "as long as was asked for");
    let again = run(CONFIG, &given(&[("host", "h")]), &first.generated).expect("evaluates");
    assert_eq!(again.values()["token"].value, token, "the same after another field changed");
}

#[test]
fn a_persons_value_is_no_template() {
    let typed = given(&[("host", r#"{{repl ConfigOption "token" }}"#)]);
    let found = run(CONFIG, &typed, &BTreeMap::new()).expect("evaluates");
    assert_eq!(found.values()["host"].value, r#"{{repl ConfigOption "token" }}"#, "kept as it was typed");
}

#[test]
fn a_circle_is_named_with_its_path() {
    let config = r#"
spec:
  groups:
    - name: g
      items:
        - {name: a, type: text, default: 'repl{{ ConfigOption "b" }}'}
        - {name: b, type: text, default: 'repl{{ ConfigOption "c" }}'}
        - {name: c, type: text, default: 'repl{{ ConfigOption "a" }}'}
"#;
    let error = run(config, &Values::new(), &BTreeMap::new()).expect_err("a circle is the package's error");
    assert_eq!(error.to_string(), "Config items lead in a circle: a → b → c → a");
}

#[test]
fn templates_cannot_read_the_machine() {
    let config =
        "spec: {groups: [{name: g, items: [{name: a, type: text, default: '{{repl env \"HOME\" }}'}]}]}";
    let found = run(config, &Values::new(), &BTreeMap::new()).expect("one item does not spoil the others");
    let problem = &found.problems[0];
    assert_eq!(problem.path, "item a");
    assert!(problem.message.starts_with("its default cannot be rendered: "), "{problem:?}");
    assert!(problem.message.contains(r#"function "env" not defined"#), "{problem:?}");
    assert_eq!(found.values()["a"].value, "", "nothing of the machine");
}
