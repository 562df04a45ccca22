//! What is wrong with a package before anything is evaluated: references to items that do not exist.

use std::collections::HashSet;

use super::Problem;
use crate::model::{Config, Item};
use crate::template::{self, Templates, is_template};

/// Every reference, written out in the Config, to an item that it does not have.
pub(super) fn references(config: &Config, templates: &Templates) -> Vec<Problem> {
    let names: HashSet<&str> = config.items().map(|item| item.name.as_str()).collect();
    let mut problems = Vec::new();
    for group in &config.groups {
        let path = format!("group {}", group.name);
        let texts = [("title", &group.title), ("description", &group.description), ("when", &group.when)];
        for (field, text) in texts {
            check(config, &names, templates, &format!("{path}, {field}"), text, &mut problems);
        }
        for item in &group.items {
            for (field, text) in texts_of(item) {
                let path = format!("{path}, item {}, {field}", item.name);
                check(config, &names, templates, &path, text, &mut problems);
            }
        }
    }
    problems
}

/// The texts of an item that may hold templates.
fn texts_of(item: &Item) -> Vec<(String, &str)> {
    let mut texts = vec![
        ("value".to_owned(), item.value.text()),
        ("default".to_owned(), item.default.text()),
        ("when".to_owned(), item.when.as_str()),
        ("title".to_owned(), item.title.as_str()),
        ("help_text".to_owned(), item.help_text.as_str()),
        ("filename".to_owned(), item.filename.as_str()),
    ];
    for option in &item.items {
        texts.push((format!("option {}", option.name), option.title.as_str()));
    }
    texts
}

fn check(
    config: &Config,
    names: &HashSet<&str>,
    templates: &Templates,
    path: &str,
    text: &str,
    problems: &mut Vec<Problem>,
) {
    if !is_template(text) {
        return;
    }
    // A text that does not parse is told when it is evaluated.
    let Ok(template) = templates.parse(text) else { return };
    for reference in references_of(&template) {
        if names.contains(reference.1.as_str()) || reference.0 == "ConfigOptionName" {
            continue;
        }
        let (function, name) = reference;
        let owner = config.items().find(|item| item.items.iter().any(|option| option.name == name));
        let hint = match owner {
            Some(owner) => format!("; it is an option of item {}", owner.name),
            None => String::new(),
        };
        problems.push(Problem {
            path: path.to_owned(),
            message: format!("{function} \"{name}\" names no item of this Config{hint}"),
        });
    }
}

fn references_of(template: &crate::template::engine::Template) -> Vec<(&'static str, String)> {
    template::references(template).into_iter().map(|reference| (reference.function, reference.item)).collect()
}
