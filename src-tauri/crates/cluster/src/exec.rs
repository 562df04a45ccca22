//! Exec plugins: credentials from a command, run by us.
//!
//! A window has no terminal and, on some systems, not the login shell's PATH; and what a plugin says on its
//! standard error is the only thing that tells an operator why it failed. So it is never interactive, gets
//! the login shell's PATH, and its words are in the error. One run at a time for each plugin.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use kube::config::{AuthInfo, ExecConfig};
use serde::Deserialize;
use tokio::process::Command;
use tokio::sync::Mutex;

/// Why a plugin gave no credential.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExecError {
    /// It names no command.
    #[error("the kubeconfig's exec plugin names no command")]
    NoCommand,
    /// It is not there.
    #[error("the exec plugin {command} cannot be started ({why}); {hint}")]
    Start {
        /// Command.
        command: String,
        /// Why.
        why: String,
        /// What the kubeconfig says to do, or that it must be installed.
        hint: String,
    },
    /// It took too long.
    #[error("the exec plugin {0} gave no credential within {limit} s", limit = LIMIT.as_secs())]
    Slow(String),
    /// It failed.
    #[error("the exec plugin {command} failed ({status}): {said}")]
    Failed {
        /// Command.
        command: String,
        /// How it ended.
        status: String,
        /// What it said on its standard error.
        said: String,
    },
    /// It said something else.
    #[error("the exec plugin {command} did not answer with an ExecCredential: {why}")]
    Answer {
        /// Command.
        command: String,
        /// Why.
        why: String,
    },
}

const LIMIT: Duration = Duration::from_mins(1);
/// After a failure a plugin is not run again for this long: it may open a browser each time.
const BACK_OFF: Duration = Duration::from_secs(10);

#[derive(Deserialize, Clone)]
struct Answer {
    status: Option<Credential>,
}

#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "camelCase", default)]
struct Credential {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<Timestamp>,
}

/// The last outcome of a plugin.
#[derive(Default)]
struct Last {
    credential: Option<Credential>,
    failed: Option<(std::time::Instant, ExecError)>,
}

type Plugins = Mutex<HashMap<String, Arc<Mutex<Last>>>>;
static PLUGINS: LazyLock<Plugins> = LazyLock::new(Plugins::default);
static LOGIN_PATH: tokio::sync::OnceCell<Option<String>> = tokio::sync::OnceCell::const_new();

/// Puts a plugin's credential in the place of the plugin, and tells when it expires.
pub(crate) async fn resolve(auth: &mut AuthInfo) -> Result<Option<Timestamp>, ExecError> {
    let Some(plugin) = auth.exec.take() else { return Ok(None) };
    let credential = credential(&plugin).await?;
    auth.token = credential.token.map(Into::into);
    // Plugins answer in PEM; kubeconfigs hold it in base64.
    auth.client_certificate_data = credential.client_certificate_data.map(|pem| STANDARD.encode(pem));
    auth.client_key_data = credential.client_key_data.map(|pem| STANDARD.encode(pem).into());
    Ok(credential.expiration_timestamp)
}

async fn credential(plugin: &ExecConfig) -> Result<Credential, ExecError> {
    let key = format!("{:?} {:?} {:?}", plugin.command, plugin.args, plugin.env);
    let last = Arc::clone(PLUGINS.lock().await.entry(key).or_default());
    let mut last = last.lock().await;
    let soon = Timestamp::now() + jiff::SignedDuration::from_mins(1);
    if let Some(known) = &last.credential
        && known.expiration_timestamp.is_some_and(|at| at > soon)
    {
        return Ok(known.clone());
    }
    if let Some((at, error)) = &last.failed
        && at.elapsed() < BACK_OFF
    {
        return Err(error.clone());
    }
    match run(plugin).await {
        Ok(credential) => {
            *last = Last { credential: Some(credential.clone()), failed: None };
            Ok(credential)
        }
        Err(error) => {
            last.failed = Some((std::time::Instant::now(), error.clone()));
            Err(error)
        }
    }
}

async fn run(plugin: &ExecConfig) -> Result<Credential, ExecError> {
    let name = plugin.command.clone().ok_or(ExecError::NoCommand)?;
    let api_version =
        plugin.api_version.clone().unwrap_or_else(|| "client.authentication.k8s.io/v1".to_owned());
    let info = serde_json::json!({ "apiVersion": api_version, "kind": "ExecCredential", "spec": { "interactive": false } });
    let mut command = Command::new(&name);
    command.args(plugin.args.iter().flatten()).env("KUBERNETES_EXEC_INFO", info.to_string());
    if let Some(path) = login_path().await {
        command.env("PATH", path);
    }
    for pair in plugin.env.iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    let hint =
        plugin.install_hint.clone().unwrap_or_else(|| "install it, or correct the kubeconfig".to_owned());
    let output = match tokio::time::timeout(LIMIT, command.output()).await {
        Err(_) => return Err(ExecError::Slow(name)),
        Ok(Err(error)) => return Err(ExecError::Start { command: name, why: error.to_string(), hint }),
        Ok(Ok(output)) => output,
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().chars().take(2000).collect();
        return Err(ExecError::Failed { command: name, status: output.status.to_string(), said });
    }
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|error| ExecError::Answer { command: name.clone(), why: error.to_string() })?;
    answer.status.ok_or(ExecError::Answer { command: name, why: "it has no status".to_owned() })
}

/// PATH as the operator's login shell has it; a window started from a menu may have another.
async fn login_path() -> Option<&'static str> {
    let path = LOGIN_PATH.get_or_init(|| async {
        let shell = std::env::var("SHELL").ok()?;
        let asked = Command::new(shell)
            .args(["-l", "-c", "printf '%s' \"$PATH\""])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_secs(5), asked).await.ok()?.ok()?;
        String::from_utf8(output.stdout).ok().filter(|path| !path.is_empty())
    });
    path.await.as_deref()
}
