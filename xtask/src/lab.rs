//! `cargo xtask lab`: the real parts, by hand.

use anyhow::Result;
use clap::Subcommand;
use longshore_lab::{Lab, Place};

/// What to do with the lab.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// Starts it, or says where the one is that runs.
    Up,
    /// Ends it and leaves nothing of it.
    Down,
    /// Says whether it runs.
    Status,
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
    }
    Ok(())
}

fn tell(lab: &Lab) {
    println!("The lab is up.");
    println!("  kubeconfig  {}", lab.kubeconfig().display());
    println!("  context     {}", lab.context());
    println!("  registry    {} (plain HTTP)", lab.registry());
    println!("  helm        {}", lab.helm().display());
    println!("  node ports  {}", lab.address());
}
