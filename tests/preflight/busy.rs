//! The lab's API server behind a gate that turns requests away and floods: what a cluster does that has too much to do.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::operator::Operator;

/// What the gate does with a request, by its first line and how often it was seen before.
pub type Rule = fn(&str, u64) -> Answer;

/// What the gate does.
pub enum Answer {
    /// Lets it through.
    Pass,
    /// Says that there is too much to do.
    TurnAway,
    /// Sends so many bytes of a log, for as long as somebody takes them.
    Flood(u64),
}

/// A gate; it closes with its handle.
pub struct Gate {
    proxy: Child,
    port: u16,
    /// Requests that were turned away.
    pub turned_away: Arc<AtomicU64>,
    /// Bytes of floods that were taken.
    pub taken: Arc<AtomicU64>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        drop(self.proxy.kill());
        drop(self.proxy.wait());
    }
}

impl Gate {
    /// Opens one in front of the lab's API server.
    pub fn open(operator: &Operator, rule: Rule) -> Self {
        let kubectl = longshore_lab::kubectl(&longshore_lab::Place::here()).expect("kubectl");
        let mut proxy = Command::new(kubectl)
            .args(["proxy", "--port=0", "--kubeconfig"])
            .arg(operator.lab.kubeconfig())
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubectl proxy starts");
        let mut line = String::new();
        let out = proxy.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("it says where it is");
        let behind = line.trim().rsplit(' ').next().expect("an address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let gate = Self { proxy, port, turned_away: Arc::default(), taken: Arc::default() };
        let (away, taken) = (Arc::clone(&gate.turned_away), Arc::clone(&gate.taken));
        std::thread::spawn(move || serve(&listener, &behind, rule, &away, &taken));
        gate
    }

    /// Adds the cluster behind the gate as a site.
    pub fn add_site(&self, operator: &Operator, name: &str) {
        let path = operator.data.path().join(format!("{name}.kubeconfig")).display().to_string();
        let config = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: gate\nclusters: [{{name: gate, cluster: {{server: 'http://127.0.0.1:{}'}}}}]\n\
             users: [{{name: gate, user: {{}}}}]\ncontexts: [{{name: gate, context: {{cluster: gate, user: gate}}}}]\n",
            self.port
        );
        std::fs::write(&path, config).expect("writes");
        let namespace = &operator.namespace.name;
        operator.ok(&[
            "site",
            "add",
            name,
            "--kubeconfig",
            &path,
            "--context",
            "gate",
            "--namespace",
            namespace,
        ]);
    }
}

fn serve(listener: &TcpListener, behind: &str, rule: Rule, away: &Arc<AtomicU64>, taken: &Arc<AtomicU64>) {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for client in listener.incoming().flatten() {
        let Some(head) = head(&client) else { continue };
        let line = head.lines().next().unwrap_or_default().to_owned();
        let before = seen.entry(line.clone()).or_default();
        let answer = rule(&line, *before);
        *before += 1;
        let (behind, away, taken) = (behind.to_owned(), Arc::clone(away), Arc::clone(taken));
        std::thread::spawn(move || match answer {
            Answer::Pass => drop(pass(client, &head, &behind)),
            Answer::TurnAway => {
                away.fetch_add(1, Ordering::Relaxed);
                drop(turn_away(client));
            }
            Answer::Flood(bytes) => drop(flood(client, bytes, &taken)),
        });
    }
}

/// The head of a request, byte by byte: what comes after it is the body.
fn head(mut client: &TcpStream) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn pass(mut client: TcpStream, head: &str, behind: &str) -> std::io::Result<()> {
    let mut server = TcpStream::connect(behind)?;
    // One request a connection, so that each comes by the rule.
    let head = if head.to_lowercase().contains("\r\nupgrade:") {
        head.to_owned()
    } else {
        head.replacen("\r\n", "\r\nConnection: close\r\n", 1)
    };
    server.write_all(head.as_bytes())?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

fn turn_away(mut client: TcpStream) -> std::io::Result<()> {
    let body = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the server has received too many requests and has asked us to try again later","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}"#;
    write!(
        client,
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    client.shutdown(Shutdown::Write)?;
    // What it still sends is read, or it would see a reset before the answer.
    std::io::copy(&mut client, &mut std::io::sink()).map(drop)
}

fn flood(mut client: TcpStream, bytes: u64, taken: &AtomicU64) -> std::io::Result<()> {
    write!(
        client,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n"
    )?;
    let lines = "another ship has passed the quay and did not stop at it\n".repeat(1000);
    let mut left = bytes;
    while left > 0 {
        let piece = &lines.as_bytes()[..lines.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
        client.write_all(piece)?;
        taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
        left -= piece.len() as u64;
    }
    Ok(())
}
