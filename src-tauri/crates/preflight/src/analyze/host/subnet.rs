//! Networks: `subnetContainsIP` and `networkNamespaceConnectivity`.

use std::net::IpAddr;

use serde_json::json;

use crate::analyze::bundle::record;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{NO_MATCH, unreadable};
use crate::analyze::verdict::{Unjudged, Verdict};
use crate::analyze::{Check, Judged};
use crate::template::{About, render};

use super::nodes::{SYSTEM, contents};

pub(super) fn contains(check: &Check<'_>) -> Judged {
    let (cidr, ip) = (check.text("cidr"), check.text("ip"));
    let network =
        parse(cidr).ok_or_else(|| format!("cidr: {cidr:?} is no network; 10.0.0.0/8 is the form"))?;
    let address: IpAddr = ip.parse().map_err(|_| format!("ip: {ip:?} is no address"))?;
    let inside = within(network, address);
    let outcome = check.first(|when| match when {
        "true" => Ok(inside),
        "false" => Ok(!inside),
        _ => Err(unreadable(when, "`true` or `false`")),
    })?;
    outcome
        .map(|outcome| vec![outcome.verdict(&check.named("Subnet Contains IP"))])
        .ok_or_else(|| Unjudged::Silent(NO_MATCH.to_owned()))
}

fn parse(cidr: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = cidr.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let digits = !length.is_empty() && length.len() < 4 && length.bytes().all(|byte| byte.is_ascii_digit());
    let length: u32 = digits.then(|| length.parse().ok())??;
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, length))
}

fn within((network, length): (IpAddr, u32), address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let ((left, size), (right, other)) = (bits(network), bits(address));
    // A network of mapped addresses is one of the addresses that are mapped.
    let length = if network.is_ipv6() && size == 32 { length.saturating_sub(96) } else { length };
    let shift = size - length.min(size);
    size == other && (shift >= 128 || left >> shift == right >> shift)
}

/// Passes when the test succeeded, fails when not; `when` is not read.
pub(super) fn namespaces(check: &Check<'_>) -> Judged {
    let title = check.named("Network Namespace Connectivity");
    let file = format!("{}.json", check.text_or("collectorName", "networkNamespaceConnectivity"));
    let mut verdicts = Vec::new();
    for content in contents(check, &title, SYSTEM, &file)? {
        let value = content.json()?;
        let info = record(&content.path, &value)?;
        let success = info.boolean("success")?;
        let outcome = check.items().iter().find_map(|item| if success { item.pass } else { item.fail });
        let Some(outcome) = outcome else {
            verdicts.push(Verdict::dropped(&title, NO_MATCH));
            continue;
        };
        let message = render(outcome.message, About::Record(&facts(&info)?))?;
        // Neither the node nor where to read more is kept upstream.
        verdicts.push(Verdict::of(outcome.state, &title, message));
    }
    Ok(verdicts)
}

fn facts(info: &Record<'_>) -> Result<serde_json::Value, Unjudged> {
    let errors = info.record("errors")?;
    let logs = info.record("output")?.texts("logs")?;
    let mut message = String::new();
    let mut each = serde_json::Map::new();
    for (field, name, words) in [
        ("from_cidr_creation", "FromCIDRCreation", "Failed to create 'from' namespace"),
        ("to_cidr_creation", "ToCIDRCreation", "Failed to create 'to' namespace"),
        ("udp_client", "UDPClient", "UDP connection failed with"),
        ("udp_server", "UDPServer", "UDP server failed with"),
        ("tcp_client", "TCPClient", "TCP connection failed with"),
        ("tcp_server", "TCPServer", "TCP server failed with"),
    ] {
        let error = errors.text(field)?;
        if !error.is_empty() {
            message.extend([words, ": ", error, "\n"]);
        }
        each.insert(name.to_owned(), json!(error));
    }
    each.insert("Errors".to_owned(), json!(message));
    Ok(json!({
        "FromCIDR": info.text("from_cidr")?,
        "ToCIDR": info.text("to_cidr")?,
        "Success": info.boolean("success")?,
        "Errors": each,
        "Output": { "Logs": logs },
        "ErrorMessage": message,
    }))
}
