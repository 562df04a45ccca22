//! The server as a whole: its certificate, its pages, whom it believes, and `longshore serve`.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hyper::body::Bytes;
use longshore::http::Security;
use longshore_contract::{State, Workflow};
use serde_json::{Value, json};

use super::client::Client;
use super::world::{World, in_time};

#[tokio::test]
async fn the_certificate_is_the_one_whose_fingerprint_is_shown() {
    let world = World::with(|settings| settings.security = Security::SelfSigned).await;
    let health = world.stranger.get("/api/health").await;
    assert_eq!(health.json()["status"], "ok", "over TLS, by fingerprint");
    let begun = world.login().await;
    assert_ne!(begun["token"], "", "a session over TLS");
    let other = Client { pin: Some("00:11".to_owned()), ..world.stranger.clone() };
    let refused = other.open("GET", "/api/health", &[], Bytes::new()).await;
    assert!(refused.is_err(), "another fingerprint is another server");
    let answer = world.stranger.post("/api/auth/login", &json!({ "password": super::world::PASSWORD })).await;
    assert!(answer.header("set-cookie").contains("; Secure"), "the cookie stays on TLS");
}

#[tokio::test]
async fn pages_come_with_the_headers_that_browsers_obey() {
    let world = World::new().await;
    let page = world.stranger.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "a page");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "no guessing of kinds");
    assert_eq!(page.header("referrer-policy"), "no-referrer", "no telling where one was");
    assert_eq!(page.header("cache-control"), "no-cache", "the page may change");
    let again = [("if-none-match", page.header("etag"))];
    assert_eq!(world.stranger.send("GET", "/", &again, "").await.status, 304, "nothing new");
    let api = world.stranger.get("/api/health").await;
    assert_eq!(api.header("cache-control"), "no-store", "answers are not kept");
    assert_ne!(api.header("content-security-policy"), "", "the same headers everywhere");
    assert_eq!(world.stranger.get("/no/such/file.js").await.status, 404, "no file, no page instead");
}

#[tokio::test]
async fn requests_for_other_names_and_from_other_pages_are_refused() {
    let world = World::with(|settings| settings.hosts = vec!["longshore.lan".to_owned()]).await;
    let send = async |method: &str, headers: &[(&str, &str)]| {
        world.stranger.send(method, "/api/health", headers, "").await.status
    };
    assert_eq!(send("GET", &[("host", "evil.example")]).await, 400, "a name pointed at our address");
    assert_eq!(send("GET", &[("host", "longshore.lan:8443")]).await, 200, "a name that was allowed");
    assert_eq!(send("GET", &[("host", "localhost:8443")]).await, 200, "this machine");
    assert_eq!(send("POST", &[("origin", "http://evil.example")]).await, 400, "another page's change");
    assert_eq!(send("POST", &[("sec-fetch-site", "cross-site")]).await, 400, "the same, said differently");
    let own = format!("http://{}", world.stranger.address);
    assert_eq!(send("POST", &[("origin", own.as_str())]).await, 405, "our own page gets as far as the route");
}

/// A `longshore serve` process; ended with the test.
struct Serve {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Serve {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let binary = env!("CARGO_BIN_EXE_longshore");
        let mut child = Command::new(binary)
            .args(["serve", "--output", "json", "--listen", "127.0.0.1:0", "--helm", binary, "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("can be started");
        let out = BufReader::new(child.stdout.take().expect("is piped"));
        Self { child, out }
    }

    /// What it says once it serves.
    fn said(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("it says something");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("no JSON: {error}: {line}"))
    }

