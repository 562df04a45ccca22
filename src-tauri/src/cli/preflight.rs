//! `preflight`: looks at specs, runs them on hosts and clusters, and tells what changed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use longshore_contract::{CheckResult, ErrorCode, PreflightView, WireError};
use longshore_preflight::{HostDefaults, exit_code, to_json, to_text};
use serde_json::{Value, json};

use super::args::{Output, file};
use super::print;
use super::session::Session;
use super::ssh::{self, SshArguments};

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
    /// Prints the built-in host checks as a HostPreflight document.
    Builtin,
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
    /// Bundle file, or id of one in the library, whose release's own preflight specs are run as well.
    #[arg(long, value_name = "FILE|ID")]
    bundle: Option<String>,
    /// Site whose cluster the app checks are run on, or whose hosts are checked.
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

pub(super) async fn preflight(session: &Session, verb: PreflightCommand) -> Result<u8, WireError> {
    match verb {
        PreflightCommand::Lint { specs } => {
            let answer = session.call("preflight_lint", json!({ "specs": read(&specs)? })).await?;
            session.print("preflight_lint", &answer);
            let findings = answer["findings"].as_array();
            let wrong = findings.into_iter().flatten().any(|finding| finding["severity"] == "error");
            Ok(if wrong { ErrorCode::BadInput.exit_code() } else { 0 })
        }
        PreflightCommand::Builtin => {
            let text = HostDefaults::default().text();
            print::line(text.map_err(|error| WireError::internal(&error))?.trim_end());
            Ok(0)
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

pub(super) fn read(specs: &[PathBuf]) -> Result<Vec<Value>, WireError> {
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
    let bundle = match &arguments.bundle {
        Some(bundle) => Some(super::install::bundle(session, bundle).await?),
        None => None,
    };
    let mut request = json!({
        "specs": read(&arguments.specs)?,
        "builtin": arguments.builtin || (arguments.specs.is_empty() && arguments.bundle.is_none()),
        "bundle": bundle,
        "site": site,
        "hosts": hosts(arguments)?,
        "local": arguments.local,
        "ssh": arguments.ssh.settings()?,
    });
    loop {
        let view = finished(session, request.clone()).await?;
        let unknown = view.hosts.iter().map(|host| (host.host.as_str(), host.unknown_key.as_str()));
        let accepted = ssh::accepted(session.output, unknown)?;
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
