//! `time`: the time zone, and whether a time service keeps the clock.

use serde_json::json;

use super::{Asked, Built, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/time.json";

/// systemd's own answer where there is one; else the kernel's, whose clock is unsynchronised while bit 64 of its
/// status is set.
const SH: &str = r#"
clock() {
  if has timedatectl && s=$(timedatectl show -p Timezone -p NTPSynchronized -p NTP) && [ -n "$s" ]; then
    printf '%s\n' "$s" | T show 1000
  elif has timedatectl && s=$(timedatectl status) && [ -n "$s" ]; then printf '%s\n' "$s" | T status 5000
  else
    z=$(cat "$R/etc/timezone") || { z=$(readlink "$R/etc/localtime"); z=${z##*/zoneinfo/}; }
    V zone "${z:-UTC}"
    if has adjtimex; then V kernel "$(adjtimex | awk '/status:/ { print $2 }')"
    elif has chronyc; then V leap "$(chronyc -n tracking | awk -F: '/^Leap status/ { print $2 }')"; fi
    s=0
    for f in chronyd ntpd systemd-timesyncd systemd-timesyn openntpd; do
      for k in $(pidof "$f"); do s=1; done
    done
    V service "$s"
  fi
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("clock", SH);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        let mut note = None;
        let (zone, synchronized, active) = if told.has("show") {
            show(&told.text("show")?)
        } else if told.has("status") {
            status(&told.text("status")?)
        } else {
            note =
                Some("systemd does not tell of the clock; the kernel and the running services do".to_owned());
            let synchronized = match (told.value("kernel")?.trim(), told.value("leap")?.trim()) {
                ("", "") => None,
                ("", leap) => Some(leap == "Normal"),
                (status, _) => status.parse::<u32>().ok().map(|status| status & 64 == 0),
            };
            (Some(told.value("zone")?.to_owned()), synchronized, Some(told.value("service")? == "1"))
        };
        let (Some(zone), Some(synchronized), Some(active)) = (zone, synchronized, active) else {
            let why = "whether the clock is synchronised is not known: the host has no systemd-timedated, adjtimex or chronyc";
            return Err(Refusal::Failed(why.to_owned()));
        };
        let zone = if zone.eq_ignore_ascii_case("etc/utc") { "UTC".to_owned() } else { zone.to_uppercase() };
        let value = json!({ "timezone": zone, "ntp_synchronized": synchronized, "ntp_active": active });
        Ok(Built::json(PATH.to_owned(), &value).note(note))
    }))
}

/// Time zone, synchronised, active.
type Clock = (Option<String>, Option<bool>, Option<bool>);

fn yes(text: &str) -> Option<bool> {
    match text.trim() {
        "yes" | "active" => Some(true),
        "no" | "inactive" | "n/a" => Some(false),
        _ => None,
    }
}

fn show(text: &str) -> Clock {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    (field("Timezone").map(str::to_owned), field("NTPSynchronized").and_then(yes), field("NTP").and_then(yes))
}

/// What systemd before 239 says, for people.
fn status(text: &str) -> Clock {
    let field = |names: &[&str]| {
        text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            names.contains(&name.trim()).then(|| value.trim().to_owned())
        })
    };
    let zone = field(&["Time zone", "Timezone"]);
    let zone = zone.and_then(|zone| zone.split(' ').next().map(str::to_owned));
    (
        zone,
        field(&["NTP synchronized", "System clock synchronized"]).as_deref().and_then(yes),
        field(&["NTP enabled", "Network time on", "NTP service"]).as_deref().and_then(yes),
    )
}
