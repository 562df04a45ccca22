//! `ipv4Interfaces`: interfaces that are up and have an IPv4 address.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Asked, Built, Plan, Probe};

const PATH: &str = "host-collectors/system/ipv4Interfaces.json";

const SH: &str = r#"
interfaces() {
  a=$(addresses) || { F 'the host has neither ip nor ifconfig'; return; }
  printf '%s\n' "$a" | T addresses 100000
  set +f
  for d in "$R"/sys/class/net/*; do
    [ -e "$d/ifindex" ] || continue
    for f in ifindex mtu flags operstate address; do v=-; { read -r v <"$d/$f"; }; printf '%s ' "${v:--}"; done
    printf '%s\n' "${d##*/}"
  done | T links 100000
}"#;

/// Flags of Linux and those that Go calls the same.
const FLAGS: &[(u64, u64)] = &[(0x1, 1), (0x2, 2), (0x8, 4), (0x10, 8), (0x1000, 16)];

/// A probe that tells interfaces and addresses.
pub(super) fn probe() -> Probe {
    Probe::shared("interfaces", SH)
}

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    Ok(Plan::new(vec![probe()], |facts| {
        let told = facts.of(&probe())?;
        let (addresses, links) = (told.text("addresses")?, told.text("links")?);
        let has = |name: &str| {
            addresses.lines().any(|line| line.split_once(' ').is_some_and(|(owner, _)| owner == name))
        };
        let mut found: Vec<(u64, Value)> = links.lines().filter_map(|line| link(line, &has)).collect();
        found.sort_by_key(|(index, _)| *index);
        let found: Vec<Value> = found.into_iter().map(|(_, link)| link).collect();
        let found = if found.is_empty() { Value::Null } else { Value::Array(found) };
        Ok(Built::json(PATH.to_owned(), &found))
    }))
}

fn link(line: &str, has: &dyn Fn(&str) -> bool) -> Option<(u64, Value)> {
    let [index, mtu, flags, state, address, name] = line.splitn(6, ' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let flags = u64::from_str_radix(flags.trim_start_matches("0x"), 16).ok()?;
    let (up, loopback) = (flags & 0x1 != 0, flags & 0x8 != 0);
    if !up || loopback || !has(name) {
        return None;
    }
    let known: u64 = FLAGS.iter().filter(|(linux, _)| flags & linux != 0).map(|(_, go)| go).sum();
    let running = if matches!(state, "up" | "unknown") { 32 } else { 0 };
    let index: u64 = index.parse().ok()?;
    let hardware: Vec<u8> = address.split(':').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    let hardware = if hardware.is_empty() { Value::Null } else { json!(STANDARD.encode(hardware)) };
    Some((
        index,
        json!({
            "Index": index, "MTU": mtu.parse::<u64>().ok()?, "Name": name,
            "HardwareAddr": hardware, "Flags": known | running,
        }),
    ))
}
