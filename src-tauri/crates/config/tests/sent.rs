//! What becomes of stored values when a person sends others.

use std::collections::BTreeMap;

use longshore_config::{Config, Value, Values, apply_sent};
use longshore_contract::SentValue;

const CONFIG: &str = "
spec:
  groups:
    - name: g
      items:
        - {name: title, type: text}
        - {name: secret, type: password}
        - {name: key, type: file}
        - name: port
          type: text
          repeatable: true
          valuesByGroup: {g: {port-1: '80'}}
";

fn sent(name: &str, value: SentValue) -> BTreeMap<String, SentValue> {
    BTreeMap::from([(name.to_owned(), value)])
}

fn set(value: &str, repeatable_item: &str) -> SentValue {
    let (value, filename) = (value.to_owned(), String::new());
    SentValue::Set { value, filename, repeatable_item: repeatable_item.to_owned() }
}

fn file(content: &str) -> SentValue {
    SentValue::File { content: content.to_owned(), filename: "a.key".to_owned() }
}

fn applied(stored: &Values, sent: &BTreeMap<String, SentValue>) -> Result<Values, Vec<String>> {
    let config = Config::parse(CONFIG).expect("the Config is well");
    apply_sent(&config, stored, sent).map_err(|refused| {
        refused.into_iter().map(|error| format!("{}: {}", error.field, error.message)).collect()
    })
}

#[test]
fn a_file_is_kept_by_a_file_item_and_read_by_all_others() {
    let values = applied(&Values::new(), &sent("key", file("/w=="))).expect("any bytes are a file");
    let wanted = Value { value: "/w==".to_owned(), filename: "a.key".to_owned(), ..Value::default() };
    assert_eq!(values["key"], wanted);
    let values = applied(&Values::new(), &sent("secret", file("aHVudGVyMg0K"))).expect("a text");
    assert_eq!(values["secret"].value, "hunter2", "without the line end that an editor leaves");
    let refused =
        applied(&Values::new(), &sent("secret", file("/w=="))).expect_err("one byte that is no text");
    assert_eq!(refused, ["secret: a.key holds no text (UTF-8)"]);
}

#[test]
fn values_of_no_item_are_refused_all_at_once() {
    let mut values = sent("no", set("1", ""));
    values.extend(sent("neither", set("2", "title")));
    values.extend(sent("title", set("3", "")));
    let refused = applied(&Values::new(), &values)
        .expect_err("two are of no item, one of an item that is not repeatable");
    let told = ["neither: is no config item of this release", "no: is no config item of this release"];
    assert_eq!(refused, told);
}

#[test]
fn a_repetition_is_given_changed_and_taken_away() {
    let values = applied(&Values::new(), &sent("port-9", set("90", "port"))).expect("port is repeatable");
    assert_eq!(values["port-9"].repeatable_item, "port");
    let values = applied(&values, &sent("port-9", set("91", ""))).expect("it is known by now");
    assert_eq!((values["port-9"].value.as_str(), values["port-9"].repeatable_item.as_str()), ("91", "port"));
    let values = applied(&values, &sent("port-1", set("81", ""))).expect("the vendor gave it");
    assert_eq!(values["port-1"].repeatable_item, "port");
    let values = applied(&values, &sent("port-9", SentValue::Clear)).expect("it may go");
    assert_eq!(values.keys().collect::<Vec<_>>(), ["port-1"]);
}

#[test]
fn a_stored_value_of_an_item_that_left_can_be_cleared_and_nothing_else() {
    let stored = Values::from([("gone".to_owned(), Value { value: "1".to_owned(), ..Value::default() })]);
    assert!(applied(&stored, &sent("gone", SentValue::Clear)).expect("it is stored").is_empty());
    assert!(applied(&stored, &sent("gone", set("2", ""))).is_err(), "nothing would use it");
    assert!(applied(&Values::new(), &sent("gone", SentValue::Clear)).is_err(), "a slip of the pen");
}
