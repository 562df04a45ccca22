//! A host that is this machine, with any shell.

#![allow(dead_code, reason = "each test file uses its part")]

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::Timestamp;
use longshore_preflight::{Flow, Gathered, Host, HostGathered, Setting, Sink, collect_host};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Runs scripts here.
pub struct Local {
    /// The shell and its arguments.
    pub shell: Vec<String>,
    /// Whether it says it is root.
    pub root: bool,
    /// Variables for the shell.
    pub env: Vec<(String, String)>,
    /// Said before the script runs, as profiles do.
    pub noise: Vec<u8>,
}

impl Local {
    pub fn new(shell: &str) -> Self {
        let shell = shell.split(' ').map(str::to_owned).collect();
        Self { shell, root: true, env: Vec::new(), noise: Vec::new() }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }
}

#[async_trait]
impl Host for Local {
    async fn run(&self, script: &str, limit: Duration, out: &mut dyn Sink) -> Result<(), String> {
        if !self.noise.is_empty() && out.take(&self.noise) == Flow::Enough {
            return Ok(());
        }
        let mut child = Command::new(&self.shell[0])
            .args(&self.shell[1..])
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stdin = child.stdin.take().expect("piped");
        let mut stdout = child.stdout.take().expect("piped");
        let feeding = async move {
            // A shell that is none reads nothing.
            let _ = stdin.write_all(script.as_bytes()).await;
        };
        let reading = async {
            let mut buffer = vec![0; 65536];
            loop {
                let read = stdout.read(&mut buffer).await.map_err(|error| error.to_string())?;
                if read == 0 {
                    return Ok(());
                }
                if out.take(&buffer[..read]) == Flow::Enough {
                    return Ok(());
                }
            }
        };
        let both = async { tokio::join!(feeding, reading).1 };
        let ended = tokio::time::timeout(limit, both).await;
        let ended = ended.unwrap_or_else(|_| Err(format!("it did not end within {} s", limit.as_secs())));
        let _ = child.wait().await;
        ended
    }

    fn root(&self) -> bool {
        self.root
    }
}

/// Every shell that a host may have for `sh`.
pub const SHELLS: &[&str] = &["dash", "bash --posix", "bash", "busybox sh"];

/// The shells that this machine has.
pub fn shells() -> Vec<&'static str> {
    let there = |shell: &&&str| {
        let name = shell.split(' ').next().unwrap_or_default();
        std::env::var("PATH")
            .unwrap_or_default()
            .split(':')
            .any(|folder| std::path::Path::new(folder).join(name).exists())
    };
    SHELLS.iter().filter(there).copied().collect()
}

pub fn setting() -> Setting {
    let now = jiff::Timestamp::now().as_millisecond();
    Setting::new(format!("t{}x{now}", std::process::id()), Timestamp(now))
}

pub async fn gather(collectors: Value, host: &dyn Host, setting: &Setting) -> HostGathered {
    let collectors = collectors.as_array().expect("a list").clone();
    collect_host(&collectors, host, setting, &mut |_| {}).await
}

/// A file as JSON.
#[track_caller]
pub fn json(gathered: &Gathered, path: &str) -> Value {
    let file =
        gathered.files.get(path).unwrap_or_else(|| panic!("{path} is missing: {:?}", gathered.refused));
    serde_json::from_slice(file)
        .unwrap_or_else(|error| panic!("{path}: {error}: {}", String::from_utf8_lossy(file)))
}

#[track_caller]
pub fn text(gathered: &Gathered, path: &str) -> String {
    let file =
        gathered.files.get(path).unwrap_or_else(|| panic!("{path} is missing: {:?}", gathered.refused));
    String::from_utf8_lossy(file).into_owned()
}
