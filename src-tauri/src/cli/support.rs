//! `support`: collects support bundles, and looks into them, those of others too.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use longshore_contract::{PreflightProgress, SupportView, WireError};
use longshore_preflight::exit_code;
use serde_json::{Value, json};

use super::args::Output;
use super::bundle::whole;
use super::preflight::read;
use super::print;
use super::session::Session;
use super::ssh::SshArguments;

/// How often collecting is looked at.
const LOOK: Duration = Duration::from_millis(150);

#[derive(Debug, Subcommand)]
pub(super) enum SupportCommand {
    /// Collects what a vendor needs to see of a site, secrets masked, and says what is wrong.
    Collect(Box<CollectArguments>),
    /// Says what is wrong by a support bundle that somebody else collected.
    Analyze {
        /// Support bundle: a file.
        file: PathBuf,
        /// Specs whose checks are judged on what it holds; without one, what its own analysis found.
        #[arg(long = "spec", value_name = "FILE")]
        specs: Vec<PathBuf>,
    },
    /// Writes a support bundle anew with what is secret in it masked.
    Redact {
        /// Support bundle: a file.
        file: PathBuf,
        /// File to write.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Files with Redactor specs, beside the built-in ones.
        #[arg(long = "spec", value_name = "FILE")]
        specs: Vec<PathBuf>,
    },
    /// Takes a support bundle that somebody else collected, and shows what is in it.
    Open {
        /// Support bundle: a file.
        file: PathBuf,
        /// Specs whose checks are judged on what it holds.
        #[arg(long = "spec", value_name = "FILE")]
        specs: Vec<PathBuf>,
    },
    /// Lists support bundles.
    List,
    /// Shows what was found.
    Show {
        /// Support bundle.
        support: String,
    },
    /// Lists the files in one.
    Files {
        /// Support bundle.
        support: String,
    },
    /// Prints a file in one.
    Read {
        /// Support bundle.
        support: String,
        /// Path in it.
        path: String,
    },
    /// Looks for a text in all files of one.
    Search {
        /// Support bundle.
        support: String,
        /// What is looked for, as it is.
        text: String,
        /// Capitals matter.
        #[arg(long)]
        exact_case: bool,
    },
    /// Writes one to a file.
    Save {
        /// Support bundle.
        support: String,
        /// File to write.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Removes one.
    Remove {
        /// Support bundle.
        support: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct CollectArguments {
    /// Name or id of the site.
    site: String,
    /// Specs (SupportBundle, Preflight, Redactor): files, or `-` for standard input. They are added to our own.
    #[arg(long = "spec", value_name = "FILE")]
    specs: Vec<PathBuf>,
    /// Bundle file, or id of one in the library, whose release's specs are taken; the installed release's by default.
    #[arg(long, value_name = "FILE|ID")]
    bundle: Option<String>,
    /// File to write as well.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    ssh: SshArguments,
}

pub(super) async fn support(session: &Session, verb: SupportCommand) -> Result<u8, WireError> {
    let of = |support: &str| json!({ "support": support });
    match verb {
        SupportCommand::Collect(arguments) => collect(session, &arguments).await,
        SupportCommand::Analyze { file, specs } => {
            let view = open(session, &file, &specs).await?;
            session.call("support_remove", of(&view.summary.id.0)).await?;
            Ok(told(session.output, &view))
        }
        SupportCommand::Redact { file, to, specs } => {
            let view = open(session, &file, &specs).await?;
            let saved = save(session, &view, &to).await;
            session.call("support_remove", of(&view.summary.id.0)).await?;
            saved?;
            if session.output == Output::Text {
                print::line(&format!("{} places masked; written to {}.", view.summary.masked, to.display()));
            }
            Ok(0)
        }
        SupportCommand::Open { file, specs } => {
            let view = open(session, &file, &specs).await?;
            let code = told(session.output, &view);
            session.show("support_files", of(&view.summary.id.0)).await?;
            Ok(code)
        }
        SupportCommand::List => session.show("support_list", json!({})).await,
        SupportCommand::Show { support } => {
            Ok(told(session.output, &view(session.call("support_get", of(&support)).await?)?))
        }
        SupportCommand::Files { support } => session.show("support_files", of(&support)).await,
        SupportCommand::Read { support, path } => cat(session, &support, &path).await,
        SupportCommand::Search { support, text, exact_case } => {
            let request = json!({ "support": support, "text": text, "exactCase": exact_case });
            session.show("support_search", request).await
        }
        SupportCommand::Save { support, to } => {
            let request = json!({ "support": support, "file": whole(&to) });
            session.call("support_save", request).await?;
            Ok(0)
        }
        SupportCommand::Remove { support } => session.show("support_remove", of(&support)).await,
    }
}

fn view(answer: Value) -> Result<SupportView, WireError> {
    serde_json::from_value(answer).map_err(|error| WireError::internal(&error))
}

async fn open(session: &Session, file: &Path, specs: &[PathBuf]) -> Result<SupportView, WireError> {
    view(session.call("support_open", json!({ "path": whole(file), "specs": read(specs)? })).await?)
}

async fn save(session: &Session, view: &SupportView, to: &Path) -> Result<(), WireError> {
    let request = json!({ "support": view.summary.id, "file": whole(to) });
    session.call("support_save", request).await.map(drop)
}

async fn collect(session: &Session, arguments: &CollectArguments) -> Result<u8, WireError> {
    let bundle = match &arguments.bundle {
        Some(bundle) => Some(super::install::bundle(session, bundle).await?),
        None => None,
    };
    let request = json!({
        "site": session.site(&arguments.site).await?,
        "specs": read(&arguments.specs)?,
        "bundle": bundle,
        "ssh": arguments.ssh.settings()?,
    });
    let view = finished(session, request).await?;
    if view.summary.progress == PreflightProgress::Cancelled {
        return Ok(super::EXIT_CANCELLED);
    }
    if !view.problem.is_empty() {
        return Err(WireError::bad_input(view.problem.clone()));
    }
    if let Some(to) = &arguments.to {
        save(session, &view, to).await?;
    }
    Ok(told(session.output, &view))
}

/// Collects to the end, telling which parts are done.
async fn finished(session: &Session, request: Value) -> Result<SupportView, WireError> {
    let mut now = view(session.call("support_collect", request).await?)?;
    let bar = print::count_bar(session.output, now.parts.len() as u64);
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    while now.summary.progress == PreflightProgress::Running {
        let asked = json!({ "support": now.summary.id });
        let answer = tokio::select! {
            () = tokio::time::sleep(LOOK) => session.call("support_get", asked).await?,
            _ = &mut stop => session.call("support_cancel", asked).await?,
        };
        now = view(answer)?;
        let waiting: Vec<&str> =
            now.parts.iter().filter(|part| !part.done).map(|part| part.name.as_str()).collect();
        bar.set_position((now.parts.len() - waiting.len()) as u64);
        bar.set_message(waiting.join(", "));
    }
    bar.finish_and_clear();
    Ok(now)
}

/// Prints what was found, and gives the exit code of preflights: nobody who looks for what is wrong wants another.
fn told(output: Output, view: &SupportView) -> u8 {
    match output {
        Output::Json => print::line(&serde_json::to_string(view).unwrap_or_default()),
        Output::Text => {
            print::line(super::answers::support(view).trim_end());
            problems(view);
            print::note(&format!("Kept as {}.", view.summary.id));
        }
    }
    exit_code(&view.results)
}

fn problems(view: &SupportView) {
    for part in view.parts.iter().filter(|part| !part.problem.is_empty()) {
        print::note(&format!("{}: {}", part.name, part.problem));
    }
}

/// Prints a file piece by piece.
async fn cat(session: &Session, support: &str, path: &str) -> Result<u8, WireError> {
    let mut offset = Some(0);
    while let Some(from) = offset {
        let request = json!({ "support": support, "path": path, "offset": from });
        let answer = session.call("support_read", request).await?;
        match session.output {
            Output::Json => session.print("support_read", &answer),
            Output::Text => print::part(answer["text"].as_str().unwrap_or_default()),
        }
        offset = answer["next"].as_u64();
    }
    Ok(0)
}
