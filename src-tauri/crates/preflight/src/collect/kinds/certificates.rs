//! `certificates`: chains in Secrets and ConfigMaps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::Job;
use crate::collect::world::Refusal;
use crate::values::certificate::chain;

const FILE: &str = "certificates/certificates.json";
/// Field of the spec, plural in the API, and name of the source in the file.
const SOURCES: [(&str, &str, &str); 2] =
    [("secrets", "secrets", "secret"), ("configMaps", "configmaps", "configMap")];

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![FILE.to_owned()]
}

/// Names and namespaces of a field.
fn sources<'a>(asked: &Asked<'a>, field: &str) -> Vec<(&'a str, &'a str)> {
    let items = asked.body[field].as_array().into_iter().flatten();
    items
        .flat_map(|item| {
            let name = item["name"].as_str().unwrap_or_default();
            let namespaces = item["namespaces"].as_array().into_iter().flatten();
            namespaces.filter_map(Value::as_str).map(move |namespace| (name, namespace))
        })
        .collect()
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    let mut needs = Needs::default();
    for (field, plural, _) in SOURCES {
        for (_, namespace) in sources(asked, field) {
            needs = needs.must(&["get"], "", plural, namespace);
        }
    }
    needs
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let mut all = Vec::new();
    for (field, plural, source) in SOURCES {
        for (name, namespace) in sources(&job.asked, field) {
            let path = format!("/api/v1/namespaces/{namespace}/{plural}/{name}");
            let source = json!({ source: name, "namespace": namespace });
            all.push(match job.cluster().get(&path).await? {
                Some(found) => collection(&source, &found, plural == "secrets", job.ground.at.0),
                None => json!({ "source": source, "errors": [format!("{plural} {name:?} not found")] }),
            });
        }
    }
    job.kept.json(FILE, &Value::Array(all));
    Ok(())
}

fn collection(source: &Value, found: &Value, encoded: bool, now: i64) -> Value {
    let (mut certificates, mut errors) = (Vec::new(), Vec::new());
    for (key, value) in found["data"].as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        let bytes =
            if encoded { STANDARD.decode(text).unwrap_or_default() } else { text.as_bytes().to_vec() };
        match chain(&String::from_utf8_lossy(&bytes), now) {
            Ok(found) => certificates.extend(found.into_iter().map(|mut certificate| {
                certificate["certificate"] = json!(key);
                certificate
            })),
            // Beside a certificate lies its key, which is none.
            Err(_) => errors.push(format!("{key} holds no certificate")),
        }
    }
    let mut shown = json!({ "source": source });
    if !errors.is_empty() {
        shown["errors"] = json!(errors);
    }
    if !certificates.is_empty() {
        shown["certificateChain"] = Value::Array(certificates);
    }
    shown
}
