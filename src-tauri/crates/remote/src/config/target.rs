//! A host as it is connected to: options with defaults, tokens and `~` put in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::SshConfig;
use super::options::{Options, is_none};

/// What is done about a key that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StrictHostKeyChecking {
    /// Refused.
    Yes,
    /// Asked.
    #[default]
    Ask,
    /// Taken and noted down.
    AcceptNew,
    /// As `AcceptNew`: a changed key is refused even then, which OpenSSH would not do.
    No,
}

/// Everything about one host that a connection needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How it was named.
    pub alias: String,
    /// Name or address that is connected to.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User there.
    pub user: String,
    /// Key files in order.
    pub identity_files: Vec<PathBuf>,
    /// Whether somebody named the key files, or they are OpenSSH's usual ones.
    pub identity_files_named: bool,
    /// Socket of the agent; `None` if there is none or none is wanted.
    pub agent: Option<PathBuf>,
    /// Only keys that are configured, not all the agent has.
    pub identities_only: bool,
    /// Command whose input and output are the connection.
    pub proxy_command: Option<String>,
    /// known_hosts files that may be written; new keys go to the first.
    pub user_known_hosts: Vec<PathBuf>,
    /// known_hosts files that are only read.
    pub global_known_hosts: Vec<PathBuf>,
    /// Name in known_hosts instead of host and port.
    pub host_key_alias: Option<String>,
    /// Whether names are hashed when the file does not tell.
    pub hash_known_hosts: bool,
    /// What is done about an unknown key.
    pub strict: StrictHostKeyChecking,
    /// After this time without a sign of life the host is asked for one.
    pub alive_interval: Duration,
    /// After so many questions without an answer the link is lost.
    pub alive_count: u32,
    /// For name, connection and handshake together.
    pub connect_timeout: Duration,
}

/// The hosts of a way, first hop first, the host itself last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Never empty.
    pub hops: Vec<Target>,
}

impl Route {
    /// The host at the end.
    pub fn target(&self) -> &Target {
        &self.hops[self.hops.len() - 1]
    }
}

/// A laptop's link dies silently far more often than a server's: OpenSSH's "never" is not kept.
const ALIVE_INTERVAL: Duration = Duration::from_secs(15);
const ALIVE_COUNT: u32 = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Key files that OpenSSH tries when none is named, as far as the library can use them.
const USUAL: [&str; 4] = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519", "~/.ssh/id_dsa"];

/// `HostName` with its tokens.
pub(super) fn host_name(written: &str, alias: &str) -> String {
    tokens(written, |token| (token == 'h').then(|| alias.to_owned()))
}

/// Replaces `%x`; a token without a value stays as it is.
fn tokens(text: &str, value: impl Fn(char) -> Option<String>) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('%') => out.push('%'),
            Some(token) => match value(token) {
                Some(value) => out.push_str(&value),
                None => out.extend(['%', token]),
            },
            None => out.push('%'),
        }
    }
    out
}

/// Replaces `${NAME}` by the environment; what is not set stays as it is.
fn environment(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        match std::env::var(name) {
            Ok(value) => out.push_str(&value),
            Err(_) => out.push_str(&format!("${{{name}}}")),
        }
        rest = tail;
    }
    out + rest
}

struct Tokens<'a> {
    config: &'a SshConfig,
    alias: &'a str,
    host: &'a str,
    port: u16,
    user: &'a str,
    key_alias: &'a str,
    jumps: &'a str,
}

