//! `memory`: how much the kernel manages.

use serde_json::json;

use super::{Asked, Built, Plan, files as small};

const PATH: &str = "host-collectors/system/memory.json";
const SOURCE: &str = "/proc/meminfo";

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    Ok(Plan::new(vec![small(&[SOURCE])], |facts| {
        let text = facts.needed(SOURCE)?;
        let total = text.lines().find_map(|line| {
            let kilobytes = line.strip_prefix("MemTotal:")?.trim().trim_end_matches("kB").trim();
            kilobytes.parse::<u64>().ok()?.checked_mul(1024)
        });
        let total = total.ok_or_else(|| format!("{SOURCE} has no MemTotal"))?;
        Ok(Built::json(PATH.to_owned(), &json!({ "total": total })))
    }))
}
