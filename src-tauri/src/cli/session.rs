//! One use of the command line: the application, who uses it, how answers are printed.

use std::sync::Arc;

use longshore_contract::{Caller, Door, WireError};
use serde_json::{Value, json};

use super::args::Output;
use super::{answers, print};
use crate::app::App;

/// A session.
pub(super) struct Session {
    app: Arc<App>,
    caller: Caller,
    pub(super) output: Output,
}

impl Session {
    pub(super) fn new(app: Arc<App>, output: Output) -> Self {
        Self { app, caller: Caller { who: who(), door: Door::Cli }, output }
    }

    /// The application itself, for a shell that is started from here.
    pub(super) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Calls a command of the list.
    pub(super) async fn call(&self, name: &str, request: Value) -> Result<Value, WireError> {
        self.app.call(&self.caller, name, request).await
    }

    /// Calls a command and prints its answer.
    pub(super) async fn show(&self, name: &str, request: Value) -> Result<u8, WireError> {
        let answer = self.call(name, request).await?;
        self.print(name, &answer);
        Ok(0)
    }

    pub(super) fn print(&self, name: &str, answer: &Value) {
        match self.output {
            Output::Json => print::line(&answer.to_string()),
            Output::Text => print::line(answers::text(name, answer).trim_end()),
        }
    }

    /// A site's id from its name or id.
    pub(super) async fn site(&self, name: &str) -> Result<String, WireError> {
        let list = self.call("site_list", json!({})).await?;
        let sites = list["sites"].as_array().cloned().unwrap_or_default();
        let found = sites.iter().find(|site| site["id"] == name || site["name"] == name);
        found.and_then(|site| site["id"].as_str().map(str::to_owned)).ok_or_else(|| {
            WireError::not_found(format!("There is no site {name}"))
                .hint("`longshore site list` shows those there are.")
        })
    }
}

/// `user@machine`.
pub fn who() -> String {
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "operator".to_owned());
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{user}@{}", if machine.trim().is_empty() { "localhost" } else { machine.trim() })
}
