//! Config values from the command line: `--set`, `--set-file`, and ConfigValues documents.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use longshore_config::Value;
use longshore_contract::{SentValue, WireError, chain};

use super::args::file;

#[derive(Debug, Args, Default)]
pub(super) struct ValueArguments {
    /// ConfigValues document (`kots.io/v1beta1`).
    #[arg(long, value_name = "FILE")]
    config_values: Option<PathBuf>,
    /// Sets a value. For passwords use --set-file: arguments can be seen by others on this machine.
    #[arg(long = "set", value_name = "ITEM=VALUE")]
    set: Vec<String>,
    /// Sets a file item to a file, any other item to its text without the last line end.
    #[arg(long = "set-file", value_name = "ITEM=FILE")]
    set_file: Vec<String>,
    /// Clears a value.
    #[arg(long = "clear", value_name = "ITEM")]
    clear: Vec<String>,
}

impl ValueArguments {
    /// As the command list takes them; later sources win over earlier ones.
    pub(super) fn sent(&self) -> Result<BTreeMap<String, SentValue>, WireError> {
        let mut sent = BTreeMap::new();
        if let Some(path) = &self.config_values {
            let values = longshore_config::import_values(&file(path)?).map_err(|error| {
                let text = format!("{} is no ConfigValues document: {}", path.display(), chain(&error));
                WireError::bad_input(text)
            })?;
            for (name, Value { value, filename, repeatable_item }) in values {
                sent.insert(name, SentValue::Set { value, filename, repeatable_item });
            }
        }
        for pair in &self.set {
            let (name, value) = split(pair, "--set")?;
            let (value, none) = (value.to_owned(), String::new());
            sent.insert(
                name.to_owned(),
                SentValue::Set { value, filename: none.clone(), repeatable_item: none },
            );
        }
        for pair in &self.set_file {
            let (name, path) = split(pair, "--set-file")?;
            let path = PathBuf::from(path);
            let content = std::fs::read(&path).map_err(|error| {
                WireError::bad_input(format!("{} cannot be read: {error}", path.display()))
            })?;
            let filename = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sent.insert(name.to_owned(), SentValue::File { content: STANDARD.encode(content), filename });
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
