//! Upload of bundles.

use std::path::Path;

use hyper::body::Bytes;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use super::client::Client;
use super::world::{World, until};

/// The sample's bundle without its images.
fn bundle() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tidewater-1.0.0.airgap");
    longshore_sample::build_with("1.0.0", &path, &[]).expect("the sample can be built");
    std::fs::read(path).expect("can be read")
}

async fn ended(operator: &Client, import: &Value) -> Value {
    let path = format!("/api/bundles/imports/{}", import["id"].as_str().expect("has an id"));
    let mut status = Value::Null;
    until("the import's end", async || {
        status = operator.get(&path).await.json();
        status["state"] != "running"
    })
    .await;
    status
}

/// Files below the folder where uploads arrive, but for locks.
fn left(data: &Path) -> Vec<String> {
    let (mut folders, mut found) = (vec![data.join("incoming")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if name != "lock" {
                found.push(name);
            }
        }
    }
    found
}

#[tokio::test]
async fn a_bundle_is_imported_from_the_body_and_the_file_goes() {
    let world = World::new().await;
    let operator = world.operator().await;
    let answer = operator.send_bytes("/api/bundles/upload?name=tide%20water.airgap", &[], bundle()).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let status = ended(&operator, &answer.json()).await;
    assert_eq!(status["state"], "done", "{status}");
    let list = operator.get("/api/bundles").await.json();
    assert_eq!(list["bundles"][0]["id"], status["bundle"], "it is in the library");
    assert_eq!(list["bundles"][0]["file"], "tide water.airgap", "under its own name");
    until("nothing is left of it", async || left(world.data.path()).is_empty()).await;
}

#[tokio::test]
async fn what_is_no_bundle_is_refused_and_goes_too() {
    let world = World::new().await;
    let operator = world.operator().await;
    let answer = operator.send_bytes("/api/bundles/upload?name=a.airgap", &[], vec![7; 1000]).await;
    let status = ended(&operator, &answer.json()).await;
    assert_eq!(status["state"], "failed", "{status}");
    assert_eq!(status["error"]["code"], "badInput", "with the reason");
    until("nothing is left of it", async || left(world.data.path()).is_empty()).await;
}

#[tokio::test]
async fn names_are_names_and_size_has_a_limit() {
    let world = World::new().await;
    let operator = world.operator().await;
    for query in ["", "?name=", "?name=..%2Fkey", "?name=.hidden", "?name=a%0Ab", "?other=a.airgap"] {
        let answer = operator.send_bytes(&format!("/api/bundles/upload{query}"), &[], vec![7]).await;
        assert_eq!((answer.status, answer.fields()), (400, vec!["name".to_owned()]), "{query:?}");
    }
    let answer = operator.send_bytes("/api/bundles/upload?name=a.airgap", &[], vec![7; (1 << 20) + 1]).await;
    assert_eq!(answer.status, 413, "larger than this server takes");
    assert_eq!(left(world.data.path()), Vec::<String>::new(), "nothing stays");
}

#[tokio::test]
async fn an_undeclared_length_is_counted() {
    let world = World::new().await;
    let operator = world.operator().await;
    let token = operator.token.clone().expect("is logged in");
    let mut stream = tokio::net::TcpStream::connect(operator.address).await.expect("somebody listens");
    let head = format!(
        "POST /api/bundles/upload?name=a.airgap HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("can be sent");
    let mut chunk = format!("{:x}\r\n", 64 << 10).into_bytes();
    chunk.extend(vec![7; 64 << 10]);
    chunk.extend(b"\r\n");
    let mut answer = Vec::new();
    let (mut reader, mut writer) = stream.split();
    // The server may answer and hang up before all of it is sent.
    let sending = async {
        for _ in 0..32 {
            if writer.write_all(&chunk).await.is_err() {
                break;
            }
        }
    };
    let reading = tokio::io::AsyncReadExt::read_buf(&mut reader, &mut answer);
    let (read, ()) = tokio::join!(reading, sending);
    read.expect("there is an answer");
    assert!(answer.starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&answer));
    until("nothing is left of it", async || left(world.data.path()).is_empty()).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let operator = world.operator().await;
    let headers = [("content-length", "5000")];
    let mut stream = tokio::net::TcpStream::connect(operator.address).await.expect("somebody listens");
    let token = operator.token.clone().expect("is logged in");
    let head = format!(
        "POST /api/bundles/upload?name=torn.airgap HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\nonly a part",
        headers[0].1
    );
    stream.write_all(head.as_bytes()).await.expect("can be sent");
    until("it arrives", async || left(world.data.path()) == ["torn.airgap"]).await;
    drop(stream);
    until("nothing is left of it", async || left(world.data.path()).is_empty()).await;
    let bundles = operator.get("/api/bundles").await.json();
    assert_eq!(bundles["imports"], serde_json::json!([]), "half a file is not imported");
    let body = Bytes::new();
    let answer = world.stranger.open("POST", "/api/bundles/upload?name=a", &[], body).await;
    assert_eq!(answer.expect("the server answers").status(), 401, "strangers upload nothing");
}
