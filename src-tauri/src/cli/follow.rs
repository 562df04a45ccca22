//! Following a run to where it stops: states, steps and progress as they come.

use std::collections::HashMap;
use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar};
use longshore_contract::{
    Action, ErrorCode, EventBody, EventPage, Outcome, Progress, Record, RunEvent, RunView, State, Unit,
    WireError,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::args::Output;
use super::session::Session;
use super::{EXIT_CANCELLED, EXIT_RUN_FAILED, print};

/// How long one question for events waits for an answer. A run whose execution ended between two questions is seen
/// after so long.
const WAIT: u32 = 1_000;

fn read<T: DeserializeOwned>(value: Value) -> Result<T, WireError> {
    serde_json::from_value(value).map_err(|error| WireError::internal(&error))
}

/// Follows a run; the first interrupt asks it to stop, the second lets go of it.
pub(super) async fn to_end(session: &Session, run: &str, since: u64) -> Result<u8, WireError> {
    let mut cursor = since;
    let mut screen = Screen::new(session.output);
    let mut asked = false;
    loop {
        let request = json!({ "run": run, "since": cursor, "waitMs": WAIT });
        let page: EventPage = tokio::select! {
            page = session.call("run_events", request) => read(page?)?,
            _ = tokio::signal::ctrl_c() => {
                if asked {
                    return Ok(EXIT_CANCELLED);
                }
                asked = true;
                print::note("Stopping at the next boundary. Interrupt again to leave it alone.");
                session.call("run_cancel", json!({ "run": run, "why": "interrupted at the terminal" })).await?;
                continue;
            }
        };
        cursor = page.cursor;
        for event in &page.events {
            screen.event(session.output, event);
        }
        let view: RunView = read(session.call("run_get", json!({ "run": run })).await?)?;
        if !view.summary.executing && view.cursor <= cursor {
            screen.clear();
            return Ok(ended(session, &view));
        }
    }
}

fn ended(session: &Session, view: &RunView) -> u8 {
    let state = view.summary.state;
    if session.output == Output::Text {
        if let Some(failure) = &view.failure {
            print::line(&format!("\n{}", failure.message));
            for cause in &failure.causes {
                print::line(&format!("  {cause}"));
            }
            if !failure.hint.is_empty() {
                print::line(&failure.hint);
            }
        }
        for left in &view.left {
            print::line(&format!("  left: {left}"));
        }
        for (action, command) in [
            (Action::Retry, "run retry"),
            (Action::Resume, "run resume"),
            (Action::Bypass, "run bypass --why REASON"),
        ] {
            if view.allowed.contains(&action) {
                print::line(&format!("  longshore {command} {}", view.summary.id));
            }
        }
    }
    match state {
        State::AppPreflightsSucceeded => 0,
        _ if state.is_goal() => 0,
        State::Cancelled => EXIT_CANCELLED,
        State::LeaseLost => ErrorCode::LeaseHeld.exit_code(),
        _ if view.failure.is_some()
            || [&view.checks, &view.host_checks]
                .into_iter()
                .flatten()
                .any(longshore_contract::ChecksReport::blocks) =>
        {
            EXIT_RUN_FAILED
        }
        _ => 0,
    }
}

/// What is on the terminal.
struct Screen {
    bars: MultiProgress,
    known: HashMap<(String, String), ProgressBar>,
    live: bool,
}

impl Screen {
    fn new(output: Output) -> Self {
        let live = output == Output::Text && std::io::stderr().is_terminal();
        Self { bars: MultiProgress::new(), known: HashMap::new(), live }
    }

    fn event(&mut self, output: Output, event: &RunEvent) {
        if output == Output::Json {
            print::line(&serde_json::to_string(event).unwrap_or_default());
            return;
        }
        match &event.body {
            EventBody::Record { record } => {
                if let Some(text) = words(record) {
                    self.say(&format!("{} {text}", print::clock(event.at)));
                }
                if let Record::StepDone { step, .. } | Record::StepFailed { step, .. } = record {
                    self.drop_bars(step);
                }
            }
            EventBody::Progress { progress } if self.live => self.progress(progress),
            EventBody::Progress { .. } | EventBody::Log { .. } => {}
        }
    }

    fn say(&self, text: &str) {
        if self.live {
            self.bars.suspend(|| print::line(text));
        } else {
            print::line(text);
        }
    }

    fn progress(&mut self, progress: &Progress) {
        let key = (progress.step.clone(), progress.child.clone());
        let bar = self.known.entry(key).or_insert_with(|| {
            let style =
                if progress.unit == Unit::Bytes { print::bytes_style() } else { print::count_style() };
            self.bars.add(ProgressBar::new(progress.total.unwrap_or_default()).with_style(style))
        });
        bar.set_length(progress.total.unwrap_or_default());
        bar.set_position(progress.done);
        let name = if progress.child.is_empty() { &progress.step } else { &progress.child };
        bar.set_message(if progress.message.is_empty() { name.clone() } else { progress.message.clone() });
    }

    fn drop_bars(&mut self, step: &str) {
        let (gone, kept): (HashMap<_, _>, HashMap<_, _>) =
            self.known.drain().partition(|((of, _), _)| of == step);
        for bar in gone.into_values() {
            bar.finish_and_clear();
        }
        self.known = kept;
    }

    fn clear(&mut self) {
        for (_, bar) in self.known.drain() {
            bar.finish_and_clear();
        }
    }
}

/// A record in words; `None` for those that say nothing to people.
fn words(record: &Record) -> Option<String> {
    Some(match record {
        Record::StateEntered { state, .. } => format!("{state:?}"),
        Record::StepStarted { step, attempt } if *attempt > 1 => format!("  {step}: attempt {attempt}"),
        Record::StepDone { step, outcome, .. } => match outcome {
            Outcome::Changed => format!("  {step}: done"),
            Outcome::AlreadyDone => format!("  {step}: as wanted already"),
            Outcome::Warning { message } => format!("  {step}: done, but {message}"),
            Outcome::Skipped { reason } => format!("  {step}: left out: {reason}"),
        },
        Record::StepFailed { step, failure, will_retry, .. } => {
            let more = if *will_retry { "; trying again" } else { "" };
            format!("  {step}: {}{more}", failure.message)
        }
        Record::ChecksJudged { report, .. } => report
            .results
            .iter()
            .map(|result| format!("  {:?}: {}: {}", result.state, result.title, result.message))
            .collect::<Vec<_>>()
            .join("\n         "),
        Record::Decided { decision, who, why, .. } if !why.is_empty() => {
            format!("  {decision:?} by {who}: {why}")
        }
        Record::LeaseLost { holder } => {
            format!("  the site is held by {}", holder.as_deref().unwrap_or("somebody else"))
        }
        _ => return None,
    })
}

/// Prints a run's log.
pub(super) async fn log(
    session: &Session,
    run: &str,
    search: &str,
    step: Option<&str>,
) -> Result<u8, WireError> {
    let mut from = 0;
    loop {
        let request = json!({ "run": run, "from": from, "limit": 1000, "search": search, "step": step });
        let page = session.call("run_log", request).await?;
        let lines = page["lines"].as_array().cloned().unwrap_or_default();
        for line in &lines {
            match session.output {
                Output::Json => print::line(&line.to_string()),
                Output::Text => {
                    let at = longshore_contract::Timestamp(line["at"].as_i64().unwrap_or_default());
                    let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
                    print::line(&format!(
                        "{} {:5} {} {}",
                        print::clock(at),
                        text("level"),
                        text("step"),
                        text("text")
                    ));
                }
            }
        }
        let next = page["next"].as_u64().unwrap_or_default();
        if next <= from || next >= page["total"].as_u64().unwrap_or_default() {
            return Ok(0);
        }
        from = next;
    }
}
