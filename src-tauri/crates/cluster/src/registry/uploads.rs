//! Where uploads were when we were last heard of, so that a push goes on after our own end.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

/// Registries throw uploads away that nobody goes on with: Distribution after a week.
const OLD: Duration = Duration::from_hours(14 * 24);

/// Which upload.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UploadKey {
    /// Scheme, host and port of the registry: `https://registry.example`.
    pub registry: String,
    /// Repository in it.
    pub repository: String,
    /// Digest of the blob: `sha256:…`.
    pub digest: String,
}

/// How far an upload was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// URL that it goes on at. What a registry puts there may open the upload to whoever has it.
    pub location: String,
    /// Bytes that the registry has confirmed.
    pub confirmed: u64,
}

/// Remembers uploads.
///
/// A memory that fails costs bytes that are sent again, and never a push: hence nothing here returns an error.
pub trait Uploads: Send + Sync {
    /// What is known of an upload.
    fn recall(&self, key: &UploadKey) -> Option<Upload>;
    /// Keeps where an upload is now.
    fn remember(&self, key: &UploadKey, upload: &Upload);
    /// Forgets an upload that is complete or lost.
    fn forget(&self, key: &UploadKey);
}

/// Uploads as files in a folder, one each, for nobody else to read.
#[derive(Debug, Clone)]
pub struct UploadFolder {
    root: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Record {
    #[serde(flatten)]
    key: UploadKey,
    #[serde(flatten)]
    upload: Upload,
}

impl UploadFolder {
    /// A folder, made with mode 0700 at the first upload. Entries too old to be of use are removed.
    pub fn open(root: &Path) -> Self {
        let folder = Self { root: root.to_owned() };
        folder.remove_old();
        folder
    }

    fn remove_old(&self) {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            let age = entry.metadata().and_then(|facts| facts.modified()).map(|time| time.elapsed());
            if matches!(age, Ok(Ok(age)) if age > OLD) {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// Named by a hash, for a repository has slashes and may be longer than a file's name.
    fn path(&self, key: &UploadKey) -> PathBuf {
        let mut hash = Sha256::new();
        for part in [&key.registry, &key.repository, &key.digest] {
            hash.update(part);
            hash.update([0]);
        }
        let name: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.root.join(format!("{name}.json"))
    }

    fn write(&self, record: &Record) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.root)?;
        // Not synced: after a power cut an older place, or none, is as good as the newest was.
        let mut file = NamedTempFile::new_in(&self.root)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        file.persist(self.path(&record.key)).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Uploads for UploadFolder {
    fn recall(&self, key: &UploadKey) -> Option<Upload> {
        let text = fs::read(self.path(key)).ok()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        (record.key == *key).then_some(record.upload)
    }

    fn remember(&self, key: &UploadKey, upload: &Upload) {
        let record = Record { key: key.clone(), upload: upload.clone() };
        if let Err(error) = self.write(&record) {
            tracing::warn!(folder = %self.root.display(), %error, "an upload cannot be remembered");
        }
    }

    fn forget(&self, key: &UploadKey) {
        drop(fs::remove_file(self.path(key)));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn key(repository: &str) -> UploadKey {
        UploadKey {
            registry: "https://registry.example".to_owned(),
            repository: repository.to_owned(),
            digest: "sha256:00".to_owned(),
        }
    }

    #[test]
    fn uploads_are_remembered_for_us_alone() {
        let temporary = tempfile::tempdir().expect("a folder");
        let root = temporary.path().join("uploads");
        let upload = Upload { location: "https://registry.example/v2/a/u?_state=x".to_owned(), confirmed: 7 };
        let folder = UploadFolder::open(&root);
        assert_eq!(folder.recall(&key("a")), None, "there is no folder yet");
        folder.remember(&key("a"), &upload);
        let again = UploadFolder::open(&root);
        assert_eq!(again.recall(&key("a")), Some(upload), "it outlives the one who wrote it");
        assert_eq!(again.recall(&key("b")), None, "another repository has another upload");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&root), mode(&again.path(&key("a")))), (0o700, 0o600), "the location may be a key");
        again.forget(&key("a"));
        assert_eq!(fs::read_dir(&root).expect("the folder").count(), 0, "nothing stays");
    }

    #[test]
    fn a_broken_entry_is_none() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = UploadFolder::open(temporary.path());
        fs::write(folder.path(&key("a")), b"{\"location\":").expect("written");
        assert_eq!(folder.recall(&key("a")), None, "half a file says nothing");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_error() {
        let temporary = tempfile::NamedTempFile::new().expect("a file");
        let folder = UploadFolder::open(&temporary.path().join("below-a-file"));
        folder.remember(&key("a"), &Upload { location: String::new(), confirmed: 0 });
        assert_eq!(folder.recall(&key("a")), None, "and nothing is remembered");
    }
}
