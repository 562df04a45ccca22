//! What the host said, for those who make files of it.

use std::borrow::Cow;

use super::frames::{End, Output, Stream};
use super::plan::{FILE, LOOK, Probe};
use crate::collect::Refusal;

/// Reads small files, each as stream `f` and its number.
const FILES: &str = r#"
AF='{ if ((c[n] += length($0) + 1) > 262144) next
s = $0; while (length(s) > 1000) { printf "%s%s+%s\n", p, n, substr(s, 1, 1000); fflush(); s = substr(s, 1001) }
printf "%s%s=%s\n", p, n, s; fflush() }'
files() {
  n=0 k=$#
  for f; do
    if [ ! -f "$R$f" ]; then V "s$n" absent
    elif [ ! -r "$R$f" ] || ! { true <"$R$f"; }; then V "s$n" denied
    else V "s$n" there; set -- "$@" "n=$n" "$R$f"; fi
    n=$((n + 1))
  done
  shift "$k"
  [ $# -eq 0 ] || awk -v p="$M $i f" "$AF" "$@"
}"#;

/// A probe that reads small files.
pub(super) fn files(paths: &[&str]) -> Probe {
    Probe::shared("files", FILES).with(paths.iter().map(|path| (*path).to_owned()))
}

/// A file as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Text(Cow<'a, str>),
    Absent,
    Denied,
}

/// All probes and what they said.
pub(super) struct Facts<'a> {
    pub(super) probes: &'a [Probe],
    pub(super) outputs: &'a [Output],
    /// Whether the script ran as root.
    pub(super) root: bool,
    /// Why those that have not ended never will.
    pub(super) lost: &'a str,
}

/// What one probe said.
#[derive(Clone, Copy)]
pub(super) struct Told<'a>(pub(super) &'a Output);

impl<'a> Facts<'a> {
    fn find(&self, key: &str) -> Option<(&'a Probe, &'a Output)> {
        let at = self.probes.iter().position(|probe| probe.key == key)?;
        Some((&self.probes[at], self.outputs.get(at)?))
    }

    /// What a probe said, though it may have been ended for its time.
    pub(super) fn heard(&self, key: &str) -> Result<Told<'a>, Refusal> {
        let (_, output) = self.find(key).ok_or_else(|| format!("{key} was not asked"))?;
        match (&output.failed, output.end) {
            (Some(why), _) => Err(Refusal::Failed(why.clone())),
            (None, None) => Err(Refusal::Failed(self.lost.to_owned())),
            (None, Some(_)) => Ok(Told(output)),
        }
    }

    /// What a probe said that came to its end.
    pub(super) fn of(&self, probe: &Probe) -> Result<Told<'a>, Refusal> {
        let told = self.heard(&probe.key)?;
        match told.0.end {
            Some(End::Late(seconds)) => {
                Err(Refusal::Failed(format!("the host did not answer within {seconds} s")))
            }
            _ => Ok(told),
        }
    }

    /// The place of an argument among those of all who share a probe.
    pub(super) fn place(&self, probe: &Probe, arg: &str) -> usize {
        let asked = self.find(&probe.key).map(|(probe, _)| probe);
        asked.and_then(|asked| asked.args.iter().position(|found| found == arg)).unwrap_or_default()
    }

    /// A small file that the plan asked for.
    pub(super) fn file(&self, path: &str) -> Result<Found<'a>, Refusal> {
        let shared = Probe { limit: LOOK, ..files(&[]) };
        let told = self.of(&shared)?;
        let (probe, _) = self.find("files").ok_or_else(|| format!("{path} was not asked for"))?;
        let at = probe.args.iter().position(|asked| asked == path);
        let at = at.ok_or_else(|| format!("{path} was not asked for"))?;
        match told.value(&format!("s{at}"))? {
            "there" => match told.0.streams.get(&format!("f{at}")) {
                None => Ok(Found::Text(Cow::Borrowed(""))),
                Some(stream) if stream.cut || stream.bytes.len() > FILE - 1024 => {
                    Err(Refusal::Failed(format!("{path} is longer than {FILE} bytes")))
                }
                Some(stream) => Ok(Found::Text(String::from_utf8_lossy(&stream.bytes))),
            },
            "denied" => Ok(Found::Denied),
            _ => Ok(Found::Absent),
        }
    }

    /// A small file that has to be there.
    pub(super) fn needed(&self, path: &str) -> Result<Cow<'a, str>, Refusal> {
        match self.file(path)? {
            Found::Text(text) => Ok(text),
            Found::Absent => Err(Refusal::Failed(format!("the host has no {path}"))),
            Found::Denied => Err(Refusal::Forbidden(format!("{path} can only be read by root"))),
        }
    }

    /// A small file's text, empty when it is not there or cannot be read.
    pub(super) fn text_of(&self, path: &str) -> Result<Cow<'a, str>, Refusal> {
        Ok(match self.file(path)? {
            Found::Text(text) => text,
            Found::Absent | Found::Denied => Cow::Borrowed(""),
        })
    }
}

impl<'a> Told<'a> {
    /// Whether it has a stream.
    pub(super) fn has(self, name: &str) -> bool {
        self.0.streams.contains_key(name)
    }

    /// A short value, empty when it was not said.
    pub(super) fn value(self, name: &str) -> Result<&'a str, Refusal> {
        let bytes = self.0.streams.get(name).map_or(&[][..], |stream| &stream.bytes);
        std::str::from_utf8(bytes).map_err(|_| Refusal::Failed(format!("{name} is no text")))
    }

    /// A stream as text, whole.
    pub(super) fn text(self, name: &str) -> Result<Cow<'a, str>, Refusal> {
        let stream = self.stream(name)?;
        if stream.cut {
            return Err(Refusal::Failed(format!("{name} is longer than what is read of it")));
        }
        Ok(String::from_utf8_lossy(&stream.bytes))
    }

    /// A stream, cut or not, that came to its end.
    pub(super) fn stream(self, name: &str) -> Result<&'a Stream, Refusal> {
        let stream = self.0.streams.get(name).filter(|stream| stream.whole || stream.cut);
        stream.ok_or_else(|| Refusal::Failed(format!("the host did not tell {name} to its end")))
    }
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}