impl Tokens<'_> {
    fn value(&self, token: char) -> Option<String> {
        let local = &self.config.local_host;
        Some(match token {
            'd' => self.config.home.display().to_string(),
            'h' => self.host.to_owned(),
            'i' => rustix::process::getuid().as_raw().to_string(),
            'j' => self.jumps.to_owned(),
            'k' => self.key_alias.to_owned(),
            'L' => local.split('.').next().unwrap_or_default().to_owned(),
            'l' => local.clone(),
            'n' => self.alias.to_owned(),
            'p' => self.port.to_string(),
            'r' => self.user.to_owned(),
            'u' => self.config.local_user.clone(),
            _ => return None,
        })
    }

    fn expand(&self, text: &str) -> String {
        tokens(text, |token| self.value(token))
    }

    fn path(&self, text: &str) -> PathBuf {
        let text = self.expand(&environment(text));
        match text.strip_prefix('~') {
            Some("") => self.config.home.clone(),
            Some(rest) => match rest.strip_prefix('/') {
                Some(rest) => self.config.home.join(rest),
                None => other_home(rest).unwrap_or_else(|| PathBuf::from(&text)),
            },
            None => PathBuf::from(text),
        }
    }

    fn paths(&self, texts: &[String]) -> Vec<PathBuf> {
        texts.iter().map(|text| self.path(text)).filter(|path| !is_none(path)).collect()
    }
}

/// `user/rest` behind a `~`.
fn other_home(text: &str) -> Option<PathBuf> {
    let (user, rest) = text.split_once('/').unwrap_or((text, ""));
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let entry = passwd.lines().find(|line| line.split(':').next() == Some(user))?;
    Some(Path::new(entry.split(':').nth(5)?).join(rest))
}

/// Where the agent listens.
fn agent(option: Option<&str>, tokens: &Tokens<'_>) -> Option<PathBuf> {
    let usual = || std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty()).map(PathBuf::from);
    match option {
        None | Some("SSH_AUTH_SOCK") => usual(),
        Some(option) if option.eq_ignore_ascii_case("none") => None,
        Some(option) => match option.strip_prefix('$').filter(|name| !name.starts_with('{')) {
            Some(name) => std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from),
            None => Some(tokens.path(option)),
        },
    }
}

fn or_usual(named: Option<Vec<String>>, usual: [&str; 2]) -> Vec<String> {
    named.unwrap_or_else(|| usual.map(str::to_owned).to_vec())
}

/// Puts defaults, tokens and `~` in.
pub(super) fn target(config: &SshConfig, alias: &str, options: Options) -> Target {
    let host = options.host_name.as_ref().map_or_else(|| alias.to_owned(), |name| host_name(name, alias));
    let host = host.to_ascii_lowercase();
    let user = options.user.clone().unwrap_or_else(|| config.local_user.clone());
    let port = options.port.unwrap_or(22);
    let tokens = Tokens {
        config,
        alias,
        host: &host,
        port,
        user: &user,
        key_alias: options.host_key_alias.as_deref().unwrap_or(alias),
        jumps: options.proxy_jump.as_deref().unwrap_or_default(),
    };
    let named = !options.identity_files.is_empty();
    let identity_files = if named { options.identity_files } else { USUAL.map(str::to_owned).to_vec() };
    let none = |command: &String| !command.eq_ignore_ascii_case("none");
    let user_files = or_usual(options.user_known_hosts, ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"]);
    let global_files =
        or_usual(options.global_known_hosts, ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]);
    Target {
        identity_files: tokens.paths(&identity_files),
        identity_files_named: named,
        agent: agent(options.identity_agent.as_deref(), &tokens),
        identities_only: options.identities_only.unwrap_or(false),
        proxy_command: options.proxy_command.filter(none).map(|command| tokens.expand(&command)),
        user_known_hosts: tokens.paths(&user_files),
        global_known_hosts: tokens.paths(&global_files),
        hash_known_hosts: options.hash_known_hosts.unwrap_or(false),
        strict: options.strict.unwrap_or_default(),
        alive_interval: options.alive_interval.filter(|time| !time.is_zero()).unwrap_or(ALIVE_INTERVAL),
        alive_count: options.alive_count.unwrap_or(ALIVE_COUNT).max(1),
        connect_timeout: options.connect_timeout.filter(|time| !time.is_zero()).unwrap_or(CONNECT_TIMEOUT),
        alias: alias.to_owned(),
        port,
        host_key_alias: options.host_key_alias,
        user: user.clone(),
        host: host.clone(),
    }
}
