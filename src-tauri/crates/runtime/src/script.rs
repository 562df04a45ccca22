//! Scripts of POSIX sh out of files of this crate: values first, as quoted words, then the pieces.

use longshore_shell::quote;

/// Where everything lies that belongs to a cluster of ours.
pub(crate) const BASE: &str = "/var/lib/longshore/cluster";
/// Where backups lie. They outlive the cluster.
pub(crate) const BACKUPS: &str = "/var/lib/longshore/backups";
/// Stands in the first line of every file that we write and that is nobody else's to change.
pub(crate) const MARK: &str = "Written by Longshore";
/// Where programs are looked for: a session's own path leaves folders out.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A script in the making.
#[derive(Debug, Clone)]
pub(crate) struct Script(String);

impl Script {
    /// One that knows where our things are.
    pub(crate) fn new() -> Self {
        let start = Self(format!("PATH={PATH}\nLC_ALL=C\nexport PATH LC_ALL\n"));
        start.value("base", BASE).value("store", BACKUPS).value("mark", MARK)
    }

    /// Gives a variable its value.
    #[must_use]
    pub(crate) fn value(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.push_str(&format!("{name}={}\n", quote(value.as_ref())));
        self
    }

    /// Adds a piece.
    #[must_use]
    pub(crate) fn piece(mut self, piece: &str) -> Self {
        self.0.push_str(piece);
        self
    }

    /// The whole of it.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

/// `yes` or `no`, as the scripts ask for it.
pub(crate) fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_words() {
        let script = Script::new().value("data", "/srv/it's $(rm)").piece("echo \"$data\"\n").text();
        let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("sh runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "/srv/it's $(rm)\n", "sh reads another value");
    }
}
