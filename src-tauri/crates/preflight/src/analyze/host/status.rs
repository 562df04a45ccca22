//! Kinds whose collector writes one word, which `when` has to equal: ports, connections, load balancers, subnets.

use crate::analyze::bundle::record;
use crate::analyze::{Check, Judged};

use super::nodes::judged;

fn word(check: &Check<'_>, title: &str, folder: &str, default: &str) -> Judged {
    let file = format!("{}.json", check.text_or("collectorName", default));
    judged(check, &check.named(title), &format!("host-collectors/{folder}"), &file, |when, content| {
        let value = content.json()?;
        let found = record(&content.path, &value)?;
        found.unread(&["message", "CIDRRangeAlloc"], &["desiredCIDR"])?;
        Ok(found.text("status")? == when)
    })
}

pub(super) fn tcp_port(check: &Check<'_>) -> Judged {
    word(check, "TCP Port Status", "tcpPortStatus", "tcpPortStatus")
}

pub(super) fn udp_port(check: &Check<'_>) -> Judged {
    word(check, "UDP Port Status", "udpPortStatus", "udpPortStatus")
}

pub(super) fn tcp_connect(check: &Check<'_>) -> Judged {
    word(check, "TCP Connection Attempt", "connect", "connect")
}

pub(super) fn tcp_load_balancer(check: &Check<'_>) -> Judged {
    word(check, "TCP Load Balancer", "tcpLoadBalancer", "tcpLoadBalancer")
}

pub(super) fn http_load_balancer(check: &Check<'_>) -> Judged {
    word(check, "HTTP Load Balancer", "httpLoadBalancer", "httpLoadBalancer")
}

pub(super) fn subnet_available(check: &Check<'_>) -> Judged {
    word(check, "Subnet Available", "subnetAvailable", "result")
}
