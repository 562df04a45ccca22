//! Support bundles over HTTP: of a site that does not answer, because that is when they are wanted.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
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

/// A support bundle as others make it, with a secret in a file and in a file's name.
fn made() -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in [
        ("version.yaml", "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n"),
        ("app.log", "ready\nADMIN_PASSWORD=kelp-and-barnacles-1907\n"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345.log", "of a name\n"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, format!("bundle/{name}"), content.as_bytes()).expect("memory takes it");
    }
    let mut packed = tar.into_inner().expect("it ends");
    packed.flush().expect("memory takes it");
    packed.finish().expect("it ends")
}

#[tokio::test]
async fn a_file_that_the_browser_sends_is_opened_without_its_secrets() {
    let world = World::new().await;
    let operator = world.operator().await;
    let answer = operator.send_bytes("/api/support/upload?name=quay.tar.gz", &[], made()).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let view = answer.json();
    assert_eq!((&view["summary"]["name"], &view["summary"]["own"]), (&"quay.tar.gz".into(), &false.into()));
    let path = format!("/api/support/{}", view["summary"]["id"].as_str().expect("an id"));
    let log = operator.get(&format!("{path}/file?path=app.log")).await.json();
    assert_eq!(log["text"], "ready\nADMIN_PASSWORD=***HIDDEN***\n", "{log}");
    let files = operator.get(&format!("{path}/files")).await.json();
    let paths = files["files"].to_string();
    assert!(
        paths.contains("HIDDEN.log") && !paths.contains("ghp_"),
        "names are no place for secrets: {paths}"
    );
    let hits = operator.get(&format!("{path}/search?text=ADMIN")).await.json();
    assert_eq!((&hits["hits"][0]["line"], &hits["hits"][0]["offset"]), (&2.into(), &6.into()), "{hits}");

    let broken =
        operator.send_bytes("/api/support/upload?name=quay.tar.gz", &[], b"no bundle".to_vec()).await;
    assert_eq!(broken.status, 400, "{}", String::from_utf8_lossy(&broken.body));
    let stranger = operator.with_token("");
    let refused = stranger.send_bytes("/api/support/upload?name=quay.tar.gz", &[], made()).await;
    assert_eq!(refused.status, 401, "strangers open nothing");
}
