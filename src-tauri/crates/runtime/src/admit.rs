//! What is refused before anything is changed, whichever program runs Kubernetes.

use longshore_contract::HostRole;
use longshore_remote::Host;

use crate::ask::Asking;
use crate::script::BACKUPS;
use crate::survey::Survey;
use crate::{Member, RuntimeError};

/// Refuses a folder whose removal would take more than the cluster.
pub(crate) fn data_directory(path: &str) -> Result<(), RuntimeError> {
    let parts: Vec<&str> = path.strip_prefix('/').unwrap_or_default().split('/').collect();
    let fits = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
    let strange = path.chars().any(|character| character.is_whitespace() || character.is_control());
    if parts.len() >= 2 && parts.iter().all(fits) && !strange {
        return Ok(());
    }
    Err(RuntimeError::Unsupported {
        what: format!("{path:?} cannot be the folder of the cluster's data"),
        hint: "Choose a folder of its own such as /var/lib/longshore-data, without spaces.".to_owned(),
    })
}

/// A cluster goes from one minor version to the next and never back. Each version comes with its minor part.
pub(crate) fn step(
    host: &dyn Host,
    (from, old): (&str, Option<u32>),
    (to, new): (&str, Option<u32>),
) -> Result<(), RuntimeError> {
    let (Some(old), Some(new)) = (old, new) else {
        let strange = if old.is_none() { from } else { to };
        let asking = Asking { what: "Upgrading the host", hint: "Reset the host and let it join anew." };
        return Err(asking.failed(host, format!("{strange} is no version of Kubernetes")));
    };
    let host = host.name();
    if new < old {
        return Err(RuntimeError::Unsupported {
            what: format!("{host} runs Kubernetes {from}, which cannot go back to {to}"),
            hint: "Bring back a backup of the older version.".to_owned(),
        });
    }
    if new > old + 1 {
        return Err(RuntimeError::Unsupported {
            what: format!("{host} runs Kubernetes {from}, and {to} skips a minor version"),
            hint: format!("Upgrade to 1.{} first.", old + 1),
        });
    }
    Ok(())
}

/// The folder of a backup. A label that could lead elsewhere is none.
pub(crate) fn backup_folder(host: &dyn Host, label: &str) -> Result<String, RuntimeError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if label.is_empty() || label.len() > 100 || label.starts_with('.') || !label.bytes().all(fits) {
        let asking = Asking { what: "Backing up the cluster", hint: "Use letters, digits, dots and dashes." };
        return Err(asking.failed(host, format!("{label:?} is no name for a backup")));
    }
    Ok(format!("{BACKUPS}/{label}"))
}

/// Refuses a bare host that the cluster has no place on: ports that something listens on, programs that are not there.
pub(crate) fn free(member: &Member, survey: &Survey, ports: &[u16], api: u16) -> Result<(), RuntimeError> {
    let what = "Looking whether a cluster can be made";
    let mut wanted = vec![10250, 10248, 10249, 10256];
    if member.spec.role == HostRole::Controller {
        wanted.extend([api, 2379, 2380, 10257, 10259]);
        wanted.extend(ports);
    }
    if let Some(port) = wanted.into_iter().find(|port| survey.listens.contains(port)) {
        let hint = "Stop what uses the port, or choose another host; nothing was changed.";
        let why = format!("something listens on port {port} already");
        return Err(Asking { what, hint }.failed(&*member.host, why));
    }
    if survey.lacks.is_empty() {
        return Ok(());
    }
    let hint = "Install them by the host's package manager; nothing was changed.";
    let why = format!("the host lacks programs: {}", survey.lacks.join(", "));
    Err(Asking { what, hint }.failed(&*member.host, why))
}

#[cfg(test)]
mod tests {
    use longshore_remote::ScriptedHost;

    use super::*;

    #[test]
    fn folders_that_can_be_removed() {
        for good in ["/var/lib/tidewater", "/srv/a", "/mnt/disk/a.b-c"] {
            assert!(data_directory(good).is_ok(), "{good} is refused");
        }
        for bad in ["", "/", "/var", "var/lib", "/var//lib", "/var/..", "/var/lib/", "/var/a b", "/var/a\nb"]
        {
            assert!(data_directory(bad).is_err(), "{bad:?} is taken");
        }
    }

    #[test]
    fn steps_between_versions() {
        let host = ScriptedHost::new("one");
        let table = [
            ("v1.34.4", 34, "v1.35.4", 35, ""),
            ("v1.35.4", 35, "v1.35.4", 35, ""),
            ("v1.35.4", 35, "v1.35.1", 35, ""),
            ("v1.35.4", 35, "v1.34.4", 34, "one runs Kubernetes v1.35.4, which cannot go back to v1.34.4"),
            ("v1.33.1", 33, "v1.35.4", 35, "one runs Kubernetes v1.33.1, and v1.35.4 skips a minor version"),
        ];
        for (from, old, to, new, expected) in table {
            let said = step(&host, (from, Some(old)), (to, Some(new))).err().map(|error| error.to_string());
            assert_eq!(said.unwrap_or_default(), expected, "{from} to {to}");
        }
        let strange =
            step(&host, ("strange", None), ("v1.35.4", Some(35))).expect_err("it is refused").to_string();
        assert_eq!(strange, "Upgrading the host on one failed: strange is no version of Kubernetes");
    }

    #[test]
    fn labels_of_backups() {
        let host = ScriptedHost::new("one");
        assert_eq!(
            backup_folder(&host, "run-1.35").ok().as_deref(),
            Some("/var/lib/longshore/backups/run-1.35")
        );
        for bad in ["", "..", ".x", "a/b", "a b", "a\nb", &"a".repeat(101)] {
            assert!(backup_folder(&host, bad).is_err(), "{bad:?} is taken");
        }
    }
}
