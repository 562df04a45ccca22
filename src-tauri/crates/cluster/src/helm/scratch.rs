//! Folders of single helm runs, which must not outlive them: they hold a kubeconfig and values.
//!
//! A process that is killed cannot tidy up, and its helm goes on without it. So each folder says by two
//! locks, which the system lets go of with their holders, whether the process that made it and the helm
//! that runs in it are still there; whoever comes next ends such a helm and removes its folder. What it
//! left pending is then recovered as any dead writer's.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Locked by the process that made the folder.
const OWNER: &str = "owner.lock";
/// Locked by the helm in it, which has it as its standard input.
const CHILD: &str = "helm.lock";
/// Holds helm's process number.
const PID: &str = "helm.pid";
/// How long a helm that was told to end may take for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// One run's folder; removed with its handle.
pub(super) struct Scratch {
    folder: TempDir,
    _owner: File,
}

impl Scratch {
    pub(super) fn new(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        fs::set_permissions(parent, Permissions::from_mode(0o700))?;
        let folder = tempfile::Builder::new()
            .prefix("run-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let owner = create(&folder.path().join(OWNER))?;
        owner.try_lock().map_err(io::Error::from)?;
        Ok(Self { folder, _owner: owner })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that only we may read.
    pub(super) fn file(&self, name: &str, content: &[u8]) -> io::Result<PathBuf> {
        let path = self.path().join(name);
        create(&path)?.write_all(content)?;
        Ok(path)
    }

    /// A standard input for helm: empty, and locked for as long as it lives.
    pub(super) fn input(&self) -> io::Result<File> {
        let input = create(&self.path().join(CHILD))?;
        input.try_lock().map_err(io::Error::from)?;
        Ok(input)
    }

    /// Notes which process has that input.
    pub(super) fn started(&self, pid: u32) -> io::Result<()> {
        self.file(PID, pid.to_string().as_bytes()).map(drop)
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// True when nobody holds the lock at `path`; a lock that was never made is held by nobody.
fn is_free(path: &Path) -> bool {
    File::open(path).is_err() || File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Ends every helm whose process is gone and removes its folder. Folders of living processes stay.
///
/// # Errors
/// When a helm does not end or a folder cannot be removed.
pub(super) async fn sweep(parent: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(parent) else { return Ok(()) };
    for entry in entries {
        let folder = entry?.path();
        if !folder.join(OWNER).exists() || !is_free(&folder.join(OWNER)) {
            continue;
        }
        end(&folder).await?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

async fn end(folder: &Path) -> io::Result<()> {
    let lock = folder.join(CHILD);
    let until = tokio::time::Instant::now() + PATIENCE;
    while !is_free(&lock) {
        if tokio::time::Instant::now() >= until {
            return Err(io::Error::other(format!("helm in {} does not end", folder.display())));
        }
        let pid = fs::read_to_string(folder.join(PID)).ok().and_then(|text| text.trim().parse().ok());
        // The lock is held, so the number is still that helm's. Without a number its starter died just then.
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // It may end by itself in this moment, which is as well.
            let _ = kill_process(pid, Signal::KILL);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[tokio::test]
    async fn what_a_dead_process_left_running_is_ended() {
        let parent = tempfile::tempdir().expect("a folder");
        let scratch = Scratch::new(parent.path()).expect("a scratch folder");
        let mut helm = Command::new("sleep")
            .arg("600")
            .stdin(Stdio::from(scratch.input().expect("an input")))
            .spawn()
            .expect("sleep starts");
        scratch.started(helm.id()).expect("noted");
        sweep(parent.path()).await.expect("sweeps");
        assert!(scratch.path().exists(), "a living process keeps its folder");
        assert!(helm.try_wait().expect("asked").is_none(), "and its helm");
        let folder = scratch.path().to_owned();
        // As a kill would leave it: the lock goes, the folder stays.
        let Scratch { folder: kept, _owner: owner } = scratch;
        let _ = kept.keep();
        drop(owner);
        let reaped = std::thread::spawn(move || helm.wait());
        // Whatever is just being started by another test has a copy of the lock until it has become a program of its own.
        for _ in 0..500 {
            sweep(parent.path()).await.expect("sweeps");
            if !folder.exists() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!folder.exists(), "its kubeconfig and values are gone");
        assert!(!reaped.join().expect("joins").expect("waits").success(), "its helm was ended");
    }
}
