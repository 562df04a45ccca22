//! Files that a probe delivered with their names.

use crate::host::facts::Told;
use crate::values::glob::joined;

/// Files and what is to be said of them.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) notes: Vec<String>,
    pub(super) unprivileged: Vec<String>,
}

/// What was delivered, below a folder of the layout.
pub(super) fn delivered(told: Told<'_>, folder: &str, root: bool) -> Delivered {
    let mut all = Delivered::default();
    for (name, stream) in told.0.streams.iter().filter(|(name, _)| name.starts_with('n')) {
        let at = &name[1..];
        let path = String::from_utf8_lossy(&stream.bytes);
        // A name from the host leads nowhere else.
        if path.split('/').any(|part| part == "..") {
            continue;
        }
        let path = joined(&[folder, path.trim_start_matches('/')]);
        match told.0.streams.get(&format!("d{at}")) {
            Some(data) => {
                if data.cut || !data.whole {
                    all.notes.push(format!("{path} was cut after {} bytes", data.bytes.len()));
                }
                all.files.push((path, data.bytes.clone()));
            }
            None if told.has(&format!("x{at}")) && !root => {
                all.unprivileged.push(format!("the content of {path}"));
            }
            None => all.notes.push(format!("{path} could not be read")),
        }
    }
    if told.has("more") {
        all.notes.push(format!("{folder} has more than 2000 files; the first were taken"));
    }
    all
}
