//! What to do about a job that failed, by what it said.

/// Kilobytes below which a file system counts as full.
const FULL: u64 = 1024;

/// Texts of a fault in small letters, and what to do about it. The first that is found counts.
const TABLE: &[(&[&str], &str)] = &[
    (&["no space left", "disk quota exceeded"], "Free some space on the host's disk, then retry."),
    (&["read-only file system"], "Make the file system writable, then retry."),
    (
        &["certificate has expired or is not yet valid", "clock"],
        "Compare the clocks of the hosts; when they are right, retry.",
    ),
    (
        &["address already in use", "is in use"],
        "End the program that has the port (`ss -ltnp` names it), then retry.",
    ),
    (
        &["cannot allocate memory", "out of memory", "oom"],
        "The host has too little memory for this; free some or add some, then retry.",
    ),
    (
        &["permission denied", "operation not permitted"],
        "Something on the host forbids this even to root: look at SELinux or AppArmor, mount options and attributes, then retry.",
    ),
    (
        &["connection refused", "no route to host", "i/o timeout", "context deadline exceeded", "timed out"],
        "Check that the hosts reach each other on the cluster's ports (a firewall, a route, an address), then retry.",
    ),
];

/// What to do. `free`: kilobytes free where the job's log lies, where known. `otherwise`: when nothing is known to help.
pub(super) fn hint(said: &str, free: Option<u64>, otherwise: impl FnOnce() -> String) -> String {
    let said = said.to_lowercase();
    if free.is_some_and(|free| free < FULL) {
        return TABLE[0].1.to_owned();
    }
    let found = TABLE.iter().find(|(texts, _)| texts.iter().any(|text| said.contains(text)));
    found.map_or_else(otherwise, |(_, hint)| (*hint).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_advice() {
        let table = [
            ("cp: write error: No space left on device", None, "Free some space"),
            ("it just ended", Some(12), "Free some space"),
            ("it just ended", Some(50_000_000), "Read the log"),
            ("[ERROR Port-6443]: Port 6443 is in use", None, "End the program"),
            ("x509: certificate has expired or is not yet valid: current time", None, "Compare the clocks"),
            ("fork: Cannot allocate memory", None, "The host has too little memory"),
            ("/usr/local/bin/kubeadm: Permission denied", None, "Something on the host forbids"),
            ("dial tcp 10.0.0.1:6443: connect: connection refused", None, "Check that the hosts reach"),
        ];
        for (said, free, begins) in table {
            let hint = hint(said, free, || "Read the log".to_owned());
            assert!(hint.starts_with(begins), "{said:?} gives {hint:?}");
        }
    }
}
