//! Every declared route, by table.

use longshore_contract::{COMMANDS, HTTP_ROUTES, Method, OPEN_COMMANDS, SITE_ROUTES, State, Workflow};
use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::world::World;

/// Every route that takes a session: method, path with nothing that exists.
fn routes() -> Vec<(&'static str, String)> {
    let commands = COMMANDS.iter().filter(|command| !OPEN_COMMANDS.contains(&command.name));
    let commands = commands.map(|command| (command.method, command.path));
    let sites = SITE_ROUTES.iter().map(|route| (route.method, route.path));
    let server = HTTP_ROUTES.iter().filter(|route| !route.open).map(|route| (route.method, route.path));
    commands.chain(sites).chain(server).map(|(method, path)| (method.name(), filled(path))).collect()
}

fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "absent" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn is_error(answer: &Answer, code: &str, about: &str) {
    assert_eq!(answer.header("content-type"), "application/json", "{about}: errors are JSON");
    let error = answer.json();
    assert_eq!(error["code"], code, "{about}: {error}");
    assert_ne!(error["message"], "", "{about}: it says what happened");
}

#[tokio::test]
async fn no_route_answers_strangers() {
    let world = World::new().await;
    let expected = "the request carries no valid session";
    for (method, path) in routes() {
        for client in [world.stranger.clone(), world.stranger.with_token("eyJ.e30.x")] {
            let answer = client.send(method, &path, &[], "").await;
            let about = format!("{method} {path}");
            assert_eq!(answer.status, 401, "{about}: {expected}");
            is_error(&answer, "unauthorized", &about);
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{about}: it says how to come in");
        }
    }
    let health = world.stranger.get("/api/health").await;
    assert_eq!((health.status, &health.json()["data"]), (200, &json!("")), "health is open, and discreet");
    let health = world.operator().await.get("/api/health").await;
    assert_ne!(health.json()["data"], "", "the operator sees where the data lies");
}

#[tokio::test]
async fn what_is_not_there_is_said_on_every_route() {
    let world = World::new().await;
    let operator = world.operator().await;
    for (method, path) in routes().into_iter().filter(|(_, path)| path.contains("absent")) {
        let headers = [("content-type", "application/json")];
        let body = if method == "GET" { "" } else { "{}" };
        let answer = operator.send(method, &path, &headers, body).await;
        let about = format!("{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        match answer.status {
            404 => is_error(&answer, "notFound", &about),
            400 => assert!(!answer.fields().is_empty(), "{about}: the fields that are missing are named"),
            status => panic!("{about}: answered {status}"),
        }
    }
    let nowhere = operator.get("/api/nowhere").await;
    assert_eq!(nowhere.status, 404, "no such route");
    is_error(&nowhere, "notFound", "/api/nowhere");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let world = World::new().await;
    let all = routes();
    for (_, path) in &all {
        let taken: Vec<&str> =
            all.iter().filter(|(_, other)| other == path).map(|(method, _)| *method).collect();
        for method in
            ["GET", "POST", "PATCH", "PUT", "DELETE"].iter().filter(|method| !taken.contains(method))
        {
            let answer = world.stranger.send(method, path, &[], "").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            is_error(&answer, "badInput", path);
            for right in &taken {
                assert!(answer.header("allow").contains(right), "{path}: Allow names {right}");
            }
        }
    }
}

#[tokio::test]
async fn every_body_is_checked_as_a_whole() {
    let world = World::new().await;
    let operator = world.operator().await;
    let takes_body = |method: Method| !matches!(method, Method::Get | Method::Delete);
    for command in COMMANDS.iter().filter(|command| takes_body(command.method)) {
        let (method, path) = (command.method.name(), filled(command.path));
        let send = async |kind: &str, body: &str| {
            operator.send(method, &path, &[("content-type", kind)], body).await
        };
        let broken = send("application/json", "{\"a\": }").await;
        assert_eq!(broken.status, 400, "{path}: malformed JSON");
        let said = broken.json()["message"].to_string();
        assert!(said.contains("line 1 column 7"), "{path}: {said} says where");
        assert_eq!(send("application/json", "[1]").await.status, 400, "{path}: a list is no request");
        assert_eq!(
            send("text/plain", "{}").await.status,
            415,
            "{path}: a form of another page could send this"
        );
        if command.request != "Settings" {
            let unknown = send("application/json; charset=utf-8", "{\"noSuchField\": 1}").await;
            assert_eq!(unknown.status, 400, "{path}: a field that it does not know");
            assert!(unknown.fields().contains(&"noSuchField".to_owned()), "{path}: {:?}", unknown.fields());
        }
    }
    let answer = operator.post("/api/runs", &json!({ "workflow": "upgraid", "revision": "2" })).await;
    assert_eq!(answer.fields(), ["site", "workflow", "revision"], "all that is wrong is said at once");
    let large = format!("{{\"path\": \"{}\"}}", "x".repeat(17 << 20));
    let large = operator.send("POST", "/api/bundles", &[("content-type", "application/json")], &large).await;
    assert_eq!(large.status, 413, "a body has a limit");
}

