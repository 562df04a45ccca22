//! Backups of a cluster's state, as they lie on a controller.

use longshore_remote::Host;

use crate::RuntimeError;
use crate::admit::backup_folder;
use crate::ask::Asking;
use crate::script::Script;

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its name.
    pub label: String,
    /// Version of Kubernetes that ran when it was made.
    pub version: String,
    /// When it was made, in seconds since 1970 by the host's clock.
    pub made_at: i64,
    /// Bytes on the host's disk.
    pub bytes: u64,
    /// Whether the files of its version still lie on the host; without them it cannot be brought back.
    pub has_files: bool,
}

/// Backups on a controller, the newest first. One that was cut off is none.
///
/// # Errors
/// When the host cannot be asked.
pub async fn backups(controller: &dyn Host) -> Result<Vec<Backup>, RuntimeError> {
    let asking = Asking { what: "Listing backups", hint: "Check the link to the host, and try again." };
    let script = Script::new().piece(include_str!("scripts/backups.sh")).text();
    let said = asking.root(controller, script, "").await?.stdout();
    let mut found: Vec<Backup> = said.lines().filter_map(read).collect();
    found.sort_by(|one, other| (other.made_at, &other.label).cmp(&(one.made_at, &one.label)));
    Ok(found)
}

/// What the site's note beside the cluster said when a backup was made; nothing where it keeps none.
///
/// # Errors
/// When the label is none, or the host cannot be asked.
pub async fn noted(controller: &dyn Host, label: &str) -> Result<Vec<u8>, RuntimeError> {
    let from = backup_folder(controller, label)?;
    let asking = Asking { what: "Reading a backup", hint: "Look at the host's disk." };
    let piece = "[ ! -e \"$from/site.json\" ] || cat \"$from/site.json\"\n";
    let script = Script::new().value("from", from).piece(piece).text();
    Ok(asking.root(controller, script, "").await?.output.stdout)
}

/// One line of the script: label, version, seconds, KiB, whether the files are there.
fn read(line: &str) -> Option<Backup> {
    let mut parts = line.split('\t');
    let mut next = || parts.next();
    Some(Backup {
        label: next()?.to_owned(),
        version: next()?.to_owned(),
        made_at: next()?.parse().ok()?,
        bytes: next()?.parse::<u64>().ok()?.saturating_mul(1024),
        has_files: next()? == "yes",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_backups() {
        let read_ = read("run-v1.35.4\tv1.34.4\t1764200000\t2048\tyes").expect("it is one");
        assert_eq!((read_.label.as_str(), read_.version.as_str()), ("run-v1.35.4", "v1.34.4"));
        assert_eq!((read_.made_at, read_.bytes, read_.has_files), (1_764_200_000, 2 << 20, true));
        for noise in ["", "a", "a\tb\tc\td\te", "a\tb\t1\t-1\tyes"] {
            assert_eq!(read(noise), None, "{noise:?} is none");
        }
    }
}
