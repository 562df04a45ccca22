//! `subnetAvailable`: whether a network of a size is free of routes.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Asked, Built, Plan, files as small};

const ROUTES: &str = "/proc/net/route";

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/subnetAvailable", "result", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let (range, size) = (asked.text("CIDRRangeAlloc").to_owned(), asked.whole("desiredCIDR"));
    let wanted = u32::try_from(size).ok().filter(|size| (1..=32).contains(size));
    let wanted = wanted.ok_or_else(|| format!("desiredCIDR: {size} is no size from 1 to 32"))?;
    let within = Network::parse(&range)
        .ok_or_else(|| format!("CIDRRangeAlloc: {range:?} is no network; 10.0.0.0/8 is the form"))?;
    let file = files(asked).remove(0);
    Ok(Plan::new(vec![small(&[ROUTES])], move |facts| {
        let text = facts.needed(ROUTES)?;
        let mut routes = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("Iface")) {
            routes.push(route(line).ok_or_else(|| format!("{ROUTES}: {line:?} is no route"))?);
        }
        // The way out says nothing of what is taken.
        routes.retain(|route| route.length > 0 || route.first > 0);
        let status =
            if free(within, wanted, &routes) { "a-subnet-is-available" } else { "no-subnet-available" };
        let value = json!({ "CIDRRangeAlloc": range, "desiredCIDR": size, "status": status });
        Ok(Built::json(file.clone(), &value))
    }))
}

/// A network of IPv4 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) first: u32,
    pub(super) length: u32,
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, length) =
            (address.parse::<Ipv4Addr>().ok()?, length.parse().ok().filter(|n| *n <= 32)?);
        Some(Self::of(address.to_bits(), length))
    }

    fn of(address: u32, length: u32) -> Self {
        Self { first: address & mask(length), length }
    }

    fn last(self) -> u32 {
        self.first | !mask(self.length)
    }

    fn overlaps(self, other: Self) -> bool {
        self.first <= other.last() && other.first <= self.last()
    }
}

fn mask(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or(0)
}

/// A line of the routing table, whose addresses are numbers of this machine's own byte order.
fn route(line: &str) -> Option<Network> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let number = |at: usize| u32::from_str_radix(columns.get(at)?, 16).ok().map(u32::swap_bytes);
    let (address, mask) = (number(1)?, number(7)?);
    (mask.leading_ones() + mask.trailing_zeros() == 32 || mask == 0)
        .then(|| Network::of(address, mask.leading_ones()))
}

/// Whether a network of `length` within `range` overlaps no route. Steps over whole routes, so that a small network
/// in a large range is found as fast.
fn free(range: Network, length: u32, routes: &[Network]) -> bool {
    if length < range.length {
        return false;
    }
    let mut at = u64::from(range.first);
    while at <= u64::from(range.last()) {
        let candidate = Network::of(at as u32, length);
        match routes.iter().filter(|route| route.overlaps(candidate)).map(|route| route.last()).max() {
            None => return true,
            Some(taken) => {
                let next = u64::from(taken.max(candidate.last())) + 1;
                // To the next place where such a network can begin.
                let step = 1_u64 << (32 - length);
                at = next.div_ceil(step) * step;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_free_or_taken() {
        let network = |text: &str| Network::parse(text).expect(text);
        let cases = [
            ("10.0.0.0/8", 16, &["10.0.0.0/16"][..], true),
            ("10.0.0.0/16", 16, &["10.0.4.0/24"], false),
            ("10.0.0.0/16", 24, &["10.0.0.0/17", "10.0.128.0/18"], true),
            ("10.0.0.0/16", 24, &["10.0.0.0/17", "10.0.128.0/17"], false),
            ("10.0.0.0/16", 8, &[], false),
            ("0.0.0.0/0", 1, &["255.255.255.255/32", "1.0.0.0/8"], false),
            ("255.255.255.0/24", 32, &["255.255.255.0/25"], true),
        ];
        for (range, length, routes, wanted) in cases {
            let routes: Vec<Network> = routes.iter().map(|route| network(route)).collect();
            assert_eq!(
                free(network(range), length, &routes),
                wanted,
                "/{length} in {range} beside {routes:?}"
            );
        }
    }

    #[test]
    fn a_line_of_the_table_is_a_network() {
        let line = "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
        assert_eq!(route(line), Network::parse("192.168.0.0/24"));
        assert_eq!(route("eth0 nonsense"), None);
    }
}
