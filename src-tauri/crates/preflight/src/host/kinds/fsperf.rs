//! `filesystemPerformance`: how long writes take to reach the disk.
//!
//! fio where the host has it, as upstream. Else a loop that takes the time of each fdatasync, as fio does, in python
//! or perl; else GNU dd once for each write: starting it is in the time, so that is an upper bound. Percentiles are
//! of single writes in each case, and the result says what measured them.

use longshore_shell::quote;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Asked, Built, Plan, Probe, Refusal, Stage};
use crate::collect::Refusal::Failed;
use crate::host::facts::Told;
use crate::values::quantity::Quantity;

const PERL: &str = include_str!("../writes.pl");
const PYTHON: &str = include_str!("../writes.py");

/// $1 folder, $2 bytes in all, $3 bytes of one write, $4 seconds, $5 load beside it as sh, $6 and $7 the loops.
const SH: &str = r#"
writes() {
  d=$R$1 f=$R$1/longshore-$K j= g=
  c=$d
  while [ ! -e "$c" ]; do g=$c; c=${c%/*}; [ -n "$c" ] || c=/; done
  undo() {
    if [ -n "$j" ]; then kill -KILL $(for k in $j; do kids "$k"; done) $j; j=; fi
    rm -f "$f" "$f.w1" "$f.w2" "$f.w3" "$f.w4" "$f.r1" "$f.r2" "$f.r3" "$f.r4" "$d/fsperf.0.0"
    # Folders that were made for it.
    if [ -n "$g" ]; then
      c=$d
      while rmdir "$c"; do [ "$c" != "$g" ] || break; c=${c%/*}; done
      g=
    fi
  }
  mkdir -p "$d" && { true >"$f"; } || { V refused 1; return; }
  eval "$5"
  tongue
  if has fio; then
    V tool fio
    both fio --name=fsperf --directory="$d" --rw=write --ioengine=sync --fdatasync=1 --unlink=1 --size="$2" --bs="$3" --runtime="$4" --output-format=json
  elif [ "$N" = perl ]; then
    V tool perl; both perl -e "$6" "$f" "$2" "$3" "$4" "$(uname -m)"
  elif [ "$N" != none ]; then
    V tool python; both "$N" -c "$7" "$f" "$2" "$3" "$4"
  else
    case $(date +%s%N) in *[!0-9]*) F 'the host has none of fio, perl, python and GNU date to measure writes with'; return ;; esac
    V tool dd; both timed "$f" "$2" "$3" "$4"
  fi
}
timed() {
  n=0 e=$(($(date +%s) + $4))
  while [ $((n * $3)) -lt "$2" ] && [ "$n" -lt 500 ]; do
    b=$(date +%s%N)
    dd if=/dev/zero of="$1" bs="$3" count=1 seek="$n" conv=notrunc oflag=dsync 2>/dev/null || return
    a=$(date +%s%N)
    echo $((a - b))
    n=$((n + 1))
    [ "${a%?????????}" -lt "$e" ] || break
  done
}
load() {
  # $1 r or w, $2 jobs, $3 operations in a second of all of them
  n=0
  while [ "$n" -lt "$2" ] && [ "$n" -lt 4 ]; do
    n=$((n + 1))
    if [ "$1" = r ]; then dd if=/dev/zero of="$f.r$n" bs=4096 count=25600 2>/dev/null; fi
    while :; do
      k=$(($3 / $2)); [ "$k" -gt 0 ] || k=1
      if [ "$1" = r ]; then dd if="$f.r$n" of=/dev/null bs=4096 count="$k" iflag=direct
      else dd if=/dev/zero of="$f.w$n" bs=4096 count="$k" oflag=direct conv=notrunc; fi || break
      sleep 1
    done >/dev/null 2>&1 &
    j="$j $!"
  done
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/filesystemPerformance", "filesystemPerformance", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let directory = asked.text("directory").trim_end_matches('/');
    if !directory.starts_with('/') {
        return Err(format!("directory: {directory:?} does not begin at the root of the file system"));
    }
    let size = match asked.text("fileSize") {
        "" => 10 << 20,
        text => Quantity::parse(text)
            .and_then(Quantity::as_i64)
            .filter(|size| (1..=1 << 40).contains(size))
            .ok_or_else(|| format!("fileSize: {text:?} is no size"))?,
    };
    let operation =
        asked.body["operationSize"].as_u64().filter(|size| *size > 0).unwrap_or(1024).min(1 << 26);
    let (seconds, note) = asked.seconds("timeout", Duration::from_mins(1))?;
    let running = match asked.text("runTime").trim_end_matches('s') {
        "" => 120,
        text => text.parse::<i64>().map_err(|_| format!("runTime: {text:?} is no number of seconds"))?,
    };
    // What was measured until then is an answer, too.
    let running = u32::try_from(running)
        .ok()
        .filter(|time| *time > 0)
        .unwrap_or(u32::MAX)
        .min(seconds.saturating_sub(1).max(1));
    let args = vec![
        directory.to_owned(),
        size.to_string(),
        operation.to_string(),
        running.to_string(),
        load(asked),
        PERL.to_owned(),
        PYTHON.to_owned(),
    ];
    let probe = Probe::of("writes", SH, args).within(seconds + 5, Stage::Quiet).dialing();
    let (file, directory) = (files(asked).remove(0), directory.to_owned());
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        if told.has("refused") {
            let why = format!("the folder {directory} cannot be written to");
            return Err(if facts.root { Failed(why) } else { Refusal::Forbidden(why) });
        }
        let (value, measured) = measured(told, operation)?;
        let built = Built::json(file.clone(), &value).note(measured);
        Ok(built.note(note.clone()))
    }))
}

/// Load that is asked for beside the measurement.
fn load(asked: &Asked<'_>) -> String {
    if !asked.flag("enableBackgroundIOPS") {
        return String::new();
    }
    let mut text = String::new();
    for (letter, jobs, rate) in [
        ("r", "backgroundReadIOPSJobs", "backgroundReadIOPS"),
        ("w", "backgroundWriteIOPSJobs", "backgroundWriteIOPS"),
    ] {
        let (jobs, rate) = (asked.whole(jobs), asked.whole(rate));
        if jobs > 0 && rate > 0 {
            text.push_str(&format!("load {letter} {jobs} {rate}\n"));
        }
    }
    let warm = asked.whole("backgroundIOPSWarmupSeconds").clamp(0, 60);
    if warm > 0 && !text.is_empty() {
        text.push_str(&format!("sleep {}\n", quote(&warm.to_string())));
    }
    text
}

/// The result in fio's form, and what is to be said of it.
fn measured(told: Told<'_>, size: u64) -> Result<(Value, Option<String>), Refusal> {
    let tool = told.value("tool")?;
    let (said, errors) = (told.text("stdout")?, told.text("stderr")?);
    let words = errors.lines().next().unwrap_or("nothing was said").to_owned();
    if told.value("code")? != "0" {
        return Err(Failed(format!("{tool} could not measure writes: {words}")));
    }
    if tool == "fio" {
        // It may say something before its answer.
        let from = said.find('{').unwrap_or_default();
        let value = serde_json::from_str(&said[from..]);
        return value
            .map(|value| (value, None))
            .map_err(|_| Failed(format!("what fio says cannot be read: {words}")));
    }
    let mut took: Vec<u64> = said.lines().filter_map(|line| line.trim().parse().ok()).collect();
    took.sort_unstable();
    if took.len() < 10 {
        return Err(Failed(format!("{tool} measured {} writes, which is too few to judge", took.len())));
    }
    let note = match tool {
        "dd" => format!(
            "measured by {} runs of dd with oflag=dsync, each with its start: an upper bound; the host has none of fio, perl and python",
            took.len()
        ),
        tool => format!("measured by {} writes with fdatasync in {tool}; fio is not on the host", took.len()),
    };
    Ok((form(tool, size, &took), Some(note)))
}

const PERCENTILES: &[(&str, f64)] = &[
    ("1.000000", 1.0),
    ("5.000000", 5.0),
    ("10.000000", 10.0),
    ("20.000000", 20.0),
    ("30.000000", 30.0),
    ("40.000000", 40.0),
    ("50.000000", 50.0),
    ("60.000000", 60.0),
    ("70.000000", 70.0),
    ("80.000000", 80.0),
    ("90.000000", 90.0),
    ("95.000000", 95.0),
    ("99.000000", 99.0),
    ("99.500000", 99.5),
    ("99.900000", 99.9),
    ("99.950000", 99.95),
    ("99.990000", 99.99),
];

/// Sorted times in fio's form.
fn form(tool: &str, size: u64, took: &[u64]) -> Value {
    let count = took.len() as f64;
    let mean = took.iter().map(|time| *time as f64).sum::<f64>() / count;
    let spread = (took.iter().map(|time| (*time as f64 - mean).powi(2)).sum::<f64>() / count).sqrt();
    let rank = |share: f64| took[((share / 100.0 * count).ceil() as usize).clamp(1, took.len()) - 1];
    let percentile: Map<String, Value> =
        PERCENTILES.iter().map(|(name, share)| ((*name).to_owned(), json!(rank(*share)))).collect();
    json!({
        "fio version": format!("longshore-{tool}"),
        "global options": {},
        "jobs": [{
            "jobname": "fsperf",
            "job options": { "name": "fsperf", "bs": size.to_string(), "rw": "write", "fdatasync": "1" },
            "sync": {
                "total_ios": took.len(),
                "lat_ns": {
                    "min": took[0], "max": took[took.len() - 1], "mean": mean, "stddev": spread,
                    "N": took.len(), "percentile": percentile,
                },
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_single_writes() {
        let took: Vec<u64> = (1..=1000).collect();
        let value = form("perl", 2300, &took);
        let found = &value["jobs"][0]["sync"]["lat_ns"];
        assert_eq!(found["percentile"]["99.000000"], 990);
        assert_eq!(found["percentile"]["99.950000"], 1000, "the rank above, not between");
        assert_eq!((&found["min"], &found["max"]), (&json!(1), &json!(1000)));
        assert_eq!(found["mean"], 500.5);
    }
}
