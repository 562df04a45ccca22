//! Imports of another process, through the server.

use serde_json::{Value, json};

use super::world::{World, until};
use crate::cli::imports::Desk;

#[tokio::test]
async fn an_import_of_another_process_is_seen_and_goes_on_here_once_that_is_gone() {
    let world = World::new().await;
    let operator = world.operator().await;
    let desk = Desk { data: world.data.path().to_owned() };
    let held = desk.held();
    let only = async || -> Value {
        let list = operator.get("/api/bundles").await.json();
        assert_eq!(list["imports"].as_array().map(Vec::len), Some(1), "one import is listed: {list}");
        list["imports"][0].clone()
    };
    let import = only().await;
    assert_eq!(import["state"], "running", "{import}");
    assert_eq!(import["holder"]["process"], held.process(), "{import}");
    assert_eq!(import["holder"]["here"], false, "{import}");
    let path = format!("/api/bundles/imports/{}", import["id"].as_str().expect("it has an id"));
    assert_eq!(operator.get(&path).await.json()["state"], "running", "it can be asked for");
    for verb in ["cancel", "resume", "discard"] {
        let refused = operator.post(&format!("{path}/{verb}"), &json!({})).await;
        assert_eq!(refused.status, 400, "{verb} is for the process that imports");
        let message = refused.json()["message"].to_string();
        assert!(message.contains(&format!("process {}", held.process())), "{verb}: {message}");
    }
    drop(held);
    let import = only().await;
    assert_eq!(import["state"], "interrupted", "its process is gone: {import}");
    assert!(import["kept"].as_u64() > Some(0), "it kept something: {import}");
    let resumed = operator.post(&format!("{path}/resume"), &json!({})).await.json();
    assert_eq!(resumed["id"], import["id"], "it is the same import: {resumed}");
    assert_eq!(resumed["holder"]["here"], true, "this process imports it now: {resumed}");
    until("its end", async || operator.get(&path).await.json()["state"] != "running").await;
    let list = operator.get("/api/bundles").await.json();
    assert_eq!(list["bundles"][0]["slug"], "heavy", "it is in the library: {list}");
    assert_eq!(only().await["state"], "done", "and this process knows how it ended");
}

#[tokio::test]
async fn an_import_that_was_cancelled_here_can_be_discarded() {
    let world = World::new().await;
    let operator = world.operator().await;
    let file = crate::cli::imports::heavy().display().to_string();
    let begun = operator.post("/api/bundles", &json!({ "path": file })).await.json();
    let path = format!("/api/bundles/imports/{}", begun["id"].as_str().expect("it has an id"));
    operator.post(&format!("{path}/cancel"), &json!({})).await;
    let mut import = Value::Null;
    until("its end", async || {
        import = operator.get(&path).await.json();
        import["state"] != "running"
    })
    .await;
    assert_eq!(import["state"], "cancelled", "{import}");
    assert!(import["kept"].is_u64(), "it can go on: {import}");
    let discarded = operator.post(&format!("{path}/discard"), &json!({})).await;
    assert_eq!(discarded.status, 200, "{}", String::from_utf8_lossy(&discarded.body));
    assert_eq!(discarded.json()["bytes"], import["kept"], "all it kept goes");
    assert_eq!(operator.get("/api/bundles").await.json()["imports"], json!([]), "and it is forgotten");
    assert_eq!(operator.get(&path).await.status, 404, "and so it is nowhere");
}