#[tokio::test]
async fn queries_become_what_the_request_wants() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    let log = operator.get("/api/runs/r/log?from=0&limit=10&search=a%20b&level=warn").await;
    assert_eq!(log.status, 200, "numbers, texts and words: {}", String::from_utf8_lossy(&log.body));
    let log = operator.get("/api/runs/r/log?from=first&level=loud&nothing=1").await;
    assert_eq!(log.fields(), ["from", "level", "nothing"], "each in its own field");
    let other = operator.get("/api/runs/r?run=other").await;
    assert_eq!(other.fields(), ["run"], "the path cannot be contradicted");
    let query = operator.send("POST", "/api/runs/r/resume?force=true", &[], "").await;
    assert_eq!(query.status, 400, "what would be ignored is refused");
}

#[tokio::test]
async fn a_state_that_does_not_allow_it_says_what_it_does_allow() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    let answer = operator.post("/api/runs/r/execute", &json!({})).await;
    assert_eq!(answer.status, 409, "a run without config cannot start");
    is_error(&answer, "illegalTransition", "execute");
    let error = answer.json();
    assert_eq!(error["state"], "New", "it says the state");
    assert_eq!(error["allowed"], json!(["configure", "discard"]), "and what that allows");
}

#[tokio::test]
async fn routes_of_a_site_mean_its_newest_run_of_the_workflow() {
    let world = World::new().await;
    let operator = world.operator().await;
    let status = "/api/sites/s/kubernetes/upgrade/status";
    let answer = operator.get(status).await;
    assert!(answer.json()["message"].to_string().contains("no site s"), "there is no such site yet");
    world.put_site("s");
    let answer = operator.get(status).await;
    assert_eq!(answer.status, 404, "it has no run yet");
    assert!(answer.json()["hint"].to_string().contains("POST /api/runs"), "it says how to begin one");
    world.put_run("old", "s", Workflow::Upgrade, 1).await;
    world.put_run("new", "s", Workflow::Upgrade, 2).await;
    world.put_run("install", "s", Workflow::Install, 3).await;
    world.put_run("elsewhere", "t", Workflow::Upgrade, 4).await;
    assert_eq!(operator.get(status).await.json()["summary"]["id"], "new", "the newest upgrade of this site");
    let phase = operator.get("/api/sites/s/kubernetes/install/infra/status").await;
    assert_eq!(phase.json()["run"], "install", "and the newest install");
    let start = operator.post("/api/sites/s/kubernetes/upgrade/execute", &json!({})).await;
    assert_eq!(start.status, 409, "the same command as on the run's own route");
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_that_is_committed() {
    let world = World::new().await;
    let served = world.operator().await.get("/api/openapi.json").await.json();
    let committed: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).expect("is JSON");
    assert_eq!(served, committed, "docs/openapi.json describes what is served");
}

#[tokio::test]
async fn changes_are_in_the_audit_trail_with_who_made_them() {
    let world = World::new().await;
    let operator = world.operator().await;
    world.put_run("r", "s", Workflow::Upgrade, 1).await;
    world.enter("r", State::ApplicationConfigured).await;
    assert_eq!(cancelled(&operator).await, 409, "nothing of it runs");
    let entries = operator.get("/api/audit?limit=2").await.json()["entries"].clone();
    let brief = |entry: &Value| {
        [&entry["who"], &entry["door"], &entry["command"], &entry["result"]].map(Value::clone)
    };
    let expected = [
        ["operator@127.0.0.1", "http", "run_cancel", "illegalTransition"],
        ["operator@127.0.0.1", "http", "auth_login", "ok"],
    ];
    let entries: Vec<_> = entries.as_array().expect("is a list").iter().map(brief).collect();
    assert_eq!(entries, expected.map(|row| row.map(Value::from)), "refused or not, newest first");
}

async fn cancelled(operator: &Client) -> u16 {
    operator.post("/api/runs/r/cancel", &json!({ "why": "a test" })).await.status
}
