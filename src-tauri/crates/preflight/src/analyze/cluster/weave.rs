//! `weaveReport`: what the nodes of a Weave network say of each other. The outcomes are upstream's own.

use serde_json::Value;

use crate::analyze::bundle::{json, record};
use crate::analyze::fields::Record;
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

const CONNECTIONS: &str = "Weave Inter-Node Connections";

pub(super) fn judge(check: &Check<'_>) -> Judged {
    let pattern = check.text("reportFileGlob");
    let files = check.bundle.find(pattern)?;
    if files.is_empty() {
        return Err(Unjudged::Silent(format!("no weave report matches reportFileGlob {pattern:?}")));
    }
    let mut reports: Vec<Value> = Vec::new();
    for (path, content) in files {
        let report = json(path, content)?;
        record(path, &report)?;
        reports.push(report);
    }
    let records = reports.iter().map(Record::of).collect::<Result<Vec<_>, _>>()?;
    let mut verdicts = Vec::new();
    for judge in [pool, pending, connections] {
        for report in &records {
            if let Some(verdict) = judge(report)? {
                verdicts.push(verdict);
                break;
            }
        }
    }
    if verdicts.is_empty() {
        verdicts.push(Verdict::of(State::Pass, "Weave Report", "No issues detected in weave report"));
    }
    Ok(verdicts)
}

fn pool(report: &Record<'_>) -> Result<Option<Verdict>, Unjudged> {
    let pool = report.record("IPAM")?;
    let (all, active) = (pool.integer("RangeNumIPs")?, pool.integer("ActiveIPs")?);
    let message = format!("{active} of {all} total available IPs have been assigned");
    Ok((all != 0 && active as f64 / all as f64 >= 0.85)
        .then(|| Verdict::of(State::Warn, "Available Pod IPs", message)))
}

fn pending(report: &Record<'_>) -> Result<Option<Verdict>, Unjudged> {
    let pending = report.record("IPAM")?.texts("PendingAllocates")?;
    let message = "Waiting for IPs to become available";
    Ok((!pending.is_empty()).then(|| Verdict::of(State::Warn, "Pending IP Allocation", message)))
}

fn connections(report: &Record<'_>) -> Result<Option<Verdict>, Unjudged> {
    let router = report.record("Router")?;
    let host = router.text("NickName")?;
    for connection in router.records("Connections")? {
        let (info, state) = (connection.text("Info")?, connection.text("State")?);
        let protocol = connection.record("Attrs")?.text("name")?;
        // Older versions show the connection to oneself as failed.
        if info.starts_with("cannot connect to ourself") {
            continue;
        }
        let peer = peer(info);
        let message = if state != "established" {
            format!("Connection from {host} to {peer} is {state}")
        } else if !["", "fastdp"].contains(&protocol) {
            format!("Connection from {host} to {peer} protocol is {protocol:?}, not fastdp")
        } else {
            continue;
        };
        return Ok(Some(Verdict::of(State::Warn, CONNECTIONS, message)));
    }
    Ok(None)
}

/// The peer's name in parentheses at the end.
fn peer(info: &str) -> &str {
    let inside = info.strip_suffix(')').and_then(|info| {
        let start = info.rfind(')').map_or(0, |at| at + 1);
        let open = info[start..].find('(')?;
        Some(&info[start + open + 1..])
    });
    inside.filter(|name| !name.is_empty()).unwrap_or("peer")
}
