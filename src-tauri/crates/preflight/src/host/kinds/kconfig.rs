//! `kernelConfigs`: what the kernel was built with.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::{Asked, Built, Facts, Plan, Probe};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/kernel-configs.json";

const SH: &str = r#"
options() {
  r=$(uname -r)
  for f in /proc/config.gz "/boot/config-$r" "/usr/src/linux-$r/.config" /usr/src/linux/.config "/usr/lib/modules/$r/config" \
    "/usr/lib/ostree-boot/config-$r" "/usr/lib/kernel/config-$r" "/usr/src/linux-headers-$r/.config" "/lib/modules/$r/build/.config"; do
    [ -e "$R$f" ] || continue
    if [ ! -r "$R$f" ]; then V denied "$f"; continue; fi
    V source "$f"
    case $f in
    *.gz) { gzip -dc "$R$f" || zcat "$R$f"; } ;;
    *) cat "$R$f" ;;
    esac | grep -E '^CONFIG_[A-Z0-9_]+=[ymn]$' | T options 1000000
    return
  done
}"#;

static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(CONFIG_[A-Z0-9_]+)=([ymn])$").ok());

/// A probe that tells the kernel's options.
pub(super) fn probe() -> Probe {
    Probe::shared("options", SH)
}

/// Options and their letters.
pub(super) fn options(facts: &Facts<'_>) -> Result<Map<String, Value>, Refusal> {
    let told = facts.of(&probe())?;
    if !told.has("source") {
        return Err(match told.value("denied")? {
            "" => Refusal::Failed(
                "the host has no configuration of its kernel: no /proc/config.gz, no file below /boot"
                    .to_owned(),
            ),
            file => Refusal::Forbidden(format!("{file} can only be read by root")),
        });
    }
    let text = told.text("options")?;
    let found = text.lines().filter_map(|line| {
        let found = LINE.as_ref()?.captures(line)?;
        Some((found[1].to_owned(), json!(&found[2])))
    });
    Ok(found.collect())
}

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    Ok(Plan::new(vec![probe()], |facts| Ok(Built::json(PATH.to_owned(), &Value::Object(options(facts)?)))))
}
