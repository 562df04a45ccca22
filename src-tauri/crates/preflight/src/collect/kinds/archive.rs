//! Archives that come out of containers.

use std::io::Read as _;

use crate::collect::kept::Kept;
use crate::collect::world::Text;
use crate::values::glob::joined;

/// Keeps the files of a tar archive below a folder; how many they are. Links and devices are left out, and a name
/// that leads elsewhere.
pub(super) fn unpack(archive: &Text, folder: &str, kept: &Kept<'_>) -> Result<usize, String> {
    let mut files = 0;
    let mut reader = tar::Archive::new(archive.bytes.as_slice());
    let entries = reader.entries().map_err(|error| format!("it is no tar archive: {error}"))?;
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            // The end of an archive that is too large is cut off.
            Err(_) if archive.cut => break,
            Err(error) => return Err(format!("it is no whole tar archive: {error}")),
        };
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if !entry.header().entry_type().is_file() || path.split('/').any(|part| part == "..") {
            continue;
        }
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(size.min(archive.bytes.len()));
        let read = entry.read_to_end(&mut bytes);
        if read.is_err() || bytes.len() < size {
            break;
        }
        kept.put(&joined(&[folder, &path]), bytes);
        files += 1;
    }
    if archive.cut {
        kept.note(format!(
            "{folder} has more than {} MiB; what came after was left out",
            archive.bytes.len() >> 20
        ));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            // Names that the builder refuses to write.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            builder.append(&header, *content).expect("it is appended");
        }
        builder.into_inner().expect("it is ended")
    }

    fn kept(bytes: Vec<u8>, cut: bool) -> (Result<usize, String>, Vec<String>) {
        let all = AtomicUsize::new(0);
        let kept = Kept::new(&all);
        let files = unpack(&Text { bytes, cut }, "copies", &kept);
        (files, kept.into_inner().files.into_keys().collect())
    }

    #[test]
    fn files_lie_below_the_folder_and_nowhere_else() {
        let bytes =
            archive(&[("./etc/a.conf", b"a"), ("../../b", b"b"), ("/c", b"c"), ("d/../../../e", b"e")]);
        assert_eq!(kept(bytes, false), (Ok(2), vec!["copies/c".to_owned(), "copies/etc/a.conf".to_owned()]));
    }

    #[test]
    fn an_archive_that_is_cut_keeps_its_whole_files() {
        let mut bytes = archive(&[("a", &[1; 600]), ("b", &[2; 6000])]);
        bytes.truncate(4000);
        assert_eq!(kept(bytes, true).1, ["copies/a"]);
    }

    #[test]
    fn what_is_no_archive_is_told() {
        assert!(kept(b"tar: cannot open: no such file".repeat(40), false).0.is_err());
        assert_eq!(kept(Vec::new(), false).0, Ok(0), "a command that writes nothing");
    }
}
