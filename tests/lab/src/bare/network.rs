//! The network of a set of hosts: a bridge in a namespace of its own, and one link from the machine to it. What the
//! hosts send further ends there, counted: nothing is forwarded.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process::run;

/// The bridge, as it is called in its namespace.
pub(super) const BRIDGE: &str = "lan0";

/// The namespace of a slot, after which the machine's link to it is called too.
pub(super) fn namespace(slot: u8) -> String {
    format!("lsb{slot}")
}

/// An address in a slot's network.
pub(super) fn address(slot: u8, last: u8) -> String {
    format!("10.230.{slot}.{last}")
}

/// Where the hosts think that the way out begins, and names are known.
pub(super) fn gateway(slot: u8) -> String {
    address(slot, 1)
}

/// The machine's own address there.
pub(super) fn machine(slot: u8) -> String {
    address(slot, 254)
}

fn ip(arguments: &[&str]) -> Result<String> {
    run(Command::new("ip").args(arguments))
}

/// Runs a program in a slot's namespace, with the machine's file system.
pub(super) fn within(slot: u8) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net=/run/netns/{}", namespace(slot))).arg("--");
    command
}

/// Makes a slot's network.
pub(super) fn make(slot: u8) -> Result<()> {
    let name = namespace(slot);
    ip(&["netns", "add", &name]).with_context(|| format!("the network namespace {name} cannot be made"))?;
    // A new namespace has the machine's own answer to this.
    run(within(slot).args(["sysctl", "-q", "-w", "net.ipv4.ip_forward=0"]))?;
    // What goes from host to host is not held against the rules below: pods have addresses of their own. The module is
    // asked for first, because it would begin with the wrong answer when a host loads it later.
    drop(run(Command::new("modprobe").arg("br_netfilter")));
    run(within(slot).args(["sysctl", "-q", "-e", "-w", "net.bridge.bridge-nf-call-iptables=0"]))?;
    ip(&["-n", &name, "link", "set", "lo", "up"])?;
    ip(&["-n", &name, "link", "add", BRIDGE, "type", "bridge"])?;
    ip(&["-n", &name, "addr", "add", &format!("{}/24", gateway(slot)), "dev", BRIDGE])?;
    ip(&["-n", &name, "link", "set", BRIDGE, "up"])?;
    ip(&["link", "add", &name, "type", "veth", "peer", "name", "machine", "netns", &name])?;
    ip(&["-n", &name, "link", "set", "machine", "master", BRIDGE, "up"])?;
    ip(&["addr", "add", &format!("{}/24", machine(slot)), "dev", &name])?;
    ip(&["link", "set", &name, "up"])?;
    count(slot)
}

/// What clusters keep for pods and services where nobody says otherwise. Before kube-proxy on a new node knows a service,
/// a call of a pod takes the way out, and finds nobody there.
const CLUSTER: &str = "10.244.0.0/16";

/// The kernel's list of addresses outside.
const NOTED: &str = "out";

/// Counts what hosts send to anywhere but their own network and their cluster's, and whom they ask for names.
fn count(slot: u8) -> Result<()> {
    let (own, gateway) = (format!("{}/24", address(slot, 0)), gateway(slot));
    let noted = ["-m", "recent", "--name", NOTED, "--rdest", "--set"];
    let out = ["!", "-d", &own, "-m", "comment", "--comment", "out"];
    let out = [&out[..], &noted[..], &["-j", "DROP"][..]].concat();
    let rules: [&[&str]; 6] = [
        &["-d", CLUSTER, "-j", "RETURN"],
        &["-d", "224.0.0.0/4", "-j", "RETURN"],
        &["-d", "255.255.255.255", "-j", "RETURN"],
        &["-d", &gateway, "-p", "udp", "--dport", "53", "-m", "comment", "--comment", "names"],
        &["-d", &gateway, "-p", "tcp", "--dport", "53", "-m", "comment", "--comment", "names"],
        &out,
    ];
    for rule in rules {
        run(within(slot).args(["iptables", "-w", "-t", "raw", "-A", "PREROUTING", "-i", BRIDGE]).args(rule))?;
    }
    Ok(())
}

/// Packets that hosts sent to anywhere but their own network, since it was made, and those that asked for names.
pub(super) fn sent_out(slot: u8) -> Result<(u64, u64)> {
    let listed =
        run(within(slot).args(["iptables", "-w", "-t", "raw", "-L", "PREROUTING", "-n", "-v", "-x"]))?;
    Ok((counted(&listed, "out"), counted(&listed, "names")))
}

/// Where they went, for whoever has to find out what sent them.
pub(super) fn sent_to(slot: u8) -> Result<Vec<String>> {
    let listed = run(within(slot).arg("cat").arg(format!("/proc/net/xt_recent/{NOTED}")))?;
    let address = |line: &str| Some(line.split_whitespace().next()?.trim_start_matches("src=").to_owned());
    Ok(listed.lines().filter_map(address).collect())
}

fn counted(listed: &str, what: &str) -> u64 {
    let ours = listed.lines().filter(|line| line.contains(&format!("/* {what} */")));
    ours.filter_map(|line| line.split_whitespace().next()?.parse::<u64>().ok()).sum()
}

/// Processes that hold a slot's containers.
pub(super) fn processes(slot: u8) -> Result<Vec<u32>> {
    let name = namespace(slot);
    if !is_there(&name)? {
        return Ok(Vec::new());
    }
    let listed = ip(&["netns", "pids", &name])?;
    Ok(listed.lines().filter_map(|line| line.trim().parse().ok()).collect())
}

fn is_there(name: &str) -> Result<bool> {
    Ok(ip(&["netns", "list"])?.lines().any(|line| line.split(' ').next() == Some(name)))
}

/// Removes a slot's network, the machine's link first: the kernel takes a namespace apart in its own time.
pub(super) fn remove(slot: u8) -> Result<()> {
    let name = namespace(slot);
    if ip(&["link", "show", &name]).is_ok() {
        ip(&["link", "del", &name])?;
    }
    if is_there(&name)? {
        ip(&["netns", "del", &name])?;
    }
    Ok(())
}

/// Lets a link of a slot's bridge carry, or not.
pub(super) fn carry(slot: u8, link: &str, whether: bool) -> Result<()> {
    let state = if whether { "up" } else { "down" };
    ip(&["-n", &namespace(slot), "link", "set", link, state]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn what_was_sent_out_is_the_sum_of_its_rules() {
        let listed = "Chain PREROUTING (policy ACCEPT 12 packets, 800 bytes)
    pkts      bytes target     prot opt in     out     source               destination
       3      120 RETURN     all  --  lan0   *       0.0.0.0/0            224.0.0.0/4
       4      240            udp  --  lan0   *       0.0.0.0/0            10.230.0.1           udp dpt:53 /* names */
       5      300 DROP       all  --  lan0   *       0.0.0.0/0           !10.230.0.0/24        /* out */
";
        assert_eq!(counted(listed, "out"), 5, "multicast stays in its network and is not counted");
        assert_eq!(counted(listed, "names"), 4, "questions for names are counted apart");
    }
}
