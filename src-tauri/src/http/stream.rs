//! Streams of server-sent events. Pulled by the connection and by nobody else: when a client leaves, its
//! stream is dropped, and with it whatever it was waiting for.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};
use longshore_contract::{AppEvent, Caller, EventPage, RunView, WireError};
use longshore_engine::{Shape, machine};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};

use super::answer::Refusal;
use super::request::Incoming;
use super::{Known, Shell};

/// How long a quiet stream goes without a sign of life, and without a look whether its session goes on.
const QUIET: Duration = Duration::from_secs(15);
/// The same for a question for a run's events, in milliseconds.
const WAIT: u32 = 10_000;

/// Whether the client asks for a stream.
pub(super) fn is_wanted(parts: &Parts) -> bool {
    let accepted = parts.headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream")
    })
}

/// What every stream holds for as long as it lives.
struct Held {
    shell: Arc<Shell>,
    caller: Caller,
    session: String,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Held {
    fn new(shell: Arc<Shell>, known: Known) -> Result<Self, Refusal> {
        let place = Arc::clone(&shell.streams).try_acquire_owned();
        let place = place.map_err(|_| Refusal::later("Too many streams are open", 5))?;
        let stopping = shell.stopping.clone();
        Ok(Self { shell, caller: known.caller, session: known.session, stopping, _place: place })
    }

    async fn ask<T: DeserializeOwned>(&self, name: &str, request: Value) -> Result<T, WireError> {
        let answer = self.shell.app.call(&self.caller, name, request).await?;
        serde_json::from_value(answer).map_err(|error| WireError::internal(&error))
    }

    /// Whoever logged out hears nothing more.
    fn may_go_on(&self) -> bool {
        self.shell.sessions.lives(&self.session).unwrap_or(false)
    }
}

fn response(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    // Said at once, so that whoever stands between passes the stream on before its first event.
    let open = stream::once(async { Event::default().comment("open") });
    let events = open.chain(events).map(Ok::<_, Infallible>);
    Sse::new(events).keep_alive(KeepAlive::new().interval(QUIET)).into_response()
}

fn event<T: Serialize>(name: Option<&str>, data: &T) -> Event {
    let data = serde_json::to_string(data).unwrap_or_default();
    let event = name.map_or_else(Event::default, |name| Event::default().event(name));
    event.data(data)
}

/// A run's events.
struct OfRun {
    held: Held,
    run: String,
    cursor: u64,
    over: bool,
}

/// Streams a run's events: after `Last-Event-ID`, or else after `since`. Each has its sequence number as id.
/// Ends with an event `end` once the run has ended and everything was sent.
pub(super) async fn of_run(shell: Arc<Shell>, incoming: Incoming) -> Result<Response, Refusal> {
    let known = shell.known(&incoming.parts)?;
    let last =
        incoming.parts.headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default().to_owned());
    let request = incoming.of_command(&shell.shapes, "run_events", None).await?;
    let run = request["run"].as_str().unwrap_or_default().to_owned();
    let since = request["since"].as_u64().unwrap_or_default();
    let cursor = match last.filter(|last| !last.is_empty()) {
        None => since,
        Some(last) => last.parse().map_err(|_| {
            WireError::bad_input(format!("Last-Event-ID {last} is no event of a run"))
                .field("Last-Event-ID", "must be a whole number")
        })?,
    };
    let held = Held::new(shell, known)?;
    // Asked before the stream begins, so that a run that is not there is a plain refusal.
    held.ask::<RunView>("run_get", json!({ "run": run })).await?;
    let first = OfRun { held, run, cursor, over: false };
    Ok(response(stream::unfold(first, more_of_run).flat_map(stream::iter)))
}

