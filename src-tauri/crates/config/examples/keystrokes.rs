//! Evaluates a Config once for each keystroke of a list, and prints what each took in microseconds: our side of
//! `cargo xtask bench config`. The last item's value goes to standard error, so that both sides can be seen to agree.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use longshore_config::{Config, Context, Evaluator, Group, Item, Scalar, Value, Values};
use serde_json::Value as Json;

fn text(value: &Json, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn item(value: &Json) -> Item {
    Item {
        name: text(value, "name"),
        kind: "text".to_owned(),
        default: Scalar::Text(text(value, "default")),
        when: text(value, "when"),
        help_text: text(value, "help"),
        ..Item::default()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name the file of items and edits")?;
    let input: Json = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let list = |field: &str| input[field].as_array().cloned().unwrap_or_default();
    let items: Vec<Item> = list("items").iter().map(item).collect();
    let last = items.last().ok_or("there are no items")?.name.clone();
    let config = Config { groups: vec![Group { name: "g".to_owned(), items, ..Group::default() }] };
    let evaluator = Evaluator::new(Arc::new(config), Arc::new(Context::default()));
    let (mut given, kept) = (Values::new(), BTreeMap::new());
    let mut shown = String::new();
    for edit in list("edits") {
        given.insert(text(&edit, "name"), Value { value: text(&edit, "value"), ..Value::default() });
        let started = Instant::now();
        let evaluation = evaluator.evaluate(&given, &kept, Timestamp::UNIX_EPOCH)?;
        println!("{}", started.elapsed().as_secs_f64() * 1e6);
        shown.clone_from(&evaluation.values()[&last].value);
    }
    eprintln!("{shown}");
    Ok(())
}
