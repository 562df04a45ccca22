//! `tcpLoadBalancer` and `httpLoadBalancer`: whether what is sent to the balancer's address arrives at this host.

use serde_json::json;
use std::time::Duration;

use super::{Asked, Built, Plan, Probe, Stage};
use crate::collect::Refusal;

const SH: &str = r#"
balancer() {
  tongue
  if [ "$N" = none ]; then F 'the host has neither perl nor python, and a shell cannot listen'; return; fi
  n=0
  for p; do net pair "$n,$p,$K" | T "result$n" 2000; n=$((n + 1)); done
}"#;

pub(super) fn tcp_files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/tcpLoadBalancer", "tcpLoadBalancer", ".json")]
}

pub(super) fn http_files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/httpLoadBalancer", "httpLoadBalancer", ".json")]
}

pub(super) fn tcp(asked: &Asked<'_>) -> Result<Plan, String> {
    let file = tcp_files(asked).remove(0);
    let address = asked.text("address");
    let Some((host, port)) = valid(address) else {
        // Upstream answers that, and needs no host for it.
        let value = json!({ "status": "invalid-address", "message": format!("Invalid Load Balancer Address: {address}") });
        return Ok(Plan::new(Vec::new(), move |_| Ok(Built::json(file.clone(), &value))));
    };
    plan(asked, file, &format!("tcp,0.0.0.0,{},{host},{port}", asked.port(0)?), "-")
}

pub(super) fn http(asked: &Asked<'_>) -> Result<Plan, String> {
    let file = http_files(asked).remove(0);
    let address = asked.text("address");
    let rest = match (address.strip_prefix("http://"), address.starts_with("https://")) {
        (Some(rest), _) => rest,
        (None, true) => {
            return Err(format!(
                "address: {address:?} needs TLS, which nothing on a host speaks for this check"
            ));
        }
        (None, false) => return Err(format!("address: {address:?} is no URL; http://host:port is the form")),
    };
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let port: u16 = port.parse().map_err(|_| format!("address: {port:?} is no port"))?;
    if host.is_empty() || path.contains([',', ' ']) || host.contains([',', ' ']) {
        return Err(format!("address: {address:?} cannot be read"));
    }
    plan(asked, file, &format!("http,0.0.0.0,{},{host},{port}", asked.port(0)?), path)
}

fn plan(asked: &Asked<'_>, file: String, pair: &str, path: &str) -> Result<Plan, String> {
    // Upstream waits an hour when nothing is said, which no run has.
    let (seconds, note) = asked.seconds("timeout", Duration::from_hours(1))?;
    let arg = format!("{pair},{seconds},{path}");
    let probe = Probe {
        key: format!("balancer {}", asked.port(0)?),
        in_turn: true,
        ..Probe::shared("balancer", SH).with([arg.clone()]).within(seconds + 10, Stage::After).dialing()
    };
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let at = facts.place(&probe, &arg);
        let text = facts.of(&probe)?.text(&format!("result{at}"))?;
        let line = text.lines().next().and_then(|line| line.split_once(' ').map(|(_, line)| line));
        let (status, message) = line
            .and_then(|line| line.split_once(' '))
            .ok_or_else(|| Refusal::Failed("the host's listener ended without a word".to_owned()))?;
        let value = json!({ "status": status, "message": message });
        let note = note.clone().filter(|_| status == "connection-timeout" || status == "error");
        let mut built = Built::json(file.clone(), &value).note(note);
        if message.contains("permission denied") && !facts.root {
            built.unprivileged.push(format!("whether the port of {file} can be bound"));
        }
        Ok(built)
    }))
}

/// A lower-case name or IPv4 address, and a port.
fn valid(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.split_once(':')?;
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let numbers = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    let label = |label: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let named = host.len() <= 253 && host.split('.').all(label);
    (if numbers { host.parse::<std::net::Ipv4Addr>().is_ok() } else { named }).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for fine in ["10.0.0.1:6443", "lb.example.com:443", "a-b:1"] {
            assert!(valid(fine).is_some(), "{fine}");
        }
        for wrong in [
            "LB.example.com:443",
            "lb",
            "lb:0",
            "lb:70000",
            "1.2.3:1",
            "-a:1",
            "a..b:1",
            ":1",
            "a:b:1",
            "a_b:1",
        ] {
            assert!(valid(wrong).is_none(), "{wrong}");
        }
    }
}
