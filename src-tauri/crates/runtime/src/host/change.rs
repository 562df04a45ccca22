//! What was changed on a host, as its note keeps it, and how each thing is taken back.
//!
//! The note is `/var/lib/longshore/host.json`, a change with the time in each line. A line is on the disk before its
//! change is made, so that a cut between the two never loses what was there before.

use jiff::Timestamp;
use longshore_shell::quote;
use serde::{Deserialize, Serialize};

/// Where the note lies.
pub(super) const NOTE: &str = "/var/lib/longshore/host.json";
/// The first line of each file that is ours alone.
pub(super) const MARK: &str = "# Written by Longshore for the cluster on this host; taken away by its reset.";

/// A line of the note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Noted {
    /// When, by this machine's clock; for people.
    pub at: Timestamp,
    #[serde(flatten)]
    pub change: Change,
}

/// A change, with what was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Change {
    /// A folder that was made.
    Directory { path: String },
    /// Another mode of a folder.
    Mode { path: String, before: String },
    /// A module that was loaded.
    Module { name: String },
    /// A file of ours alone.
    File { path: String },
    /// A kernel setting.
    Sysctl { name: String, before: String },
    /// Lines of fstab that were made comments.
    Fstab,
    /// A unit of swap that is kept from starting.
    Mask { unit: String },
    /// Swap that was switched off.
    Swap { device: String, priority: i32 },
    /// Our block in /etc/hosts.
    Hosts,
    /// A file by which NetworkManager leaves interfaces alone.
    Manager { path: String },
    /// A zone of firewalld's.
    Zone { name: String },
    /// A port of one of its zones.
    Port { zone: String, port: String },
}

impl Change {
    /// Whether both are changes of the same thing. The first one knows what was there before us.
    pub fn is_same_thing(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mode { path, .. }, Self::Mode { path: other, .. }) => path == other,
            (Self::Sysctl { name, .. }, Self::Sysctl { name: other, .. }) => name == other,
            (Self::Swap { device, .. }, Self::Swap { device: other, .. }) => device == other,
            _ => self == other,
        }
    }

    /// For people: what it is.
    pub fn what(&self) -> String {
        match self {
            Self::Directory { path } | Self::File { path } | Self::Manager { path } => path.clone(),
            Self::Mode { path, .. } => format!("the mode of {path}"),
            Self::Module { name } => format!("the kernel module {name}"),
            Self::Sysctl { name, .. } => format!("the kernel setting {name}"),
            Self::Fstab => "swap in /etc/fstab".to_owned(),
            Self::Mask { unit } => format!("the mask of {unit}"),
            Self::Swap { device, .. } => format!("swap on {device}"),
            Self::Hosts => "Longshore's block in /etc/hosts".to_owned(),
            Self::Zone { name } => format!("firewalld's zone {name}"),
            Self::Port { zone, port } => format!("the port {port} in firewalld's zone {zone}"),
        }
    }

    /// Takes it back: a script that ends with another status than 0, and says why, when it cannot. It may be repeated.
    pub fn undo(&self) -> String {
        match self {
            Self::Directory { path } => undo_directory(path),
            Self::Mode { path, before } => {
                format!("[ -d {path} ] || exit 0\nchmod {before} {path}", path = quote(path), before = quote(before))
            }
            Self::Module { name } => format!(
                "grep -q '^{name} ' /proc/modules || exit 0\n\
                 modprobe -r {name} 2>/dev/null || {{ echo 'it is still in use; a restart of the host ends that'; exit 1; }}"
            ),
            Self::File { path } => undo_file(path),
            Self::Manager { path } => format!(
                "({})  || exit 1\nsystemctl is-active -q NetworkManager 2>/dev/null || exit 0\nsystemctl reload NetworkManager",
                undo_file(path)
            ),
            Self::Sysctl { name, before } => {
                let file = quote(&format!("/proc/sys/{}", name.replace('.', "/")));
                format!(
                    "[ -e {file} ] || exit 0\nprintf '%s\\n' {before} >{file} || {{ echo 'the kernel refuses what was there before'; exit 1; }}",
                    before = quote(before)
                )
            }
            Self::Fstab => {
                "grep -q '^#longshore# ' /etc/fstab 2>/dev/null || exit 0\n\
                 cp -p /etc/fstab /etc/fstab.longshore && sed 's/^#longshore# //' /etc/fstab >/etc/fstab.longshore \
                 && mv -f /etc/fstab.longshore /etc/fstab && systemctl daemon-reload"
                    .to_owned()
            }
            Self::Mask { unit } => format!("systemctl unmask -q {}", quote(unit)),
            Self::Swap { device, priority } => undo_swap(device, *priority),
            Self::Hosts => hosts(""),
            Self::Zone { name } => firewalld(&format!(
                "case \" $(firewall-cmd --permanent --get-zones) \" in *\" \"{name}\" \"*) ;; *) exit 0;; esac\n\
                 firewall-cmd -q --permanent --delete-zone={name}",
                name = quote(name)
            )),
            Self::Port { zone, port } => firewalld(&format!(
                "case \" $(firewall-cmd --permanent --zone={zone} --list-ports) \" in *\" \"{port}\" \"*) ;; *) exit 0;; esac\n\
                 firewall-cmd -q --permanent --zone={zone} --remove-port={port}",
                zone = quote(zone),
                port = quote(port)
            )),
        }
    }
}

