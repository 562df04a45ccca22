//! Streams of events.

use longshore_contract::{Record, State, Workflow};
use serde_json::json;

use super::client::{Events, Told};
use super::world::{World, in_time, until};

async fn next(events: &mut Events) -> Told {
    in_time("an event", events.next()).await.expect("the stream goes on")
}

#[tokio::test]
async fn a_run_is_followed_from_any_event_to_its_end() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    world.enter("r", State::ApplicationConfiguring).await;
    world.enter("r", State::ApplicationConfigured).await;
    let mut events = Events::open(&operator, "/api/runs/r/events", &[]).await;
    let mut first = Vec::new();
    for _ in 0..3 {
        first.push(next(&mut events).await);
    }
    let kinds: Vec<_> = first.iter().map(|told| told.json()["body"]["record"]["type"].clone()).collect();
    assert_eq!(kinds, ["runCreated", "stateEntered", "stateEntered"], "what there was");
    assert_eq!(first[1].id, first[1].json()["seq"].to_string(), "its id is its place");

    let live = world.enter("r", State::AppUpgrading).await;
    assert_eq!(next(&mut events).await.id, live.to_string(), "what happens meanwhile");

    let resumed = [("last-event-id", first[1].id.as_str())];
    let mut again = Events::open(&operator, "/api/runs/r/events?since=0", &resumed).await;
    assert_eq!(
        next(&mut again).await,
        first[2],
        "a client that was away misses nothing and sees nothing twice"
    );
    assert_eq!(next(&mut again).await.id, live.to_string(), "nor later");
    let since = format!("/api/runs/r/events?since={}", first[2].id);
    let mut since = Events::open(&operator, &since, &[]).await;
    assert_eq!(next(&mut since).await.id, live.to_string(), "a cursor in the query does the same");

    world.enter("r", State::Succeeded).await;
    let last = world.append("r", 3, Record::RunEnded { state: State::Succeeded }).await;
    for events in [&mut events, &mut again, &mut since] {
        let told = [next(events).await, next(events).await, next(events).await];
        assert_eq!(told[1].id, last.to_string(), "the last record");
        assert_eq!(told[2].name, "end", "then the end");
        assert_eq!(told[2].json(), json!({ "cursor": last, "state": "Succeeded" }), "of what");
        assert_eq!(in_time("the end", events.next()).await, None, "and nothing after it");
    }
    let late = [("last-event-id", &*last.to_string())];
    let mut late = Events::open(&operator, "/api/runs/r/events", &late).await;
    assert_eq!(next(&mut late).await.name, "end", "who comes after the end is told so");
}

#[tokio::test]
async fn without_a_wish_for_a_stream_it_is_a_page() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    let page = operator.get("/api/runs/r/events?since=0&waitMs=10").await;
    assert_eq!(page.json()["events"].as_array().map(Vec::len), Some(1), "one event");
    let stream = [("accept", "text/event-stream")];
    let absent = operator.send("GET", "/api/runs/absent/events", &stream, "").await;
    assert_eq!(absent.status, 404, "a run that is not there is refused before a stream begins");
    let odd = [("accept", "text/event-stream"), ("last-event-id", "yesterday")];
    let odd = operator.send("GET", "/api/runs/r/events", &odd, "").await;
    assert_eq!(odd.fields(), ["Last-Event-ID"], "no event has such an id");
    let stranger = world.stranger.send("GET", "/api/runs/r/events", &stream, "").await;
    assert_eq!(stranger.status, 401, "a stream takes a session like everything");
}

#[tokio::test]
async fn a_client_that_leaves_leaves_nothing_behind() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    let mut of_run = Events::open(&operator, "/api/runs/r/events", &[]).await;
    let of_all = Events::open(&operator, "/api/events", &[]).await;
    next(&mut of_run).await;
    assert_eq!(world.server.open_streams(), 2, "both are open");
    drop(of_run);
    until("the first is gone", async || world.server.open_streams() == 1).await;
    drop(of_all);
    until("the second is gone", async || world.server.open_streams() == 0).await;
}

#[tokio::test]
async fn what_changes_anywhere_is_told_to_whoever_is_logged_in() {
    let world = World::new().await;
    let (operator, other) = (world.operator().await, world.operator().await);
    let mut events = Events::open(&operator, "/api/events", &[]).await;
    let mut others = Events::open(&other, "/api/events", &[]).await;
    assert_eq!(operator.post("/api/auth/logout", &json!({})).await.status, 200, "one of them leaves");
    let file = world.data.path().join("no.airgap");
    std::fs::write(&file, "no bundle").expect("can be written");
    let import = other.post("/api/bundles", &json!({ "path": file })).await;
    assert_eq!(import.status, 200, "something changes");
    let told = loop {
        let told = next(&mut others).await.json();
        if told["import"]["state"] != "running" {
            break told;
        }
    };
    assert_eq!(told["type"], "importChanged", "the other one hears of it");
    assert_eq!(told["import"]["id"], import.json()["id"], "of this");
    assert_eq!(in_time("the end", events.next()).await, None, "who left hears nothing");
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    let mut of_run = Events::open(&operator, "/api/runs/r/events", &[]).await;
    let mut of_all = Events::open(&operator, "/api/events", &[]).await;
    next(&mut of_run).await;
    in_time("the server's end", world.server.stop()).await;
    assert_eq!(in_time("the end", of_run.next()).await, None, "the run's stream ends");
    assert_eq!(in_time("the end", of_all.next()).await, None, "and the other");
    let refused = tokio::net::TcpStream::connect(operator.address).await;
    assert!(refused.is_err(), "nobody listens any more");
}
