//! What the host does for a job, in plain POSIX sh.
//!
//! Below `/var/lib/longshore/jobs/<id>/` lie `script`, `run` (what the unit runs), `title`, `began` (boot, seconds of
//! uptime, limit, time), the append-only `log`, and in the end `status`. The file for the status is made before the job
//! begins, so that a full disk cannot keep it from being written.

use std::time::Duration;

use longshore_shell::quote;

use super::Job;
use super::lines::AGAIN;
use crate::leaving::LEAVES;

/// Where jobs lie on a host.
pub(super) const JOBS: &str = "/var/lib/longshore/jobs";
/// Where their inputs lie until they are read: memory, so that no secret ever reaches a disk.
const INPUTS: &str = "/run/longshore/jobs";
/// Seconds that a look at a job lasts at most. A look whose link was lost ends by itself.
pub(super) const WINDOW: u64 = 45;
/// Begins the line by which a script answers.
pub(super) const SIGN: &str = "@longshore-job ";

/// Names that all scripts use.
fn names(id: &str) -> String {
    format!(
        "umask 077\nLC_ALL=C\nPATH=\"$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n\
         export LC_ALL PATH\nu={}\nd={}\ni={}\n",
        quote(&format!("longshore-{id}.service")),
        quote(&format!("{JOBS}/{id}")),
        quote(&format!("{INPUTS}/{id}.input")),
    )
}

/// Lets one of several laptops at a time start, stop or forget jobs.
const ALONE: &str = "\
mkdir -p /var/lib/longshore/jobs /run/longshore/jobs || exit 1
exec 9>/run/longshore/jobs.lock || exit 1
flock -w 30 9 || { echo 'somebody else starts or ends jobs there and does not come to an end' >&2; exit 1; }
";

/// `$s` what systemd knows of the unit, `$pid` its process; true while it is up.
const UP: &str = "\
up() {
s=$(systemctl show -p ActiveState -p MainPID -p Result \"$u\" 2>/dev/null)
pid=${s#*MainPID=}; pid=${pid%%[!0-9]*}
case $s in *ActiveState=active*|*ActiveState=activating*|*ActiveState=deactivating*) return 0;; esac
return 1
}
";

