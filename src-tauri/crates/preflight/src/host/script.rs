//! The one script that asks a host everything.
//!
//! It is read whole before any of it runs: only its last line starts something, so a script that arrives in part
//! does nothing. It reads nothing more from its stdin, since the shell itself reads from there.

use longshore_shell::quote;
use std::collections::BTreeSet;

use super::Setting;
use super::plan::{Probe, Stage};

/// Connects, listens and answers, in the language the host has: a shell can do none of it.
const PERL: &str = include_str!("net.pl");
const PYTHON: &str = include_str!("net.py");
const FRAME: &str = include_str!("frame.sh");

/// The run's token, of letters and digits only: it becomes part of names and of records.
fn token(setting: &Setting) -> String {
    setting.token.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What makes this run's records known from noise.
pub(super) fn marker(setting: &Setting) -> String {
    format!("@longshore-{}", token(setting))
}

/// Writes the script.
pub(super) fn script(probes: &[Probe], setting: &Setting) -> String {
    let token = token(setting);
    let short = &token[token.len().saturating_sub(8)..];
    let mut text = format!("M={}\nK={short}\nR={}\n", quote(&marker(setting)), quote(&setting.root));
    text.push_str(FRAME);
    if probes.iter().any(|probe| probe.dials) {
        text.push_str(&net());
    }
    let mut known = BTreeSet::new();
    for probe in probes {
        if known.insert(probe.function) {
            text.push_str(probe.body.trim_end());
            text.push('\n');
        }
    }
    text.push_str("main() {\nprintf '\\n%s\\n' \"$M\"\n");
    text.push_str("for c in head awk cat; do has $c || { printf '%s !%s is not on the host\\n' \"$M\" $c; return; }; done\n");
    let group = |stage: Stage| probes.iter().enumerate().filter(move |(_, probe)| probe.stage == stage);
    text.push_str("P=\n");
    text.extend(group(Stage::Quick).map(call));
    text.push_str("A=$P; watch \"$A\" & w=$!\nP=\n");
    text.extend(group(Stage::Waiting).map(call));
    text.push_str("B=$P; watch \"$B\" & v=$!\nhold \"$A\"; stop $w\nP=\n");
    text.extend(group(Stage::After).map(call));
    text.push_str("C=$P; watch \"$C\" & u=$!\n");
    for probe in group(Stage::Quiet) {
        text.push_str("P=\n");
        text.push_str(&call(probe));
        text.push_str("watch \"$P\" & w=$!\nhold \"$P\"; stop $w\n");
    }
    text.push_str("hold \"$B $C\"; stop $v; stop $u\n}\nmain </dev/null 2>/dev/null | cat\n");
    text
}

/// The function `net`; 127 when the host has neither language.
fn net() -> String {
    format!("NP={}\nNY={}\n{NET}", quote(PERL), quote(PYTHON))
}

const NET: &str = r#"N=
tongue() {
  [ -z "$N" ] || return 0
  N=none
  if has perl && perl -MSocket=getaddrinfo -MErrno -MPOSIX -e 1; then N=perl; return; fi
  for c in python3 /usr/libexec/platform-python python python2; do
    if has "$c" && "$c" -c 'import socket'; then N=$c; return; fi
  done
}
net() {
  tongue
  case $N in
  none) return 127 ;;
  perl) perl -e "$NP" "$@" ;;
  *) "$N" -c "$NY" "$@" ;;
  esac
}
"#;

fn call((at, probe): (usize, &Probe)) -> String {
    let args: String = probe.args.iter().map(|arg| format!(" {}", quote(arg))).collect();
    format!("go {at} {} {}{args}\n", probe.limit, probe.function)
}

/// Seconds after which a script that still runs is stuck.
pub(super) fn longest(probes: &[Probe]) -> u64 {
    let most = |stage: Stage| {
        probes
            .iter()
            .filter(|probe| probe.stage == stage)
            .map(|probe| u64::from(probe.limit))
            .max()
            .unwrap_or(0)
    };
    let quiet: u64 =
        probes.iter().filter(|probe| probe.stage == Stage::Quiet).map(|probe| u64::from(probe.limit)).sum();
    // The last seconds are for ending what was late, and for a slow start.
    most(Stage::Waiting).max(most(Stage::Quick) + quiet.max(most(Stage::After))) + 20
}
