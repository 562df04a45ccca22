//! How far the clocks of a site's hosts, and of this machine, are apart.
//!
//! What a cluster makes of certificates is good from five minutes before they are made (kubeadm's
//! `CertificateBackdate`): whoever's clock is further behind takes them for not yet valid. Nothing is set by this machine's
//! clock, so that one which is only ahead does no harm.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use longshore_contract::{CheckResult, CheckState};
use longshore_remote::{Command, Host};

const LIMIT: Duration = Duration::from_secs(30);
const SAID: usize = 4096;
/// Seconds that nobody has to care for: etcd's own limit is one, and a look over a link takes as long.
const CLOSE: i64 = 5;
/// Seconds from which on new certificates are not valid yet for who is behind.
const FAR: i64 = 240;
const AMONG: &str = "Clocks of the hosts";
const HERE: &str = "Clock of this machine";

/// A host, and the seconds that its clock is ahead of this machine's.
pub(in crate::linux) type Ahead = (String, Option<i64>);

/// Asks a host; `None` when it gives no time.
pub(in crate::linux) async fn ahead(host: &dyn Host) -> Option<i64> {
    let before = seconds();
    let command = Command::program(["date", "+%s"]).idempotent().within(LIMIT);
    let finished = host.run(&command, SAID).await.ok()?;
    let there: i64 = finished.stdout().trim().parse().ok()?;
    // Whatever it took, the host read its clock in between.
    Some(match (there - before, there - seconds()) {
        (least, most) if least >= 0 && most <= 0 => 0,
        (least, most) if most > 0 => most.min(least),
        (least, _) => least,
    })
}

fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Judges them. `make`: a cluster is made, whose certificates are new.
pub(in crate::linux) fn judge(all: &[Ahead], make: bool) -> Vec<CheckResult> {
    let known: Vec<(&String, i64)> = all.iter().filter_map(|(host, ahead)| Some((host, (*ahead)?))).collect();
    let Some((first, first_ahead)) = known.first().copied() else { return Vec::new() };
    let among = known.iter().skip(1).map(|(host, ahead)| {
        let apart = ahead - first_ahead;
        let message = format!("The clock is {} that of {first}.", words(apart));
        result(AMONG, host, grade(apart, apart.abs() >= FAR), message)
    });
    let here = known.iter().map(|(host, ahead)| {
        let message = format!("The clock of the host is {} this machine's.", words(*ahead));
        result(HERE, host, grade(*ahead, make && *ahead >= FAR), message)
    });
    among.chain(here).collect()
}

fn grade(apart: i64, breaks: bool) -> CheckState {
    match apart.abs() {
        _ if breaks => CheckState::Fail,
        0..=CLOSE => CheckState::Pass,
        _ => CheckState::Warn,
    }
}

/// `60 min ahead of`.
fn words(apart: i64) -> String {
    let (size, way) = (apart.abs(), if apart < 0 { "behind" } else { "ahead of" });
    match size {
        0..=CLOSE => "as".to_owned(),
        6..=119 => format!("{size} s {way}"),
        _ => format!("{} min {way}", (size + 30) / 60),
    }
}

fn result(title: &str, host: &str, state: CheckState, said: String) -> CheckResult {
    let advice = match state {
        CheckState::Fail => {
            " Certificates that are made now count as not yet valid where the clock is behind; set the clocks right."
        }
        CheckState::Warn => " Times in logs and of tokens differ by that; set the clocks right.",
        _ => "",
    };
    let (title, host) = (title.to_owned(), host.to_owned());
    CheckResult { title, state, message: said + advice, uri: String::new(), strict: false, host }
}

#[cfg(test)]
mod tests {
    use longshore_contract::CheckState::{Fail, Pass, Warn};

    use super::*;

    #[test]
    fn clocks_are_judged_by_what_they_break() {
        // Seconds that the second host is ahead of the first, the first of this machine; what comes of each.
        let table = [
            (0, 0, true, [Pass, Pass, Pass]),
            (3, -4, true, [Pass, Pass, Pass]),
            (30, 0, true, [Warn, Pass, Warn]),
            (-3600, 0, true, [Fail, Pass, Warn]),
            (3600, 0, false, [Fail, Pass, Warn]),
            (0, 3600, true, [Pass, Fail, Fail]),
            (0, 3600, false, [Pass, Warn, Warn]),
            (0, -3600, true, [Pass, Warn, Warn]),
        ];
        for (second, first, make, expected) in table {
            let all = [("a".to_owned(), Some(first)), ("b".to_owned(), Some(first + second))];
            let states: Vec<CheckState> = judge(&all, make).iter().map(|result| result.state).collect();
            assert_eq!(states, expected, "{second} s between them, {first} s to here, made: {make}");
        }
    }

    #[test]
    fn a_clock_is_told_in_words() {
        let all = [("a".to_owned(), Some(-3600)), ("b".to_owned(), None), ("c".to_owned(), Some(-3570))];
        let said: Vec<String> = judge(&all, true)
            .into_iter()
            .map(|result| format!("{}: {}", result.host, result.message))
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        c: The clock is 30 s ahead of that of a. Times in logs and of tokens differ by that; set the clocks right.
        a: The clock of the host is 60 min behind this machine's. Times in logs and of tokens differ by that; set the clocks right.
        c: The clock of the host is 60 min behind this machine's. Times in logs and of tokens differ by that; set the clocks right.
        ");
        assert_eq!(judge(&[("a".to_owned(), None)], true), [], "nothing is said of what is not known");
    }
}
