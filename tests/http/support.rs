//! Support bundles over HTTP: of a site that does not answer, because that is when they are wanted.

use longshore_contract::Workflow;
use serde_json::{Value, json};

use super::world::{World, until};

#[tokio::test]
async fn a_site_that_is_away_gives_what_is_known_of_it() {
    let world = World::new().await;
    world.put_site("s1");
    world.put_run("r1", "s1", Workflow::Install, 1_000).await;
    let operator = world.operator().await;
    let begun = operator.post("/api/support", &json!({ "site": "s1" })).await.json();
    let id = begun["summary"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/support/{id}");
    let mut view = Value::Null;
    until("it is collected", async || {
        view = operator.get(&path).await.json();
        view["summary"]["progress"] != "running"
    })
    .await;
    assert_eq!(view["summary"]["progress"], "done", "{view}");
    let parts = view["parts"].as_array().expect("parts");
    let cluster = parts.iter().find(|part| part["name"] == "The cluster").expect("the cluster");
    assert!(cluster["problem"].as_str().is_some_and(|why| !why.is_empty()), "it says what lacks: {view}");

    let files = operator.get(&format!("{path}/files")).await.json();
    let paths: Vec<_> = files["files"].as_array().expect("files").iter().map(|file| &file["path"]).collect();
    assert!(paths.iter().any(|path| **path == "longshore/runs/r1/journal.jsonl"), "{files}");
    let journal = operator.get(&format!("{path}/file?path=longshore/runs/r1/journal.jsonl")).await.json();
    assert!(journal["text"].as_str().is_some_and(|text| text.contains("runCreated")), "{journal}");
    let missing = operator.get(&format!("{path}/search?text=the%20cluster")).await.json();
    assert_eq!(missing["hits"][0]["path"], "longshore/missing.json", "{missing}");

    let download = operator.get(&format!("{path}/download")).await;
    assert_eq!((download.status, &download.body[..2]), (200, &[0x1f, 0x8b][..]), "a gzip file comes");
    assert!(download.header("content-disposition").contains(&id), "with a name");
    let stranger = operator.with_token("");
    assert_eq!(stranger.get(&format!("{path}/download")).await.status, 401, "strangers get nothing");
    let removed = operator.send("DELETE", &path, &[], "").await;
    assert_eq!(removed.status, 200);
    assert_eq!(operator.get(&format!("{path}/download")).await.status, 404, "what is gone is not found");
}
