//! Config values from the command line: `--set`, `--set-file`, and ConfigValues documents.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use longshore_contract::{SentValue, WireError};
use serde::Deserialize;

use super::args::file;

#[derive(Debug, Args, Default)]
pub(super) struct ValueArguments {
    /// ConfigValues document (`kots.io/v1beta1`).
    #[arg(long, value_name = "FILE")]
    config_values: Option<PathBuf>,
    /// Sets a value. For passwords use --set-file: arguments can be seen by others on this machine.
    #[arg(long = "set", value_name = "ITEM=VALUE")]
    set: Vec<String>,
    /// Sets a value to the content of a file; for passwords without its last line end.
    #[arg(long = "set-file", value_name = "ITEM=FILE")]
    set_file: Vec<String>,
    /// Clears a value.
    #[arg(long = "clear", value_name = "ITEM")]
    clear: Vec<String>,
}

#[derive(Deserialize)]
struct ConfigValues {
    #[serde(default)]
    spec: ConfigValuesSpec,
}

#[derive(Deserialize, Default)]
struct ConfigValuesSpec {
    #[serde(default)]
    values: BTreeMap<String, ConfigValue>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ConfigValue {
    value: Option<serde_norway::Value>,
    value_plaintext: Option<String>,
    filename: String,
}

impl ConfigValue {
    fn text(&self) -> String {
        if let Some(text) = &self.value_plaintext {
            return text.clone();
        }
        match &self.value {
            Some(serde_norway::Value::String(text)) => text.clone(),
            Some(serde_norway::Value::Bool(yes)) => u8::from(*yes).to_string(),
            Some(serde_norway::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }
}

impl ValueArguments {
    /// As the command list takes them; later sources win over earlier ones.
    pub(super) fn sent(&self) -> Result<BTreeMap<String, SentValue>, WireError> {
        let mut sent = BTreeMap::new();
        if let Some(path) = &self.config_values {
            let document: ConfigValues = serde_norway::from_str(&file(path)?).map_err(|error| {
                WireError::bad_input(format!("{} is no ConfigValues document: {error}", path.display()))
            })?;
            for (name, value) in document.spec.values {
                sent.insert(name, SentValue::Set { value: value.text(), filename: value.filename });
            }
        }
        for pair in &self.set {
            let (name, value) = split(pair, "--set")?;
            sent.insert(name.to_owned(), SentValue::Set { value: value.to_owned(), filename: String::new() });
        }
        for pair in &self.set_file {
            let (name, path) = split(pair, "--set-file")?;
            let path = PathBuf::from(path);
            let value = file(&path)?.trim_end_matches(['\r', '\n']).to_owned();
            let filename = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sent.insert(name.to_owned(), SentValue::Set { value, filename });
        }
        for name in &self.clear {
            sent.insert(name.clone(), SentValue::Clear);
        }
        Ok(sent)
    }
}

fn split<'a>(pair: &'a str, flag: &str) -> Result<(&'a str, &'a str), WireError> {
    pair.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        WireError::bad_input(format!("{flag} {pair} is not ITEM=VALUE"))
            .hint(format!("Write {flag} item=value."))
    })
}
