//! `preflight`: looks at specs, runs them on hosts and clusters, and tells what changed.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use longshore_contract::{CheckResult, ErrorCode, PreflightView, WireError};
use longshore_preflight::{exit_code, to_json, to_text};
use serde_json::{Value, json};

use super::args::{Output, file};
use super::print;
use super::session::Session;

/// How often a run under way is looked at.
const LOOK: Duration = Duration::from_millis(150);

#[derive(Debug, Subcommand)]
pub(super) enum PreflightCommand {
    /// Says what is wrong with specs, without running them.
    Lint {
        /// Files, or `-` for standard input.
        #[arg(required = true)]
        specs: Vec<PathBuf>,
    },
    /// Runs specs on hosts over SSH and on a site's cluster. Nothing is installed or left there.
    Run(Box<RunArguments>),
    /// Lists what was run.
    List,
    /// Shows the results of a run.
    Show {
        /// Preflight run.
        preflight: String,
    },
    /// Says what changed from one run to another.
    Compare {
        /// The earlier one.
        before: String,
        /// The later one.
        after: String,
    },
    /// Forgets a run.
    Remove {
        /// Preflight run.
        preflight: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// Specs (HostPreflight, Preflight): files, or `-` for standard input. Without one, the built-in host checks.
    specs: Vec<PathBuf>,
    /// The built-in host checks, beside the specs that are named.
    #[arg(long)]
    builtin: bool,
    /// Site whose cluster the app checks are run on.
    #[arg(long)]
    site: Option<String>,
    /// Host as ssh takes it: [user@]host[:port], or a name from ssh_config. May be given several times.
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// File with hosts, one a line; `#` begins a remark.
    #[arg(long, value_name = "FILE")]
    hosts_file: Option<PathBuf>,
    /// This machine is one of the hosts.
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    ssh: SshArguments,
}

#[derive(Debug, Args)]
pub(super) struct SshArguments {
    /// ssh_config instead of the user's own and the system's; `none` for none at all.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<String>,
    /// Key file; may be given several times.
    #[arg(long = "identity", short = 'i', value_name = "FILE")]
    identities: Vec<String>,
    /// known_hosts file instead of the configured ones.
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<String>,
    /// Fingerprint (SHA256:…) of an unknown host key that was compared and is accepted.
    #[arg(long = "accept-host-key", value_name = "FINGERPRINT")]
    accepted_keys: Vec<String>,
    /// File with the password for logging in.
    #[arg(long, value_name = "FILE")]
    ssh_password_file: Option<PathBuf>,
    /// File with the passphrase of the key files.
    #[arg(long, value_name = "FILE")]
    key_passphrase_file: Option<PathBuf>,
    /// File with the password for becoming root; the one for logging in when not given.
    #[arg(long, value_name = "FILE")]
    sudo_password_file: Option<PathBuf>,
    /// Does not become root; facts that only root has are told as such.
    #[arg(long)]
    as_user: bool,
}

impl SshArguments {
    fn settings(&self) -> Result<Value, WireError> {
        let secret = |path: &Option<PathBuf>| -> Result<Option<String>, WireError> {
            let text = path.as_ref().map(file).transpose()?;
            Ok(text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()))
        };
        Ok(json!({
            "config": self.ssh_config.clone().unwrap_or_default(),
            "identities": self.identities,
            "knownHosts": self.known_hosts.clone().unwrap_or_default(),
            "acceptedKeys": self.accepted_keys,
            "password": secret(&self.ssh_password_file)?,
            "passphrase": secret(&self.key_passphrase_file)?,
            "rootPassword": secret(&self.sudo_password_file)?,
            "asUser": self.as_user,
        }))
    }
}

pub(super) async fn preflight(session: &Session, verb: PreflightCommand) -> Result<u8, WireError> {
    match verb {
        PreflightCommand::Lint { specs } => {
            let answer = session.call("preflight_lint", json!({ "specs": read(&specs)? })).await?;
            session.print("preflight_lint", &answer);
            let findings = answer["findings"].as_array();
            let wrong = findings.into_iter().flatten().any(|finding| finding["severity"] == "error");
            Ok(if wrong { ErrorCode::BadInput.exit_code() } else { 0 })
        }
        PreflightCommand::Run(arguments) => run(session, &arguments).await,
        PreflightCommand::List => session.show("preflight_list", json!({})).await,
        PreflightCommand::Show { preflight } => {
            let view = view(session.call("preflight_get", json!({ "preflight": preflight })).await?)?;
            Ok(told(session.output, &view))
        }
        PreflightCommand::Compare { before, after } => {
            session.show("preflight_compare", json!({ "before": before, "after": after })).await
        }
        PreflightCommand::Remove { preflight } => {
            session.show("preflight_remove", json!({ "preflight": preflight })).await
        }
    }
}

