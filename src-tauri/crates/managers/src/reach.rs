//! The way to hosts, and hosts as collecting sees them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use longshore_contract::{FieldError, SiteHost, SshSettings, WireError, chain};
use longshore_preflight::Flow;
use longshore_remote::{
    Command, ConfigError, Destination, Exit, FixedSecrets, Host, LocalHost, RemoteError, Route, Sink,
    SshConfig, SshHost, Stream,
};
use longshore_store::{SiteRow, Store};
use tokio::sync::Notify;

use crate::access;

pub use longshore_remote::matches_pattern;

/// Hosts that are reached at the same time: each has a thread and a few hundred KB of its own.
pub(crate) const AT_ONCE: usize = 64;

/// Bytes of what a script says beside its answer that are kept for a message.
const COMPLAINT: usize = 2048;

/// A host as somebody names it.
pub struct Way {
    /// As ssh takes it.
    pub address: String,
    /// Jump hosts as `ssh -J` takes them; empty for those that are configured.
    pub bastion: String,
}

impl From<&SiteHost> for Way {
    fn from(host: &SiteHost) -> Self {
        Self { address: host.address.clone(), bastion: host.bastion.clone() }
    }
}

impl From<&String> for Way {
    fn from(address: &String) -> Self {
        Self { address: address.clone(), bastion: String::new() }
    }
}

/// A host that somebody named, and with what it is entered.
#[derive(Clone)]
pub enum Named {
    /// This machine.
    Local(Arc<SshSettings>),
    /// One over SSH.
    Remote(Box<Route>, Arc<SshSettings>),
}

/// What became of reaching a host.
pub enum Reached {
    /// It can be asked.
    Host(Asked),
    /// It cannot; why, and the fingerprint of its key where that has to be compared first.
    Not {
        /// Why, and what to do.
        why: String,
        /// Fingerprint of its key, where that is unknown and has to be compared first; or empty.
        unknown_key: String,
    },
}

/// The name of this machine among the hosts.
pub const LOCAL: &str = "this machine";

/// Hosts of a request in order: each once.
///
/// # Errors
/// Every host whose name or way means nothing, as a field `hosts.N`.
pub fn named(hosts: &[Way], local: bool, ssh: &Arc<SshSettings>) -> Result<Vec<(String, Named)>, WireError> {
    let config = config(ssh);
    let (mut found, mut refused): (Vec<(String, Named)>, Vec<FieldError>) = (Vec::new(), Vec::new());
    if local {
        found.push((LOCAL.to_owned(), Named::Local(Arc::clone(ssh))));
    }
    for (at, way) in hosts.iter().enumerate() {
        if found.iter().any(|(name, _)| *name == way.address) {
            continue;
        }
        match route(&config, way, ssh) {
            Ok(route) => {
                found.push((way.address.clone(), Named::Remote(Box::new(route), Arc::clone(ssh))));
            }
            Err(error) => {
                refused.push(FieldError { field: format!("hosts.{at}"), message: chain(&error) });
            }
        }
    }
    if refused.is_empty() {
        return Ok(found);
    }
    Err(WireError { fields: refused, ..WireError::bad_input("A host cannot be used") })
}

/// Hosts of a site, entered as the site says, with the keys that a person has accepted besides.
///
/// # Errors
/// As [`named`]; and when the store fails.
pub fn of_site(
    store: &Store,
    site: &SiteRow,
    hosts: &[SiteHost],
    accepted: &[String],
) -> Result<Vec<(String, Named)>, WireError> {
    let mut ssh = access::ssh(store, site).map_err(|error| WireError::internal(&error))?;
    ssh.accepted_keys.extend_from_slice(accepted);
    let ways: Vec<Way> = hosts.iter().map(Way::from).collect();
    named(&ways, false, &Arc::new(ssh))
}

/// The `ssh_config` that is meant.
pub(crate) fn config(ssh: &SshSettings) -> SshConfig {
    match ssh.config.as_str() {
        "" => SshConfig::of_user(),
        "none" => SshConfig::empty(),
        file => SshConfig { files: vec![PathBuf::from(file)], ..SshConfig::of_user() },
    }
}

fn route(config: &SshConfig, way: &Way, ssh: &SshSettings) -> Result<Route, ConfigError> {
    let destination: Destination = way.address.parse()?;
    let jumps = Some(way.bastion.as_str()).filter(|jumps| !jumps.is_empty());
    let mut route = config.route_over(&destination, jumps)?;
    for target in &mut route.hops {
        if !ssh.identities.is_empty() {
            let mut files: Vec<PathBuf> = ssh.identities.iter().map(PathBuf::from).collect();
            if target.identity_files_named {
                files.append(&mut target.identity_files);
            }
            target.identity_files = files;
            target.identity_files_named = true;
        }
        if !ssh.known_hosts.is_empty() {
            target.user_known_hosts = vec![PathBuf::from(&ssh.known_hosts)];
            target.global_known_hosts = Vec::new();
        }
    }
    Ok(route)
}

/// The passwords of settings, as a session asks for them.
pub(crate) fn secrets(ssh: &SshSettings) -> Arc<FixedSecrets> {
    let secret = |text: &Option<String>| text.clone().map(Into::into);
    Arc::new(FixedSecrets {
        password: secret(&ssh.password),
        passphrase: secret(&ssh.passphrase),
        root: secret(&ssh.root_password),
    })
}

