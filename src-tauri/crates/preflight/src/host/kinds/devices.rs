//! `blockDevices`: disks and what lies on them, as `lsblk` lists them.

use serde_json::{Value, json};

use super::{Asked, Built, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/block_devices.json";

const SH: &str = r#"
devices() {
  if ! has lsblk; then F 'lsblk is not on the host'; return; fi
  { lsblk --noheadings --bytes --pairs -o NAME,KNAME,PKNAME,TYPE,MAJ:MIN,SIZE,FSTYPE,MOUNTPOINT,SERIAL,RO,RM 2>&1 || echo "lsblk ended with $?"; } | T pairs 1000000
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("devices", SH);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let text = facts.of(&probe)?.text("pairs")?;
        let mut devices = Vec::new();
        for line in text.lines() {
            devices.push(device(line).ok_or_else(|| Refusal::Failed(format!("lsblk says: {line}")))?);
        }
        let mut built = Built::json(PATH.to_owned(), &Value::Array(devices));
        if !facts.root {
            built.unprivileged.push(
                "file systems and serial numbers of block devices, where udev does not tell them".to_owned(),
            );
        }
        Ok(built)
    }))
}

/// One line of `NAME="value"` pairs.
fn device(line: &str) -> Option<Value> {
    let mut fields = std::collections::BTreeMap::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (name, tail) = rest.split_once("=\"")?;
        let (value, tail) = tail.split_once('"')?;
        fields.insert(name.replace("MAJ_MIN", "MAJ:MIN"), unescaped(value));
        rest = tail.trim_start();
    }
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let (major, minor) = text("MAJ:MIN").trim().split_once(':')?;
    Some(json!({
        "name": text("NAME"),
        "kernel_name": text("KNAME"),
        "parent_kernel_name": text("PKNAME"),
        "type": text("TYPE"),
        "major": major.trim().parse::<i64>().ok()?,
        "minor": minor.trim().parse::<i64>().ok()?,
        "size": text("SIZE").parse::<u64>().ok()?,
        "filesystem_type": text("FSTYPE"),
        "mountpoint": text("MOUNTPOINT"),
        "serial": text("SERIAL"),
        "read_only": text("RO") == "1",
        "removable": text("RM") == "1",
    }))
}

/// Undoes `\x20`.
fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let byte = match rest {
            [b'\\', b'x', a, b, ..] => {
                std::str::from_utf8(&[*a, *b]).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
            }
            _ => None,
        };
        if let Some(byte) = byte {
            out.push(byte);
            rest = &rest[4..];
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
