//! What changed between two preflight runs.

use longshore_contract::{CheckChange, CheckResult, PreflightComparison, PreflightView};

/// Checks are the same when their host, their title and their place among those of that title are.
pub(super) fn changes(before: &PreflightView, after: &PreflightView) -> PreflightComparison {
    let (old, new) = (named(&before.results), named(&after.results));
    let mut comparison = PreflightComparison { changes: Vec::new(), same: 0 };
    for (key, result) in &new {
        let was = old.iter().find(|(known, _)| known == key).map(|(_, result)| result.state);
        if was == Some(result.state) {
            comparison.same += 1;
        } else {
            comparison.changes.push(change(result, was, Some(result.state)));
        }
    }
    let gone = old.iter().filter(|(key, _)| !new.iter().any(|(known, _)| known == key));
    comparison.changes.extend(gone.map(|(_, result)| change(result, Some(result.state), None)));
    comparison.changes.sort_by(|one, other| one.host.cmp(&other.host));
    comparison
}

type Key<'a> = (&'a str, &'a str, usize);

fn named(results: &[CheckResult]) -> Vec<(Key<'_>, &CheckResult)> {
    let mut named: Vec<(Key<'_>, &CheckResult)> = Vec::new();
    for result in results {
        let (host, title) = (result.host.as_str(), result.title.as_str());
        let place = named.iter().filter(|((one, other, _), _)| (*one, *other) == (host, title)).count();
        named.push(((host, title, place), result));
    }
    named
}

fn change(
    result: &CheckResult,
    before: Option<longshore_contract::CheckState>,
    after: Option<longshore_contract::CheckState>,
) -> CheckChange {
    CheckChange {
        host: result.host.clone(),
        title: result.title.clone(),
        before,
        after,
        message: result.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use longshore_contract::CheckState::{self, Fail, Pass};
    use longshore_contract::{PreflightId, PreflightProgress, PreflightSummary, Timestamp};

    use super::*;

    fn view(results: &[(&str, &str, CheckState)]) -> PreflightView {
        let summary = PreflightSummary {
            id: PreflightId(String::new()),
            at: Timestamp(0),
            progress: PreflightProgress::Done,
            specs: Vec::new(),
            site: None,
            site_name: String::new(),
            hosts: 0,
            passed: 0,
            warned: 0,
            failed: 0,
            unjudged: 0,
        };
        let result = |(host, title, state): &(&str, &str, CheckState)| CheckResult {
            title: (*title).to_owned(),
            state: *state,
            message: format!("{title} on {host}"),
            uri: String::new(),
            strict: false,
            host: (*host).to_owned(),
        };
        PreflightView { summary, hosts: Vec::new(), results: results.iter().map(result).collect() }
    }

    #[test]
    fn what_changed_came_and_went_is_told_by_host() {
        let before =
            view(&[("b", "cpu", Pass), ("a", "cpu", Pass), ("a", "disk", Pass), ("a", "gone", Fail)]);
        let after = view(&[("b", "cpu", Fail), ("a", "cpu", Pass), ("a", "disk", Pass), ("a", "disk", Fail)]);
        let found = changes(&before, &after);
        let told: Vec<_> = found
            .changes
            .iter()
            .map(|one| (one.host.as_str(), one.title.as_str(), one.before, one.after))
            .collect();
        let wanted = [
            ("a", "disk", None, Some(Fail)),
            ("a", "gone", Some(Fail), None),
            ("b", "cpu", Some(Pass), Some(Fail)),
        ];
        assert_eq!(told, wanted, "a second check of one title is a check of its own");
        assert_eq!(found.same, 2);
    }
}
