//! `tcpPortStatus` and `udpPortStatus`: whether a port can be bound, and for TCP whether what is sent to it arrives.
//!
//! All ports of a spec are tried by one process at once. A shell cannot listen; where the host has no language that
//! can, the tables of the kernel tell whether the port is taken, and the result says that no more was tried.

use serde_json::json;

use super::{Asked, Built, Facts, Plan, Probe, Refusal};

/// The first address that is not of the machine itself is dialed, as upstream does, or the interface's own.
const SH: &str = r#"
ports() {
  a=$(addresses)
  pick() {
    printf '%s\n' "$a" | while read -r n x; do
      if [ -n "$1" ]; then [ "$n" = "$1" ] && { echo "$x"; break; }; continue; fi
      l=0x1; { read -r l <"$R/sys/class/net/$n/flags"; }
      case $x in 127.*) ;; *) [ $((l & 1)) -eq 1 ] && { echo "$x"; break; } ;; esac
    done
  }
  e=$(pick) n=0
  for p; do
    o=${p#*:}; b=${o#*:} o=${o%%:*}
    if [ -n "$b" ]; then
      x=$(pick "$b"); y=$x
      [ -n "$x" ] || V "no$n" "the host has no interface $b with an IPv4 address"
    else x=0.0.0.0 y=$e; [ -n "$y" ] || V "no$n" 'the host has no interface with an IPv4 address'; fi
    [ -z "$x" ] || [ -z "$y" ] || set -- "$@" "$n,${p%%:*},$x,$o,$y,$o,10,-,$n$K"
    n=$((n + 1))
  done
  shift "$n"
  [ $# -gt 0 ] || return 0
  net pair "$@" | T results 100000
  cat "$R/proc/net/tcp" "$R/proc/net/tcp6" | awk '$4 == "0A" { sub(/.*:/, "", $2); print $2 }' | sort -u | T tcp 100000
  cat "$R/proc/net/udp" "$R/proc/net/udp6" | awk '/^ *[0-9]+:/ { sub(/.*:/, "", $2); print $2 }' | sort -u | T udp 100000
}"#;

fn kind(tcp: bool) -> (&'static str, &'static str) {
    if tcp {
        ("host-collectors/tcpPortStatus", "tcpPortStatus")
    } else {
        ("host-collectors/udpPortStatus", "udpPortStatus")
    }
}

fn file(asked: &Asked<'_>, tcp: bool) -> String {
    let (folder, default) = kind(tcp);
    asked.file(folder, default, ".json")
}

pub(super) fn tcp_files(asked: &Asked<'_>) -> Vec<String> {
    vec![file(asked, true)]
}

pub(super) fn udp_files(asked: &Asked<'_>) -> Vec<String> {
    vec![file(asked, false)]
}

pub(super) fn tcp(asked: &Asked<'_>) -> Result<Plan, String> {
    plan(asked, true)
}

pub(super) fn udp(asked: &Asked<'_>) -> Result<Plan, String> {
    plan(asked, false)
}

fn plan(asked: &Asked<'_>, tcp: bool) -> Result<Plan, String> {
    let port = asked.port(0)?;
    let arg = format!("{}:{port}:{}", if tcp { "tcp" } else { "udp" }, asked.text("interface"));
    let probe = Probe::shared("ports", SH).with([arg.clone()]).dialing();
    let file = file(asked, tcp);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let found = result(facts, &probe, &arg, port, tcp)?;
        let value = json!({ "status": found.status, "message": found.message });
        let mut built = Built::json(file.clone(), &value);
        if found.read {
            built.notes.push(format!("port {port}: {}", found.message));
        }
        let denied = found.message.contains("permission denied");
        if denied && !facts.root {
            built.unprivileged.push(format!("whether port {port} can be bound"));
        }
        Ok(built)
    }))
}

struct Found {
    status: String,
    message: String,
    /// It was concluded from tables instead of tried.
    read: bool,
}

fn result(facts: &Facts<'_>, probe: &Probe, arg: &str, port: u16, tcp: bool) -> Result<Found, Refusal> {
    let told = facts.of(probe)?;
    let at = facts.place(probe, arg);
    let no = told.value(&format!("no{at}"))?;
    if !no.is_empty() {
        return Err(Refusal::Failed(no.to_owned()));
    }
    let results = told.text("results")?;
    let line = results.lines().find_map(|line| line.strip_prefix(&format!("{at} ")));
    if let Some((status, message)) = line.and_then(|line| line.split_once(' ')) {
        return Ok(Found { status: status.to_owned(), message: message.to_owned(), read: false });
    }
    let (tcp_taken, udp_taken) = (told.text("tcp")?, told.text("udp")?);
    if tcp_taken.is_empty() && udp_taken.is_empty() {
        let why = "the host has neither perl nor python to listen with, and no table of its sockets";
        return Err(Refusal::Failed(why.to_owned()));
    }
    let taken = if tcp { tcp_taken } else { udp_taken };
    let used = taken.lines().any(|used| u16::from_str_radix(used, 16) == Ok(port));
    let (status, message) = match (used, port < 1024 && !facts.root) {
        (true, _) => ("address-in-use", "bind: address already in use"),
        (false, true) => {
            let why = format!(
                "whether port {port} can be bound is only known to root where there is no perl or python"
            );
            return Err(Refusal::Forbidden(why));
        }
        (false, false) => (
            "connected",
            "no socket is bound to it; the host has neither perl nor python to listen, so no firewall was tried",
        ),
    };
    Ok(Found { status: status.to_owned(), message: message.to_owned(), read: true })
}
