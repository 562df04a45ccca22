//! Hosts behind other hosts.

use std::sync::Arc;
use std::time::Duration;

use longshore_remote::{Command, Destination, Exit, Host as _, NoSecrets, RemoteError, SshHost, forward};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::lab::{Lab, free_port};
use crate::relay::Relay;

async fn whoami(host: &SshHost) -> Result<String, RemoteError> {
    Ok(host.run(&Command::script("id -un"), 100).await?.stdout().trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn over_two_jumps() {
    let lab = Lab::start();
    let one = format!("plain@127.0.0.1:{}", lab.port);
    let two = format!("free@127.0.0.1:{}", lab.port);
    let mut config = lab.config("cshell", &format!("ProxyJump {one},{two}"));
    // The hops have no block of their own: what they need stands for all.
    let text = std::fs::read_to_string(&config.files[0]).expect("it is there");
    let path = lab.directory.path().display();
    let all = format!(
        "{text}\nHost *\nIdentityFile {path}/id\nIdentityAgent none\nUserKnownHostsFile {path}/known_hosts\n\
         StrictHostKeyChecking accept-new\n"
    );
    std::fs::write(&config.files[0], all).expect("it can be written");
    config.files.truncate(1);
    let lab_host = Destination { host: "lab".to_owned(), user: None, port: None };
    let route = config.route(&lab_host).expect("it is good");
    let users: Vec<&str> = route.hops.iter().map(|hop| hop.user.as_str()).collect();
    assert_eq!(users, ["plain", "free", "cshell"], "the hops and their order");
    let host = SshHost::new(route, Arc::new(NoSecrets));
    assert_eq!(whoami(&host).await.expect("the jumps lead there"), "cshell", "another user");
    let size = 3_000_000;
    let script = format!("head -c {size} /dev/zero");
    let finished = host.run(&Command::script(script), size).await.expect("it runs");
    assert_eq!(finished.output.stdout.len(), size, "output is lost on the way");

    // A hop that goes nowhere is named.
    let mut route = lab.route("plain", "");
    let mut dead = route.hops[0].clone();
    dead.port = free_port();
    dead.alias = "dead".to_owned();
    route.hops.push(dead);
    let error = SshHost::new(route, Arc::new(NoSecrets)).connect().await.expect_err("nobody listens there");
    assert!(matches!(error, RemoteError::Channel { .. }), "another error: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_command() {
    let lab = Lab::start();
    let path = lab.directory.path().display();
    let command = format!(
        "ProxyCommand ssh -F none -i {path}/id -o IdentityAgent=none -o UserKnownHostsFile={path}/kh \
         -o StrictHostKeyChecking=accept-new -p {} -W %h:%p plain@127.0.0.1",
        lab.port
    );
    let host = lab.host_with("free", &command, Arc::new(NoSecrets));
    assert_eq!(whoami(&host).await.expect("the command leads there"), "free", "another user");

    let broken = lab.host_with("free", "ProxyCommand echo no way >&2; exit 3", Arc::new(NoSecrets));
    let error = broken.connect().await.expect_err("it gives no connection");
    assert!(matches!(error, RemoteError::Proxy { .. }), "another error: {error}");
    assert!(error.to_string().contains("no way"), "what it said is lost: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_leads_through_the_host() {
    let lab = Lab::start();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
    let port = listener.local_addr().expect("it has an address").port();
    // Says back what it got once the other side has said all: a half that is closed must get there.
    let serving = tokio::spawn(async move {
        for _ in 0..3 {
            let (mut near, _) = listener.accept().await.expect("a connection comes");
            tokio::spawn(async move {
                let mut all = Vec::new();
                near.read_to_end(&mut all).await.expect("it can be read");
                near.write_all(&all).await.expect("it can be written");
            });
        }
    });
    let host = lab.host("plain");
    let tunnel = forward(host, "127.0.0.1", port).await.expect("a port can be opened");
    let sent = vec![42; 1_000_000];
    for _ in 0..3 {
        let mut near = TcpStream::connect(tunnel.address()).await.expect("the port is open");
        let (mut read, mut write) = near.split();
        let mut back = Vec::new();
        let (wrote, got) = tokio::join!(
            async {
                write.write_all(&sent).await?;
                write.shutdown().await
            },
            read.read_to_end(&mut back)
        );
        wrote.expect("it can be written");
        got.expect("it can be read");
        assert!(back == sent, "{} bytes of {} came back", back.len(), sent.len());
    }
    serving.await.expect("three connections came");
    let address = tunnel.address();
    drop(tunnel);
    let closed = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(20), closed).await;
    assert!(closed.is_ok(), "the port outlives its handle");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_link_is_noticed() {
    let lab = Lab::start();
    let relay = Relay::start(lab.port, Duration::ZERO).await;
    let more = format!("Port {}\nServerAliveInterval 1\nServerAliveCountMax 3", relay.port);
    let host = lab.host_with("plain", &more, Arc::new(NoSecrets));
    host.connect().await.expect("it can be connected to");
    // Nothing is asked for longer than both together: the link lives on by its signs of life.
    let finished = host.run(&Command::script("sleep 4; echo alive"), 100).await.expect("the link lives");
    assert_eq!(finished.stdout(), "alive\n", "the command was lost");
    let mut process = host.start(&Command::script("sleep 600")).await.expect("it starts");
    relay.freeze();
    let error = tokio::time::timeout(Duration::from_secs(20), process.next()).await;
    let error = error.expect("silence is noticed").expect_err("the link is lost");
    assert!(error.to_string().contains("no sign of life"), "another reason: {error}");
    assert!(!host.is_connected().await, "the host still counts as connected");
}

/// What one channel's turn reads off the wire may be another's, whose turn was before it: nothing more may come
/// that would wake the session for it.
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_left_lying() {
    const TURNS: u32 = 4_000;
    let lab = Lab::start();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let serving = tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.expect("a connection comes");
            tokio::spawn(async move {
                let (mut read, mut write) = near.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    });
    // No sign of life is asked for that would bring to light what was forgotten.
    let host = lab.host_with("seatedfree", "ServerAliveInterval 600", Arc::new(NoSecrets));
    // With a terminal sshd sends each answer by itself.
    let terminal = Command::script("true").as_root();
    assert_eq!(host.run(&terminal, 100).await.expect("it runs").exit, Exit::Status(0), "it has a terminal");
    let mut talks = Vec::new();
    for _ in 0..6 {
        talks.push(host.tunnel("127.0.0.1", port).await.expect("it leads there"));
    }
    for turn in 0..TURNS {
        let said = turn.to_be_bytes();
        // All at once, and then nobody says a word before all have their answer.
        let rounds = talks.iter_mut().map(async |far| {
            far.write_all(&said).await.expect("it can be written");
            let mut heard = [0; 4];
            far.read_exact(&mut heard).await.expect("it can be read");
            assert_eq!(heard, said, "another answer");
        });
        let answered = tokio::time::timeout(Duration::from_secs(30), futures::future::join_all(rounds)).await;
        answered.unwrap_or_else(|_| panic!("an answer of turn {turn} was left lying"));
    }
    serving.abort();
}
