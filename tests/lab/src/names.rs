//! A name server for the hosts of a fleet, which knows no names. Without one, every question of a host would be waited
//! for in vain, and what asks would be measured by its patience.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{in_namespace, run};

/// Where the lab's hosts look for a name server.
const ADDRESS: &str = "10.255.255.53";
/// How long it may take to see that it is no longer wanted.
const PAUSE: Duration = Duration::from_millis(200);

/// A name server in a namespace; ends with its handle.
pub(crate) struct Names {
    ended: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Names {
    pub(crate) fn begin(namespace: &str) -> Result<Self> {
        let address = format!("{ADDRESS}/32");
        run(Command::new("ip").args(["-n", namespace, "addr", "add", &address, "dev", "lo"]))?;
        let socket = in_namespace(Some(namespace), || {
            let socket = UdpSocket::bind(SocketAddr::new(ADDRESS.parse()?, 53))?;
            socket.set_read_timeout(Some(PAUSE))?;
            Ok(socket)
        });
        let socket = socket.with_context(|| format!("the name server of {namespace} cannot be started"))?;
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        let serving = thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                answer(&socket);
            }
        });
        Ok(Self { ended, serving: Some(serving) })
    }
}

/// Answers a question, if one comes, with its own bytes and the word that there is no such name.
fn answer(socket: &UdpSocket) {
    let mut packet = [0; 512];
    let Ok((length, from)) = socket.recv_from(&mut packet) else { return };
    if length >= 12 {
        (packet[2], packet[3]) = (0x81, 0x83);
        // Whoever asked may be gone.
        let _ = socket.send_to(&packet[..length], from);
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(serving) = self.serving.take() {
            drop(serving.join());
        }
    }
}
