//! The stream that a script sends back, taken apart.
//!
//! Lines that begin with the run's marker are records: `MARKER PROBE STREAM OP PAYLOAD`. Everything else is noise
//! of profiles and banners. A record is complete with its line feed only, so a cut loses whole records and never
//! makes false ones.

use std::collections::BTreeMap;

use super::plan::STREAM;

/// Bytes a record may have; pipes do not mix writes of fewer than 4096.
const RECORD: usize = 4096;
/// Bytes of short values of one host.
const RESERVE: usize = 1 << 20;
/// Bytes of noise that are kept, to tell why there was nothing else.
const NOISE: usize = 600;

/// How a probe ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a status.
    Done(i32),
    /// It was ended after so many seconds.
    Late(u32),
}

/// One stream of a probe.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Stream {
    pub(super) bytes: Vec<u8>,
    /// Its end was seen.
    pub(super) whole: bool,
    /// It was longer than what is kept.
    pub(super) cut: bool,
}

/// What a probe said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) streams: BTreeMap<String, Stream>,
    /// Why it cannot say more.
    pub(super) failed: Option<String>,
    pub(super) end: Option<End>,
}

/// Reads the stream as it comes.
pub(super) struct Frames {
    marker: Vec<u8>,
    line: Vec<u8>,
    /// The line is longer than any record; the rest of it is noise.
    long: bool,
    outputs: Vec<Output>,
    /// Bytes that may still be kept.
    budget: usize,
    /// The same for short values.
    reserve: usize,
    noise: Vec<u8>,
    begun: bool,
    fatal: Option<String>,
}

impl Frames {
    pub(super) fn new(marker: &str, probes: usize, budget: usize) -> Self {
        Self {
            marker: marker.as_bytes().to_vec(),
            line: Vec::new(),
            long: false,
            outputs: vec![Output::default(); probes],
            budget,
            reserve: RESERVE,
            noise: Vec::new(),
            begun: false,
            fatal: None,
        }
    }

    pub(super) fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Lets go of what a probe said.
    pub(super) fn forget(&mut self, probe: usize) {
        if let Some(output) = self.outputs.get_mut(probe) {
            output.streams = BTreeMap::new();
        }
    }

    /// Whether every probe has ended.
    pub(super) fn complete(&self) -> bool {
        self.fatal.is_some() || self.outputs.iter().all(|output| output.end.is_some())
    }

    /// Why probes that have not ended never will, once the stream is over.
    pub(super) fn lost(&self, reason: Option<&str>) -> String {
        let noise = String::from_utf8_lossy(&self.noise);
        let noise = noise.trim();
        match (&self.fatal, reason, self.begun) {
            (Some(fatal), _, _) => fatal.clone(),
            (None, Some(reason), true) => format!("the host was lost before this was known: {reason}"),
            (None, Some(reason), false) => format!("nothing could be asked of the host: {reason}"),
            (None, None, true) => "the host's answer breaks off before this was known".to_owned(),
            (None, None, false) if noise.is_empty() => {
                "the host's shell ended without a word; is it a POSIX sh?".to_owned()
            }
            (None, None, false) => format!("the host's shell did not run the script; it says: {noise}"),
        }
    }

    /// Takes bytes, and gives the probes that ended with them.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> Vec<usize> {
        let mut ended = Vec::new();
        while let Some(at) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend(&bytes[..at]);
            bytes = &bytes[at + 1..];
            let line = std::mem::take(&mut self.line);
            if std::mem::take(&mut self.long) {
                self.hear(&line);
            } else {
                ended.extend(self.line(&line));
            }
        }
        self.extend(bytes);
        ended
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = RECORD - self.line.len();
        self.long |= bytes.len() > room;
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn hear(&mut self, noise: &[u8]) {
        if !self.begun && self.noise.len() < NOISE {
            let room = NOISE - self.noise.len();
            self.noise.extend_from_slice(&noise[..noise.len().min(room)]);
            self.noise.push(b'\n');
        }
    }

    /// One line; the probe that ended with it.
    fn line(&mut self, line: &[u8]) -> Option<usize> {
        let Some(rest) = line.strip_prefix(self.marker.as_slice()) else {
            self.hear(line);
            return None;
        };
        self.begun = true;
        let rest = rest.strip_prefix(b" ")?;
        if let Some(fatal) = rest.strip_prefix(b"!") {
            self.fatal = Some(String::from_utf8_lossy(fatal).into_owned());
            return None;
        }
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let probe: usize = std::str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
        let rest = &rest[space + 1..];
        let name = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
        let (name, op, payload) = (std::str::from_utf8(&rest[..name]).ok()?, rest[name], &rest[name + 1..]);
        let output = self.outputs.get_mut(probe)?;
        if output.end.is_some() {
            return None;
        }
        let number = || std::str::from_utf8(payload).ok()?.trim().parse::<i32>().ok();
        match op {
            b'.' => output.end = Some(End::Done(number()?)),
            b'!' => output.end = Some(End::Late(u32::try_from(number()?).ok()?)),
            b'?' if payload.is_empty() => output.failed = Some("the host cannot tell".to_owned()),
            b'?' => output.failed = Some(String::from_utf8_lossy(payload).into_owned()),
            _ => {
                let stream = output.streams.entry(name.to_owned()).or_default();
                // A short value is still heard when there is no room for more: it tells how much there was.
                let room = if op == b':' { &mut self.reserve } else { &mut self.budget };
                stream.add(op, payload, room);
                return None;
            }
        }
        output.end.is_some().then_some(probe)
    }
}

impl Stream {
    fn add(&mut self, op: u8, payload: &[u8], budget: &mut usize) {
        match op {
            b'+' => self.keep(payload, budget),
            b'=' => {
                self.keep(payload, budget);
                self.keep(b"\n", budget);
            }
            b':' | b'^' => {
                self.keep(payload, budget);
                self.whole = true;
            }
            b'#' => {
                let digit = |byte: u8| (byte as char).to_digit(16);
                let bytes: Vec<u8> = payload
                    .chunks_exact(2)
                    .filter_map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8))
                    .collect();
                self.keep(&bytes, budget);
            }
            _ => {}
        }
    }

    fn keep(&mut self, bytes: &[u8], budget: &mut usize) {
        let room = (STREAM - self.bytes.len().min(STREAM)).min(*budget);
        let kept = bytes.len().min(room);
        self.cut |= kept < bytes.len();
        *budget -= kept;
        self.bytes.extend_from_slice(&bytes[..kept]);
    }
}
