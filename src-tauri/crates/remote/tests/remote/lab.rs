//! An sshd of our own, as a handle.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;

use longshore_remote::{Destination, FixedSecrets, Route, Secrets, SshConfig, SshHost};

/// Every user's password.
pub const PASSWORD: &str = "correct horse";
const HASH: &str =
    "$6$longshorelab$flyEKtGSe7aTlGnvzuOChKBr4v.MmmbNp8kN5aRWsPJ5ZruaCovUbJq32NWQs.4n4PhlBfepy/7L8eS3n0dTs.";
/// User and login shell; what a user may is in its name and in the rules below.
const USERS: [(&str, &str); 12] = [
    ("plain", "/bin/sh"),
    ("free", "/bin/sh"),
    ("asked", "/bin/sh"),
    ("seated", "/bin/sh"),
    ("seatedfree", "/bin/bash"),
    ("doasfree", "/bin/sh"),
    ("doasasked", "/bin/sh"),
    ("noisy", "/bin/bash"),
    ("cshell", "/bin/csh"),
    ("fishy", "/usr/bin/fish"),
    ("nologin", "/usr/sbin/nologin"),
    ("mute", "/bin/false"),
];
const SUDOERS: &str = "\
Defaults lecture=always, use_pty
Defaults:seated,seatedfree requiretty
free,seatedfree ALL=(ALL) NOPASSWD: ALL
asked,seated ALL=(ALL) ALL
";
const DOAS: &str = "permit nopass doasfree\npermit doasasked\n";
const PAM: &str = "auth required pam_unix.so\naccount required pam_unix.so\nsession optional pam_permit.so\n";
/// Noise before the output of every command, in each shell's own way.
const RC: [(&str, &str); 3] = [
    (".bashrc", "echo 'welcome to this host'; printf 'warned\\n' >&2\n"),
    (".cshrc", "echo 'welcome to this host'\n"),
    (".config/fish/config.fish", "echo 'welcome to this host'\n"),
];

/// An sshd. To drop it ends it and all it has started.
pub struct Lab {
    pub directory: tempfile::TempDir,
    pub port: u16,
    child: Child,
}

