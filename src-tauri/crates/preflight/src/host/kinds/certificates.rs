//! `certificatesCollection`: chains of certificates in files.

use serde_json::{Map, Value, json};

use super::{Asked, Built, Found, Plan, Probe, files as small};
use crate::values::certificate::chain;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/certificatesCollection", "certificatesCollection", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let paths: Vec<String> = asked.texts("paths").into_iter().map(str::to_owned).collect();
    let texts: Vec<&str> = paths.iter().map(String::as_str).collect();
    let probe: Probe = small(&texts);
    let (file, at) = (files(asked).remove(0), asked.setting.at);
    Ok(Plan::new(vec![probe], move |facts| {
        let mut unprivileged = Vec::new();
        let mut all = Vec::new();
        for path in &paths {
            let chain = match facts.file(path)? {
                Found::Text(text) => chain(&text, at.0),
                Found::Absent => Err("cert-missing"),
                // Upstream calls that missing too; a reader has to know better.
                Found::Denied => {
                    unprivileged.push(format!("the certificate {path}"));
                    Err("cert-missing")
                }
            };
            let mut found = Map::new();
            found.insert("certificatePath".to_owned(), json!(path));
            let message = match chain {
                Ok(chain) => {
                    found.insert("certificateChain".to_owned(), Value::Array(chain));
                    "cert-valid"
                }
                Err(message) => message,
            };
            found.insert("message".to_owned(), json!(message));
            all.push(Value::Object(found));
        }
        let all = if all.is_empty() { Value::Null } else { Value::Array(all) };
        Ok(Built { unprivileged, ..Built::json(file.clone(), &all) })
    }))
}