/// The next events of a run; waits for them.
async fn more_of_run(mut state: OfRun) -> Option<(Vec<Event>, OfRun)> {
    if state.over {
        return None;
    }
    let mut stopping = state.held.stopping.clone();
    let page = tokio::select! {
        page = page(&state) => page,
        _ = stopping.wait_for(|stop| *stop) => return None,
    };
    let (events, ended) = match page {
        // Whoever logged out meanwhile hears nothing of it.
        Ok(_) if !state.held.may_go_on() => return None,
        Ok(page) => page,
        Err(error) => {
            state.over = true;
            return Some((vec![event(Some("error"), &error)], state));
        }
    };
    let mut sent: Vec<Event> = Vec::with_capacity(events.events.len() + 1);
    for one in &events.events {
        sent.push(event(None, one).id(one.seq.to_string()));
    }
    state.cursor = events.cursor;
    if ended {
        state.over = true;
        sent.push(event(Some("end"), &json!({ "cursor": state.cursor, "state": events.state })));
    }
    Some((sent, state))
}

/// A page of events, and whether it is the last one there will ever be.
async fn page(state: &OfRun) -> Result<(EventPage, bool), WireError> {
    // Looked at first: what happens after it shows in the page or in the next look.
    let view: RunView = state.held.ask("run_get", json!({ "run": state.run })).await?;
    let summary = &view.summary;
    let shape = Shape {
        workflow: summary.workflow,
        target: summary.target,
        airgap: view.airgap,
        infra_change: false,
    };
    let ended = !summary.executing && machine::is_final(shape, summary.state);
    let wait = if ended { 0 } else { WAIT };
    let request = json!({ "run": state.run, "since": state.cursor, "waitMs": wait });
    let page: EventPage = state.held.ask("run_events", request).await?;
    let all = page.cursor >= view.cursor || page.events.is_empty();
    Ok((page, ended && all))
}

/// `GET /api/events`: what changes anywhere from now on.
pub(super) async fn of_application(
    State(shell): State<Arc<Shell>>,
    request: Request,
) -> Result<Response, Refusal> {
    let incoming = Incoming::new(request).await;
    let known = shell.known(&incoming.parts)?;
    let events = shell.app.events();
    let held = Held::new(shell, known)?;
    Ok(response(stream::unfold((held, events), more_of_application)))
}

type OfApplication = (Held, broadcast::Receiver<AppEvent>);

/// The next event; waits for it.
async fn more_of_application((held, mut events): OfApplication) -> Option<(Event, OfApplication)> {
    let mut stopping = held.stopping.clone();
    loop {
        let received = tokio::select! {
            received = events.recv() => Some(received),
            () = tokio::time::sleep(QUIET) => None,
            _ = stopping.wait_for(|stop| *stop) => return None,
        };
        if !held.may_go_on() {
            return None;
        }
        if let Some(received) = received {
            return Some((told(received)?, (held, events)));
        }
    }
}

/// An event as it is sent. A listener that was too slow is told so, and reads its lists again.
fn told(received: Result<AppEvent, RecvError>) -> Option<Event> {
    match received {
        Ok(one) => Some(event(None, &one)),
        Err(RecvError::Lagged(count)) => Some(event(Some("missed"), &json!({ "count": count }))),
        Err(RecvError::Closed) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_that_was_too_slow_is_told_so() {
        let (sender, mut events) = broadcast::channel(2);
        for number in 0..5 {
            let site = longshore_contract::SiteId(number.to_string());
            sender.send(AppEvent::SiteChanged { site }).expect("somebody listens");
        }
        let mut sent = Vec::new();
        for _ in 0..2 {
            sent.push(told(events.recv().await).expect("the sender is there"));
        }
        let body = response(stream::iter(sent)).into_body();
        let text = axum::body::to_bytes(body, 1 << 10).await.expect("ends by itself");
        let expected = ": open\n\nevent: missed\ndata: {\"count\":3}\n\n\
                        data: {\"type\":\"siteChanged\",\"site\":\"3\"}\n\n";
        assert_eq!(
            String::from_utf8_lossy(&text),
            expected,
            "three are gone, and it goes on with the fourth"
        );
    }
}
