//! WebDriver, as much of it as is needed.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

use crate::part::until;

/// How long something that a page has to do may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One page under a driver; ended with the handle.
#[derive(Debug)]
pub struct Session {
    agent: Agent,
    url: String,
}

impl Session {
    /// Starts `application` under the driver at `port`.
    pub(crate) fn begin(port: u16, application: &Path, arguments: &[String]) -> Result<Self> {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE * 2));
        let agent = config.build().new_agent();
        let server = format!("http://127.0.0.1:{port}");
        until("an answer of the driver", PATIENCE, || {
            send(&agent, "GET", &format!("{server}/status"), None)
        })?;
        let options = json!({ "application": application, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "tauri:options": options } } });
        let answer = send(&agent, "POST", &format!("{server}/session"), Some(&wanted))
            .with_context(|| format!("{} does not come up", application.display()))?;
        let id = answer["sessionId"].as_str().context("the driver gave no session")?;
        Ok(Self { url: format!("{server}/session/{id}"), agent })
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        send(&self.agent, "POST", &format!("{}/{path}", self.url), Some(body))
    }

    fn get(&self, path: &str) -> Result<Value> {
        send(&self.agent, "GET", &format!("{}/{path}", self.url), None)
    }

    /// The page's address.
    ///
    /// # Errors
    /// When the page does not answer.
    pub fn address(&self) -> Result<String> {
        Ok(self.get("url")?.as_str().unwrap_or_default().to_owned())
    }

    /// Runs the body of a function in the page and gives what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub fn run(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// Calls a command of the list from the page.
    ///
    /// # Errors
    /// What the command refuses.
    pub fn call(&self, name: &str, request: &Value) -> Result<Value> {
        let body = "const [name, request, done] = arguments;\
            window.__TAURI_INTERNALS__.invoke('call', { name, request })\
                .then((answer) => done({ answer }), (refusal) => done({ refusal }));";
        let outcome = self.post("execute/async", &json!({ "script": body, "args": [name, request] }))?;
        match outcome.get("answer") {
            Some(answer) => Ok(answer.clone()),
            None => bail!("{name} was refused: {}", outcome["refusal"]),
        }
    }

    fn find(&self, css: &str) -> Result<String> {
        let found = self.post("element", &json!({ "using": "css selector", "value": css }))?;
        Ok(found[ELEMENT].as_str().context("the driver named no element")?.to_owned())
    }

    /// The text of the first element that a selector finds, once there is one with any.
    ///
    /// # Errors
    /// When none comes.
    pub fn text(&self, css: &str) -> Result<String> {
        until(&format!("text in {css}"), PATIENCE, || {
            let element = self.find(css)?;
            let text = self.get(&format!("element/{element}/text"))?.as_str().unwrap_or_default().to_owned();
            if text.is_empty() {
                bail!("it is empty");
            }
            Ok(text)
        })
    }

    /// Clicks the first element that a selector finds.
    ///
    /// # Errors
    /// When none comes, or it cannot be clicked.
    pub fn click(&self, css: &str) -> Result<()> {
        until(&format!("a click on {css}"), PATIENCE, || {
            let element = self.find(css)?;
            self.post(&format!("element/{element}/click"), &json!({})).map(drop)
        })
    }

    /// Types into the first element that a selector finds.
    ///
    /// # Errors
    /// When none comes, or it takes no text.
    pub fn keys(&self, css: &str, text: &str) -> Result<()> {
        let element = until(css, PATIENCE, || self.find(css))?;
        self.post(&format!("element/{element}/value"), &json!({ "text": text })).map(drop)
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Errors
    /// When it does not become so.
    pub fn until(&self, expression: &str) -> Result<()> {
        until(expression, PATIENCE, || match self.run(&format!("return !!({expression})"), &[])? {
            Value::Bool(true) => Ok(()),
            _ => bail!("it is not so"),
        })
    }

    /// Keeps a picture of the page, once it has drawn what it was last told to.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, path: &Path) -> Result<()> {
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.post("execute/async", &json!({ "script": drawn, "args": [] }))?;
        let picture = self.get("screenshot")?;
        let bytes = STANDARD.decode(picture.as_str().unwrap_or_default()).context("a picture is base64")?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The application may have ended by itself, and its session with it.
        drop(send(&self.agent, "DELETE", &self.url, None));
    }
}

fn send(agent: &Agent, method: &str, url: &str, body: Option<&Value>) -> Result<Value> {
    let request =
        ureq::http::Request::builder().method(method).uri(url).header("content-type", "application/json");
    let text = body.map(Value::to_string).unwrap_or_default();
    let mut answer = agent.run(request.body(text)?).with_context(|| format!("{url} does not answer"))?;
    let whole: Value = answer.body_mut().with_config().limit(64 << 20).read_json()?;
    let value = whole.get("value").cloned().unwrap_or_default();
    if answer.status().is_success() {
        return Ok(value);
    }
    let (error, message) = (value["error"].as_str(), value["message"].as_str());
    bail!("{}: {}", error.unwrap_or("the driver refused"), message.unwrap_or_default())
}
