//! A host with a systemd of its own, as a handle.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use longshore_remote::{Destination, NoSecrets, SshConfig, SshHost};
use longshore_runtime::Watch;

/// Boots this machine's own file system under a layer, again and again as long as it is wanted.
const BOOT: &str = r#"set -e
b=$1
mount -t tmpfs -o mode=755 tmpfs "$b/layer"
mkdir "$b/layer/up" "$b/layer/work" "$b/layer/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$b/layer/up,workdir=$b/layer/work" "$b/layer/root"
cd "$b/layer/root"
rm -rf etc/systemd/system var/lib/longshore etc/hosts etc/fstab
mkdir -p etc/systemd/system etc/lab
printf '127.0.0.1 localhost\n' >etc/hosts
cp "$b"/lab/* etc/lab
chmod 600 etc/lab/host
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
cd /
while :; do
systemd-nspawn --register=no --keep-unit --quiet -D "$b/layer/root" -M lshost --boot --private-network \
--capability=all --system-call-filter=@known --link-journal=no $2 -- systemd.unit=basic.target || :
done
"#;

const SSHD: &str = "HostKey /etc/lab/host\nPidFile none\nAuthorizedKeysFile /etc/lab/id.pub\nStrictModes no\n\
    PermitRootLogin yes\nUsePAM no\nMaxSessions 50\nUseDNS no\n";

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn children(pid: u32) -> Vec<u32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    listed.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

fn is_systemd(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "systemd")
}

fn find(pid: u32) -> Option<u32> {
    if is_systemd(pid) { Some(pid) } else { children(pid).into_iter().find_map(find) }
}

fn enter(leader: u32, script: &str) -> Result<String, String> {
    let leader = leader.to_string();
    let output = Command::new("nsenter")
        .args(["-t", &leader, "-m", "-u", "-i", "-n", "-p", "--", "/bin/sh", "-c", script])
        .output()
        .expect("nsenter starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// The host. To drop it ends it and all that runs there.
pub struct Machine {
    directory: tempfile::TempDir,
    child: Child,
}

impl Machine {
    /// Boots it and waits until its systemd is up.
    pub fn start() -> Self {
        Self::with("")
    }

    /// With another argument for systemd-nspawn.
    pub fn with(argument: &str) -> Self {
        assert_eq!(output(Command::new("id").arg("-u")), "0\n", "these tests boot a host and want root");
        let directory = tempfile::tempdir().expect("a directory can be made");
        let path = directory.path();
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it is ours");
        for folder in ["lab", "layer"] {
            std::fs::create_dir(path.join(folder)).expect("it can be made");
        }
        for key in ["host", "id"] {
            let file = path.join("lab").join(key);
            output(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(file));
        }
        std::fs::write(path.join("lab/sshd_config"), SSHD).expect("it can be written");
        let log = std::fs::File::create(path.join("boot.log")).expect("it can be made");
        let child = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"])
            .args(["/bin/sh", "-c", BOOT, "sh"])
            .arg(path)
            .arg(argument)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("it is a file"))
            .stderr(log)
            .spawn()
            .expect("unshare starts");
        let machine = Self { directory, child };
        machine.up(0);
        machine
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Its first process, other than `before`, once systemd says that it is up.
    fn up(&self, before: u32) -> u32 {
        let until = Instant::now() + Duration::from_mins(2);
        loop {
            if let Some(leader) = find(self.child.id()).filter(|leader| *leader != before)
                && enter(leader, "systemctl is-active basic.target").is_ok()
            {
                return leader;
            }
            let log = || std::fs::read_to_string(self.path().join("boot.log")).unwrap_or_default();
            assert!(Instant::now() < until, "the host does not boot: {}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn leader(&self) -> u32 {
        find(self.child.id()).expect("its systemd runs")
    }

    /// Runs a script there, past ssh.
    pub fn sh(&self, script: &str) -> String {
        enter(self.leader(), script).unwrap_or_else(|said| panic!("{script:?} fails there: {said}"))
    }

    /// The way there by ssh, as root.
    pub fn host(&self) -> Arc<SshHost> {
        let path = self.path().display();
        // Found out when it is dialled: after a reboot it is another process.
        let way = self.path().join("way");
        let find = format!(
            "#!/bin/sh\nexec nsenter -t \"$(cat {path}/leader)\" -m -u -i -n -p -- \
             /bin/sh -c 'mkdir -p /run/sshd; exec /usr/sbin/sshd -i -f /etc/lab/sshd_config'\n"
        );
        std::fs::write(&way, find).expect("it can be written");
        std::fs::set_permissions(&way, Permissions::from_mode(0o755)).expect("it is ours");
        self.open();
        let text = format!(
            "Host lab\nHostName lab.invalid\nUser root\nProxyCommand {path}/way\nIdentityFile {path}/lab/id\n\
             IdentityAgent none\nUserKnownHostsFile {path}/known_hosts\nGlobalKnownHostsFile none\n\
             StrictHostKeyChecking accept-new\nConnectTimeout 10\n"
        );
        let file = self.path().join("ssh_config");
        std::fs::write(&file, text).expect("it can be written");
        let config = SshConfig { files: vec![file], home: self.path().to_owned(), ..SshConfig::empty() };
        let lab = Destination { host: "lab".to_owned(), user: None, port: None };
        Arc::new(SshHost::new(config.route(&lab).expect("the configuration is good"), Arc::new(NoSecrets)))
    }

    /// Lets new links in.
    pub fn open(&self) {
        std::fs::write(self.path().join("leader"), self.leader().to_string()).expect("it can be written");
    }

    /// Ends all links, and lets no new one in until it is [opened](Self::open).
    pub fn cut(&self) {
        std::fs::write(self.path().join("leader"), "none").expect("it can be written");
        self.sh("pkill -KILL sshd || :");
    }

    /// Power off and on again. Links are to be [opened](Self::open) then.
    pub fn reboot(&self) {
        let before = self.leader();
        std::fs::write(self.path().join("leader"), "none").expect("it can be written");
        output(Command::new("kill").args(["-KILL", &before.to_string()]));
        self.up(before);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps the lines that it is given.
#[derive(Debug, Default)]
pub struct Seen(Mutex<Vec<String>>);

impl Seen {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().expect("nobody panicked with it").clone()
    }

    /// Waits until a line holds this text.
    pub async fn wait(&self, text: &str) {
        let until = Instant::now() + Duration::from_mins(1);
        while !self.lines().iter().any(|line| line.contains(text)) {
            assert!(Instant::now() < until, "{text:?} is in none of {:?}", self.lines());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Watch for Seen {
    fn line(&self, text: &str) {
        self.0.lock().expect("nobody panicked with it").push(text.to_owned());
    }

    fn bytes(&self, _: u64, _: u64) {}
}