/// Ends with the reason that a shell's own `printf` does not give.
const FAIL: &str = "\
fail() {
set -- $(df -Pk \"$d\" 2>/dev/null | tail -n 1)
[ \"${4:-1024}\" -ge 64 ] || echo \"$d: No space left on device\" >&2
exit 1
}
";

/// What the unit runs, after [`LEAVES`]. The script's own end is no end of the unit: a failed unit would alarm who watches
/// the host. A host that goes down takes from a script what it works with; that is no failure, and says nothing.
const RUN: &str = r#"d=$1 i=$2
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" LC_ALL=C HOME=/root
export PATH LC_ALL HOME
umask 022
cd /
exec >>"$d/log" 2>&1 <"$i" || exit 1
rm -f "$i"
/bin/sh "$d/script"
status=$?
[ $status = 0 ] || ! leaves || exit 0
printf '%-16s\n' $status 1<>"$d/outcome"
sync "$d/outcome" 2>/dev/null || sync
mv "$d/outcome" "$d/status"
sync "$d" 2>/dev/null || sync
exit 0
"#;

/// Whether a host that was to start a job has said that it is about to go down.
pub(super) fn is_leaving(said: &str) -> bool {
    said.lines().any(|line| line.strip_prefix(SIGN) == Some("leaves"))
}

/// Starts the job unless it runs or has ended well; the input comes on standard input. Says `began`, `again`, `runs`,
/// `ended` or `leaves`.
pub(super) fn begin(job: &Job) -> String {
    let title: String = job.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let limit = job.limit.max(Duration::from_secs(1)).as_secs();
    format!(
        "{names}for tool in systemd-run systemctl flock; do\n\
         command -v $tool >/dev/null 2>&1 || {{ echo \"the host has no $tool\" >&2; exit 69; }}\ndone\n\
         [ -d /run/systemd/system ] || {{ echo 'systemd does not run there' >&2; exit 69; }}\n\
         {ALONE}{UP}{LEAVES}say() {{ printf '%s%s\\n' '{SIGN}' \"$1\"; exit 0; }}\n{FAIL}\
         [ -s \"$d/status\" ] && say ended\n\
         up && say runs\n\
         leaves && say leaves\n\
         systemctl reset-failed \"$u\" 2>/dev/null\n\
         mkdir -p \"$d\" && printf %s {script} >\"$d/script\" && printf %s {run} >\"$d/run\" \
         && printf '%s\\n' {title} >\"$d/title\" && printf '%16s\\n' '' >\"$d/outcome\" && cat >\"$i\" || fail\n\
         how=began\n\
         if [ -f \"$d/began\" ]; then\nhow=again\nprintf '\\n%s\\n' '{AGAIN}' >>\"$d/log\" || fail\nfi\n\
         : >>\"$d/log\" || fail\n\
         rm -f \"$d/failed\" \"$d/stopped\" \"$d/holder\"\n\
         if [ -f /var/lib/longshore/lock ]; then cp /var/lib/longshore/lock \"$d/holder\" 2>/dev/null; fi\n\
         read -r now rest </proc/uptime; read -r boot </proc/sys/kernel/random/boot_id\n\
         printf '%s %s %s %s\\n' \"$boot\" \"${{now%%.*}}\" {limit} \"$(date +%s)\" >\"$d/began\" || fail\n\
         sync \"$d/began\" 2>/dev/null || sync\n\
         systemd-run --quiet --no-ask-password --unit=\"$u\" --description={description} \
         --property=RuntimeMaxSec={limit} --property=TimeoutStopSec=15 /bin/sh \"$d/run\" \"$d\" \"$i\" </dev/null >&2 \
         || {{ leaves && say leaves; exit 1; }}\n\
         say $how",
        names = names(&job.id),
        script = quote(&job.script),
        run = quote(&format!("{LEAVES}{RUN}")),
        title = quote(&title),
        description = quote(&format!("Longshore: {title}")),
    )
}

/// Says what of the log is behind the cursor, byte for byte, and waits for more. On standard error it says how the job
/// stands when the look ends: `runs`, `ended STATUS FREE`, `lost REASON`, `anew`, `unknown`. What ended with the host that
/// goes down says `runs`: it is lost once the host is back.
pub(super) fn follow(id: &str, cursor: u64) -> String {
    format!(
        "{names}{UP}{LEAVES}say() {{ printf '%s%s\\n' '{SIGN}' \"$*\" >&2; exit 0; }}\n\
         [ -f \"$d/began\" ] || say unknown\n\
         c={cursor}\n\
         more() {{\ns=$(($(wc -c <\"$d/log\")))\n[ $s -gt $c ] || return 0\n\
         tail -c +$((c+1)) \"$d/log\" | head -c $((s-c))\nc=$s\n}}\n\
         s=$(wc -c <\"$d/log\") || say unknown\n[ $((s)) -ge $c ] || say anew\n\
         up\nread -r from rest </proc/uptime; from=${{from%%.*}}\n\
         while :; do\nend=\n\
         if [ -s \"$d/status\" ] || [ -s \"$d/failed\" ]; then end=ended\n\
         elif [ ! -d \"/proc/${{pid:-0}}\" ] && ! up; then\n\
         if [ -s \"$d/status\" ]; then end=ended; else end=lost; fi\nfi\n\
         more\n\
         [ -z \"$end\" ] || break\n\
         read -r now rest </proc/uptime\n\
         [ $((${{now%%.*}}-from)) -lt {WINDOW} ] || say runs\n\
         sleep 0.2 2>/dev/null || sleep 1\ndone\n\
         if [ $end = ended ]; then\n\
         f=\"$d/status\"; [ -s \"$f\" ] || f=\"$d/failed\"\nread -r status rest <\"$f\"\n\
         set -- $(df -Pk \"$d\" 2>/dev/null | tail -n 1)\nsay ended \"$status\" \"${{4:-}}\"\nfi\n\
         [ -f \"$d/stopped\" ] && say ended stopped\n\
         up; read -r boot at limit rest <\"$d/began\"; read -r here </proc/sys/kernel/random/boot_id\n\
         read -r now rest </proc/uptime\n\
         if [ \"$boot\" != \"$here\" ]; then say lost rebooted\n\
         elif [ $((${{now%%.*}}-at)) -ge \"$limit\" ]; then say lost overdue\n\
         elif leaves; then sleep 1; say runs\nfi\n\
         result=${{s#*Result=}}; say lost \"${{result%%[!a-z-]*}}\"",
        names = names(id),
    )
}

/// Has a failure that was told count no more: the next start is a new try.
pub(super) fn told(id: &str) -> String {
    format!("{}{ALONE}if [ -s \"$d/status\" ]; then mv \"$d/status\" \"$d/failed\"; fi", names(id))
}

/// Ends the job.
pub(super) fn stop(id: &str) -> String {
    format!(
        "{}{ALONE}{UP}[ -s \"$d/status\" ] && exit 0\nup || exit 0\n\
         : >\"$d/stopped\" && systemctl stop \"$u\" || exit 1\n\
         [ -s \"$d/status\" ] && exit 0\n\
         printf '%-16s\\n' stopped 1<>\"$d/outcome\" && mv \"$d/outcome\" \"$d/failed\"",
        names(id)
    )
}

/// Takes away all there is of a job that does not run.
pub(super) fn forget(id: &str) -> String {
    format!(
        "{}{ALONE}{UP}up && {{ echo 'it still runs' >&2; exit 1; }}\n\
         systemctl reset-failed \"$u\" 2>/dev/null\nrm -rf \"$d\" \"$i\"",
        names(id)
    )
}

/// A line for each job: id, how it stands, when it began, its title, and who held the host, with tabs between.
pub(super) fn list() -> String {
    format!(
        "{names}{UP}for d in {JOBS}/*/; do\nd=${{d%/}}; [ -f \"$d/began\" ] || continue\nid=${{d##*/}}\n\
         u=longshore-$id.service\n\
         if [ -s \"$d/status\" ]; then read -r how rest <\"$d/status\"\n\
         elif [ -s \"$d/failed\" ]; then read -r how rest <\"$d/failed\"\n\
         elif up; then how=runs\nelse how=cut\nfi\n\
         read -r boot at limit began rest <\"$d/began\"\ntitle=; read -r title <\"$d/title\"\n\
         holder=; [ -f \"$d/holder\" ] && holder=$(head -n 1 \"$d/holder\")\n\
         printf '%s%s\\t%s\\t%s\\t%s\\t%s\\n' '{SIGN}' \"$id\" \"$how\" \"$began\" \"$title\" \"$holder\"\ndone",
        names = names("none"),
    )
}
