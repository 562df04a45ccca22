//! The command line: parses, calls commands of the list, prints what they answer. It decides nothing.

mod answers;
mod args;
mod base;
mod bundle;
mod follow;
mod install;
mod preflight;
mod print;
mod serve;
mod session;
mod site;
mod ssh;
mod support;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, Parser};
use longshore_contract::{ErrorCode, WireError, chain};
use longshore_engine::port::Journal;
use serde_json::{Value, json};

use crate::app::App;
use args::{Arguments, ConfigCommand, ContextCommand, Kubeconfig, RunCommand, Verb};
use session::Session;
#[cfg(feature = "desktop")]
pub(crate) use session::who;

/// A run that ended in a failed state.
pub const EXIT_RUN_FAILED: u8 = 3;
/// A run that a person stopped.
pub const EXIT_CANCELLED: u8 = 130;

/// Stands between the runs and their journal.
pub type Between = dyn Fn(Arc<dyn Journal>) -> Arc<dyn Journal>;

/// Parses arguments, runs, and gives the documented exit code.
pub fn main() -> ExitCode {
    main_with(&|journal| journal)
}

/// The same with something between the runs and their journal.
pub fn main_with(between: &Between) -> ExitCode {
    let arguments = Arguments::parse();
    let output = arguments.output;
    if let Verb::Completion { shell } = &arguments.verb {
        clap_complete::generate(*shell, &mut Arguments::command(), "longshore", &mut std::io::stdout());
        return ExitCode::SUCCESS;
    }
    // A server's log tells of its requests; a command's would only be in the way.
    let _log = print::logging(arguments.verbose.max(u8::from(matches!(arguments.verb, Verb::Serve(_)))));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return print::refusal(output, &WireError::internal(&error)),
    };
    match runtime.block_on(run(arguments, between)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => print::refusal(output, &error),
    }
}

async fn run(arguments: Arguments, between: &Between) -> Result<u8, WireError> {
    let options = arguments.place.options()?;
    let app = App::open_with(&options, between)
        .map_err(|error| WireError::new(ErrorCode::BadInput, chain(&error)))?;
    let session = Session::new(Arc::clone(&app), arguments.output);
    let code = carry_out(&session, arguments.verb).await;
    app.settle().await;
    code
}

async fn carry_out(session: &Session, verb: Verb) -> Result<u8, WireError> {
    match verb {
        Verb::Site(verb) => site::site(session, verb).await,
        Verb::Context(verb) => context(session, verb).await,
        Verb::Bundle(verb) => bundle::bundle(session, verb).await,
        Verb::Key(verb) => bundle::key(session, verb).await,
        Verb::Run(verb) => self::run_verb(session, verb).await,
        Verb::Config(verb) => config(session, verb).await,
        Verb::Preflight(verb) => preflight::preflight(session, verb).await,
        Verb::Support(verb) => support::support(session, verb).await,
        Verb::Install(start) => install::start(session, "install", start).await,
        Verb::Upgrade(start) => install::start(session, "upgrade", start).await,
        Verb::Rollback { site, revision, no_wait } => {
            install::rollback(session, &site, revision, no_wait).await
        }
        Verb::Audit { limit } => session.show("audit_list", json!({ "limit": limit })).await,
        Verb::Serve(arguments) => serve::serve(session, arguments).await,
        Verb::Completion { .. } => Ok(0),
    }
}

fn kubeconfig(from: &Kubeconfig) -> Result<Value, WireError> {
    match &from.kubeconfig {
        None => Ok(json!({ "type": "environment" })),
        Some(path) if path.as_os_str() == "-" => Ok(json!({ "type": "pasted", "content": content(path)? })),
        Some(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            Ok(json!({ "type": "file", "path": path.display().to_string() }))
        }
    }
}

async fn context(session: &Session, verb: ContextCommand) -> Result<u8, WireError> {
    match verb {
        ContextCommand::List { from } => {
            session.show("context_list", json!({ "kubeconfig": kubeconfig(&from)? })).await
        }
        ContextCommand::Probe { context, from } => {
            session
                .show("context_probe", json!({ "kubeconfig": kubeconfig(&from)?, "context": context }))
                .await
        }
    }
}

