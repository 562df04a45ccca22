//! Options as they are collected: each keeps the first value it gets.

use std::path::Path;
use std::time::Duration;

use super::lines::words;
use super::target::StrictHostKeyChecking;
use super::time;

/// What the files say about one host, before defaults and tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub host_name: Option<String>,
    pub user: Option<String>,
    pub port: Option<u16>,
    pub identity_files: Vec<String>,
    pub identity_agent: Option<String>,
    pub identities_only: Option<bool>,
    /// The hops as written; "none" for none.
    pub proxy_jump: Option<String>,
    pub proxy_command: Option<String>,
    pub user_known_hosts: Option<Vec<String>>,
    pub global_known_hosts: Option<Vec<String>>,
    pub host_key_alias: Option<String>,
    pub hash_known_hosts: Option<bool>,
    pub strict: Option<StrictHostKeyChecking>,
    pub alive_interval: Option<Duration>,
    pub alive_count: Option<u32>,
    pub connect_timeout: Option<Duration>,
}

/// Keeps the first value. A value that is refused is refused also where it would not be kept.
fn first<T>(slot: &mut Option<T>, active: bool, value: T) {
    if active && slot.is_none() {
        *slot = Some(value);
    }
}

fn flag(value: &str) -> Result<bool, &'static str> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("yes or no is wanted"),
    }
}

fn strict(value: &str) -> Result<StrictHostKeyChecking, &'static str> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(StrictHostKeyChecking::Yes),
        "ask" => Ok(StrictHostKeyChecking::Ask),
        "accept-new" => Ok(StrictHostKeyChecking::AcceptNew),
        "no" | "false" | "off" => Ok(StrictHostKeyChecking::No),
        _ => Err("yes, ask, accept-new or no is wanted"),
    }
}

impl Options {
    /// Takes a line. Without `active` it is only checked.
    pub(super) fn take(&mut self, keyword: &str, rest: &str, active: bool) -> Result<(), &'static str> {
        match keyword {
            "proxyjump" => return self.jump(rest.trim_start_matches([' ', '\t', '=']), active),
            "proxycommand" => {
                let command = rest.trim_start_matches([' ', '\t', '=']);
                if command.is_empty() {
                    return Err("a command is wanted");
                }
                // No jumps leave room for a command; a jump does not.
                if self.proxy_jump.as_ref().is_none_or(|jump| jump.eq_ignore_ascii_case("none")) {
                    first(&mut self.proxy_command, active, command.to_owned());
                }
                return Ok(());
            }
            _ if !KNOWN.contains(&keyword) => return Ok(()),
            _ => {}
        }
        let values = words(rest).ok_or("a quote has no end")?;
        if values.is_empty() || values[0].is_empty() {
            return Err("a value is wanted");
        }
        self.set(keyword, values, active)
    }

    fn set(&mut self, keyword: &str, mut values: Vec<String>, active: bool) -> Result<(), &'static str> {
        if keyword == "userknownhostsfile" || keyword == "globalknownhostsfile" {
            let user = keyword.starts_with('u');
            let slot = if user { &mut self.user_known_hosts } else { &mut self.global_known_hosts };
            first(slot, active, values);
            return Ok(());
        }
        let value = values.swap_remove(0);
        if values.len() > 1 || (values.len() == 1 && !values[0].is_empty()) {
            return Err("one value is wanted");
        }
        match keyword {
            "hostname" => first(&mut self.host_name, active, value),
            "user" => first(&mut self.user, active, value),
            "port" => first(&mut self.port, active, port(&value)?),
            "identityfile" if active && !self.identity_files.contains(&value) => {
                self.identity_files.push(value);
            }
            "identityagent" => first(&mut self.identity_agent, active, value),
            "identitiesonly" => first(&mut self.identities_only, active, flag(&value)?),
            "hostkeyalias" => first(&mut self.host_key_alias, active, value),
            "hashknownhosts" => first(&mut self.hash_known_hosts, active, flag(&value)?),
            "stricthostkeychecking" => first(&mut self.strict, active, strict(&value)?),
            "serveraliveinterval" => {
                first(&mut self.alive_interval, active, time::parse(&value).ok_or("a time is wanted")?);
            }
            "serveralivecountmax" => {
                let count = value.parse::<u32>().map_err(|_| "a number is wanted")?;
                first(&mut self.alive_count, active, count);
            }
            // To OpenSSH "none" is as if nothing were said: a later value counts.
            "connecttimeout" if value == "none" => {}
            "connecttimeout" => {
                first(&mut self.connect_timeout, active, time::parse(&value).ok_or("a time is wanted")?);
            }
            _ => {}
        }
        Ok(())
    }

    fn jump(&mut self, hops: &str, active: bool) -> Result<(), &'static str> {
        if hops.is_empty() {
            return Err("a jump host is wanted");
        }
        if !hops.eq_ignore_ascii_case("none") && hops.split(',').any(|hop| super::resolve::hop(hop).is_none())
        {
            return Err("jump hosts are written as [user@]host[:port], with commas");
        }
        if self.proxy_command.is_none() {
            first(&mut self.proxy_jump, active, hops.to_owned());
        }
        Ok(())
    }
}

/// Options with words, in lower case; the two about proxies take the line as it is.
const KNOWN: &[&str] = &[
    "hostname",
    "user",
    "port",
    "identityfile",
    "identityagent",
    "identitiesonly",
    "userknownhostsfile",
    "globalknownhostsfile",
    "hostkeyalias",
    "hashknownhosts",
    "stricthostkeychecking",
    "serveraliveinterval",
    "serveralivecountmax",
    "connecttimeout",
];

pub(super) fn port(text: &str) -> Result<u16, &'static str> {
    let port = text.parse::<u16>().ok().filter(|&port| port != 0);
    port.ok_or("a port from 1 to 65535 is wanted")
}

/// Whether a name of a file means none.
pub(super) fn is_none(path: &Path) -> bool {
    path.as_os_str().eq_ignore_ascii_case("none")
}
