//! Our reading against OpenSSH's own, on configurations made up by chance.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

use super::*;

fn config(file: &Path, home: &Path) -> SshConfig {
    SshConfig { files: vec![file.to_owned()], home: home.to_owned(), ..SshConfig::empty() }
}

/// What `ssh -G` says, the lines of each option together. `None` if it refuses the file.
fn openssh(file: &Path, host: &str) -> Option<BTreeMap<String, Vec<String>>> {
    let output =
        Command::new("ssh").args(["-G", "-F"]).arg(file).arg("--").arg(host).output().expect("ssh runs");
    let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (option, value) = line.split_once(' ').unwrap_or((line, ""));
        options.entry(option.to_owned()).or_default().push(value.to_owned());
    }
    output.status.success().then_some(options)
}

/// What we say, in the same form.
fn ours(config: &SshConfig, host: &str) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let destination = Destination { host: host.to_owned(), user: None, port: None };
    let options = config.options(&destination)?;
    let target = target::target(config, host, options.clone());
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut put = |option: &str, value: String| all.entry(option.to_owned()).or_default().push(value);
    put("hostname", target.host.clone());
    put("user", target.user.clone());
    put("port", target.port.to_string());
    for file in &options.identity_files {
        put("identityfile", file.clone());
    }
    if let Some(agent) = options.identity_agent {
        put("identityagent", agent);
    }
    put("identitiesonly", if target.identities_only { "yes" } else { "no" }.to_owned());
    let none = |text: &String| !text.eq_ignore_ascii_case("none");
    if let Some(jump) = options.proxy_jump.filter(none) {
        put("proxyjump", jump);
    }
    if let Some(command) = options.proxy_command.filter(none) {
        put("proxycommand", command);
    }
    if let Some(files) = options.user_known_hosts {
        put("userknownhostsfile", files.join(" "));
    }
    if let Some(alias) = options.host_key_alias {
        put("hostkeyalias", alias);
    }
    let strict = match target.strict {
        StrictHostKeyChecking::Yes => "true",
        StrictHostKeyChecking::Ask => "ask",
        StrictHostKeyChecking::AcceptNew => "accept-new",
        StrictHostKeyChecking::No => "false",
    };
    put("stricthostkeychecking", strict.to_owned());
    put("serveraliveinterval", options.alive_interval.unwrap_or_default().as_secs().to_string());
    put("serveralivecountmax", options.alive_count.unwrap_or(3).to_string());
    let timeout = options.connect_timeout;
    put("connecttimeout", timeout.map_or_else(|| "none".to_owned(), |time| time.as_secs().to_string()));
    Ok(all)
}

/// Differences in the options that we use.
fn differences(file: &Path, home: &Path, host: &str) -> Vec<String> {
    let ours = ours(&config(file, home), host);
    let theirs = openssh(file, host);
    let (Ok(ours), Some(theirs)) = (&ours, &theirs) else {
        let (ours, theirs) = (ours.is_ok(), theirs.is_some());
        return if ours == theirs {
            Vec::new()
        } else {
            vec![format!("accepted by us: {ours}, by ssh: {theirs}")]
        };
    };
    let mut found = Vec::new();
    for option in [
        "hostname",
        "user",
        "port",
        "identityfile",
        "identityagent",
        "identitiesonly",
        "proxyjump",
        "proxycommand",
        "userknownhostsfile",
        "hostkeyalias",
        "stricthostkeychecking",
        "serveraliveinterval",
        "serveralivecountmax",
        "connecttimeout",
    ] {
        let (our, their) = (ours.get(option), theirs.get(option));
        // Where nothing is configured ssh prints its defaults, which we know as paths.
        if our.is_none() && matches!(option, "identityfile" | "userknownhostsfile") {
            continue;
        }
        if our != their {
            found.push(format!("{option}: ours {our:?}, ssh's {their:?}"));
        }
    }
    found
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["web", "db1", "db2", "db1.lab", "WEB", "a-b", "10.0.0.1", "x"])
        .prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    let patterns =
        vec!["*", "db*", "db?", "!db1", "!*.lab", "web", "*.lab", "WEB", "??", "10.0.*", "a-b", "!x", "db1"];
    prop::sample::select(patterns).prop_map(str::to_owned)
}

