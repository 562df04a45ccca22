//! Hosts by the dozen: sshd in a network namespace each, on a file system of its own over the lab's Debian, with
//! wires between them that can be slow, or cut.
//!
//! They run nothing else, so a fleet is up within seconds, and what was changed on a host is what lies in the upper
//! layer of its file system. A fleet has one of the machine's few slots, held by a file lock: names and addresses follow
//! from it, so whoever gets a slot clears away what a killed owner left of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::files::write;
use crate::names::Names;
use crate::process::{is_alive, run, signal, start, until};
use crate::slow::{End, Slow};
use crate::state::{MACHINE, Place, Started};
use crate::{image, login};

/// Fleets at the same time.
const SLOTS: u8 = 8;

/// A host of a fleet, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host(usize);

struct Node {
    namespace: String,
    folder: PathBuf,
    port: u16,
    process: Option<Started>,
    wires: u32,
    /// Its wire comes from this machine.
    near: bool,
    slow: Option<Slow>,
    names: Option<Names>,
}

/// Hosts with wires between them; all gone with the handle.
pub struct Fleet {
    slot: u8,
    folder: PathBuf,
    lower: String,
    nodes: Vec<Node>,
    wires: u8,
    in_memory: bool,
    _lock: File,
}

fn ip(arguments: &[&str]) -> Result<String> {
    run(Command::new("ip").args(arguments))
}

/// Namespaces of a slot, and what runs in them, ended.
fn clear(slot: u8) -> Result<()> {
    let mark = format!("lsf{slot}-");
    let listed = ip(&["netns", "list"])?;
    for name in
        listed.lines().filter_map(|line| line.split(' ').next()).filter(|name| name.starts_with(&mark))
    {
        for pid in ip(&["netns", "pids", name])?.lines() {
            drop(Command::new("kill").args(["-KILL", pid]).output());
        }
        ip(&["netns", "del", name])?;
    }
    // The kernel takes a namespace apart in its own time, and our ends of its wires with it.
    until("the end of a fleet's wires", Duration::from_secs(20), None, || {
        let links = ip(&["-o", "link", "show"])?;
        let ours = links.lines().filter_map(|line| line.split([':', '@']).nth(1).map(str::trim));
        let left: Vec<&str> = ours.filter(|name| name.starts_with(&mark)).collect();
        for name in &left {
            // It may go by itself in this moment.
            drop(ip(&["link", "del", name]));
        }
        if left.is_empty() { Ok(()) } else { bail!("{} are left", left.join(", ")) }
    })
}

/// Ends what killed owners left of their fleets.
pub(crate) fn sweep(place: &Place) -> Result<()> {
    for slot in 0..SLOTS {
        let Some(lock) = taken(slot)? else { continue };
        cleared(place, slot)?;
        drop(lock);
    }
    Ok(())
}