/// Connects, and becomes root where that is wanted.
pub async fn reach(named: &Named) -> Reached {
    let (route, ssh) = match named {
        Named::Local(ssh) => return local(LocalHost::new(secrets(ssh)), ssh.as_user).await,
        Named::Remote(route, ssh) => (route, ssh),
    };
    let host = SshHost::new(route.as_ref().clone(), secrets(ssh));
    if let Err(error) = connected(&host, &ssh.accepted_keys).await {
        let unknown_key = match &error {
            RemoteError::HostKeyUnknown(question) if !question.forbidden => question.fingerprint(),
            _ => String::new(),
        };
        return Reached::Not { why: host.redactor().scrub(&error.to_string()), unknown_key };
    }
    let rights = if ssh.as_user { as_user(&host).await } else { host.privilege().await.map(|_| true) };
    asked(Arc::new(host), rights)
}

async fn local(host: LocalHost, as_user: bool) -> Reached {
    let rights = if as_user { self::as_user(&host).await } else { host.privilege().await.map(|_| true) };
    asked(Arc::new(host), rights)
}

/// Connects, taking keys that a person has accepted: one for each hop at most.
pub(crate) async fn connected(host: &SshHost, accepted: &[String]) -> Result<(), RemoteError> {
    loop {
        match host.connect().await {
            Err(RemoteError::HostKeyUnknown(question))
                if !question.forbidden && accepted.contains(&question.fingerprint()) =>
            {
                question.accept()?;
            }
            other => return other,
        }
    }
}

/// Whether a user is root without becoming so.
async fn as_user(host: &dyn Host) -> Result<bool, RemoteError> {
    let said = host.run(&Command::script("id -u").idempotent(), 64).await?;
    Ok(said.stdout().trim() == "0")
}

fn asked(host: Arc<dyn Host>, rights: Result<bool, RemoteError>) -> Reached {
    match rights {
        Ok(root) => Reached::Host(Asked { host, root, note: String::new() }),
        Err(error @ RemoteError::Privilege { .. }) => {
            // What a user may see is worth more than nothing, as long as it is said.
            let note = format!("Asked without root: {}", host.redactor().scrub(&error.to_string()));
            Reached::Host(Asked { host, root: false, note })
        }
        Err(error) => {
            let why = host.redactor().scrub(&error.to_string());
            Reached::Not { why, unknown_key: String::new() }
        }
    }
}

/// A host as collecting sees it.
pub struct Asked {
    host: Arc<dyn Host>,
    root: bool,
    /// Why it is not asked as root, or empty.
    pub note: String,
}

impl Asked {
    /// The host itself.
    pub fn host(&self) -> &dyn Host {
        self.host.as_ref()
    }

    /// A host on which we are root.
    pub fn as_root(host: Arc<dyn Host>) -> Self {
        Self { host, root: true, note: String::new() }
    }

    /// The host itself, to be kept.
    pub fn into_host(self) -> Arc<dyn Host> {
        self.host
    }

    /// Whether it is asked as root.
    pub fn is_root(&self) -> bool {
        self.root
    }
}

/// Hands a script's output on, and says when there is enough of it.
struct Passing<'a> {
    to: &'a mut dyn longshore_preflight::Sink,
    complaint: Vec<u8>,
    enough: Arc<Notify>,
}

impl Sink for Passing<'_> {
    fn piece(&mut self, stream: Stream, bytes: &[u8]) {
        if stream == Stream::Stderr {
            let room = COMPLAINT.saturating_sub(self.complaint.len());
            self.complaint.extend_from_slice(&bytes[..bytes.len().min(room)]);
        } else if self.to.take(bytes) == Flow::Enough {
            self.enough.notify_one();
        }
    }
}

#[async_trait]
impl longshore_preflight::Host for Asked {
    async fn run(
        &self,
        script: &str,
        limit: Duration,
        out: &mut dyn longshore_preflight::Sink,
    ) -> Result<(), String> {
        // Fed to a shell's input, so that it is in no list of processes and bounded by no length of arguments.
        let command = Command::program(["sh", "-s"])
            .stdin(script.to_owned().into_bytes())
            .root(self.root)
            .within(limit);
        let enough = Arc::new(Notify::new());
        let mut sink = Passing { to: out, complaint: Vec::new(), enough: Arc::clone(&enough) };
        let ended = tokio::select! {
            ended = self.host.exec(&command, &mut sink) => Some(ended),
            () = enough.notified() => None,
        };
        let scrub = |text: &str| self.host.redactor().scrub(text);
        match ended {
            None | Some(Ok(Exit::Status(0))) => Ok(()),
            Some(Ok(exit)) => {
                let said = String::from_utf8_lossy(&sink.complaint).trim().to_owned();
                let why = if said.is_empty() { String::new() } else { format!(": {}", scrub(&said)) };
                Err(format!("the shell ended with {exit}{why}"))
            }
            Some(Err(error)) => Err(scrub(&error.to_string())),
        }
    }

    fn root(&self) -> bool {
        self.root
    }
}

/// A host that could not be reached: every check of it is an error with the reason.
pub struct Unreached(pub String);

#[async_trait]
impl longshore_preflight::Host for Unreached {
    async fn run(&self, _: &str, _: Duration, _: &mut dyn longshore_preflight::Sink) -> Result<(), String> {
        Err(self.0.clone())
    }

    fn root(&self) -> bool {
        true
    }
}
