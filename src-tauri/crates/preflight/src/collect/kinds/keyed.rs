//! `secret` and `configMap`: whether they are there, and their values only where the spec asks for them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed, name};
use crate::collect::world::Refusal;
use crate::values::glob::joined;

/// How the two differ.
#[derive(Clone, Copy)]
struct Keyed {
    /// Folder of the layout, and plural in the API.
    plural: &'static str,
    exists: &'static str,
    /// Whether values are in base64.
    encoded: bool,
}

const SECRET: Keyed = Keyed { plural: "secrets", exists: "secretExists", encoded: true };
const MAP: Keyed = Keyed { plural: "configmaps", exists: "configMapExists", encoded: false };

pub(super) fn secret_files(asked: &Asked<'_>) -> Vec<String> {
    SECRET.files(asked, asked.text_or("name", "*"))
}

pub(super) fn map_files(asked: &Asked<'_>) -> Vec<String> {
    MAP.files(asked, asked.text_or("name", "*"))
}

pub(super) fn secret_needs(asked: &Asked<'_>) -> Needs {
    SECRET.needs(asked)
}

pub(super) fn map_needs(asked: &Asked<'_>) -> Needs {
    MAP.needs(asked)
}

pub(super) async fn secret(job: &Job<'_>) -> Result<(), Refusal> {
    SECRET.collect(job).await
}

pub(super) async fn map(job: &Job<'_>) -> Result<(), Refusal> {
    MAP.collect(job).await
}

impl Keyed {
    fn needs(self, asked: &Asked<'_>) -> Needs {
        let verb = if asked.text("name").is_empty() { "list" } else { "get" };
        Needs::default().must(&[verb], "", self.plural, asked.place())
    }

    /// Files of an object. An analyzer finds them only where it says the same as the collector, so where that names
    /// no namespace they are without one, too.
    fn files(self, asked: &Asked<'_>, name: &str) -> Vec<String> {
        // Upstream leaves the key out of a secret's name, not out of a map's.
        let all = asked.flag("includeAllData") && self.encoded;
        let key = if all { "" } else { asked.text("key") };
        let file = |namespace: &str| format!("{}.json", joined(&[self.plural, namespace, name, key]));
        let mut files = vec![file(asked.place())];
        if asked.text("namespace").is_empty() {
            files.push(file(""));
        }
        files
    }

    async fn collect(self, job: &Job<'_>) -> Result<(), Refusal> {
        let asked = &job.asked;
        let path = format!("/api/v1/namespaces/{}/{}", asked.place(), self.plural);
        let wanted = asked.text("name");
        if !wanted.is_empty() {
            let found = job.cluster().get(&format!("{path}/{wanted}")).await?;
            self.keep(job, wanted, found.as_ref());
            return Ok(());
        }
        if asked.texts("selector").is_empty() {
            return Err(failed("neither name nor selector says which is meant"));
        }
        let found = job.cluster().list(&format!("{path}{}", asked.selecting())).await?;
        if found.is_empty() {
            let selector = asked.texts("selector").join(",");
            let words = format!("namespace {} has no {} with {selector}", asked.place(), self.plural);
            return Err(Refusal::Absent(words));
        }
        for object in &found {
            self.keep(job, name(object), Some(object));
        }
        Ok(())
    }

    fn keep(self, job: &Job<'_>, name: &str, found: Option<&Value>) {
        let (asked, key) = (&job.asked, job.asked.text("key"));
        let data = found.map(|object| &object["data"]);
        let held = data.map(|data| &data[key]).filter(|value| !key.is_empty() && !value.is_null());
        let mut shown = json!({
            "namespace": asked.text("namespace"), "name": name, "key": key,
            self.exists: found.is_some(),
            "keyExists": held.is_some(),
        });
        if asked.flag("includeAllData") {
            let all = data.and_then(Value::as_object).into_iter().flatten();
            let all: Map<String, Value> =
                all.map(|(key, value)| (key.clone(), json!(self.value(value)))).collect();
            shown["data"] = Value::Object(all);
        } else if let Some(value) = held.filter(|_| asked.flag("includeValue")) {
            shown["value"] = json!(self.value(value));
        }
        for file in self.files(asked, name) {
            job.kept.json(&file, &shown);
        }
    }

    fn value(self, value: &Value) -> String {
        let text = value.as_str().unwrap_or_default();
        if !self.encoded {
            return text.to_owned();
        }
        String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned()
    }
}
