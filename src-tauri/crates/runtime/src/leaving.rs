//! A host that goes down answers for a while yet, and what does not succeed on it then is no fault of its own.

use std::time::Duration;

use longshore_remote::{Command, Host, RemoteError};

use crate::RuntimeError;
use crate::job::passes;

/// Time for the question: systemd answers at once or is gone.
const LIMIT: Duration = Duration::from_secs(20);
const SAID: usize = 4096;
/// What the host says that goes down.
const YES: &str = "@longshore-leaves";

/// A function of POSIX sh: whether the host is about to go down. systemd starts nothing then, and at last it does not
/// answer any more (systemctl(1), `is-system-running`: `stopping`, then `offline` or `unknown`).
pub(crate) const LEAVES: &str = "\
leaves() {
case $(systemctl is-system-running 2>/dev/null) in stopping|offline|unknown|'') return 0;; esac
return 1
}
";

/// A link to a host that goes down is as good as lost: who waits for links waits for it, too.
pub(crate) fn lost(host: &dyn Host, during: &str) -> RemoteError {
    let (host, during) = (host.name().to_owned(), during.to_owned());
    RemoteError::LinkLost { host, during, why: "the host is shutting down".to_owned() }
}

/// The error of something that did not succeed; where the host goes down, that the link is lost.
pub(crate) async fn or_lost(host: &dyn Host, during: &str, error: RuntimeError) -> RuntimeError {
    let script =
        format!("LC_ALL=C; export LC_ALL\n{LEAVES}[ -d /run/systemd/system ] && leaves && echo {YES}");
    let command = Command::script(script).as_root().idempotent().within(LIMIT);
    match host.run(&command, SAID).await {
        Ok(finished) if finished.stdout().trim() == YES => lost(host, during).into(),
        Err(gone) if passes(&gone) => gone.into(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use longshore_remote::{Answer, ScriptedHost};

    use super::*;

    async fn of(answer: Answer) -> String {
        let host = ScriptedHost::new("one").answer(answer);
        let error = RuntimeError::Failed {
            host: "one".to_owned(),
            what: "Looking".to_owned(),
            why: "Failed to connect to bus: Connection refused".to_owned(),
            hint: String::new(),
        };
        match or_lost(&host, "Looking", error).await {
            RuntimeError::Remote(lost) if lost.is_link_lost() => format!("lost: {lost}"),
            other => other.to_string(),
        }
    }

    #[tokio::test]
    async fn only_a_host_that_goes_down_is_as_good_as_lost() {
        let leaves = Answer::to("is-system-running").says("@longshore-leaves\n");
        let leaving = of(leaves).await;
        assert!(
            leaving.contains("lost while Looking (the host is shutting down)"),
            "it says so itself: {leaving}"
        );
        let gone = of(Answer::to("is-system-running").cuts()).await;
        assert!(gone.starts_with("lost: "), "it is gone before it is asked: {gone}");
        let stays = of(Answer::to("is-system-running").ends(1)).await;
        assert!(stays.contains("Failed to connect to bus"), "the error is its own: {stays}");
    }
}