async fn config(session: &Session, verb: ConfigCommand) -> Result<u8, WireError> {
    match verb {
        ConfigCommand::Show { run } => session.show("config_get", json!({ "run": run })).await,
        ConfigCommand::Set { run, values } => {
            session.show("config_set", json!({ "run": run, "values": values.sent()? })).await
        }
        ConfigCommand::Validate { run, values } => {
            let view =
                session.call("config_template", json!({ "run": run, "values": values.sent()? })).await?;
            session.print("config_template", &view);
            let well = view["errors"].as_array().is_none_or(Vec::is_empty);
            Ok(if well { 0 } else { ErrorCode::BadInput.exit_code() })
        }
        ConfigCommand::Diff { run } => session.show("config_diff", json!({ "run": run })).await,
        ConfigCommand::Render { run, values, objects } => {
            let request = json!({ "run": run, "values": values.sent()?, "objects": objects });
            session.show("config_render", request).await
        }
        ConfigCommand::Import { run, file } => {
            let content = content(&file)?;
            session.show("config_import", json!({ "run": run, "content": content })).await
        }
        ConfigCommand::Base(verb) => base::base(session, verb).await,
        ConfigCommand::History { site } => base::history(session, &site).await,
        ConfigCommand::Export { run } => session.show("config_export", json!({ "run": run })).await,
    }
}

/// A file's text, or standard input's.
fn content(path: &PathBuf) -> Result<String, WireError> {
    if path.as_os_str() != "-" {
        return args::file(path);
    }
    std::io::read_to_string(std::io::stdin())
        .map_err(|error| WireError::bad_input(format!("Standard input cannot be read: {error}")))
}

async fn run_verb(session: &Session, verb: RunCommand) -> Result<u8, WireError> {
    let step = |run: &str, why: Option<String>| json!({ "run": run, "why": why.unwrap_or_default() });
    match verb {
        RunCommand::List { site, limit } => {
            let site = match site {
                Some(site) => Some(session.site(&site).await?),
                None => None,
            };
            session.show("run_list", json!({ "site": site, "limit": limit })).await
        }
        RunCommand::Show { run } => session.show("run_get", json!({ "run": run })).await,
        RunCommand::Plan { run } => session.show("run_plan", json!({ "run": run })).await,
        RunCommand::Log { run, search, step } => {
            follow::log(session, &run, &search.unwrap_or_default(), step.as_deref()).await
        }
        RunCommand::Follow { run } => follow::to_end(session, &run, 0).await,
        RunCommand::Retry { run } => go_on(session, "run_retry", step(&run, None)).await,
        RunCommand::Check { run, only } => {
            let since = session.call("run_get", json!({ "run": run })).await?["cursor"].as_u64();
            session.call("app_preflights_run", json!({ "run": run, "checks": only })).await?;
            follow::to_end(session, &run, since.unwrap_or_default()).await
        }
        RunCommand::Discard { run } => session.show("run_discard", json!({ "run": run })).await,
        RunCommand::Skip { run, why } => go_on(session, "run_skip", step(&run, Some(why))).await,
        RunCommand::Resume { run } => go_on(session, "run_resume", json!({ "run": run })).await,
        RunCommand::TakeOver { run, from, why } => {
            go_on(session, "run_take_over", json!({ "run": run, "from": from, "why": why })).await
        }
        RunCommand::Bypass { run, why } => {
            session.show("run_bypass", json!({ "run": run, "why": why })).await
        }
        RunCommand::Cancel { run, why } => session.show("run_cancel", step(&run, why)).await,
        RunCommand::Start { run, until } => {
            go_on(session, "run_execute", json!({ "run": run, "until": until })).await
        }
    }
}

/// Calls a command that sets a run going, and follows it to its end.
async fn go_on(session: &Session, command: &str, request: Value) -> Result<u8, WireError> {
    let view = session.call(command, request).await?;
    let run = view["summary"]["id"].as_str().unwrap_or_default().to_owned();
    let since = view["cursor"].as_u64().unwrap_or_default();
    follow::to_end(session, &run, since).await
}
