//! Taking back, in reverse, what was changed on a host.

use std::time::Duration;

use longshore_remote::{Command, Host, Stream};

use super::change::{Change, NOTE};
use super::state::look;
use crate::{Leftover, RuntimeError, Watch, leaving};

const LIMIT: Duration = Duration::from_mins(5);
const SAID: usize = 256 * 1024;

/// `stays`: says that a change, by its number, could not be taken back, and why.
const BEFORE: &str = "\
umask 077
LC_ALL=C; export LC_ALL
PATH=\"$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"; export PATH
left=0
stays() { left=1; printf '@left\\t%s\\t%s\\n' \"$1\" \"$(printf %s \"$2\" | tr '\\n\\t' '  ')\"; }
";

/// Forgets jobs that have ended, and takes our own folder away when nothing else is in it.
const LAST: &str = "\
for d in /var/lib/longshore/jobs/*/; do
[ -d \"$d\" ] || continue
d=${d%/}
case $(systemctl show -p ActiveState \"longshore-${d##*/}.service\" 2>/dev/null) in
*=active|*=activating|*=deactivating) printf '@job\\t%s\\n' \"${d##*/}\"; continue;;
esac
systemctl reset-failed \"longshore-${d##*/}.service\" 2>/dev/null
rm -rf \"$d\"
done
rmdir /run/longshore/jobs /var/lib/longshore/jobs 2>/dev/null
rmdir /var/lib/longshore 2>/dev/null
exit 0
";

/// Takes back everything that was changed on a host, the last first, and forgets the jobs that have ended there. Gives
/// what stays, and why; to call it again tries that again. The cluster itself is to be gone before.
///
/// # Errors
/// When the host cannot be asked.
pub async fn restore(host: &dyn Host, watch: &dyn Watch) -> Result<Vec<Leftover>, RuntimeError> {
    let noted = look(host, "/var/lib/longshore").await?.noted;
    let command = Command::script(script(&noted)).as_root().idempotent().within(LIMIT);
    let finished = host.run(&command, SAID).await?;
    let text = finished.output.text(Stream::Stdout);
    if !finished.exit.is_success() {
        let what = "Taking back what was changed";
        let error = RuntimeError::Failed {
            host: host.name().to_owned(),
            what: what.to_owned(),
            why: host.redactor().said(&finished.output.stderr),
            hint: format!("{NOTE} on the host says what is left; retry, or take it back by hand."),
        };
        return Err(leaving::or_lost(host, what, error).await);
    }
    let leftovers = leftovers(&text, &noted);
    for change in &noted {
        let what = change.what();
        match leftovers.iter().find(|left| left.what == what) {
            Some(left) => watch.line(&format!("Stays: {what}, {}.", left.why)),
            None => watch.line(&format!("Taken back: {what}.")),
        }
    }
    Ok(leftovers)
}

/// Undoes each change by itself; what fails is noted still.
fn script(noted: &[Change]) -> String {
    let mut script = BEFORE.to_owned();
    for (index, change) in noted.iter().enumerate().rev() {
        script.push_str(&format!("said=$( ({}) 2>&1 ) || stays {index} \"$said\"\n", change.undo()));
    }
    script.push_str(&format!("[ $left = 1 ] || rm -f {NOTE} || exit 1\n{LAST}"));
    script
}

fn leftovers(text: &str, noted: &[Change]) -> Vec<Leftover> {
    let mut leftovers = Vec::new();
    for line in text.lines() {
        let mut fields = line.splitn(3, '\t');
        match (fields.next(), fields.next(), fields.next()) {
            (Some("@left"), Some(index), Some(why)) => {
                let Some(change) = index.parse::<usize>().ok().and_then(|index| noted.get(index)) else {
                    continue;
                };
                let why = why.trim();
                let why = if why.is_empty() { "the host refused without a word" } else { why };
                leftovers.push(Leftover { what: change.what(), why: why.to_owned() });
            }
            (Some("@job"), Some(id), None) => leftovers.push(Leftover {
                what: format!("/var/lib/longshore/jobs/{id}"),
                why: "this job still runs".to_owned(),
            }),
            _ => {}
        }
    }
    leftovers
}
