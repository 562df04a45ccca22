//! `cargo xtask vectors`: our answers to a file of cases, one JSON line for each, so that
//! they can be held against those of the programs that packages were written for.

mod config;
mod helmchart;
mod preflight;
mod templates;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use longshore_config::{Config, Context, Evaluation, Values, evaluate};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which cases to evaluate.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// What the cases are about.
    kind: Kind,
    /// File of cases.
    file: PathBuf,
}

/// What cases are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Single templates.
    Templates,
    /// Whole Configs.
    Config,
    /// HelmCharts.
    Helmchart,
    /// Checks of hosts and clusters over collected files.
    Preflight,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Value>,
}

/// Evaluates every case and prints its answer.
pub fn run(options: &Options) -> Result<()> {
    let file = options.file.display();
    let text = std::fs::read_to_string(&options.file).with_context(|| format!("{file} cannot be read"))?;
    let cases: File = serde_json::from_str(&text).with_context(|| format!("{file} is no file of cases"))?;
    let mut out = std::io::stdout().lock();
    for case in &cases.cases {
        let id = case["id"].clone();
        let answer = match options.kind {
            Kind::Templates => templates::answer(case),
            Kind::Config => config::answer(case).map(|got| json!({ "got": got })),
            Kind::Helmchart => helmchart::answer(case).map(|got| json!({ "got": got })),
            Kind::Preflight => preflight::answer(case).map(|got| json!({ "got": got })),
        };
        let mut line = json!({ "id": id });
        match answer {
            Ok(Value::Object(fields)) => {
                line.as_object_mut().into_iter().for_each(|line| line.extend(fields.clone()));
            }
            Ok(other) => line["got"] = other,
            Err(error) => line["error"] = json!(format!("{error:#}")),
        }
        writeln!(out, "{line}").context("the answers cannot be written")?;
    }
    Ok(())
}

/// The facts of a case.
fn context(case: &Value) -> Result<Arc<Context>> {
    let given = &case["context"];
    let given = if given.is_null() { json!({}) } else { given.clone() };
    Ok(Arc::new(serde_json::from_value(given).context("the case's context cannot be read")?))
}

/// The values of one of a case's members.
fn values(given: &Value) -> Result<Values> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Given {
        value: String,
        filename: String,
    }
    let given: BTreeMap<String, Given> =
        if given.is_null() { BTreeMap::default() } else { serde_json::from_value(given.clone())? };
    let value = |given: Given| longshore_config::Value {
        value: given.value,
        filename: given.filename,
        ..longshore_config::Value::default()
    };
    Ok(given.into_iter().map(|(name, given)| (name, value(given))).collect())
}

/// The evaluated Config that a case's context holds.
fn evaluation(case: &Value, context: &Arc<Context>) -> Result<Arc<Evaluation>> {
    // JSON is YAML.
    let spec = json!({ "spec": case["context"]["config"] }).to_string();
    let config = Arc::new(Config::parse(&spec).context("the context's Config cannot be read")?);
    let given = values(&case["context"]["values"])?;
    let now = jiff::Timestamp::now();
    Ok(Arc::new(evaluate(&config, &given, &BTreeMap::default(), context, now)?))
}
