//! A wire as slow as a real one. Not every kernel is built with netem, so packets are led out of the kernel at one
//! end, held for their time, and led in again at the other. Segments stay as large as the kernel made them, which
//! keeps what that costs far below what is measured over it.

use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tun_rs::{DeviceBuilder, SyncDevice};

use crate::process::{in_namespace, run};

/// Bytes of the largest segment, with what is told about it.
const SEGMENT: usize = (64 << 10) + 64;

/// An end of a slow wire: a device, the address that is reached at it, and the address that is at the other one.
pub(crate) struct End<'a> {
    pub(crate) namespace: Option<&'a str>,
    pub(crate) device: &'a str,
    pub(crate) own: &'a str,
    pub(crate) other: &'a str,
}

/// A slow wire beside a fast one, whose addresses it has taken over; they go back with the handle.
pub(crate) struct Slow {
    ends: [(Option<String>, String); 2],
}

impl Slow {
    /// Lays a wire on which everything takes `delay` to the other end.
    pub(crate) fn begin(near: &End<'_>, far: &End<'_>, delay: Duration) -> Result<Self> {
        let end = |end: &End<'_>| (end.namespace.map(str::to_owned), end.device.to_owned());
        // Made first: what was begun goes with it.
        let slow = Self { ends: [end(near), end(far)] };
        let (here, there) = (Arc::new(near.device()?), Arc::new(far.device()?));
        for (from, to) in [(&here, &there), (&there, &here)] {
            carry(Arc::clone(from), Arc::clone(to), delay);
        }
        near.lead()?;
        far.lead()?;
        Ok(slow)
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        for (namespace, device) in &self.ends {
            // It may have gone with its namespace.
            drop(ip(namespace.as_deref(), &["link", "del", device]));
        }
    }
}

impl End<'_> {
    /// Its device, made in its namespace.
    fn device(&self) -> Result<SyncDevice> {
        let name = self.device.to_owned();
        let made = in_namespace(self.namespace, || {
            Ok(DeviceBuilder::new().name(name).offload(true).build_sync()?)
        });
        made.with_context(|| format!("the device {} cannot be made", self.device))
    }

    /// Leads packets for the other end into the device.
    fn lead(&self) -> Result<()> {
        ip(self.namespace, &["link", "set", self.device, "up", "txqueuelen", "10000"])?;
        let to = format!("{}/32", self.other);
        ip(self.namespace, &["route", "replace", &to, "dev", self.device, "src", self.own])
    }
}

fn ip(namespace: Option<&str>, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("ip");
    if let Some(namespace) = namespace {
        command.args(["-n", namespace]);
    }
    run(command.args(arguments)).map(drop)
}

/// Carries packets one way until the devices go.
fn carry(from: Arc<SyncDevice>, to: Arc<SyncDevice>, delay: Duration) {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut packet = vec![0; SEGMENT];
        while let Ok(length) = rustix::io::read(&*from, &mut packet) {
            if sender.send((Instant::now() + delay, packet[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || deliver(&receiver, &to));
}

fn deliver(packets: &Receiver<(Instant, Vec<u8>)>, to: &SyncDevice) {
    for (due, packet) in packets {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // A packet that the other end does not take is lost, as on any wire.
        let _ = rustix::io::write(to, &packet);
    }
}
