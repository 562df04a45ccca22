//! Bare Linux hosts: systemd, sshd and what operators' hosts have, and nothing of Kubernetes. Each is a container with a
//! file system, a network and groups of its own; together they hang on a bridge that leads nowhere but to this machine,
//! so what is installed on them comes over SSH or not at all.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! let hosts = longshore_lab::BareHosts::start(&longshore_lab::Place::here(), 2)?;
//! let at = hosts.address(0); // root, pilot, keeper and visitor come in with hosts.key()
//! hosts.on_host(0, &["systemctl", "is-system-running", "--wait"])?;
//! hosts.reboot(1)?;
//! # drop(at); Ok(())
//! # } // both are gone with the handle
//! ```
//!
//! A container has the machine's clock, which cannot differ from host to host. Of the kernel's settings outside `net.` that a
//! cluster changes it has copies; the machine's stay as they are.

mod cgroups;
mod host;
mod network;
mod root;
mod slot;
mod snapshot;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use self::host::Bare;
use self::root::Identity;
pub(crate) use self::slot::sweep;
use self::slot::{Kept, Record, Slot};
pub use self::snapshot::Snapshot;
use crate::files::{room, write};
use crate::install;
use crate::process::{is_alive, run};
use crate::state::Place;

/// What a kubelet wants left.
const FLOOR: u64 = 1 << 30;
/// What the files, the images and the backups of one host take.
const ROOM: u64 = 2 << 30;

/// A set of hosts, counted from 0; all gone with the handle.
#[derive(Debug)]
pub struct BareHosts {
    slot: Slot,
    folder: PathBuf,
    hosts: Vec<Bare>,
    kept: bool,
}

impl BareHosts {
    /// Boots hosts and waits until each can be logged in to.
    ///
    /// # Errors
    /// When their file system cannot be made, or one does not come up.
    pub fn start(place: &Place, count: u8) -> Result<Self> {
        install::require_root()?;
        sweep(place, false)?;
        let root = prepared(place)?;
        room(&place.cache(), FLOOR + ROOM * u64::from(count))?;
        let slot = Slot::free()?;
        let number = slot.number;
        let folder = place.hosts().join(number.to_string());
        let mut hosts = Vec::new();
        for of in 1..=count {
            let cgroups = cgroups::named(&format!("lsb{number}-{of}"))?;
            let folder = folder.clone();
            hosts.push(Bare { slot: number, number: of, folder, cgroups, process: Mutex::new(None) });
        }
        let set = Self { slot, folder, hosts, kept: false };
        set.record()?;
        set.furnish(&root)?;
        network::make(number)?;
        for host in &set.hosts {
            host.boot()?;
        }
        set.record()?;
        set.hosts.iter().try_for_each(Bare::connect)?;
        Ok(set)
    }

