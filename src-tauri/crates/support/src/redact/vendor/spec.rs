//! Reads `Redactor` specs. Upstream decodes them leniently, and a misspelt field leaves a secret in a bundle; here it is
//! an error that names the redactor and the field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::bytes::Regex;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::lines::Lines;
use super::{Removal, glob, path};

/// Versions that are read.
const VERSIONS: &[&str] = &[
    "troubleshoot.sh/v1beta2",
    "troubleshoot.sh/v1beta3",
    "troubleshoot.sh/v1beta1",
    "troubleshoot.replicated.com/v1beta1",
];

/// One `Redactor` document.
#[derive(Debug, Clone)]
pub struct Spec {
    pub(super) redactors: Vec<Named>,
}

/// One redactor of a document.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    /// Files it counts in; all if there are none.
    pub(super) files: Vec<Regex>,
    pub(super) removals: Vec<Removal>,
}

/// A spec that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// It is no YAML.
    #[error("redactor spec {file} is no YAML: {reason}")]
    Yaml {
        /// File it is from.
        file: String,
        /// Why.
        reason: String,
    },
    /// A part of it is not what it should be.
    #[error("redactor spec {file}, redactor {redactor}: {field} {reason}")]
    Field {
        /// File it is from.
        file: String,
        /// Name of the redactor, or of the document.
        redactor: String,
        /// Field, from the redactor's own level on.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads all `Redactor` documents of a text, those in Secrets and ConfigMaps too. Documents of other kinds are passed
/// over, so a text without any gives an empty list.
///
/// # Errors
/// When it is no YAML, has fields that are not known, or patterns that are none.
pub fn parse_specs(file: &str, text: &str) -> Result<Vec<Spec>, SpecError> {
    let mut specs = Vec::new();
    for document in documents(file, text)? {
        if is_redactor(&document) {
            specs
                .push(Reader { file, redactor: text_of(&document["metadata"]["name"]) }.document(&document)?);
            continue;
        }
        for wrapped in wrapped(&document) {
            for inner in documents(file, &wrapped)?.iter().filter(|inner| is_redactor(inner)) {
                specs.push(Reader { file, redactor: text_of(&inner["metadata"]["name"]) }.document(inner)?);
            }
        }
    }
    Ok(specs)
}

fn documents(file: &str, text: &str) -> Result<Vec<Value>, SpecError> {
    let fault =
        |error: serde_norway::Error| SpecError::Yaml { file: file.to_owned(), reason: error.to_string() };
    serde_norway::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).map_err(fault))
        .collect()
}

fn is_redactor(document: &Value) -> bool {
    document["kind"] == "Redactor" && VERSIONS.iter().any(|version| document["apiVersion"] == *version)
}

