//! Short commands of root on a host: what they say, or why they did not succeed.

use std::time::Duration;

use bytes::Bytes;
use longshore_remote::{Command, Finished, Host};

use crate::{RuntimeError, leaving};

/// A short command that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(2);
/// Longer answers are cut; a kubeconfig has some 6 KB.
const SAID: usize = 256 * 1024;

/// What is being done, for the error when it does not succeed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// "Looking at the host".
    pub what: &'a str,
    /// What to do when it fails.
    pub hint: &'a str,
}

impl Asking<'_> {
    /// That it failed on a host, for a reason.
    pub(crate) fn failed(self, host: &dyn Host, why: impl Into<String>) -> RuntimeError {
        RuntimeError::Failed {
            host: host.name().to_owned(),
            what: self.what.to_owned(),
            why: why.into(),
            hint: self.hint.to_owned(),
        }
    }

    /// Runs a script that may be done twice, as root, and wants it to succeed.
    pub(crate) async fn root(
        self,
        host: &dyn Host,
        script: String,
        input: impl Into<Bytes>,
    ) -> Result<Finished, RuntimeError> {
        let command = Command::script(script).stdin(input).as_root().idempotent().within(LIMIT);
        let finished = host.run(&command, SAID).await?;
        if finished.exit.is_success() {
            return Ok(finished);
        }
        let said = host.redactor().said(&finished.output.stderr);
        let why = if said.is_empty() { format!("it ended with {}", finished.exit) } else { said };
        Err(leaving::or_lost(host, self.what, self.failed(host, why)).await)
    }
}

#[cfg(test)]
mod tests {
    use longshore_remote::{Answer, ScriptedHost};

    use super::*;

    const ASKING: Asking<'_> = Asking { what: "Looking", hint: "Look again." };

    async fn fails(answer: Answer) -> String {
        let host = ScriptedHost::new("one").answer(answer);
        ASKING.root(&host, "look".to_owned(), "").await.expect_err("it fails").to_string()
    }

    #[tokio::test]
    async fn a_failure_says_why() {
        let full = Answer::to("look").complains("no space\nleft on device\n").ends(1);
        assert_eq!(fails(full).await, "Looking on one failed: no space left on device", "what the host said");
        let mute = Answer::to("look").ends(7);
        assert_eq!(fails(mute).await, "Looking on one failed: it ended with status 7", "nothing was said");
    }

    #[tokio::test]
    async fn a_cut_link_is_tried_once_more() {
        let host = ScriptedHost::new("one")
            .answer(Answer::to("look").cuts().times(1))
            .answer(Answer::to("look").says("fine"));
        let finished = ASKING.root(&host, "look".to_owned(), "").await.expect("the second try succeeds");
        assert_eq!(finished.stdout(), "fine", "the second answer counts");
        assert_eq!(host.commands().len(), 2, "it is asked twice");
    }
}