/// A slot's folder, once what was left in it and of its hosts is gone.
fn cleared(place: &Place, slot: u8) -> Result<PathBuf> {
    clear(slot)?;
    let folder = place.fleets().join(format!("{slot}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(folder)
}

fn taken(slot: u8) -> Result<Option<File>> {
    fs::create_dir_all(MACHINE).with_context(|| format!("{MACHINE} cannot be made"))?;
    let lock = File::create(Path::new(MACHINE).join(format!("fleet-{slot}.lock")))
        .context("a fleet's lock cannot be made")?;
    Ok(lock.try_lock().is_ok().then_some(lock))
}

impl Fleet {
    /// An empty fleet. Waits for a slot when all are taken.
    ///
    /// # Errors
    /// When the hosts' file system cannot be made.
    pub fn begin(place: &Place) -> Result<Self> {
        crate::install::require_root()?;
        let (slot, lock) = until("a slot for a fleet", Duration::from_mins(10), None, || {
            for slot in 0..SLOTS {
                if let Some(lock) = taken(slot)? {
                    return Ok((slot, lock));
                }
            }
            bail!("all {SLOTS} are taken")
        })?;
        let folder = cleared(place, slot)?;
        fs::create_dir_all(&folder)?;
        // Whoever starts the lab makes the same file system; one of us does.
        fs::create_dir_all(place.cache())?;
        let making = File::create(place.lock()).context("the lab's lock cannot be made")?;
        making.lock().context("the lab's lock cannot be taken")?;
        crate::install::ensure(&[&crate::install::LAB])?;
        let root = image::root(place)?;
        drop(making);
        let mut fleet = Self {
            slot,
            lower: root.display().to_string(),
            folder,
            nodes: Vec::new(),
            wires: 0,
            in_memory: false,
            _lock: lock,
        };
        fleet.accounts()?;
        Ok(fleet)
    }

    /// Keeps what is written on hosts started from now on in memory, where no host waits for the disk of another.
    /// What changed on them cannot be looked at.
    pub fn keep_in_memory(&mut self) {
        self.in_memory = true;
    }

    /// A layer with the accounts and the key of all hosts.
    fn accounts(&mut self) -> Result<()> {
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(self.key()))?;
        let public = fs::read_to_string(self.key().with_extension("pub"))?;
        let layer = self.folder.join("accounts");
        let (upper, work, merged) = (layer.join("upper"), layer.join("work"), layer.join("merged"));
        for folder in [&upper, &work, &merged] {
            fs::create_dir_all(folder)?;
        }
        write(&upper.join("etc/sudoers.d/lab"), 0o440, &login::sudoers())?;
        let script = format!(
            "set -e; mount --make-rprivate /; {}; exec chroot \"$M\" sh -c \"$0\" sh \"$1\" \"$2\"",
            overlay(&self.lower, &upper, &work, &merged)
        );
        run(Command::new("unshare")
            .args(["-m", "sh", "-c", &script, login::ACCOUNTS, &public, login::PASSWORD])
            .env("M", &merged))?;
        self.lower = format!("{}:{}", upper.display(), self.lower);
        Ok(())
    }

    /// Private key of root and of all accounts on all hosts.
    pub fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// A known_hosts file that knows every host that was wired so far, at the address that it was wired to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn known_hosts(&self) -> Result<PathBuf> {
        let mut text = String::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let public = fs::read_to_string(node.folder.join("upper/etc/ssh/ssh_host_ed25519_key.pub"))?;
            let public: Vec<&str> = public.split(' ').take(2).collect();
            let address = self.address(Host(at));
            let name = if node.port == 22 { address } else { format!("[{address}]:{}", node.port) };
            text.push_str(&format!("{name} {}\n", public.join(" ")));
        }
        let path = self.folder.join("known_hosts");
        write(&path, 0o600, &text)?;
        Ok(path)
    }

    /// Adds a host whose sshd listens on `port`. It has no wire yet and does not run.
    ///
    /// # Errors
    /// When its namespace cannot be made.
    pub fn host(&mut self, port: u16) -> Result<Host> {
        let at = self.nodes.len();
        let namespace = format!("lsf{}-{at}", self.slot);
        let folder = self.folder.join(format!("{at}"));
        for part in ["upper/etc/ssh", "upper/run/sshd", "work", "merged"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let key = folder.join("upper/etc/ssh/ssh_host_ed25519_key");
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(key))?;
        ip(&["netns", "add", &namespace])?;
        ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
        self.nodes.push(Node {
            namespace,
            folder,
            port,
            process: None,
            wires: 0,
            near: false,
            slow: None,
            names: None,
        });
        Ok(Host(at))
    }

    /// Lays a wire to a host, from another one or from this machine.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn wire(&mut self, from: Option<Host>, to: Host) -> Result<()> {
        self.wires = self.wires.checked_add(1).context("a fleet has no more than 255 wires")?;
        let net = format!("10.{}.{}", 216 + u16::from(self.slot), self.wires);
        let outer = format!("lsf{}-{}", self.slot, self.wires);
        let there = self.nodes[to.0].namespace.clone();
        let inner = format!("eth{}", self.nodes[to.0].wires);
        self.nodes[to.0].wires += 1;
        ip(&["link", "add", &outer, "type", "veth", "peer", "name", &inner, "netns", &there])?;
        let here = from.map(|from| self.nodes[from.0].namespace.clone());
        if let Some(here) = &here {
            ip(&["link", "set", &outer, "netns", here])?;
        }
        let on = |namespace: Option<&str>, arguments: &[&str]| match namespace {
            Some(namespace) => ip(&[&["-n", namespace], arguments].concat()),
            None => ip(arguments),
        };
        on(here.as_deref(), &["addr", "add", &format!("{net}.1/30"), "dev", &outer])?;
        on(here.as_deref(), &["link", "set", &outer, "up"])?;
        on(Some(&there), &["addr", "add", &format!("{net}.2/30"), "dev", &inner])?;
        on(Some(&there), &["link", "set", &inner, "up"])?;
        write(&self.nodes[to.0].folder.join("address"), 0o600, &format!("{net}.2"))?;
        self.nodes[to.0].near = from.is_none();
        Ok(())
    }

    /// Where a host is reached from the other end of its wire.
    pub fn address(&self, host: Host) -> String {
        fs::read_to_string(self.nodes[host.0].folder.join("address")).unwrap_or_default()
    }

    /// Gives a host a name server that knows no names.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn names(&mut self, host: Host) -> Result<()> {
        let node = &mut self.nodes[host.0];
        node.names = Some(Names::begin(&node.namespace)?);
        Ok(())
    }

    /// Starts a host's sshd and waits until it listens.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(&mut self, host: Host) -> Result<()> {
        let node = &mut self.nodes[host.0];
        let (mut upper, mut work, merged) =
            (node.folder.join("upper"), node.folder.join("work"), node.folder.join("merged"));
        let mut before = String::new();
        if self.in_memory {
            let memory = node.folder.join("memory");
            fs::create_dir_all(&memory)?;
            let place = memory.display();
            before = format!(
                "mount -t tmpfs tmpfs '{place}'; cp -a '{}' '{}' '{place}/'; ",
                upper.display(),
                work.display()
            );
            (upper, work) = (memory.join("upper"), memory.join("work"));
        }
        let script = format!(
            "set -e; mount --make-rprivate /; {before}{}; mount -t proc proc \"$M/proc\"; mount --rbind /dev \"$M/dev\"; \
             hostname host{}; exec chroot \"$M\" /usr/sbin/sshd -D -e -p {} -o UsePAM=no -o MaxStartups=200",
            overlay(&self.lower, &upper, &work, &merged),
            host.0,
            node.port
        );
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &node.namespace, "setpriv", "--pdeathsig", "KILL", "unshare"])
            .args(["-m", "-p", "-u", "--fork", "--kill-child=KILL", "sh", "-c", &script])
            .env("M", &merged);
        let log = node.folder.join("log");
        let process = start(&mut command, &log)?;
        node.process = Some(process);
        let listening = format!("sport = :{}", node.port);
        let namespace = node.namespace.clone();
        until("sshd of a host of the fleet", Duration::from_secs(30), Some(&log), || {
            if !is_alive(process) {
                bail!("it has ended");
            }
            let said = ip(&["netns", "exec", &namespace, "ss", "-Hltn", &listening])?;
            if said.trim().is_empty() { bail!("it does not listen") } else { Ok(()) }
        })
    }

    /// Makes the wire from this machine to a host as slow as a real one: half of the round trip each way.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn round_trip(&mut self, host: Host, milliseconds: u32) -> Result<()> {
        let (far, slot) = (self.address(host), self.slot);
        let node = &mut self.nodes[host.0];
        node.slow = None;
        if milliseconds == 0 {
            return Ok(());
        }
        if !node.near {
            bail!("only a wire from this machine can be slow");
        }
        let near = format!("{}.1", far.rsplit_once('.').context("the host has no address")?.0);
        let device = format!("lsf{slot}-s{}", host.0);
        let here = End { namespace: None, device: &device, own: &near, other: &far };
        let there = End { namespace: Some(&node.namespace), device: "slow0", own: &far, other: &near };
        let half = Duration::from_micros(u64::from(milliseconds) * 500);
        node.slow = Some(Slow::begin(&here, &there, half)?);
        Ok(())
    }

    /// Cuts a host's wire, or joins it again.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn plugged(&self, host: Host, plugged: bool) -> Result<()> {
        let node = &self.nodes[host.0];
        ip(&["-n", &node.namespace, "link", "set", "eth0", if plugged { "up" } else { "down" }]).map(drop)
    }

    /// Where what was changed on a host lies.
    pub fn changes(&self, host: Host) -> PathBuf {
        self.nodes[host.0].folder.join("upper")
    }
}

/// Shell words that mount layers over each other.
fn overlay(lower: &str, upper: &Path, work: &Path, merged: &Path) -> String {
    // Paths are of the repository's own target folder, so quotes are all they need.
    format!(
        "mount -t overlay overlay -o 'lowerdir={lower},upperdir={},workdir={}' '{}'",
        upper.display(),
        work.display(),
        merged.display()
    )
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for process in self.nodes.iter().filter_map(|node| node.process) {
            signal(process, "-KILL");
        }
        // Whatever stays is cleared by who gets the slot next.
        drop(clear(self.slot));
        let gone = until("the end of a fleet", Duration::from_secs(10), None, || {
            fs::remove_dir_all(&self.folder).context("its folder is still in use")
        });
        drop(gone);
    }
}
