//! `kernelModules`: what is loaded, built in, or could be loaded.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::os::kernel;
use super::{Asked, Built, Plan, Probe, files as small};
use crate::collect::Refusal;

const PATH: &str = "host-collectors/system/kernel_modules.json";
const LOADED: &str = "/proc/modules";

const SH: &str = r#"
modules() {
  r=$(uname -r)
  for d in "$R/lib/modules/$r" "$R/usr/lib/modules/$r"; do
    [ -d "$d" ] || continue
    V folder "$d"
    find "$d" -type f -name '*.ko*' | sed 's|.*/||; s|\.ko.*$||' | T loadable 1000000
    if [ -r "$d/modules.builtin" ]; then sed 's|.*/||; s|\.ko.*$||' "$d/modules.builtin" | T builtin 1000000; fi
    return
  done
}"#;

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    let probe = Probe::shared("modules", SH);
    Ok(Plan::new(vec![probe.clone(), kernel(), small(&[LOADED])], move |facts| {
        let told = facts.of(&probe)?;
        let mut modules: BTreeMap<String, Value> = BTreeMap::new();
        for (stream, status) in [("loadable", "loadable"), ("builtin", "loaded")] {
            if told.has(stream) {
                for name in told.text(stream)?.lines().filter(|name| !name.is_empty()) {
                    keep(&mut modules, name, &json!({ "size": 0, "instances": 0, "status": status }));
                }
            }
        }
        // A kernel without modules has no list of them.
        for line in facts.text_of(LOADED)?.lines() {
            let [name, size, instances, _, state, ..] = line.split(' ').collect::<Vec<_>>()[..] else {
                continue;
            };
            let status = match state {
                "Live" => "loaded",
                "Loading" => "loading",
                "Unloading" => "unloading",
                _ => "unknown",
            };
            let number = |text: &str| text.parse::<u64>().unwrap_or(0);
            let module = json!({ "size": number(size), "instances": number(instances), "status": status });
            keep(&mut modules, name, &module);
        }
        if modules.is_empty() && !told.has("folder") {
            let release = facts.of(&kernel())?.value("release")?;
            let why = format!(
                "the host has neither {LOADED} nor modules of its kernel {release} below /lib/modules"
            );
            return Err(Refusal::Failed(why));
        }
        let none = (!told.has("folder")).then(|| {
            "the host has no folder of modules for its kernel; what could be loaded is not known".to_owned()
        });
        Ok(Built::json(PATH.to_owned(), &modules.into_iter().collect()).note(none))
    }))
}

/// Keeps a module by its file's name and by the kernel's, which has underscores for hyphens: upstream knows only
/// one of them and misses specs that write the other.
fn keep(modules: &mut BTreeMap<String, Value>, name: &str, module: &Value) {
    let own = name.replace('-', "_");
    let hyphens: Vec<String> =
        modules.keys().filter(|key| **key != own && key.replace('-', "_") == own).take(1).cloned().collect();
    if name != own {
        modules.insert(name.to_owned(), module.clone());
    }
    for other in hyphens {
        modules.insert(other, module.clone());
    }
    modules.insert(own, module.clone());
}
