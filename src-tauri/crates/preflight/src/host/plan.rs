//! What a collector asks of a host, and how its files are made of the answers.

use std::time::Duration;

use serde_json::Value;

use super::Setting;
use super::facts::Facts;
use crate::collect::Refusal;
use crate::values::duration;
use crate::values::glob::joined;

/// Bytes of one stream of a probe; what is longer is cut.
pub(super) const STREAM: usize = 1 << 20;
/// Bytes of one small file.
pub(super) const FILE: usize = 256 << 10;
/// Seconds a probe may take that only looks.
pub(super) const LOOK: u32 = 30;

/// When a probe runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// At once, beside all others.
    Quick,
    /// At once; spends its time waiting, so that nobody waits for it.
    Waiting,
    /// As that, but once the quick ones are done, which need the same ports.
    After,
    /// Alone once the quick ones are done: it measures, and others would be measured with it.
    Quiet,
}

/// A function of sh and its arguments. Probes of one key are one probe with the arguments of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Probe {
    pub(super) key: String,
    /// Name of the function.
    pub(super) function: &'static str,
    /// The function's definition, and those it needs.
    pub(super) body: &'static str,
    pub(super) args: Vec<String>,
    /// Seconds it may take.
    pub(super) limit: u32,
    pub(super) stage: Stage,
    /// It talks over the network, and needs what does that.
    pub(super) dials: bool,
    /// Its arguments take turns, and each adds its own time.
    pub(super) in_turn: bool,
}

impl Probe {
    /// A probe that everybody who asks the same shares.
    pub(super) fn shared(function: &'static str, body: &'static str) -> Self {
        Self {
            key: function.to_owned(),
            function,
            body,
            args: Vec::new(),
            limit: LOOK,
            stage: Stage::Quick,
            dials: false,
            in_turn: false,
        }
    }

    /// A probe for these arguments only.
    pub(super) fn of(function: &'static str, body: &'static str, args: Vec<String>) -> Self {
        let key = format!("{function} {}", args.join("\0"));
        Self { key, args, ..Self::shared(function, body) }
    }

    pub(super) fn within(mut self, limit: u32, stage: Stage) -> Self {
        (self.limit, self.stage) = (limit, stage);
        self
    }

    pub(super) fn dialing(self) -> Self {
        Self { dials: true, ..self }
    }

    pub(super) fn with(mut self, args: impl IntoIterator<Item = String>) -> Self {
        self.args.extend(args);
        self
    }
}

/// What became of one collector.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// Files in upstream's layout.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What a reader of the files should know.
    pub(super) notes: Vec<String>,
    /// Facts that only root could have had.
    pub(super) unprivileged: Vec<String>,
}

impl Built {
    /// One JSON file.
    pub(super) fn json(path: String, value: &Value) -> Self {
        Self { files: vec![(path, value.to_string().into_bytes())], ..Self::default() }
    }

    pub(super) fn note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }
}

/// Files, or why there are none.
pub(super) type Outcome = Result<Built, Refusal>;
/// Makes files of answers.
pub(super) type Build = Box<dyn Fn(&Facts<'_>) -> Outcome + Send + Sync>;

/// What a collector asks, and what is made of the answers.
pub(super) struct Plan {
    pub(super) probes: Vec<Probe>,
    pub(super) build: Build,
}

impl Plan {
    pub(super) fn new(
        probes: Vec<Probe>,
        build: impl Fn(&Facts<'_>) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self { probes, build: Box::new(build) }
    }
}

/// A collector of a spec.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) body: &'a Value,
    pub(super) setting: &'a Setting,
}

impl<'a> Asked<'a> {
    pub(super) fn text(&self, field: &str) -> &'a str {
        self.body[field].as_str().unwrap_or_default()
    }

    pub(super) fn texts(&self, field: &str) -> Vec<&'a str> {
        self.body[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.body[field] == true
    }

    pub(super) fn whole(&self, field: &str) -> i64 {
        self.body[field].as_i64().unwrap_or_default()
    }

    /// `collectorName`, or a default.
    pub(super) fn named(&self, default: &'a str) -> &'a str {
        Some(self.text("collectorName")).filter(|name| !name.is_empty()).unwrap_or(default)
    }

    /// A file of the layout, named after the collector.
    pub(super) fn file(&self, folder: &str, default: &'a str, ending: &str) -> String {
        joined(&[folder, &format!("{}{ending}", self.named(default))])
    }

    /// A duration, or a default when the field is empty.
    pub(super) fn duration(&self, field: &str, default: Duration) -> Result<Duration, String> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(default);
        }
        let found = duration::parse(text).and_then(|nanoseconds| u64::try_from(nanoseconds).ok());
        found
            .map(Duration::from_nanos)
            .ok_or_else(|| format!("{field}: {text:?} is no duration; 10s is the form"))
    }

    /// The same as whole seconds, at least one, and no more than the run has patience for; a note when it asks
    /// for more.
    pub(super) fn seconds(&self, field: &str, default: Duration) -> Result<(u32, Option<String>), String> {
        let wanted = self.duration(field, default)?;
        let given = wanted.min(self.setting.patience);
        let note = (given < wanted).then(|| {
            let (given, wanted) = (given.as_secs(), wanted.as_secs());
            format!("{field}: {wanted} s are asked for; it was given {given} s")
        });
        Ok((u32::try_from(given.as_secs_f64().ceil() as u64).unwrap_or(u32::MAX).max(1), note))
    }

    /// A port from 1 to 65535.
    pub(super) fn port(&self, default: i64) -> Result<u16, String> {
        let port = self.body["port"].as_i64().filter(|port| *port != 0).unwrap_or(default);
        u16::try_from(port).ok().filter(|port| *port > 0).ok_or_else(|| format!("port: {port} is no port"))
    }
}
