//! Routes: every command under its declared route, the routes per site, and what only a server has.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method as HttpMethod, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use longshore_contract::{
    COMMANDS, Caller, CommandSpec, HTTP_ROUTES, Method, OPEN_COMMANDS, SITE_ROUTES, SiteRoute, WireError,
};
use serde_json::Value;

use super::answer::{self, Refusal};
use super::request::Incoming;
use super::{Shell, auth, caller, download, gate, site_route, stream, ui, upload};
use crate::app::App;

/// All routes.
pub(super) fn router(shell: &Arc<Shell>) -> Router {
    let mut router = Router::new();
    for command in COMMANDS {
        router = router.route(command.path, of_command(command));
    }
    for route in SITE_ROUTES {
        let command = COMMANDS.iter().find(|command| command.name == route.command);
        if let Some(command) = command {
            router = router.route(route.path, of_site(route, command));
        }
    }
    for route in HTTP_ROUTES {
        if let Some(handler) = of_server(route.name, filter(route.method)) {
            router = router.route(route.path, handler);
        }
    }
    router
        .fallback(elsewhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(shell), gate::pass))
        .with_state(Arc::clone(shell))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Patch => MethodFilter::PATCH,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}

fn of_command(command: &'static CommandSpec) -> MethodRouter<Arc<Shell>> {
    on(filter(command.method), move |State(shell): State<Arc<Shell>>, request: Request| async move {
        let incoming = Incoming::new(request).await;
        if command.name == "run_events" && stream::is_wanted(&incoming.parts) {
            return stream::of_run(shell, incoming).await;
        }
        serve(&shell, command, incoming).await
    })
}

async fn serve(
    shell: &Shell,
    command: &'static CommandSpec,
    incoming: Incoming,
) -> Result<Response, Refusal> {
    let known = shell.known(&incoming.parts);
    if OPEN_COMMANDS.contains(&command.name) {
        let caller = caller(&incoming.parts);
        let request = incoming.of_command(&shell.shapes, command.name, None).await?;
        let mut answer = call(&shell.app, caller, command, request).await?;
        // Where the data lies is for operators only.
        if known.is_err() && command.name == "health" {
            answer["data"] = Value::from("");
        }
        return Ok(answer::json(&answer));
    }
    let caller = known?.caller;
    let request = incoming.of_command(&shell.shapes, command.name, None).await?;
    Ok(answer::json(&call(&shell.app, caller, command, request).await?))
}

fn of_site(route: &'static SiteRoute, command: &'static CommandSpec) -> MethodRouter<Arc<Shell>> {
    on(filter(route.method), move |State(shell): State<Arc<Shell>>, request: Request| async move {
        let incoming = Incoming::new(request).await;
        let caller = shell.known(&incoming.parts)?.caller;
        let filled = site_route::fill(&shell.app, &caller, route, &incoming.path).await?;
        let request = incoming.of_command(&shell.shapes, command.name, Some(filled)).await?;
        let answer = call(&shell.app, caller, command, request).await?;
        Ok::<_, Refusal>(answer::json(&answer))
    })
}

/// Calls a command. One that changes something is carried to its end even when the client leaves meanwhile:
/// half of a change would be worse than one that nobody hears of.
async fn call(
    app: &Arc<App>,
    caller: Caller,
    command: &'static CommandSpec,
    request: Value,
) -> Result<Value, Refusal> {
    if !command.changes {
        return Ok(app.call(&caller, command.name, request).await?);
    }
    let app = Arc::clone(app);
    let task = tokio::spawn(async move { app.call(&caller, command.name, request).await });
    Ok(task.await.map_err(|error| WireError::internal(&error))??)
}

fn of_server(name: &str, filter: MethodFilter) -> Option<MethodRouter<Arc<Shell>>> {
    Some(match name {
        "auth_login" => on(filter, auth::login),
        "auth_refresh" => on(filter, auth::refresh),
        "auth_logout" => on(filter, auth::logout),
        "events" => on(filter, stream::of_application),
        "bundle_upload" => on(filter, upload::bundle),
        "support_upload" => on(filter, upload::support),
        "support_download" => on(filter, download::send),
        "openapi" => on(filter, openapi),
        _ => return None,
    })
}

async fn openapi(State(shell): State<Arc<Shell>>, request: Request) -> Result<Response, Refusal> {
    let incoming = Incoming::new(request).await;
    shell.known(&incoming.parts)?;
    Ok(answer::json(&longshore_contract::openapi(env!("CARGO_PKG_VERSION"))))
}

/// What is no route: a page or file of the user interface, or nothing.
async fn elsewhere(State(shell): State<Arc<Shell>>, request: Request) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), HttpMethod::GET | HttpMethod::HEAD);
    if reads && !path.starts_with("/api/") && path != "/api" {
        return ui::serve(&shell.assets, path, request.headers());
    }
    let error = WireError::not_found(format!("There is no route {} {path}", request.method()));
    Refusal::from(error.hint("GET /api/openapi.json lists all routes.")).into_response()
}

async fn wrong_method(request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let error = WireError::bad_input(format!("{path} does not take {method}"))
        .hint("The Allow header names what it takes.");
    Refusal::with_status(StatusCode::METHOD_NOT_ALLOWED, error).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_route_has_a_handler() {
        for route in HTTP_ROUTES {
            assert!(of_server(route.name, filter(route.method)).is_some(), "{} has no handler", route.name);
        }
        for route in SITE_ROUTES {
            let known = COMMANDS.iter().any(|command| command.name == route.command);
            assert!(known, "{} is a door to {}, which is no command", route.path, route.command);
        }
    }
}
