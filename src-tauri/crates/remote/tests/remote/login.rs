//! Ways to log in.

use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;

use longshore_remote::{
    Command, Destination, FixedSecrets, Host as _, NoSecrets, RemoteError, Route, Secrets, SshConfig, SshHost,
};

use crate::lab::{Lab, PASSWORD, keygen, password};

async fn whoami(host: &SshHost) -> Result<String, RemoteError> {
    Ok(host.run(&Command::script("id -un"), 100).await?.stdout().trim().to_owned())
}

/// Lets a key in.
fn allow(lab: &Lab, public: &str) {
    let line = std::fs::read_to_string(lab.path(public)).expect("the key is there");
    let mut keys = std::fs::read_to_string(lab.path("authorized")).expect("the file is there");
    keys.push_str(&line);
    std::fs::write(lab.path("authorized"), keys).expect("it can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn key_files_of_every_form() {
    let lab = Lab::start();
    let forms: [(&str, &str, &str, &[&str]); 7] = [
        ("rsa", "rsa", "", &["-b", "2048"]),
        ("ecdsa", "ecdsa", "", &[]),
        ("pem", "rsa", "", &["-b", "2048", "-m", "PEM"]),
        ("pkcs8", "ecdsa", "", &["-m", "PKCS8"]),
        ("locked", "ed25519", "open sesame", &[]),
        ("lockedrsa", "rsa", "open sesame", &["-b", "2048"]),
        ("lockedpem", "rsa", "open sesame", &["-b", "2048", "-m", "PEM"]),
    ];
    for (name, kind, passphrase, more) in forms {
        keygen(&lab.path(name), kind, passphrase, more);
        allow(&lab, &format!("{name}.pub"));
        let secrets =
            FixedSecrets { passphrase: Some("open sesame".to_owned().into()), ..FixedSecrets::default() };
        let file = format!("IdentitiesOnly yes\nIdentityFile {}", lab.path(name).display());
        // The lab's own key comes behind it: which one let us in is seen by taking that away.
        let mut route = lab.route("plain", &file);
        route.hops[0].identity_files.truncate(1);
        let host = SshHost::new(route, Arc::new(secrets));
        assert_eq!(
            whoami(&host).await.map_err(|error| error.to_string()),
            Ok("plain".to_owned()),
            "key {name}"
        );
    }
}

/// An agent, ended with its handle.
struct Agent {
    child: Child,
    socket: String,
}

impl Agent {
    fn start(lab: &Lab, keys: &[&str]) -> Self {
        let socket = lab.path("agent").display().to_string();
        let child = Process::new("ssh-agent")
            .args(["-D", "-a", &socket])
            .stdout(Stdio::null())
            .spawn()
            .expect("the agent starts");
        let agent = Self { child, socket };
        for key in keys {
            // The agent's socket may not be there yet; ssh-add says so by its status.
            let added = (0..1000).any(|_| {
                let mut add = Process::new("ssh-add");
                let add = add.arg("-q").arg(lab.path(key)).env("SSH_AUTH_SOCK", &agent.socket);
                let added = add.output().is_ok_and(|output| output.status.success());
                if !added {
                    std::thread::yield_now();
                }
                added
            });
            assert!(added, "{key} cannot be added");
        }
        agent
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn route_by_agent(lab: &Lab, agent: &Agent, more: &str) -> Route {
    let text = format!("{more}\nIdentityAgent {}", agent.socket);
    lab.route("plain", &text)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_many_keys() {
    let lab = Lab::with("MaxAuthTries 3");
    let names: Vec<String> = (0..5).map(|number| format!("other{number}")).collect();
    for name in &names {
        keygen(&lab.path(name), "ed25519", "", &[]);
    }
    let keys: Vec<&str> = names.iter().map(String::as_str).chain(["id"]).collect();
    let agent = Agent::start(&lab, &keys);

    // The configured key is tried first, though the agent has it last.
    let host = SshHost::new(route_by_agent(&lab, &agent, ""), Arc::new(NoSecrets));
    assert_eq!(whoami(&host).await.expect("the agent lets us in"), "plain", "another user");

    // Without a configured key sshd hangs up before the right one, and the error says what to do.
    let mut route = route_by_agent(&lab, &agent, "");
    route.hops[0].identity_files.clear();
    let error = whoami(&SshHost::new(route, Arc::new(NoSecrets))).await.expect_err("too many keys");
    let text = lab.stable(&error.to_string());
    assert!(text.contains("IdentitiesOnly"), "the way out is not named: {text}");
    assert_eq!(text.matches("agent key SHA256:").count(), 3, "each refused key is named: {text}");

    // IdentitiesOnly holds back the others.
    let host = SshHost::new(route_by_agent(&lab, &agent, "IdentitiesOnly yes"), Arc::new(NoSecrets));
    assert_eq!(whoami(&host).await.expect("the agent lets us in"), "plain", "another user");
}

#[tokio::test(flavor = "multi_thread")]
async fn password_and_questions() {
    for (option, method) in [
        ("PasswordAuthentication yes", "password"),
        ("KbdInteractiveAuthentication yes", "keyboard-interactive"),
    ] {
        let lab = Lab::with(&format!("{option}\nPubkeyAuthentication no"));
        let host = lab.host("plain");
        assert_eq!(whoami(&host).await.expect("the password lets us in"), "plain", "by {method}");
        let wrong = lab.host_with("plain", "", password("wrong horse"));
        let error = whoami(&wrong).await.expect_err("the password is wrong").to_string();
        assert!(error.contains(&format!("{method} (not accepted")), "{method} is not named: {error}");
        assert!(!error.contains("wrong horse"), "the password is in the error");
        let silent = lab.host_with("plain", "", Arc::new(NoSecrets));
        let error = whoami(&silent).await.expect_err("nobody answers").to_string();
        assert!(error.contains(method), "{method} is not named: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_things_are_demanded() {
    let lab = Lab::with("PasswordAuthentication yes\nAuthenticationMethods publickey,password");
    let host = lab.host("plain");
    assert_eq!(whoami(&host).await.expect("key and password let us in"), "plain", "another user");
}

#[tokio::test(flavor = "multi_thread")]
async fn first_contact_is_asked_and_then_known() {
    let lab = Lab::start();
    let host = lab.host_with("plain", "StrictHostKeyChecking ask\nHashKnownHosts yes", password(PASSWORD));
    let error = host.connect().await.expect_err("nobody knows the host");
    let question = error.question().expect("it is a question").clone();
    let shown =
        Process::new("ssh-keygen").arg("-lf").arg(lab.path("host.pub")).output().expect("it runs").stdout;
    let shown = String::from_utf8(shown).expect("it is text");
    assert!(shown.contains(&question.fingerprint()), "OpenSSH shows another fingerprint: {shown}");
    question.accept().expect("it can be noted down");
    let name = format!("[127.0.0.1]:{}", lab.port);
    let found = Process::new("ssh-keygen").args(["-F", &name, "-f"]).arg(lab.path("known_hosts")).output();
    assert!(found.expect("it runs").status.success(), "OpenSSH does not find what was noted down");
    host.connect().await.expect("now it is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_kind_of_key_is_asked_for() {
    let lab = Lab::with("");
    // The host gets a second key of a kind that comes first by default.
    keygen(&lab.path("second"), "rsa", "", &["-b", "2048"]);
    let public = std::fs::read_to_string(lab.path("second.pub")).expect("it is there");
    std::fs::write(lab.path("known_hosts"), format!("[127.0.0.1]:1 {public}")).expect("it can be written");
    let both = Lab::with(&format!("HostKey {}", lab.path("second").display()));
    let line = format!("[127.0.0.1]:{} {public}", both.port);
    std::fs::write(both.path("known_hosts"), line).expect("it can be written");
    both.host("plain").connect().await.expect("the known RSA key is asked for, not the unknown ed25519 one");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_on_the_way_are_told_apart() {
    let config = SshConfig { files: Vec::new(), ..SshConfig::empty() };
    let connect = async |name: &str, port: u16| {
        let destination = Destination { host: name.to_owned(), user: None, port: Some(port) };
        let mut route = config.route(&destination).expect("it is a host");
        route.hops[0].connect_timeout = std::time::Duration::from_millis(600);
        SshHost::new(route, Arc::new(NoSecrets) as Arc<dyn Secrets>)
            .connect()
            .await
            .expect_err("there is no host")
    };
    let refused = connect("127.0.0.1", crate::lab::free_port()).await;
    assert!(matches!(refused, RemoteError::Refused { .. }), "nobody listens: {refused}");
    let nameless = connect("no-such-host.invalid", 22).await;
    assert!(matches!(nameless, RemoteError::Dns { .. } | RemoteError::Timeout { .. }), "no name: {nameless}");
    let unreachable = connect("255.255.255.255", 22).await;
    assert!(matches!(unreachable, RemoteError::Unreachable { .. }), "no way: {unreachable}");
    // Takes connections and says nothing.
    let mute = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    let timeout = connect("127.0.0.1", mute.local_addr().expect("it has one").port()).await;
    assert!(matches!(timeout, RemoteError::Timeout { .. }), "no answer: {timeout}");
    assert!(timeout.to_string().contains("0.6 s"), "the limit is told: {timeout}");
}
