//! What several tests need.

#![allow(dead_code, reason = "no test needs all of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use longshore_config::{
    Config, ConfigError, Context, Engine, Evaluation, Lookup, ReleaseFacts, Value, Values, evaluate,
};

/// Values by name.
pub fn given(pairs: &[(&str, &str)]) -> Values {
    let value = |text: &str| Value { value: text.to_owned(), ..Value::default() };
    pairs.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect()
}

/// A Config of one group from its items.
pub fn config(items: &str) -> Arc<Config> {
    let text = format!("spec:\n  groups:\n  - name: g\n    items:\n{items}");
    Arc::new(Config::parse(&text).expect("the Config parses"))
}

/// Facts of version 1.0.0.
pub fn context() -> Arc<Context> {
    let release = ReleaseFacts { version_label: "1.0.0".to_owned(), ..ReleaseFacts::default() };
    Arc::new(Context { release: Some(release), ..Context::default() })
}

/// One evaluation, nothing kept from before.
pub fn run(config: &Arc<Config>, given: &Values) -> Result<Evaluation, ConfigError> {
    evaluate(config, given, &BTreeMap::new(), &context(), Timestamp::UNIX_EPOCH)
}

/// An engine over an evaluated Config.
pub fn engine(evaluation: Evaluation) -> Engine {
    let lookup: Arc<dyn Lookup> = Arc::new(evaluation);
    Engine::new(&lookup, &context(), Timestamp::UNIX_EPOCH)
}

/// An engine that knows no items.
pub fn bare() -> Engine {
    engine(run(&Arc::default(), &Values::new()).expect("an empty Config evaluates"))
}