    /// Asks it to end; gives its exit code and what it said beside its answer.
    fn stop(mut self) -> (Option<i32>, String) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success(), "it was running");
        let mut beside = String::new();
        let mut stderr = self.child.stderr.take().expect("is piped");
        stderr.read_to_string(&mut beside).expect("can be read");
        (self.child.wait().expect("it ends").code(), beside)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(said: &Value) -> Client {
    let url = said["url"].as_str().expect("there is an address");
    let (_, address) = url.split_once("://").expect("there is a scheme");
    let address = address.parse().expect("is an address");
    Client { address, pin: said["fingerprint"].as_str().map(str::to_owned), token: None }
}

async fn login(client: &Client, password: &Value) -> u16 {
    client.post("/api/auth/login", &json!({ "password": password })).await.status
}

#[tokio::test]
async fn serve_says_where_it_is_and_stops_when_asked() {
    let world = World::new().await;
    world.put_site("s");
    world.put_run("lost", "s", Workflow::Upgrade, 1).await;
    world.enter("lost", State::AppUpgrading).await;
    let data = world.data.path().to_owned();
    in_time("the first server's end", world.server.stop()).await;

    let mut serve = Serve::start(&data, &[]);
    let said = serve.said();
    assert_eq!(said.get("password"), None, "the password was set before");
    let client = client(&said);
    let answer = client.get("/api/health?canary-query=1").await;
    assert_eq!(answer.status, 200, "it is well");
    assert_eq!(login(&client, &json!("canary-password")).await, 401, "a guess");
    let mode =
        |name: &str| std::fs::metadata(data.join(name)).expect("is there").permissions().mode() & 0o777;
    assert_eq!(mode("http/key.pem"), 0o600, "the key is for its owner alone");
    let (code, beside) = serve.stop();
    assert_eq!(code, Some(0), "it was asked to stop: {beside}");
    assert!(beside.contains("longshore run resume lost"), "an orphaned run is announced: {beside}");
    assert!(beside.contains(r#""path":"/api/health""#), "requests are logged by route: {beside}");
    assert!(!beside.contains("canary"), "without query or body: {beside}");
}

#[tokio::test]
async fn a_server_whose_log_nobody_reads_goes_on_serving() {
    let data = tempfile::tempdir().expect("a folder");
    let mut serve = Serve::start(data.path(), &["--plain-http"]);
    let client = client(&serve.said());
    // A pipe takes 64 KiB; each request is told in a line of some 180 bytes.
    for number in 0..1_000 {
        let answered = in_time("an answer", client.get("/api/health")).await;
        assert_eq!(answered.status, 200, "request {number}");
    }
    let (code, beside) = serve.stop();
    assert_eq!(code, Some(0), "{beside}");
    assert!(beside.lines().count() > 100, "its log was told as far as there was room");
}

#[tokio::test]
async fn a_password_is_made_and_shown_once_and_replaced_from_a_file() {
    let data = tempfile::tempdir().expect("a folder");
    let mut serve = Serve::start(data.path(), &[]);
    let said = serve.said();
    assert_eq!(login(&client(&said), &said["password"]).await, 200, "the password that was shown");
    let (code, beside) = serve.stop();
    assert_eq!(code, Some(0), "{beside}");
    assert!(!beside.contains(said["password"].as_str().expect("is shown")), "and is in no log");

    let file = data.path().join("password");
    std::fs::write(&file, "another password\n").expect("can be written");
    let file = file.to_str().expect("is text");
    let mut serve = Serve::start(data.path(), &["--password-file", file]);
    let again = serve.said();
    assert_eq!(again.get("password"), None, "it is not shown");
    assert_eq!(again["fingerprint"], said["fingerprint"], "the certificate stays");
    assert_eq!(login(&client(&again), &said["password"]).await, 401, "the old one is replaced");
    assert_eq!(login(&client(&again), &json!("another password")).await, 200, "by what the file says");
}

#[test]
fn what_cannot_be_served_is_refused_with_the_reason() {
    let data = tempfile::tempdir().expect("a folder");
    let refused = |arguments: &[&str]| {
        let mut serve = Serve::start(data.path(), arguments);
        let said = serve.said();
        assert_eq!(serve.child.wait().expect("it ends").code(), Some(2), "{arguments:?}: {said}");
        said["error"]["message"].as_str().unwrap_or_default().to_owned()
    };
    let plain = Command::new(env!("CARGO_BIN_EXE_longshore"))
        .args([
            "serve",
            "--plain-http",
            "--listen",
            "0.0.0.0:0",
            "--helm",
            env!("CARGO_BIN_EXE_longshore"),
            "--data",
        ])
        .arg(data.path())
        .output()
        .expect("can be started");
    let said = String::from_utf8_lossy(&plain.stderr).into_owned();
    assert!(said.contains("in the clear") && plain.status.code() == Some(2), "plain HTTP elsewhere: {said}");
    let short = data.path().join("short");
    std::fs::write(&short, "short").expect("can be written");
    let said = refused(&["--password-file", short.to_str().expect("is text")]);
    assert!(said.contains("fewer than 10"), "{said}");
    let absent = data.path().join("absent.pem");
    let absent = absent.to_str().expect("is text");
    let said = refused(&["--tls-cert", absent, "--tls-key", absent]);
    assert!(said.contains("absent.pem"), "{said} names the file");
}