fn read(specs: &[PathBuf]) -> Result<Vec<Value>, WireError> {
    let one = |path: &PathBuf| -> Result<Value, WireError> {
        Ok(json!({ "name": path.display().to_string(), "content": super::content(path)? }))
    };
    specs.iter().map(one).collect()
}

fn view(answer: Value) -> Result<PreflightView, WireError> {
    serde_json::from_value(answer).map_err(|error| WireError::internal(&error))
}

fn hosts(arguments: &RunArguments) -> Result<Vec<String>, WireError> {
    let mut hosts = arguments.hosts.clone();
    if let Some(path) = &arguments.hosts_file {
        let text = file(path)?;
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        hosts.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    Ok(hosts)
}

async fn run(session: &Session, arguments: &RunArguments) -> Result<u8, WireError> {
    let site = match &arguments.site {
        Some(site) => Some(session.site(site).await?),
        None => None,
    };
    let mut request = json!({
        "specs": read(&arguments.specs)?,
        "builtin": arguments.builtin || arguments.specs.is_empty(),
        "site": site,
        "hosts": hosts(arguments)?,
        "local": arguments.local,
        "ssh": arguments.ssh.settings()?,
    });
    loop {
        let view = finished(session, request.clone()).await?;
        let accepted = accepted(session.output, &view)?;
        if accepted.is_empty() {
            return Ok(told(session.output, &view));
        }
        // What was not known is asked again; the keys are in known_hosts from then on.
        session.call("preflight_remove", json!({ "preflight": view.summary.id })).await?;
        for key in accepted {
            if let Some(keys) = request["ssh"]["acceptedKeys"].as_array_mut() {
                keys.push(Value::from(key));
            }
        }
    }
}

/// Runs to the end, telling what is judged as it comes.
async fn finished(session: &Session, request: Value) -> Result<PreflightView, WireError> {
    let mut now = view(session.call("preflight_run", request).await?)?;
    let total = u64::from(now.hosts.iter().map(|host| host.of).sum::<u32>());
    let bar = print::count_bar(session.output, total);
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    while now.summary.progress == longshore_contract::PreflightProgress::Running {
        let asked = json!({ "preflight": now.summary.id });
        let answer = tokio::select! {
            () = tokio::time::sleep(LOOK) => session.call("preflight_get", asked).await?,
            _ = &mut stop => session.call("preflight_cancel", asked).await?,
        };
        now = view(answer)?;
        bar.set_position(u64::from(now.hosts.iter().map(|host| host.done).sum::<u32>()));
        bar.set_message(format!("{} checks judged", now.results.len()));
    }
    bar.finish_and_clear();
    Ok(now)
}

/// Unknown keys that a person at the terminal accepts.
fn accepted(output: Output, view: &PreflightView) -> Result<Vec<String>, WireError> {
    let unknown = view.hosts.iter().filter(|host| !host.unknown_key.is_empty());
    if output == Output::Json || !std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let (mut accepted, mut asked) = (Vec::new(), BTreeSet::new());
    for host in unknown {
        if !asked.insert(&host.unknown_key) {
            continue;
        }
        eprint!("{}: its key is not known: {}. Accept it? [y/N] ", host.host, host.unknown_key);
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(|error| WireError::bad_input(format!("The answer cannot be read: {error}")))?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            accepted.push(host.unknown_key.clone());
        }
    }
    Ok(accepted)
}

/// Prints results in upstream's forms, and gives upstream's exit code.
fn told(output: Output, view: &PreflightView) -> u8 {
    let results: &[CheckResult] = &view.results;
    match output {
        Output::Json => print::line(&to_json(results).to_string()),
        Output::Text => {
            print::line(to_text(&view.summary.specs.join(", "), results).trim_end());
            for host in &view.hosts {
                for note in &host.notes {
                    print::note(&format!("{}: {note}", host.host));
                }
                if !host.unknown_key.is_empty() {
                    let key = &host.unknown_key;
                    print::note(&format!("{}: compare {key}, then give --accept-host-key {key}", host.host));
                }
            }
            print::note(&format!("Kept as {}.", view.summary.id));
        }
    }
    exit_code(results)
}