/// Has firewalld take what was written.
pub(super) const RELOAD: &str = "firewall-cmd -q --reload";

fn undo_directory(path: &str) -> String {
    format!(
        "[ -d {path} ] || exit 0\nrmdir {path} 2>/dev/null && exit 0\n\
         echo \"it is not empty: $(ls -A {path} | head -n 3 | tr '\\n' ' ')\"\nexit 1",
        path = quote(path)
    )
}

fn undo_file(path: &str) -> String {
    format!(
        "[ -e {path} ] || exit 0\nread -r first <{path}\n\
         [ \"$first\" = {mark} ] || {{ echo 'somebody else has written to it since'; exit 1; }}\nrm -f {path}",
        path = quote(path),
        mark = quote(MARK)
    )
}

fn undo_swap(given: &str, priority: i32) -> String {
    let device = quote(given);
    // A negative priority is the kernel's to give.
    let priority = if priority < 0 { String::new() } else { format!("-p {priority} ") };
    format!(
        "device={listed} awk '$1 == ENVIRON[\"device\"] {{ found = 1 }} END {{ exit !found }}' /proc/swaps && exit 0\n\
         swapon {priority}{device}",
        // As the kernel lists it.
        listed = quote(&given.replace(' ', "\\040")),
    )
}

/// Only one that runs can be told.
fn firewalld(what: &str) -> String {
    format!(
        "command -v firewall-cmd >/dev/null 2>&1 || exit 0\n\
         [ \"$(firewall-cmd --state 2>/dev/null)\" = running ] || {{ echo 'firewalld does not run and cannot be told'; exit 1; }}\n\
         {what} && {RELOAD}"
    )
}

/// Puts a block into /etc/hosts in place of ours, or none. A block whose end somebody took away is kept: what is in it
/// may be theirs. A file that something is mounted on cannot be replaced, and a link shall stay one: both are written
/// over.
pub(super) fn hosts(block: &str) -> String {
    let add = if block.is_empty() {
        String::new()
    } else {
        format!(
            "printf '%s' {} >>\"$t\" || exit 1\n",
            quote(&format!("# longshore: begin\n{block}# longshore: end\n"))
        )
    };
    format!(
        "t=/etc/hosts.longshore\n[ -e /etc/hosts ] || : >/etc/hosts\ncp -p /etc/hosts \"$t\" || exit 1\n\
         awk 'inside && /^# longshore: end/ {{ inside = 0; next }} inside {{ kept = kept $0 \"\\n\"; next }} \
         /^# longshore: begin/ {{ inside = 1; kept = \"\"; next }} {{ print }} END {{ if (inside) printf \"%s\", kept }}' /etc/hosts >\"$t\" || exit 1\n\
         {add}sync \"$t\" 2>/dev/null || sync\nchcon --reference=/etc/hosts \"$t\" 2>/dev/null\n\
         {{ [ ! -L /etc/hosts ] && mv -f \"$t\" /etc/hosts 2>/dev/null; }} || {{ cat \"$t\" >/etc/hosts && rm -f \"$t\"; }}"
    )
}
