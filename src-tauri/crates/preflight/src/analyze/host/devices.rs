//! `blockDevices`: how many unused block devices there are.

use crate::analyze::bundle::json;
use crate::analyze::fields::Record;
use crate::analyze::outcome::{compare, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::number::integer;
use crate::values::pattern;

use super::nodes::{SYSTEM, judged};

struct Device<'a> {
    name: &'a str,
    kernel_name: &'a str,
    parent: &'a str,
    kind: &'a str,
    size: u64,
    free: bool,
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Block Devices"), SYSTEM, "block_devices.json", |when, content| {
        let value = json(&content.path, content.data)?;
        let items = match &value {
            serde_json::Value::Null => &[],
            value => value.as_array().ok_or_else(|| format!("{} holds no list", content.path))?.as_slice(),
        };
        let devices = items.iter().map(device).collect::<Result<Vec<_>, _>>()?;
        holds(check, when, &devices)
    })
}

fn device(item: &serde_json::Value) -> Result<Device<'_>, String> {
    let item = Record::of(item)?;
    item.unread(&["serial"], &["major", "minor"])?;
    let (read_only, removable) = (item.boolean("read_only")?, item.boolean("removable")?);
    let fixed = read_only || removable;
    let unused = item.text("mountpoint")?.is_empty() && item.text("filesystem_type")?.is_empty();
    Ok(Device {
        name: item.text("name")?,
        kernel_name: item.text("kernel_name")?,
        parent: item.text("parent_kernel_name")?,
        kind: item.text("type")?,
        size: item.unsigned("size")?,
        free: unused && !fixed,
    })
}

fn holds(check: &Check<'_>, when: &str, devices: &[Device<'_>]) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`.* >= 1`");
    let [name, operator, wanted] = when.split(' ').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let name = pattern::compile(name)?;
    let count = devices
        .iter()
        .filter(|device| name.is_match(device.name.as_bytes()) && eligible(check, device))
        .filter(|device| !devices.iter().any(|other| other.parent == device.kernel_name))
        .count();
    let wanted = integer(wanted).ok_or_else(wrong)?;
    compare(&i64::try_from(count).unwrap_or(i64::MAX), operator, &wanted).ok_or_else(wrong)
}

fn eligible(check: &Check<'_>, device: &Device<'_>) -> bool {
    let kind = device.kind == "disk"
        || (device.kind == "part" && check.flag("includeUnmountedPartitions"))
        || check.texts("additionalDeviceTypes").contains(&device.kind);
    kind && device.free && device.size >= check.spec["minimumAcceptableSize"].as_u64().unwrap_or(0)
}
