//! Runs followed through channels.

use longshore_contract::{Record, ReleaseRef, RunId, SiteId, State, Target, Timestamp, Workflow};
use longshore_engine::Entry;
use longshore_engine::port::Journal;
use longshore_store::{KeySource, Store};
use serde_json::json;
use tauri::async_runtime::block_on;

use super::Window;

/// A run in the window's data folder that another process writes.
struct Elsewhere {
    store: Store,
    run: RunId,
}

impl Elsewhere {
    fn create(window: &Window) -> Self {
        let store = Store::open(window.data.path(), &KeySource::File).expect("the store opens");
        let this = Self { store, run: RunId::from("r-1") };
        let release = ReleaseRef {
            slug: "tidewater".into(),
            title: "Tidewater".into(),
            version: "1.0.0".into(),
            bundle: None,
        };
        this.append(Record::RunCreated {
            site: SiteId::from("s-1"),
            workflow: Workflow::Upgrade,
            target: Target::Kubernetes,
            release,
            from_version: None,
            initial: State::New,
            airgap: false,
            who: "test@here".into(),
            revision: None,
        });
        this
    }

    fn enter(&self, state: State) -> u64 {
        self.append(Record::StateEntered { state, failure: None })
    }

    fn append(&self, record: Record) -> u64 {
        let seq = block_on(self.store.reserve(&self.run)).expect("a number");
        let entry = Entry { seq, at: Timestamp(1), record };
        block_on(self.store.append(&self.run, &entry)).expect("the journal takes a record");
        seq
    }
}

fn follow(
    window: &Window,
    run: &str,
    since: u64,
    channel: u32,
) -> Result<serde_json::Value, serde_json::Value> {
    let channel = format!("__CHANNEL__:{channel}");
    window.invoke("run_events_stream", json!({ "run": run, "since": since, "channel": channel }))
}

#[test]
fn a_stream_gives_what_was_and_what_comes() {
    let window = Window::open();
    let elsewhere = Elsewhere::create(&window);
    let first = elsewhere.enter(State::ApplicationConfiguring);
    follow(&window, "r-1", 0, 7).expect("the run is followed");
    let (channel, created) = window.next();
    assert_eq!(
        (channel, &created["body"]["record"]["type"]),
        (7, &json!("runCreated")),
        "from the beginning"
    );
    assert_eq!(window.next().1["seq"], first, "in order");
    let second = elsewhere.enter(State::ApplicationConfigured);
    let (_, event) = window.next();
    assert_eq!(event["seq"], second, "and what another process writes");
    assert_eq!(event["body"]["record"]["state"], "ApplicationConfigured", "whole");
}

#[test]
fn a_stream_begins_after_its_cursor() {
    let window = Window::open();
    let elsewhere = Elsewhere::create(&window);
    let cursor = elsewhere.enter(State::ApplicationConfiguring);
    let after = elsewhere.enter(State::ApplicationConfigured);
    follow(&window, "r-1", cursor, 7).expect("the run is followed");
    assert_eq!(window.next().1["seq"], after, "what is before the cursor is not sent again");
}

#[test]
fn an_ended_stream_sends_nothing_more() {
    let window = Window::open();
    let elsewhere = Elsewhere::create(&window);
    let cursor = elsewhere.enter(State::ApplicationConfiguring);
    follow(&window, "r-1", cursor, 7).expect("the run is followed");
    follow(&window, "r-1", cursor, 8).expect("twice");
    window.invoke("run_events_end", json!({ "channel": 7 })).expect("one ends");
    window.invoke("run_events_end", json!({ "channel": 99 })).expect("one that never was ends as well");
    // Two records, one after the other has arrived: the ended stream had time to send the first.
    for state in [State::ApplicationConfigured, State::ApplicationConfiguring] {
        elsewhere.enter(state);
        assert_eq!(window.next().0, 8, "only the stream that was not ended sends");
    }
}

#[test]
fn a_run_that_is_not_there_is_refused() {
    let window = Window::open();
    let refusal = follow(&window, "r-9", 0, 7).expect_err("there is no such run");
    assert_eq!(refusal["code"], "notFound", "in the one shape: {refusal}");
}
