//! One writer on a host: a lock file with its holder, refreshed while a run goes on.
//!
//! `/var/lib/longshore/lock` holds who it is in its first line and, in its second, by which boot and second of uptime it
//! was refreshed. Uptime, since a clock that jumps would make a lock old or young; after a reboot the file's own time has
//! to do, by the host's clock still. No laptop's clock is asked. To look and to write is one step under `flock`, so of two
//! laptops one is first.

use std::time::Duration;

use jiff::Timestamp;
use longshore_remote::{Command, Host, Stream};
use longshore_shell::quote;

use crate::RuntimeError;

/// After this time without a refresh a lock has expired. It is to be refreshed at a third of it.
pub const LOCK_DURATION: Duration = Duration::from_mins(1);
const LIMIT: Duration = Duration::from_mins(1);
const SAID: usize = 16 * 1024;
const SIGN: &str = "@longshore-lock ";

/// `$h` who holds it, `$age` seconds since its refresh, `$since` when it was taken.
const LOOK: &str = "\
umask 077
LC_ALL=C; export LC_ALL
PATH=\"$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"; export PATH
f=/var/lib/longshore/lock
mkdir -p /var/lib/longshore /run/longshore || exit 1
command -v flock >/dev/null 2>&1 || { echo 'the host has no flock' >&2; exit 69; }
exec 9>/run/longshore/lock.guard || exit 1
flock -w 30 9 || { echo 'somebody else looks at the lock there and does not come to an end' >&2; exit 1; }
read -r boot </proc/sys/kernel/random/boot_id
read -r up rest </proc/uptime; up=${up%%.*}
h= age=0 since=0
if [ -s \"$f\" ]; then
{ read -r h; read -r b s since rest; } <\"$f\"
if [ \"$b\" = \"$boot\" ]; then age=$((up-s)); else age=$(($(date +%s)-$(stat -c %Y \"$f\"))); fi
[ \"$age\" -ge 0 ] || age=$((-age))
fi
say() { printf '%s%s\\n' \"$sign\" \"$*\"; exit 0; }
stamp() {
printf '%s\\n%s %s %s\\n' \"$mine\" \"$boot\" \"$up\" \"$since\" >\"$f.new\" || exit 1
sync \"$f.new\" 2>/dev/null || sync
mv -f \"$f.new\" \"$f\" || exit 1
}
";
const TAKE: &str = "\
if [ -n \"$h\" ] && [ \"$h\" != \"$mine\" ] && [ \"$h\" != \"$over\" ]; then
[ \"$age\" -ge \"$limit\" ] && [ \"$over\" = yes ] || say held \"$age\" \"$since\" \"$h\"
fi
[ \"$h\" = \"$mine\" ] || since=$(date +%s)
stamp
say taken \"$age\" \"$since\" \"$h\"
";
const RENEW: &str = "\
[ \"$h\" = \"$mine\" ] || say held \"$age\" \"$since\" \"$h\"
stamp
say taken \"$age\" \"$since\" \"$h\"
";
const GIVE_BACK: &str = "\
[ \"$h\" = \"$mine\" ] || say held \"$age\" \"$since\" \"$h\"
rm -f \"$f\" || exit 1
rmdir /var/lib/longshore 2>/dev/null
say taken \"$age\" \"$since\" \"$h\"
";
/// Nobody else's lock is taken.
const NO: &str = "no";
const SHOW: &str = "say held \"$age\" \"$since\" \"$h\"\n";

/// Who holds a host.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lockholder {
    /// The person and machine.
    pub who: String,
    /// The run.
    pub run: String,
}

/// A lock that somebody holds, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLock {
    /// Who.
    pub holder: Lockholder,
    /// When it was taken, by the host's clock.
    pub since: Timestamp,
    /// Time since its last refresh.
    pub age: Duration,
    /// Whether it may be taken over, with a person's word.
    pub expired: bool,
}

/// A host's lock that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLock {
    holder: Lockholder,
    /// Whom it was taken over from, after its expiry.
    pub from: Option<Lockholder>,
}

impl HostLock {
    /// Takes the lock. Our own, from before a crash, is continued. One that has expired is taken over when
    /// `over_expired` says that a person agreed.
    ///
    /// # Errors
    /// [`RuntimeError::Held`] with who holds it.
    pub async fn take(
        host: &dyn Host,
        holder: &Lockholder,
        over_expired: bool,
    ) -> Result<Self, RuntimeError> {
        Self::over(host, holder, if over_expired { "yes" } else { NO }).await
    }

    /// Takes the lock, also from `dead`, whose run the caller knows to have ended and whose process is gone: it died
    /// before it could give the lock back.
    ///
    /// # Errors
    /// [`RuntimeError::Held`] when it is somebody else's.
    pub async fn inherit(
        host: &dyn Host,
        holder: &Lockholder,
        dead: &Lockholder,
    ) -> Result<Self, RuntimeError> {
        Self::over(host, holder, &line(dead)).await
    }

    async fn over(host: &dyn Host, holder: &Lockholder, over: &str) -> Result<Self, RuntimeError> {
        let before = ask(host, TAKE, Some(holder), over).await?;
        let from = before.map(|held| held.holder).filter(|before| before != holder);
        Ok(Self { holder: holder.clone(), from })
    }

    /// Refreshes it.
    ///
    /// # Errors
    /// [`RuntimeError::Held`] when it is somebody else's by now, or was removed.
    pub async fn renew(&self, host: &dyn Host) -> Result<(), RuntimeError> {
        ask(host, RENEW, Some(&self.holder), NO).await.map(drop)
    }

    /// Gives it back. One that is no longer ours is left alone.
    ///
    /// # Errors
    /// When the host cannot be asked; the lock then expires by itself.
    pub async fn give_back(self, host: &dyn Host) -> Result<(), RuntimeError> {
        match ask(host, GIVE_BACK, Some(&self.holder), NO).await {
            Err(RuntimeError::Held { .. }) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Who holds a host, if somebody does.
    ///
    /// # Errors
    /// When the host cannot be asked.
    pub async fn held(host: &dyn Host) -> Result<Option<HeldLock>, RuntimeError> {
        let said = said(host, SHOW, None, NO).await?;
        Ok(understood(&said).and_then(|(_, held)| held))
    }
}

/// Runs a script on the lock. Gives who held it before, or refuses when somebody else holds it.
async fn ask(
    host: &dyn Host,
    what: &str,
    mine: Option<&Lockholder>,
    over: &str,
) -> Result<Option<HeldLock>, RuntimeError> {
    let said = said(host, what, mine, over).await?;
    match understood(&said) {
        Some((true, before)) => Ok(before),
        Some((false, Some(held))) => Err(RuntimeError::Held {
            host: host.name().to_owned(),
            holder: format!("{} ({})", held.holder.who, held.holder.run),
            since: words(&held),
            expired: held.expired,
        }),
        Some((false, None)) => Err(RuntimeError::Held {
            host: host.name().to_owned(),
            holder: "Somebody who removed the lock".to_owned(),
            since: "we refreshed it last".to_owned(),
            expired: true,
        }),
        None => Err(failed(host, "the host's answer is not whole".to_owned())),
    }
}

async fn said(
    host: &dyn Host,
    what: &str,
    mine: Option<&Lockholder>,
    over: &str,
) -> Result<String, RuntimeError> {
    let mine = mine.map(line).unwrap_or_default();
    let script = format!(
        "mine={}\nover={}\nlimit={}\nsign={}\n{LOOK}{what}",
        quote(&mine),
        quote(over),
        LOCK_DURATION.as_secs(),
        quote(SIGN)
    );
    let command = Command::script(script).as_root().idempotent().within(LIMIT);
    let finished = host.run(&command, SAID).await?;
    if finished.exit.is_success() {
        return Ok(finished.output.text(Stream::Stdout));
    }
    let said = host.redactor().said(&finished.output.stderr);
    Err(failed(host, if said.is_empty() { format!("it ended with {}", finished.exit) } else { said }))
}

/// A holder as the lock file has it. One line always: JSON escapes what would end it.
fn line(holder: &Lockholder) -> String {
    serde_json::json!(holder).to_string()
}

fn failed(host: &dyn Host, why: String) -> RuntimeError {
    RuntimeError::Failed {
        host: host.name().to_owned(),
        what: "Taking the host's lock".to_owned(),
        why,
        hint: "Check that /var/lib/longshore and /run can be written there and hold some free space."
            .to_owned(),
    }
}

/// Whether it is ours, and who holds or held it. A lock file that is not ours to read counts as a stranger's.
fn understood(said: &str) -> Option<(bool, Option<HeldLock>)> {
    let line = said.lines().find_map(|line| line.strip_prefix(SIGN))?;
    let mut words = line.splitn(4, ' ');
    let taken = words.next()? == "taken";
    let age = Duration::from_secs(words.next()?.parse().ok()?);
    let since = words.next()?.parse().ok().and_then(|at| Timestamp::from_second(at).ok()).unwrap_or_default();
    let holder = words.next().unwrap_or_default();
    if holder.is_empty() {
        return Some((taken, None));
    }
    let holder = serde_json::from_str(holder).unwrap_or_else(|_| Lockholder {
        who: "somebody unknown".to_owned(),
        run: "an unknown run".to_owned(),
    });
    Some((taken, Some(HeldLock { holder, since, age, expired: age >= LOCK_DURATION })))
}

fn words(held: &HeldLock) -> String {
    let age = held.age.as_secs();
    let age = if age < 120 { format!("{age} s") } else { format!("{} min", age / 60) };
    let since = held.since.strftime("%Y-%m-%d %H:%M UTC");
    if held.expired {
        format!("{since}; the lock has expired, its last refresh was {age} ago")
    } else {
        format!("{since}, last refreshed {age} ago")
    }
}

#[cfg(test)]
mod tests {
    use longshore_remote::{Answer, ScriptedHost};

    use super::*;

    fn me() -> Lockholder {
        Lockholder { who: "me@laptop".to_owned(), run: "r1".to_owned() }
    }

    fn host(says: &str) -> ScriptedHost {
        ScriptedHost::new("lsa1").answer(Answer::to("lock.guard").says(says.to_owned()))
    }

    #[tokio::test]
    async fn who_holds_it_is_named() {
        let table = [
            (r#"held 12 1764190000 {"who":"other@desk","run":"r0"}"#, false),
            (r#"held 300 1764190000 {"who":"other@desk","run":"r0"}"#, true),
            ("held 5 x what is this", false),
            ("held 0 0 ", true),
        ];
        let mut all = String::new();
        for (says, expected) in table {
            let host = host(&format!("a banner\n{SIGN}{says}\n"));
            let refused = HostLock::take(&host, &me(), false).await.expect_err("it is held");
            let RuntimeError::Held { expired, .. } = refused else { panic!("{refused}") };
            assert_eq!(expired, expected, "{says}");
            all.push_str(&format!("{refused}\n"));
        }
        insta::assert_snapshot!(all, @r"
        other@desk (r0) works on lsa1 since 2025-11-26 20:46 UTC, last refreshed 12 s ago
        other@desk (r0) works on lsa1 since 2025-11-26 20:46 UTC; the lock has expired, its last refresh was 5 min ago
        somebody unknown (an unknown run) works on lsa1 since 1970-01-01 00:00 UTC, last refreshed 5 s ago
        Somebody who removed the lock works on lsa1 since we refreshed it last
        ");
    }

    #[tokio::test]
    async fn half_an_answer_is_no_lock() {
        for says in ["", "@longshore-lock taken", "@longshore-lock taken x 0 "] {
            let refused = HostLock::take(&host(says), &me(), false).await.expect_err("that is no answer");
            assert!(refused.to_string().contains("not whole"), "{refused}");
        }
        let full = ScriptedHost::new("lsa1").answer(Answer::to("lock.guard").fills_up(0));
        let refused = HostLock::take(&full, &me(), false).await.expect_err("nothing can be written");
        assert!(refused.to_string().contains("No space left"), "{refused}");
    }
}
