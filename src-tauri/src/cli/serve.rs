//! `longshore serve`: starts the HTTPS server, says where it is, and stops it on a signal.

use std::io::IsTerminal;
use std::sync::Arc;

use longshore_contract::{ErrorCode, WireError, chain};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::args::{Output, ServeArguments, file};
use super::print;
use super::session::Session;
use crate::app::App;
use crate::http::{self, Security, Server, Settings, auth};

/// Bytes in a GiB, in which the upload limit is given.
const GIB: u64 = 1 << 30;

/// Serves until a signal says to stop.
pub(super) async fn serve(session: &Session, arguments: ServeArguments) -> Result<u8, WireError> {
    let app = session.app();
    let settled = settle_password(app, &arguments)?;
    // Caught from here on: a signal while the server starts must not be lost.
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| WireError::internal(&error))?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| WireError::internal(&error))?;
    let server = Server::start(Arc::clone(app), settings(arguments)).await;
    let server = server.map_err(|error| WireError::new(ErrorCode::BadInput, chain(&error)))?;
    // Made only now: were it made before a start that fails, nobody would ever see it.
    let generated = if settled { None } else { Some(make_password(app)?) };
    announce(session.output, &server, generated.as_deref());
    tell_runs(session, |run| run["orphaned"] == true, "The process that executed it is gone").await?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    print::note("Stopping.");
    server.stop().await;
    stop_imports(session).await?;
    let ours = app.executing();
    let is_ours = |run: &Value| ours.iter().any(|id| run["id"] == id.0.as_str());
    tell_runs(session, is_ours, "It stops here with this process").await?;
    Ok(0)
}

fn settings(arguments: ServeArguments) -> Settings {
    let security = match (arguments.tls_cert, arguments.tls_key) {
        (Some(chain), Some(key)) => Security::Certificate { chain, key },
        _ if arguments.plain_http => Security::Plain,
        _ => Security::SelfSigned,
    };
    Settings {
        listen: arguments.listen,
        security,
        hosts: arguments.allow_host,
        upload_limit: arguments.upload_limit.saturating_mul(GIB),
        clock: http::clock(),
    }
}

/// Takes the password from where the operator gives one; false when there is none yet and nobody to ask.
fn settle_password(app: &App, arguments: &ServeArguments) -> Result<bool, WireError> {
    if let Some(path) = &arguments.password_file {
        set_password(app, file(path)?.trim_end_matches(['\r', '\n']))?;
    } else if !auth::has_password(app).map_err(|error| WireError::internal(&error))? {
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Ok(false);
        }
        set_password(app, &ask()?)?;
    }
    Ok(true)
}

fn make_password(app: &App) -> Result<String, WireError> {
    let password = auth::generate_password();
    set_password(app, &password)?;
    Ok(password)
}

fn set_password(app: &App, password: &str) -> Result<(), WireError> {
    auth::set_password(app, password).map_err(|error| match error {
        auth::PasswordError::Short => {
            WireError::bad_input(error.to_string()).hint("Choose a longer one, or let one be made.")
        }
        auth::PasswordError::Store(_) => WireError::internal(&error),
    })
}

fn ask() -> Result<String, WireError> {
    let terminal = console::Term::stderr();
    let read = |prompt: &str| {
        print::note(prompt);
        terminal
            .read_secure_line()
            .map_err(|error| WireError::bad_input(format!("The terminal cannot be read: {error}")))
    };
    let password = read("Choose the password of this server (it is not shown):")?;
    if read("The same again:")? == password {
        Ok(password)
    } else {
        Err(WireError::bad_input("The two passwords differ").hint("Start again, or use --password-file."))
    }
}

fn announce(output: Output, server: &Server, generated: Option<&str>) {
    if output == Output::Json {
        let mut said = json!({ "url": server.url(), "fingerprint": server.fingerprint() });
        if let Some(password) = generated {
            said["password"] = Value::from(password);
        }
        return print::line(&said.to_string());
    }
    print::line(&format!("Longshore serves at {}", server.url()));
    match server.fingerprint() {
        Some(fingerprint) => print::line(&format!("Certificate SHA-256 {fingerprint}")),
        None => print::line("Without TLS, for this machine only"),
    }
    if let Some(password) = generated {
        print::line(&format!("Password {password} (shown this once; change it with --password-file)"));
    }
}

/// Tells of some runs, why, and how each goes on.
async fn tell_runs(session: &Session, which: impl Fn(&Value) -> bool, why: &str) -> Result<(), WireError> {
    let list = session.call("run_list", json!({})).await?;
    for run in list["runs"].as_array().into_iter().flatten().filter(|run| which(run)) {
        let text = |field: &str| run[field].as_str().unwrap_or_default();
        let (id, site, state) = (text("id"), text("siteName"), text("state"));
        print::note(&format!(
            "Run {id} on {site} is in state {state}. {why}; `longshore run resume {id}` goes on with it."
        ));
    }
    Ok(())
}

/// The process does not end before its imports do.
async fn stop_imports(session: &Session) -> Result<(), WireError> {
    let list = session.call("bundle_list", json!({})).await?;
    for import in list["imports"].as_array().into_iter().flatten() {
        if import["holder"]["here"] == true {
            session.call("bundle_import_cancel", json!({ "import": import["id"] })).await?;
            print::note(&format!(
                "The import of {} was stopped; `longshore bundle resume {}` goes on with it.",
                import["file"].as_str().unwrap_or_default(),
                import["id"].as_str().unwrap_or_default()
            ));
        }
    }
    Ok(())
}