fn done(command: &mut Process) {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a key file and its `.pub`.
pub fn keygen(file: &Path, kind: &str, passphrase: &str, more: &[&str]) {
    let file = file.to_str().expect("the path is text");
    let arguments = ["-q", "-t", kind, "-N", passphrase, "-C", "lab", "-f", file];
    done(Process::new("ssh-keygen").args(arguments).args(more));
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

impl Lab {
    pub fn start() -> Self {
        Self::with("")
    }

    /// With lines for sshd_config, which win over the lab's own.
    pub fn with(options: &str) -> Self {
        let uid = Process::new("id").arg("-u").output().expect("id runs").stdout;
        assert_eq!(uid, b"0\n", "these tests start an sshd with users of its own and want root");
        let directory = tempfile::tempdir().expect("a directory can be made");
        let path = directory.path();
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("it is ours");
        keygen(&path.join("host"), "ed25519", "", &[]);
        keygen(&path.join("id"), "ed25519", "", &[]);
        std::fs::copy(path.join("id.pub"), path.join("authorized")).expect("the key can be copied");
        let port = free_port();
        write(path, port, options);
        let mut child = Process::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"])
            .args(["/bin/sh", path.join("start").to_str().expect("the path is text")])
            .stderr(Stdio::piped())
            .spawn()
            .expect("unshare starts");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        let mut all = String::new();
        while !line.contains("Server listening") {
            line.clear();
            let count = said.read_line(&mut line).expect("sshd speaks");
            assert!(count > 0, "sshd did not start: {all}");
            all.push_str(&line);
        }
        std::thread::spawn(move || said.lines().for_each(drop));
        Self { directory, port, child }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// An ssh_config with one host `lab`; `more` comes first and so wins.
    pub fn config(&self, user: &str, more: &str) -> SshConfig {
        let path = self.directory.path().display();
        let text = format!(
            "Host lab\n{more}\nHostName 127.0.0.1\nPort {}\nUser {user}\nIdentityFile {path}/id\n\
             IdentityAgent none\nUserKnownHostsFile {path}/known_hosts\nGlobalKnownHostsFile none\n\
             StrictHostKeyChecking accept-new\nConnectTimeout 10\n",
            self.port
        );
        let file = tempfile::Builder::new().prefix("ssh_config").tempfile_in(self.directory.path());
        let (_, kept) = file.expect("a file can be made").keep().expect("it stays with its directory");
        std::fs::write(&kept, text).expect("it can be written");
        SshConfig { files: vec![kept], home: self.directory.path().to_owned(), ..SshConfig::empty() }
    }

    pub fn route(&self, user: &str, more: &str) -> Route {
        let lab = Destination { host: "lab".to_owned(), user: None, port: None };
        self.config(user, more).route(&lab).expect("the configuration is good")
    }

    /// A user's host, logged in by key, with the password for what asks.
    pub fn host(&self, user: &str) -> Arc<SshHost> {
        self.host_with(user, "", password(PASSWORD))
    }

    pub fn host_with(&self, user: &str, more: &str, secrets: Arc<dyn Secrets>) -> Arc<SshHost> {
        Arc::new(SshHost::new(self.route(user, more), secrets))
    }

    /// An error's text without what differs from run to run.
    pub fn stable(&self, text: &str) -> String {
        let text = text.replace(&self.directory.path().display().to_string(), "DIR");
        let text = text.replace(&self.port.to_string(), "PORT");
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("SHA256:") {
            let end = rest[at + 7..].find(|c: char| !c.is_ascii_alphanumeric() && !"+/".contains(c));
            let _ = write!(out, "{}SHA256:…", &rest[..at]);
            rest = end.map_or("", |end| &rest[at + 7 + end..]);
        }
        out + rest
    }
}

pub fn password(text: &str) -> Arc<dyn Secrets> {
    Arc::new(FixedSecrets { password: Some(text.to_owned().into()), ..FixedSecrets::default() })
}

/// Files of the daemon, and the script that lays them over the machine's.
fn write(path: &Path, port: u16, options: &str) {
    let put = |name: &str, text: &str| std::fs::write(path.join(name), text).expect("it can be written");
    let place = path.display();
    put(
        "sshd_config",
        &format!(
            "{options}\nListenAddress 127.0.0.1:{port}\nHostKey {place}/host\nPidFile none\nUsePAM yes\n\
             AuthorizedKeysFile {place}/authorized\nStrictModes no\nPermitRootLogin yes\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPrintMotd yes\nMaxSessions 20\n\
             MaxStartups 100\nUseDNS no\n"
        ),
    );
    let (mut passwd, mut shadow, mut homes) = (String::new(), String::new(), String::new());
    for (number, (user, shell)) in USERS.iter().enumerate() {
        let uid = 7001 + number;
        let _ = writeln!(passwd, "{user}:x:{uid}:{uid}::{place}/home/{user}:{shell}");
        let _ = writeln!(shadow, "{user}:{HASH}:19000:0:99999:7:::");
        let home = path.join("home").join(user);
        for (rc, text) in RC.iter().filter(|_| ["noisy", "cshell", "fishy"].contains(user)) {
            let file = home.join(rc);
            std::fs::create_dir_all(file.parent().expect("it has one")).expect("it can be made");
            std::fs::write(&file, text).expect("it can be written");
        }
        std::fs::create_dir_all(&home).expect("it can be made");
        let _ = writeln!(homes, "chown -R {uid}:{uid} {place}/home/{user}");
    }
    put("passwd", &passwd);
    put("shadow", &shadow);
    put("sudoers", SUDOERS);
    put("doas.conf", DOAS);
    put("pam", PAM);
    put(
        "start",
        &format!(
            "set -e\nmount -t tmpfs tmpfs /run\nmkdir -p /run/sshd /run/upper /run/work\n\
             mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc\n\
             cat {place}/passwd >>/etc/passwd\ncat {place}/shadow >>/etc/shadow\n{homes}\
             echo 'a message of the day' >/etc/motd\n\
             rm -f /etc/sudoers.d/*\ncp {place}/sudoers /etc/sudoers\nchmod 440 /etc/sudoers\n\
             cp {place}/doas.conf /etc/doas.conf\nchmod 600 /etc/doas.conf\n\
             cp {place}/pam /etc/pam.d/sshd\ncp {place}/pam /etc/pam.d/sudo\ncp {place}/pam /etc/pam.d/doas\n\
             [ -x {place}/before ] && . {place}/before\n\
             exec /usr/sbin/sshd -D -e -f {place}/sshd_config\n"
        ),
    );
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