/// Texts in Secrets and ConfigMaps under the key that upstream reads.
fn wrapped(document: &Value) -> Vec<String> {
    const KEY: &str = "redactor-spec";
    let plain = |member: &str| document[member][KEY].as_str().map(str::to_owned);
    let encoded = || {
        let compact: String = document["data"][KEY].as_str()?.split_whitespace().collect();
        String::from_utf8(STANDARD.decode(compact).ok()?).ok()
    };
    match document["kind"].as_str() {
        Some("ConfigMap") => plain("data").into_iter().collect(),
        Some("Secret") => encoded().into_iter().chain(plain("stringData")).collect(),
        _ => Vec::new(),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads a document, and knows whose field it is at.
struct Reader<'a> {
    file: &'a str,
    redactor: String,
}

impl Reader<'_> {
    fn fault(&self, field: &str, reason: impl Into<String>) -> SpecError {
        let redactor =
            if self.redactor.is_empty() { "without a name".to_owned() } else { self.redactor.clone() };
        SpecError::Field {
            file: self.file.to_owned(),
            redactor,
            field: field.to_owned(),
            reason: reason.into(),
        }
    }

    fn document(&mut self, document: &Value) -> Result<Spec, SpecError> {
        let members =
            self.map("document", document, &["apiVersion", "kind", "metadata", "spec", "status"])?;
        let spec = self.map("spec", members.get("spec").unwrap_or(&Value::Null), &["redactors", "uri"])?;
        let own = self.redactor.clone();
        let mut redactors = Vec::new();
        for (at, redactor) in self.list("spec.redactors", spec.get("redactors"))?.iter().enumerate() {
            let name = text_of(&redactor["name"]);
            self.redactor = match (name.as_str(), own.as_str()) {
                ("", "") => format!("{}", at + 1),
                ("", own) => format!("{} of {own}", at + 1),
                (name, _) => name.to_owned(),
            };
            redactors.push(self.redactor(redactor)?);
        }
        Ok(Spec { redactors })
    }

    fn redactor(&self, redactor: &Value) -> Result<Named, SpecError> {
        let members = self.map("it", redactor, &["name", "fileSelector", "removals"])?;
        let nothing = Value::Null;
        let selector =
            self.map("fileSelector", members.get("fileSelector").unwrap_or(&nothing), &["file", "files"])?;
        let removals = self.map(
            "removals",
            members.get("removals").unwrap_or(&nothing),
            &["values", "regex", "yamlPath"],
        )?;
        Ok(Named {
            name: self.redactor.clone(),
            files: self.files(&selector)?,
            removals: self.removals(&removals)?,
        })
    }

    fn files(&self, selector: &Map<String, Value>) -> Result<Vec<Regex>, SpecError> {
        let mut files = Vec::new();
        let mut add = |field: String, value: &Value| -> Result<(), SpecError> {
            let pattern = self.text(&field, value)?;
            let fault = || self.fault(&field, format!("{pattern:?} is no pattern of file names"));
            files.push(glob::compiled(&pattern).ok_or_else(fault)?);
            Ok(())
        };
        if let Some(file) = selector.get("file").filter(|file| **file != "") {
            add("fileSelector.file".to_owned(), file)?;
        }
        for (at, file) in self.list("fileSelector.files", selector.get("files"))?.iter().enumerate() {
            add(format!("fileSelector.files[{at}]"), file)?;
        }
        Ok(files)
    }

    fn removals(&self, members: &Map<String, Value>) -> Result<Vec<Removal>, SpecError> {
        let mut removals = Vec::new();
        for (at, value) in self.list("removals.values", members.get("values"))?.iter().enumerate() {
            removals.push(Removal::Value(self.text(&format!("removals.values[{at}]"), value)?.into_bytes()));
        }
        for (at, item) in self.list("removals.regex", members.get("regex"))?.iter().enumerate() {
            removals.push(Removal::Lines(self.lines(&format!("removals.regex[{at}]"), item)?));
        }
        for (at, value) in self.list("removals.yamlPath", members.get("yamlPath"))?.iter().enumerate() {
            let field = format!("removals.yamlPath[{at}]");
            let steps = path::steps(&self.text(&field, value)?);
            removals.push(Removal::Path(steps.ok_or_else(|| self.fault(&field, "has an empty step"))?));
        }
        Ok(removals)
    }

    fn lines(&self, field: &str, item: &Value) -> Result<Lines, SpecError> {
        let members = self.map(field, item, &["selector", "redactor"])?;
        let selector = match members.get("selector") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if text.is_empty() => String::new(),
            Some(selector) => self.text(&format!("{field}.selector"), selector)?,
        };
        let name = format!("{field}.redactor");
        let redactor = members.get("redactor").ok_or_else(|| self.fault(&name, "is missing"))?;
        let fault = |(part, why): (&str, String)| {
            self.fault(&format!("{field}.{part}"), format!("is no pattern: {why}"))
        };
        Lines::new(&selector, &self.text(&name, redactor)?).map_err(fault)
    }

    /// A map with these members and no others; nothing is an empty one.
    fn map(&self, field: &str, value: &Value, known: &[&str]) -> Result<Map<String, Value>, SpecError> {
        let members = match value {
            Value::Null => Map::new(),
            Value::Object(members) => members.clone(),
            _ => return Err(self.fault(field, "is no map")),
        };
        match members.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => {
                let known = known.join(", ");
                Err(self.fault(field, format!("has the unknown field {key:?}; known are {known}")))
            }
            None => Ok(members),
        }
    }

    fn list<'v>(&self, field: &str, value: Option<&'v Value>) -> Result<&'v [Value], SpecError> {
        match value {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(self.fault(field, "is no list")),
        }
    }

    /// A text that is not empty; a number is one as it is written.
    fn text(&self, field: &str, value: &Value) -> Result<String, SpecError> {
        match value {
            Value::String(text) if text.is_empty() => Err(self.fault(field, "is empty")),
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(self.fault(field, "is no text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(body: &str) -> String {
        format!(
            "apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nmetadata: {{name: doc}}\nspec:\n  redactors:\n  - {body}\n"
        )
    }

    #[test]
    fn specs_are_found_among_others_and_inside_of_others() {
        let one = redactor("{name: a, removals: {values: [x1, 5]}}");
        let indented = one.replace('\n', "\n    ");
        let encoded = STANDARD.encode(&one);
        let text = format!(
            "{one}---\nkind: Service\n---\n{}---\nkind: ConfigMap\ndata:\n  redactor-spec: |\n    {indented}\n---\n\
             kind: Secret\ndata:\n  redactor-spec: {encoded}\n",
            one.replace("troubleshoot.sh/v1beta2", "troubleshoot.replicated.com/v1beta1")
        );
        let specs = parse_specs("r.yaml", &text).expect("they can be read");
        assert_eq!(specs.len(), 4, "a document, an older one, one in a ConfigMap, one in a Secret");
        assert!(specs.iter().all(|spec| spec.redactors[0].removals.len() == 2));
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        for (body, message) in [
            (
                "{name: a, removal: {}}",
                "redactor a: it has the unknown field \"removal\"; known are name, fileSelector, removals",
            ),
            (
                "{name: a, removals: {value: []}}",
                "redactor a: removals has the unknown field \"value\"; known are values, regex, yamlPath",
            ),
            (
                "{name: a, removals: {regex: [{redactor: '(a'}]}}",
                "redactor a: removals.regex[0].redactor is no pattern: unclosed group",
            ),
            (
                "{name: a, removals: {regex: [{selector: a}]}}",
                "redactor a: removals.regex[0].redactor is missing",
            ),
            ("{name: a, removals: {regex: [x]}}", "redactor a: removals.regex[0] is no map"),
            ("{removals: {yamlPath: [a..b]}}", "redactor 1 of doc: removals.yamlPath[0] has an empty step"),
            ("{name: a, removals: {values: ['']}}", "redactor a: removals.values[0] is empty"),
            (
                "{name: a, fileSelector: {files: ['a[']}}",
                "redactor a: fileSelector.files[0] \"a[\" is no pattern of file names",
            ),
            ("{name: a, fileSelector: {files: b}}", "redactor a: fileSelector.files is no list"),
        ] {
            let error = parse_specs("r.yaml", &redactor(body)).expect_err(body).to_string();
            assert_eq!(error, format!("redactor spec r.yaml, {message}"));
        }
        assert!(matches!(parse_specs("r.yaml", "a: ["), Err(SpecError::Yaml { .. })));
        assert!(parse_specs("r.yaml", "").expect("nothing").is_empty());
    }
}