fn option() -> impl Strategy<Value = String> {
    let value = |keyword: &'static str, values: Vec<&'static str>| {
        (prop::sample::select(vec![" ", "=", " = ", "\t"]), prop::sample::select(values))
            .prop_map(move |(between, value)| format!("{keyword}{between}{value}"))
    };
    prop_oneof![
        value("HostName", vec!["%h.example.com", "127.0.0.1", "Other", "%%x", "\"quoted\""]),
        value("hostname", vec!["h2", "h3"]),
        value("User", vec!["root", "ops", "\"with space\"", "'single'"]),
        value("PORT", vec!["22", "2222", "65535", "0022"]),
        value("IdentityFile", vec!["~/.ssh/a", "/k/%h", "\"/k/with space\"", "%d/x", "/k/b # comment"]),
        value("IdentityAgent", vec!["none", "SSH_AUTH_SOCK", "/run/agent", "$OTHER"]),
        value("IdentitiesOnly", vec!["yes", "no", "YES", "true"]),
        value("ProxyJump", vec!["none", "hop", "u@hop:2222", "a,b@c,d:22", "[::1]:22"]),
        value("ProxyCommand", vec!["none", "nc %h %p", "ssh -W \"%h\":%p hop # no comment"]),
        value("UserKnownHostsFile", vec!["/k/known", "/k/one /k/two", "\"/k/with space\" /k/x"]),
        value("HostKeyAlias", vec!["alias", "other"]),
        value("StrictHostKeyChecking", vec!["yes", "no", "ask", "accept-new", "off"]),
        value("ServerAliveInterval", vec!["0", "15", "2m", "1m30s", "1h"]),
        value("ServerAliveCountMax", vec!["1", "3"]),
        value("ConnectTimeout", vec!["10", "2m", "none"]),
        value("ForwardAgent", vec!["yes", "no"]),
        Just("# a comment".to_owned()),
        Just(String::new()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let list = prop::collection::vec(pattern(), 1..3).prop_map(|patterns| patterns.join(","));
    prop_oneof![
        Just("all".to_owned()),
        (prop::sample::select(vec!["host", "originalhost", "!host", "!originalhost"]), list)
            .prop_map(|(attribute, list)| format!("{attribute} {list}")),
        prop::sample::select(vec!["user root", "user ops", "!user root", "localuser root", "user r*,!ro?t"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["originalhost db* user root", "host *.com user ops", "final all", "final"])
            .prop_map(str::to_owned),
    ]
}

fn block() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        prop::collection::vec(pattern(), 1..4).prop_map(|patterns| format!("Host {}", patterns.join(" "))),
        condition().prop_map(|condition| format!("Match {condition}")),
    ];
    (head, prop::collection::vec(option(), 0..5)).prop_map(|(head, options)| {
        let options: Vec<String> = options.into_iter().map(|option| format!("  {option}")).collect();
        format!("{head}\n{}\n", options.join("\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn read_as_ssh_reads_it(
        first in prop::collection::vec(option(), 0..2),
        blocks in prop::collection::vec(block(), 0..6),
        included in prop::collection::vec(block(), 0..3),
        place in 0_usize..7,
        host in name(),
    ) {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let file = directory.path().join("config");
        let mut parts = vec![first.join("\n") + "\n"];
        parts.extend(blocks);
        parts.insert(place.min(parts.len()), format!("Include {}/inc*\n", directory.path().display()));
        std::fs::write(directory.path().join("include"), included.concat()).expect("it can be written");
        std::fs::write(&file, parts.concat()).expect("it can be written");
        let found = differences(&file, directory.path(), &host);
        prop_assert!(found.is_empty(), "{host} in\n{}\nincluded\n{}\n{found:#?}", parts.concat(), included.concat());
    }
}

#[test]
fn what_ssh_refuses_we_refuse() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let file = directory.path().join("config");
    for text in [
        "Port 0",
        "Port 70000",
        "Port x",
        "Port",
        "Host\n",
        "Match\n",
        "Match host\n",
        "Match nonsense x\n",
        "User \"open\n",
        "IdentitiesOnly maybe",
        "StrictHostKeyChecking maybe",
        "ConnectTimeout soon",
        "ProxyJump",
        "ProxyJump a,",
        "Match all user root\n",
        "Host other\nPort x",
    ] {
        std::fs::write(&file, text).expect("it can be written");
        assert!(openssh(&file, "web").is_none(), "ssh accepts {text:?}");
        let error = ours(&config(&file, directory.path()), "web").expect_err("we accept what ssh refuses");
        assert!(matches!(error, ConfigError::Line { .. }), "{text:?}: {error}");
    }
}

fn table(text: &str) -> (tempfile::TempDir, SshConfig) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let file = directory.path().join("config");
    std::fs::write(&file, text).expect("it can be written");
    let mut config = config(&file, Path::new("/home/ops"));
    config.local_user = "ops".to_owned();
    config.local_host = "desk.lab".to_owned();
    (directory, config)
}

fn destination(text: &str) -> Destination {
    text.parse().expect("it is a host")
}

#[test]
fn tokens_and_home() {
    let (_kept, config) = table(
        "HostName %h.lab\nUser admin\nIdentityFile ~/k/%h_%r_%p_%n_%u_%l_%L_%d_%%\nIdentityFile none\n\
         ProxyCommand via %r@%h:%p\nUserKnownHostsFile ~/known /abs/%k\nIdentityAgent ~/agent\n",
    );
    let target = config.target(&destination("db1:2222")).expect("it is good");
    assert_eq!(
        target.identity_files,
        [Path::new("/home/ops/k/db1.lab_admin_2222_db1_ops_desk.lab_desk_/home/ops_%")],
        "tokens of a key file"
    );
    assert_eq!(target.proxy_command.as_deref(), Some("via admin@db1.lab:2222"), "tokens of a command");
    assert_eq!(
        target.user_known_hosts,
        [Path::new("/home/ops/known"), Path::new("/abs/db1")],
        "known_hosts files"
    );
    assert_eq!(target.agent.as_deref(), Some(Path::new("/home/ops/agent")), "the agent");
    assert_eq!(config.target(&destination("me@db1")).expect("it is good").user, "me", "a named user wins");
}

#[test]
fn a_route_follows_the_first_hop_only() {
    let (_kept, config) = table(
        "Host last\nProxyJump one,two:2222\nHost one\nProxyJump zero\nHost two\nProxyJump ignored\nUser deep\n\
         Host round\nProxyJump about\nHost about\nProxyJump round\n",
    );
    let route = config.route(&destination("last")).expect("it leads there");
    let hops: Vec<String> =
        route.hops.iter().map(|hop| format!("{}@{}:{}", hop.user, hop.host, hop.port)).collect();
    assert_eq!(
        hops,
        ["ops@zero:22", "ops@one:22", "deep@two:2222", "ops@last:22"],
        "the hops and their order"
    );
    assert!(
        matches!(config.route(&destination("round")), Err(ConfigError::Circle { .. })),
        "a circle is followed for ever"
    );
}

#[test]
fn destinations() {
    let good = [
        ("db1", ("db1", None, None)),
        ("ops@db1:2222", ("db1", Some("ops"), Some(2222))),
        ("a@b@db1", ("db1", Some("a@b"), None)),
        ("[::1]:22", ("::1", None, Some(22))),
        ("fe80::1", ("fe80::1", None, None)),
        ("ssh://ops@db1:22/", ("db1", Some("ops"), Some(22))),
    ];
    for (text, (host, user, port)) in good {
        let expected = Destination { host: host.to_owned(), user: user.map(str::to_owned), port };
        assert_eq!(text.parse(), Ok(expected), "{text:?} is read otherwise");
    }
    for text in ["", "@db1", "db1:", "db1:0", "db1:x", "-oProxyCommand=x", "a b", "db1;x", "[::1", "user@"] {
        assert!(text.parse::<Destination>().is_err(), "{text:?} names a host");
    }
}
