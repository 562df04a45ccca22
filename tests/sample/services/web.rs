//! Tidewater's web service: a page that shows its version and config, and a readiness probe.
//!
//! It listens on port 8080. A file `/etc/tidewater/schema` in the image names the schema it needs; one that
//! asks for a schema other than 11 never becomes ready and says so, which is how release 1.2.0 fails.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

const SCHEMA_FOUND: &str = "11";

fn main() {
    let version = read("/etc/tidewater/version");
    let schema = read("/etc/tidewater/schema");
    let title = std::env::var("TIDEWATER_TITLE").unwrap_or_else(|_| "Tidewater".to_owned());
    let tier = std::env::var("TIDEWATER_TIER").unwrap_or_default();
    println!("tidewater-web {version} starts");
    let ready = schema == SCHEMA_FOUND;
    if !ready {
        eprintln!("tidewater-web: schema {schema} is needed, the database has schema {SCHEMA_FOUND}: not ready");
    }
    let listener = TcpListener::bind("0.0.0.0:8080").expect("port 8080 is free in a pod of its own");
    for stream in listener.incoming().flatten() {
        answer(stream, ready, &format!("{title}\nversion {version}\ntier {tier}\n"));
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn answer(mut stream: TcpStream, ready: bool, page: &str) {
    let mut line = String::new();
    if BufReader::new(&stream).read_line(&mut line).is_err() {
        return;
    }
    let (status, body) = match line.split(' ').nth(1) {
        Some("/readyz") if ready => ("200 OK", "ready\n"),
        Some("/readyz") => ("503 Service Unavailable", "wrong schema\n"),
        _ => ("200 OK", page),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}
