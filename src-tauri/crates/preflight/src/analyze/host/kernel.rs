//! The kernel: `kernelModules` and `kernelConfigs`.

use std::collections::BTreeMap;

use crate::analyze::bundle::record;
use crate::analyze::outcome::{NO_MATCH, unreadable};
use crate::analyze::verdict::{State, Unjudged, Verdict};
use crate::analyze::{Check, Judged};

use super::nodes::{SYSTEM, contents};

type Modules<'a> = BTreeMap<&'a str, &'a str>;

/// Every outcome whose `when` holds is a verdict; then the first default outcome that nothing speaks against.
pub(super) fn modules(check: &Check<'_>) -> Judged {
    const PATH: &str = "host-collectors/system/kernel_modules.json";
    let title = check.named("Kernel Modules");
    let value = check.bundle.json(PATH)?;
    let found = record(PATH, &value)?;
    let mut modules = Modules::new();
    for (name, module) in found.members() {
        let module = record(PATH, module)?;
        module.unsigned("size")?;
        module.unsigned("instances")?;
        modules.insert(name, module.text("status")?);
    }
    let mut verdicts = Vec::new();
    // An outcome without `when` hides none of its item's others here.
    for item in check.items() {
        let outcomes = [item.fail, item.warn, item.pass];
        if let Some(outcome) = outcomes.into_iter().flatten().find(|outcome| !outcome.when.is_empty())
            && modules_hold(outcome.when, &modules)?
        {
            verdicts.push(outcome.verdict(&title));
        }
    }
    let (passed, failed) = (verdicts.iter().any(|said| said.pass), verdicts.iter().any(|said| said.fail));
    let default = check.items().into_iter().find_map(|item| {
        let free = |state| match state {
            State::Fail => !passed,
            State::Warn => !passed && !failed,
            State::Pass => !failed,
        };
        let outcomes = [item.fail, item.warn, item.pass];
        outcomes.into_iter().flatten().find(|outcome| outcome.when.is_empty() && free(outcome.state))
    });
    verdicts.extend(default.map(|outcome| outcome.verdict(&title)));
    if verdicts.is_empty() {
        verdicts.push(Verdict::of(State::Warn, &title, "no results"));
    }
    Ok(verdicts)
}

fn modules_hold(when: &str, modules: &Modules<'_>) -> Result<bool, Unjudged> {
    let wrong = || unreadable(when, "`overlay,br_netfilter == loaded,loadable`");
    let [names, operator, states] = when.split(' ').collect::<Vec<_>>()[..] else { return Err(wrong()) };
    let states: Vec<&str> = states.split(',').collect();
    let status = |name: &str| modules.get(name).map(|status| states.contains(status));
    match operator {
        "=" | "==" => Ok(names.split(',').all(|name| status(name) == Some(true))),
        "!=" | "<>" => {
            Ok(names.split(',').map(status).find(|found| *found != Some(false)) != Some(Some(true)))
        }
        _ => Err(wrong()),
    }
}

/// Passes when every selected option is one of its letters, and fails otherwise; `when` is not read.
pub(super) fn configs(check: &Check<'_>) -> Judged {
    let title = check.named("Kernel Configs");
    let mut verdicts = Vec::new();
    for content in contents(check, &title, SYSTEM, "kernel-configs.json")? {
        let value = content.json()?;
        let found = record(&content.path, &value)?;
        for (name, _) in found.members() {
            found.text(name)?;
        }
        let missing =
            missing(check, |name| found.members().find(|(key, _)| *key == name).map(|(_, value)| value))?;
        let outcome =
            check.items().iter().find_map(|item| if missing.is_empty() { item.pass } else { item.fail });
        verdicts.push(match outcome {
            // Where to read more is lost upstream.
            Some(outcome) if outcome.state == State::Fail => {
                let message = outcome.message.replace("{{ .ConfigsNotFound }}", &missing.join(", "));
                Verdict::of(State::Fail, &content.title, message)
            }
            Some(outcome) => Verdict::of(outcome.state, &content.title, outcome.message),
            None => Verdict::dropped(&content.title, NO_MATCH),
        });
    }
    Ok(verdicts)
}

fn missing<'a>(
    check: &Check<'a>,
    found: impl Fn(&str) -> Option<&'a serde_json::Value>,
) -> Result<Vec<&'a str>, Unjudged> {
    let mut missing = Vec::new();
    for config in check.texts("selectedConfigs") {
        let (name, letters) = selected(config).ok_or_else(|| {
            Unjudged::Wrong(format!("selectedConfigs: {config:?} cannot be read; CONFIG_X=ym is the form"))
        })?;
        let matched = found(name).is_some_and(|value| letters.contains(value.as_str().unwrap_or_default()));
        if !matched {
            missing.push(config);
        }
    }
    Ok(missing)
}

fn selected(config: &str) -> Option<(&str, &str)> {
    let (name, letters) = config.split_once('=')?;
    let rest = name.strip_prefix("CONFIG_")?;
    let named =
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let lettered = !letters.is_empty() && letters.chars().all(|c| "ymn".contains(c));
    (named && lettered).then_some((name, letters))
}