    /// The files of all hosts, and the keys to them.
    fn furnish(&self, root: &Path) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("{} cannot be made", self.folder.display()))?;
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(self.key()))?;
        let key = fs::read_to_string(self.key().with_extension("pub"))?;
        let resolver = network::gateway(self.slot.number);
        let mut known = String::new();
        for host in &self.hosts {
            let identity = Identity { name: &host.name(), resolver: &resolver, key: &key };
            let own = root::copy_for(root, &host.root(), &identity)?;
            known.push_str(&format!("{} {own}\n", host.address()));
        }
        write(&self.known_hosts(), 0o600, &known)
    }

    fn record(&self) -> Result<()> {
        let kept = |host: &Bare| Kept { process: host.started(), cgroups: host.cgroups.clone() };
        let hosts = self.hosts.iter().map(kept).collect();
        Record { folder: self.folder.clone(), kept: self.kept, hosts }.put(self.slot.number)
    }

    /// Leaves the hosts running when the handle goes, until [`Self::kept`] gives one to them again.
    ///
    /// # Errors
    /// When that cannot be written down.
    pub fn keep(mut self) -> Result<()> {
        self.kept = true;
        self.record()
    }

    /// The sets of hosts that this checkout keeps. They go with these handles, unless they are kept again.
    ///
    /// # Errors
    /// When the machine's slots cannot be looked at.
    pub fn kept(place: &Place) -> Result<Vec<Self>> {
        let handle = |slot: Slot| {
            let record = Record::of(slot.number);
            let number = slot.number;
            let of = |(host, number_of): (Kept, u8)| Bare {
                slot: number,
                number: number_of,
                folder: record.folder.clone(),
                cgroups: host.cgroups,
                process: Mutex::new(host.process),
            };
            let hosts = record.hosts.iter().cloned().zip(1..).map(of).collect();
            Self { slot, folder: record.folder.clone(), hosts, kept: false }
        };
        Ok(Slot::kept(place)?.into_iter().map(handle).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.hosts.len()
    }

    /// A host's own name: `lsa1` for the first.
    pub fn name(&self, host: usize) -> String {
        self.hosts[host].name()
    }

    /// A host's address; its sshd listens on port 22.
    pub fn address(&self, host: usize) -> String {
        self.hosts[host].address()
    }

    /// This machine's address in the hosts' network.
    pub fn machine(&self) -> String {
        network::machine(self.slot.number)
    }

    /// The hosts' own network.
    pub fn subnet(&self) -> String {
        format!("{}/24", network::address(self.slot.number, 0))
    }

    /// Private key of root and of all [accounts](crate::login).
    pub fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// A known_hosts file that knows all of them.
    pub fn known_hosts(&self) -> PathBuf {
        self.folder.join("known_hosts")
    }

    /// Where a host's file system lies on this machine.
    pub fn root(&self, host: usize) -> PathBuf {
        self.hosts[host].root()
    }

    /// Runs a command on a host, as root and without SSH.
    ///
    /// # Errors
    /// When it fails, with what it said, or the host is down.
    pub fn on_host(&self, host: usize, arguments: &[&str]) -> Result<String> {
        self.hosts[host].run(arguments)
    }

    /// Has a host reboot as a person would, and waits until it can be logged in to again.
    ///
    /// # Errors
    /// When it does not go down or does not come up.
    pub fn reboot(&self, host: usize) -> Result<()> {
        // The command may be ended with all others before it has answered.
        drop(self.hosts[host].run(&["systemctl", "reboot"]));
        self.hosts[host].ended()?;
        self.power_on(host)
    }

    /// Takes a host's power away: nothing on it is told.
    ///
    /// # Errors
    /// When it is down already.
    pub fn power_off(&self, host: usize) -> Result<()> {
        self.hosts[host].power_off()
    }

    /// Whether a host runs. One that was told to reboot by other ways than [`Self::reboot`] goes down and stays down.
    pub fn is_up(&self, host: usize) -> bool {
        self.hosts[host].started().is_some_and(is_alive)
    }

    /// Boots a host that is down, and waits until it can be logged in to.
    ///
    /// # Errors
    /// When it does not come up, or is up.
    pub fn power_on(&self, host: usize) -> Result<()> {
        if self.is_up(host) {
            bail!("{} is up already", self.name(host));
        }
        if self.hosts[host].started().is_some() {
            self.hosts[host].ended()?;
        }
        self.hosts[host].boot()?;
        self.record()?;
        self.hosts[host].connect()
    }

    /// Cuts a host's wire: it goes on without a network.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn cut(&self, host: usize) -> Result<()> {
        self.hosts[host].wired(false)
    }

    /// Joins a host's wire again.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn mend(&self, host: usize) -> Result<()> {
        self.hosts[host].wired(true)
    }

    /// Packets that the hosts have sent to anywhere but their own network and their cluster's, questions for names among
    /// them. They went nowhere.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn sent_out(&self) -> Result<u64> {
        network::sent_out(self.slot.number).map(|(out, names)| out + names)
    }

    /// The addresses outside that they went to.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn sent_to(&self) -> Result<Vec<String>> {
        network::sent_to(self.slot.number)
    }

    /// Of [those](Self::sent_out), the questions for names.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn names_asked(&self) -> Result<u64> {
        network::sent_out(self.slot.number).map(|(_, names)| names)
    }

    /// Puts a disk of so many MiB at a path of a host, until the host goes down. What lay there is hidden.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn small_disk(&self, host: usize, path: &str, mib: u32) -> Result<()> {
        self.on_host(host, &["mkdir", "-p", path])?;
        let size = format!("size={mib}m");
        self.on_host(host, &["mount", "-t", "tmpfs", "-o", &size, "lab", path]).map(drop)
    }

    /// Fills the disk at a path to its last byte.
    ///
    /// # Errors
    /// When bytes are left that cannot be written.
    pub fn fill_disk(&self, host: usize, path: &str) -> Result<()> {
        // dd ends with an error when the disk is full, which is what is wanted.
        let fill =
            "dd if=/dev/zero of=\"$1/.filled\" bs=4096 2>/dev/null; test \"$(stat -f -c %a \"$1\")\" -eq 0";
        self.on_host(host, &["sh", "-c", fill, "sh", path]).map(drop)
    }

    /// Makes room on a disk again: what filled it goes, and a [small one](Self::small_disk) grows to 4 GiB.
    ///
    /// # Errors
    /// When there is none.
    pub fn free_disk(&self, host: usize, path: &str) -> Result<()> {
        let free = "rm -f \"$1/.filled\"; mount -o remount,size=4g \"$1\"";
        self.on_host(host, &["sh", "-c", free, "sh", path]).map(drop)
    }
}

/// The hosts' file system; one of those who need it makes it.
fn prepared(place: &Place) -> Result<PathBuf> {
    fs::create_dir_all(place.cache())?;
    let making = File::create(place.lock()).context("the lab's lock cannot be made")?;
    making.lock().context("the lab's lock cannot be taken")?;
    install::ensure(&[&install::LAB])?;
    root::root(place)
}

impl Drop for BareHosts {
    fn drop(&mut self) {
        if !self.kept {
            // Whatever stays is cleared by who gets the slot next.
            drop(self.slot.clear());
        }
    }
}
