//! `cargo xtask lab`: the real parts, by hand.

use anyhow::Result;
use clap::Subcommand;
use longshore_lab::{BareHosts, Lab, Place};

/// What to do with the lab.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Starts it, or says where the one is that runs.
    Up,
    /// Ends it and leaves nothing of it.
    Down,
    /// Says whether it runs.
    Status,
    /// Bare Linux hosts, to work on by hand.
    #[command(subcommand)]
    Hosts(Hosts),
}

/// What to do with bare hosts.
#[derive(Debug, Clone, Subcommand)]
pub enum Hosts {
    /// Starts some, which stay up; or says where those are that run.
    Up {
        /// How many.
        #[arg(default_value_t = 2)]
        count: u8,
    },
    /// Ends them and leaves nothing of them.
    Down,
}

/// Does it.
pub fn run(verb: &Verb) -> Result<()> {
    let place = Place::here();
    match verb {
        Verb::Up => tell(&Lab::up(&place)?),
        Verb::Down => {
            Lab::down(&place)?;
            println!("The lab is down.");
        }
        Verb::Status => match Lab::running(&place) {
            Some(lab) => tell(&lab),
            None => println!("The lab is down."),
        },
        Verb::Hosts(Hosts::Up { count }) => hosts_up(&place, *count)?,
        Verb::Hosts(Hosts::Down) => {
            drop(BareHosts::kept(&place)?);
            println!("No bare host of this checkout is up.");
        }
    }
    Ok(())
}

fn hosts_up(place: &Place, count: u8) -> Result<()> {
    let mut sets = BareHosts::kept(place)?;
    if sets.is_empty() {
        sets.push(BareHosts::start(place, count)?);
    }
    for hosts in sets {
        for host in 0..hosts.count() {
            if !hosts.is_up(host) {
                hosts.power_on(host)?;
            }
        }
        tell_hosts(&hosts);
        hosts.keep()?;
    }
    Ok(())
}

fn tell_hosts(hosts: &BareHosts) {
    println!(
        "Bare hosts are up. Their network is {}, this machine in it {}.",
        hosts.subnet(),
        hosts.machine()
    );
    for host in 0..hosts.count() {
        println!(
            "  {}  ssh -i {} -o UserKnownHostsFile={} root@{}",
            hosts.name(host),
            hosts.key().display(),
            hosts.known_hosts().display(),
            hosts.address(host)
        );
    }
}

fn tell(lab: &Lab) {
    println!("The lab is up.");
    println!("  kubeconfig  {}", lab.kubeconfig().display());
    println!("  context     {}", lab.context());
    println!("  registry    {} (plain HTTP)", lab.registry());
    println!("  helm        {}", lab.helm().display());
    println!("  node ports  {}", lab.address());
}
