//! Accounts on the host that may come in over SSH: one of each kind that operators have.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::files::write;
use crate::node::{INSIDE, inside};
use crate::process::run;
use crate::state::{Place, Started};

/// Password of [`KEEPER`].
pub const PASSWORD: &str = "keeper-of-the-l1ght";
/// May do everything by sudo, without a password.
pub const PILOT: &str = "pilot";
/// May do everything by sudo, with a password.
pub const KEEPER: &str = "keeper";
/// May do nothing but look.
pub const VISITOR: &str = "visitor";

/// The way in.
#[derive(Debug, Clone)]
pub struct Login {
    /// Address of the host's sshd, on port 22.
    pub address: &'static str,
    /// Private key of root and of all accounts.
    pub key: PathBuf,
    /// A known_hosts file that knows the host.
    pub known_hosts: PathBuf,
}

/// The way in to a lab that runs.
pub(crate) fn of(place: &Place) -> Login {
    let folder = place.run().join("ssh");
    Login { address: INSIDE, key: folder.join("key"), known_hosts: folder.join("known_hosts") }
}

/// Makes the accounts, and a key for all of them.
pub(crate) fn make(place: &Place, node: Started) -> Result<()> {
    let login = of(place);
    fs::create_dir_all(place.run().join("ssh"))?;
    run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&login.key))?;
    let public = fs::read_to_string(login.key.with_extension("pub"))?;
    let host = fs::read_to_string(place.node().join("etc/ssh/ssh_host_ed25519_key.pub"))?;
    let host: Vec<&str> = host.split(' ').take(2).collect();
    write(&login.known_hosts, 0o600, &format!("{INSIDE} {}\n", host.join(" ")))?;
    write(&place.node().join("etc/sudoers.d/lab"), 0o440, &sudoers())?;
    inside(node, &["sh", "-c", ACCOUNTS, "sh", &public, PASSWORD]).map(drop)
}

/// Who may do what by sudo.
pub(crate) fn sudoers() -> String {
    format!("{PILOT} ALL=(ALL) NOPASSWD: ALL\n{KEEPER} ALL=(ALL) ALL\n")
}

/// Makes the accounts on a host; the key and the password are its arguments.
pub(crate) const ACCOUNTS: &str = "set -e
for name in pilot keeper visitor; do useradd -m -s /bin/sh $name; done
printf 'keeper:%s\\n' \"$2\" | chpasswd
for home in /root /home/pilot /home/keeper /home/visitor; do
    mkdir -p -m 700 $home/.ssh; printf '%s' \"$1\" >$home/.ssh/authorized_keys
    chmod 600 $home/.ssh/authorized_keys; chown -R \"$(stat -c %U:%G $home)\" $home/.ssh
done";
