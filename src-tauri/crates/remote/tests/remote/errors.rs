//! The words of every error that the matrix does not meet.

use std::path::PathBuf;
use std::time::Duration;

use longshore_remote::{ConfigError, KnownHostsError, PrivilegeFault, RemoteError};

#[test]
fn every_error_says_what_happened_and_what_to_do() {
    let host = || "db1".to_owned();
    let why = |text: &str| text.to_owned();
    let privilege = |fault| RemoteError::Privilege { host: host(), fault };
    let errors = [
        RemoteError::Dns { host: host(), why: why("Name or service not known") },
        RemoteError::Refused { host: host(), address: why("10.0.0.5:22") },
        RemoteError::Unreachable { host: host(), address: why("10.0.0.5:22"), why: why("No route to host") },
        RemoteError::Timeout { host: host(), during: why("connecting"), limit: Duration::from_secs(15) },
        RemoteError::CommandTimeout { host: host(), limit: Duration::from_millis(1500) },
        RemoteError::Proxy { host: host(), why: why("nc: not found") },
        RemoteError::Handshake { host: host(), why: why("Unable to exchange encryption keys") },
        RemoteError::Shell { host: host(), said: why("This account is currently not available.") },
        RemoteError::LinkLost {
            host: host(),
            during: why("a command was running"),
            why: why("no sign of life for 60 s"),
        },
        RemoteError::Channel {
            host: host(),
            what: why("a tunnel to db:5432"),
            why: why("Channel open failure"),
        },
        RemoteError::Command { host: host(), why: "it holds a NUL byte" },
        RemoteError::Transfer {
            host: host(),
            path: why("/srv/bundle"),
            done: "uploaded",
            why: why("No space left on device"),
            hint: "free some space there and try again",
        },
        RemoteError::LocalFile {
            path: PathBuf::from("/tmp/bundle"),
            done: "read",
            why: why("Permission denied"),
        },
        RemoteError::LocalPort { to: why("db:5432"), why: why("Address already in use") },
        RemoteError::Machine { what: "open a session", why: why("Too many open files") },
        privilege(PrivilegeFault::NoTool),
        privilege(PrivilegeFault::NoTerminal { tool: "sudo" }),
        privilege(PrivilegeFault::PasswordWanted { tool: "doas" }),
        RemoteError::KnownHosts(KnownHostsError {
            file: PathBuf::from("/home/known_hosts"),
            done: "written",
            why: why("Read-only file system"),
        }),
        RemoteError::Config(ConfigError::Line {
            file: PathBuf::from("/home/config"),
            line: 7,
            why: why("port: a port from 1 to 65535 is wanted"),
        }),
        RemoteError::Config(ConfigError::Unreadable {
            file: PathBuf::from("/home/config"),
            why: why("Permission denied"),
        }),
        RemoteError::Config(ConfigError::Destination { given: why("-oProxyCommand=x") }),
        RemoteError::Config(ConfigError::Circle { host: host() }),
    ];
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("errors", texts.join("\n"));
}
