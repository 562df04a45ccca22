//! The jobs of a host.

use jiff::Timestamp;
use longshore_remote::{Host, Stream};

use super::{script, short};
use crate::{Lockholder, RuntimeError};

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Runs,
    /// It ended well.
    Succeeded,
    /// It ended with this status.
    Failed(i32),
    /// Somebody stopped it.
    Stopped,
    /// It is gone without an end: a reboot, or it was ended from outside.
    CutOff,
}

/// A job of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// For people.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// When it began, by the host's clock.
    pub began: Option<Timestamp>,
    /// Who held the host's lock when it began.
    pub holder: Option<Lockholder>,
}

/// The jobs that run on a host or have ended there, and are not forgotten.
///
/// # Errors
/// When the host cannot be asked.
pub async fn list(host: &dyn Host) -> Result<Vec<Listed>, RuntimeError> {
    let finished = short(host, script::list(), "Listing jobs").await?;
    Ok(finished.output.text(Stream::Stdout).lines().filter_map(understood).collect())
}

fn understood(line: &str) -> Option<Listed> {
    let mut fields = line.strip_prefix(script::SIGN)?.splitn(5, '\t');
    let id = fields.next()?.to_owned();
    let state = match fields.next()? {
        "runs" => State::Runs,
        "0" => State::Succeeded,
        "stopped" => State::Stopped,
        status => status.parse().map_or(State::CutOff, State::Failed),
    };
    let began = fields.next()?.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    let title = fields.next()?.to_owned();
    let holder = serde_json::from_str(fields.next()?).ok();
    Some(Listed { id, title, state, began, holder })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let line =
            "@longshore-job r.join\t3\t1764190000\tJoining\t{\"who\":\"operator@laptop\",\"run\":\"r\"}";
        insta::assert_debug_snapshot!(understood(line), @r#"
        Some(
            Listed {
                id: "r.join",
                title: "Joining",
                state: Failed(
                    3,
                ),
                began: Some(
                    2025-11-26T20:46:40Z,
                ),
                holder: Some(
                    Lockholder {
                        who: "operator@laptop",
                        run: "r",
                    },
                ),
            },
        )
        "#);
        for (how, state) in [
            ("runs", State::Runs),
            ("0", State::Succeeded),
            ("stopped", State::Stopped),
            ("cut", State::CutOff),
        ] {
            let listed = understood(&format!("@longshore-job a\t{how}\tsoon\ttitle\t"));
            let listed = listed.unwrap_or_else(|| panic!("{how} is not understood"));
            assert_eq!((listed.state, listed.began, listed.holder), (state, None, None), "{how}");
        }
        assert_eq!(understood("a banner"), None);
    }
}
