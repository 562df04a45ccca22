//! `cpu`: how many processors, of which architecture, with which features.

use crate::analyze::bundle::record;
use crate::analyze::outcome::{compare_or_differ, unreadable};
use crate::analyze::verdict::Unjudged;
use crate::analyze::{Check, Judged};
use crate::values::number::integer;

use super::nodes::{Content, SYSTEM, judged};

/// Features of each level of x86-64; a level has those of the levels before it.
const LEVELS: &[(&str, &[&str])] = &[
    ("x86-64", &["cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2"]),
    ("x86-64-v2", &["cx16", "lahf_lm", "popcnt", "ssse3", "sse4_1", "sse4_2"]),
    ("x86-64-v3", &["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"]),
    ("x86-64-v4", &["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
];
const FORM: &str = "`count >= 4`, `supports x86-64-v2` or `hasFlags avx,aes`";

struct Cpu<'a> {
    logical: i64,
    physical: i64,
    flags: Vec<&'a str>,
    architecture: &'a str,
}

pub(super) fn judge(check: &Check<'_>) -> Judged {
    judged(check, &check.named("Number of CPUs"), SYSTEM, "cpu.json", holds)
}

fn holds(when: &str, content: &Content<'_>) -> Result<bool, Unjudged> {
    let value = content.json()?;
    let cpu = record(&content.path, &value)?;
    let cpu = Cpu {
        logical: cpu.integer("logicalCount")?,
        physical: cpu.integer("physicalCount")?,
        flags: cpu.texts("flags")?,
        architecture: cpu.text("machineArch")?,
    };
    let (subject, operator, wanted) = match when.split(' ').collect::<Vec<_>>()[..] {
        [subject, operator, wanted] => (subject.to_lowercase(), operator, wanted),
        [operator, wanted] => ("count".to_owned(), operator, wanted),
        _ => return Err(unreadable(when, FORM)),
    };
    // The verbs count whatever stands before them.
    match operator.to_lowercase().as_str() {
        "supports" => return supports(wanted, &cpu.flags),
        "hasflags" => return Ok(wanted.split(',').all(|flag| cpu.flags.contains(&flag))),
        _ => {}
    }
    let actual = match subject.as_str() {
        "logical" => cpu.logical,
        "physical" => cpu.physical,
        "count" => cpu.logical.max(cpu.physical),
        "machinearch" => return architecture(when, operator, cpu.architecture == wanted),
        _ => return Err(unreadable(when, FORM)),
    };
    let wanted = integer(wanted).ok_or_else(|| unreadable(when, FORM))?;
    compare_or_differ(&actual, operator, &wanted).ok_or_else(|| unreadable(when, FORM))
}

fn architecture(when: &str, operator: &str, same: bool) -> Result<bool, Unjudged> {
    match operator {
        "=" | "==" | "===" => Ok(same),
        "!=" | "!==" => Ok(!same),
        _ => Err(unreadable(when, "`machineArch == x86_64`")),
    }
}

fn supports(level: &str, flags: &[&str]) -> Result<bool, Unjudged> {
    let at = LEVELS.iter().position(|(name, _)| *name == level).ok_or_else(|| {
        Unjudged::Wrong(format!("{level} is no known micro-architecture: x86-64, -v2, -v3 or -v4"))
    })?;
    Ok(LEVELS[..=at].iter().flat_map(|(_, features)| *features).all(|feature| flags.contains(feature)))
}
