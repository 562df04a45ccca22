//! What vendors' `Redactor` specs take out, with upstream's meaning of each removal.

mod glob;
mod lines;
mod path;
mod spec;

use regex::bytes::Regex;

use super::report::Report;
use super::span::Span;
use lines::Lines;
use path::Step;

pub use spec::{Spec, SpecError, parse_specs};

/// One thing that is taken out.
#[derive(Debug, Clone)]
enum Removal {
    /// A literal text; the finder looks for it.
    Value(Vec<u8>),
    /// What a pattern matches in a line, or in the line after one that another pattern matches.
    Lines(Lines),
    /// What lies at a path of YAML or JSON.
    Path(Vec<Step>),
}

/// Everything that specs take out, each with its name and files.
pub(super) struct Removals {
    items: Vec<Item>,
    /// The literal texts, and whose they are.
    values: Vec<(Vec<u8>, usize)>,
}

struct Item {
    name: String,
    /// Files it counts in; all if there are none.
    files: Vec<Regex>,
    removal: Removal,
}

impl Removals {
    pub(super) fn new(specs: &[Spec]) -> Self {
        let mut items = Vec::new();
        for redactor in specs.iter().flat_map(|spec| &spec.redactors) {
            for removal in &redactor.removals {
                let (name, files) = (redactor.name.clone(), redactor.files.clone());
                items.push(Item { name, files, removal: removal.clone() });
            }
        }
        let values = items.iter().enumerate().filter_map(|(at, item)| match &item.removal {
            Removal::Value(value) => Some((value.clone(), at)),
            _ => None,
        });
        Self { values: values.collect(), items }
    }

    pub(super) fn values(&self) -> &[(Vec<u8>, usize)] {
        &self.values
    }

    pub(super) fn name(&self, at: usize) -> &str {
        self.items.get(at).map(|item| item.name.as_str()).unwrap_or_default()
    }

    /// Which removals count in a file, by their places.
    pub(super) fn active(&self, path: &str) -> Vec<bool> {
        let counts = |item: &Item| {
            item.files.is_empty() || item.files.iter().any(|file| file.is_match(path.as_bytes()))
        };
        self.items.iter().map(counts).collect()
    }

    /// Places that patterns and paths take out of a text.
    pub(super) fn find(
        &self,
        text: &[u8],
        whole: bool,
        active: &[bool],
        out: &mut Vec<Span>,
        report: &mut Report,
    ) {
        let active = self.items.iter().enumerate().filter(|(at, _)| active.get(*at) == Some(&true));
        let (mut patterns, mut paths) = (Vec::new(), Vec::new());
        for (at, item) in active {
            match &item.removal {
                Removal::Value(_) => {}
                Removal::Lines(lines) => patterns.push((at, lines)),
                Removal::Path(steps) => paths.push((at, steps.as_slice())),
            }
        }
        lines::find(text, &patterns, out);
        if paths.is_empty() {
            return;
        }
        if !whole {
            report.note("The file is too large to be read as YAML; yamlPath removals do not count in it");
            return;
        }
        if let Err(line) = path::find(text, &paths, out) {
            report.note(format!(
                "The file is no YAML from line {line} on; yamlPath removals do not count there"
            ));
        }
    }
}
