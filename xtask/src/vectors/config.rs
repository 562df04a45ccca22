//! Whole Configs: what is shown, what is in effect, what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use longshore_config::{Config, Evaluation, Item, RenderedItem, Scalar, evaluate};
use serde_json::{Map, Value, json};

pub(super) fn answer(case: &Value) -> Result<Value> {
    let context = super::context(case)?;
    let text = case["config"].as_str().context("the case has no config")?;
    let config = Arc::new(Config::parse(text).context("the Config cannot be read")?);
    let mut given = super::values(&case["stored"])?;
    given.extend(super::values(&case["user"])?);
    let found = evaluate(&config, &given, &BTreeMap::default(), &context, jiff::Timestamp::now())?;
    let mut effective = Map::new();
    for item in config.items() {
        let rendered = found.items().find(|rendered| rendered.item.name == item.name);
        let value = found.values().get(&item.name).map(|value| value.value.clone());
        let value = value.or_else(|| rendered.map(|rendered| rendered.effective.value.clone()));
        effective.entry(item.name.clone()).or_insert_with(|| json!(value.unwrap_or_default()));
    }
    let mut validation = json!({ "ok": found.errors.is_empty() });
    if !found.errors.is_empty() {
        let error = |error: &longshore_contract::FieldError| json!({ "field": error.field, "message": error.message });
        validation["errors"] = found.errors.iter().map(error).collect();
    }
    Ok(json!({ "groups": groups(&found), "effective": effective, "validation": validation }))
}

/// Groups without what is hidden or switched off, and without those that are empty then.
fn groups(found: &Evaluation) -> Vec<Value> {
    let mut groups = Vec::new();
    for group in &found.groups {
        let shown = group.items.iter().filter(|rendered| !rendered.off && !rendered.item.hidden);
        let items: Vec<Value> = shown.map(item).collect();
        if !items.is_empty() {
            let mut shown = texts(&[("description", &group.description), ("when", &group.when)]);
            shown.insert("name".to_owned(), json!(group.name));
            shown.insert("title".to_owned(), json!(group.title));
            shown.insert("items".to_owned(), json!(items));
            groups.push(Value::Object(shown));
        }
    }
    groups
}

/// Texts that are left out when they are empty.
fn texts(fields: &[(&str, &str)]) -> Map<String, Value> {
    let given = fields.iter().filter(|(_, text)| !text.is_empty());
    given.map(|(name, text)| ((*name).to_owned(), json!(text))).collect()
}

fn scalar(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Text(text) => json!(text),
        Scalar::Bool(yes) => json!(yes),
    }
}

fn option(option: &Item) -> Value {
    let mut shown = Map::new();
    shown.insert("name".to_owned(), json!(option.name));
    shown.insert("title".to_owned(), json!(option.title));
    shown.insert("default".to_owned(), scalar(&option.default));
    shown.insert("value".to_owned(), scalar(&option.value));
    if option.recommended {
        shown.insert("recommended".to_owned(), json!(true));
    }
    Value::Object(shown)
}

fn item(rendered: &RenderedItem) -> Value {
    let (item, effective) = (&rendered.item, &rendered.effective);
    let mut shown = texts(&[
        ("title", &item.title),
        ("help_text", &item.help_text),
        ("when", &item.when),
        ("affix", &item.affix),
        ("filename", &effective.filename),
    ]);
    shown.insert("name".to_owned(), json!(item.name));
    shown.insert("type".to_owned(), json!(item.kind));
    shown.insert("value".to_owned(), json!(effective.shown));
    shown.insert("default".to_owned(), json!(effective.default));
    let flags = [
        ("recommended", item.recommended),
        ("readonly", item.readonly),
        ("write_once", item.write_once),
        ("multiple", item.multiple),
        ("hidden", item.hidden),
        ("required", item.required),
        ("repeatable", item.repeatable),
    ];
    shown.extend(flags.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name.to_owned(), json!(true))));
    if !item.items.is_empty() {
        shown.insert("items".to_owned(), item.items.iter().map(option).collect());
    }
    repeatable(item, &mut shown);
    if let Some(validation) = &item.validation {
        let rule =
            |rule: &longshore_config::RegexRule| json!({ "pattern": rule.pattern, "message": rule.message });
        let regex = validation.regex.as_ref().map(|regex| json!({ "regex": rule(regex) }));
        shown.insert("validation".to_owned(), regex.unwrap_or_else(|| json!({})));
    }
    Value::Object(shown)
}

fn repeatable(item: &Item, shown: &mut Map<String, Value>) {
    if item.minimum_count != 0 {
        shown.insert("minimumCount".to_owned(), json!(item.minimum_count));
    }
    if !item.count_by_group.is_empty() {
        shown.insert("countByGroup".to_owned(), json!(item.count_by_group));
    }
    if !item.values_by_group.is_empty() {
        shown.insert("valuesByGroup".to_owned(), json!(item.values_by_group));
    }
    if !item.templates.is_empty() {
        let template = |template: &longshore_config::RepeatTemplate| {
            let mut shown = texts(&[("namespace", &template.namespace), ("yamlPath", &template.yaml_path)]);
            shown.insert("apiVersion".to_owned(), json!(template.api_version));
            shown.insert("kind".to_owned(), json!(template.kind));
            shown.insert("name".to_owned(), json!(template.name));
            Value::Object(shown)
        };
        shown.insert("templates".to_owned(), item.templates.iter().map(template).collect());
    }
}
