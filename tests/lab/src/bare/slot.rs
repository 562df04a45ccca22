//! Places for sets of bare hosts. Names and addresses follow from a slot's number, and slots are the machine's, so
//! that several checkouts can have hosts at the same time. Who gets a slot clears away what a killed owner left.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::{cgroups, network};
use crate::node::unmount;
use crate::process::{child, is_alive, until};
use crate::state::{MACHINE, Place, Started};

/// Sets of hosts at the same time.
const SLOTS: u8 = 16;

/// What is known of a set of hosts, written before anything is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Where its files lie.
    pub(super) folder: PathBuf,
    /// Whether it stays when its maker ends, until the same checkout takes it down.
    pub(super) kept: bool,
    pub(super) hosts: Vec<Kept>,
}

/// A host of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its container.
    pub(super) process: Option<Started>,
    /// Its groups, one in each hierarchy of the machine.
    pub(super) cgroups: Vec<PathBuf>,
}

/// A slot that is ours.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) number: u8,
    _lock: File,
}

impl Record {
    fn path(slot: u8) -> PathBuf {
        Path::new(MACHINE).join(format!("{slot}.json"))
    }

    /// What is known of a slot.
    pub(super) fn of(slot: u8) -> Self {
        let text = fs::read(Self::path(slot)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes it, whole or not at all.
    pub(super) fn put(&self, slot: u8) -> Result<()> {
        let path = Self::path(slot);
        let fresh = path.with_extension("fresh");
        fs::write(&fresh, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("{} cannot be written", fresh.display()))?;
        fs::rename(&fresh, &path).with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Whether it is to be left alone although its maker has gone.
    fn stays(&self) -> bool {
        self.kept && self.hosts.iter().filter_map(|host| host.process).any(is_alive)
    }

    fn is_of(&self, place: &Place) -> bool {
        self.folder.starts_with(place.hosts())
    }
}

impl Slot {
    /// A slot, when nobody works with it in this moment.
    fn take(number: u8) -> Result<Option<Self>> {
        fs::create_dir_all(MACHINE).with_context(|| format!("{MACHINE} cannot be made"))?;
        let path = Path::new(MACHINE).join(format!("{number}.lock"));
        let lock =
            File::create(&path).with_context(|| format!("the lock {} cannot be made", path.display()))?;
        Ok(lock.try_lock().is_ok().then_some(Self { number, _lock: lock }))
    }

    /// A slot with nothing in it. Waits for one when all are taken.
    pub(super) fn free() -> Result<Self> {
        until("a slot for bare hosts", Duration::from_mins(10), None, || {
            for number in 0..SLOTS {
                if let Some(slot) = Self::take(number)?
                    && !Record::of(number).stays()
                {
                    slot.clear()?;
                    return Ok(slot);
                }
            }
            bail!("all {SLOTS} are taken")
        })
    }

    /// The slots whose hosts this checkout keeps.
    pub(super) fn kept(place: &Place) -> Result<Vec<Self>> {
        let mut kept = Vec::new();
        for number in 0..SLOTS {
            let record = Record::of(number);
            if record.kept && record.is_of(place) {
                kept.extend(Self::take(number)?);
            }
        }
        Ok(kept)
    }

    /// Ends what lies in the slot and leaves nothing of it: processes, groups, network, mounts, files.
    pub(super) fn clear(&self) -> Result<()> {
        let record = Record::of(self.number);
        let mut processes = network::processes(self.number)?;
        processes.extend(
            record.hosts.iter().filter_map(|host| host.process).filter(|of| is_alive(*of)).map(|of| of.pid),
        );
        for pid in processes {
            halt(pid);
        }
        until("the end of the hosts' containers", Duration::from_secs(30), None, || {
            if network::processes(self.number)?.is_empty() { Ok(()) } else { bail!("one still runs") }
        })?;
        for host in &record.hosts {
            cgroups::remove(&host.cgroups)?;
        }
        network::remove(self.number)?;
        for number in 1..=record.hosts.len() {
            super::host::forget(&format!("lsb{}-{number}", self.number))?;
        }
        if record.folder.exists() {
            unmount(&record.folder)?;
            fs::remove_dir_all(&record.folder)
                .with_context(|| format!("{} cannot be removed", record.folder.display()))?;
        }
        drop(fs::remove_file(Record::path(self.number)));
        Ok(())
    }
}

/// Ends a container at once: its first process, with which all others in it end, then what holds it.
fn halt(pid: u32) {
    for pid in child(pid).into_iter().chain([pid]) {
        drop(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).output());
    }
}

/// Ends what killed owners left; `own` also what this checkout keeps.
pub(crate) fn sweep(place: &Place, own: bool) -> Result<()> {
    for number in 0..SLOTS {
        let record = Record::of(number);
        let over = !record.stays() || (own && record.is_of(place));
        if record != Record::default()
            && over
            && let Some(slot) = Slot::take(number)?
        {
            slot.clear()?;
        }
    }
    Ok(())
}
