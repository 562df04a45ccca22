//! Which PodDisruptionBudget keeps a pod where it is, in words; pure but for the reading.

use serde_json::Value;

use super::pod::Pod;
use crate::api::{ApiError, Cluster};

/// The budgets of a namespace.
pub(super) async fn budgets(cluster: &Cluster, namespace: &str) -> Result<Vec<Value>, ApiError> {
    cluster.list(&format!("/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets")).await
}

/// Why a pod may not be evicted: the budgets that select it and allow no disruption, else what the API server said.
pub(super) fn blockers(pod: &Pod, labels: &Value, budgets: &[Value], said: &str) -> Vec<String> {
    let selecting: Vec<&Value> =
        budgets.iter().filter(|budget| selects(&budget["spec"]["selector"], labels)).collect();
    let (namespace, name) = (&pod.namespace, &pod.name);
    if selecting.len() > 1 {
        let names: Vec<&str> = selecting.iter().map(|budget| name_of(budget)).collect();
        let names = names.join(" and ");
        return vec![format!(
            "{name} in {namespace} is in several PodDisruptionBudgets ({names}), and Kubernetes evicts no such pod"
        )];
    }
    let blocking: Vec<String> = selecting
        .iter()
        .filter(|budget| budget["status"]["disruptionsAllowed"].as_i64().unwrap_or(0) <= 0)
        .map(|budget| words(budget, pod))
        .collect();
    if blocking.is_empty() { vec![format!("{name} in {namespace} stays: {said}")] } else { blocking }
}

fn name_of(budget: &Value) -> &str {
    budget["metadata"]["name"].as_str().unwrap_or_default()
}

/// `PodDisruptionBudget web-pdb in shop allows no disruption of web-7c9: 2 of 2 must be available, 2 are`.
fn words(budget: &Value, pod: &Pod) -> String {
    let status = &budget["status"];
    let count = |field: &str| status[field].as_i64().unwrap_or(0);
    let said = format!(
        "PodDisruptionBudget {} in {} allows no disruption of {}",
        name_of(budget),
        pod.namespace,
        pod.name
    );
    let seen = status["observedGeneration"].as_i64();
    if seen.is_none() || seen < budget["metadata"]["generation"].as_i64() {
        return format!("{said}: the cluster has not counted its pods yet");
    }
    let (wanted, all, are) = (count("desiredHealthy"), count("expectedPods"), count("currentHealthy"));
    format!("{said}: {wanted} of {all} must be available, {are} {}", if are == 1 { "is" } else { "are" })
}

/// Whether a label selector selects; an empty one selects all (policy/v1).
fn selects(selector: &Value, labels: &Value) -> bool {
    if selector.is_null() {
        return false;
    }
    let exact = selector["matchLabels"].as_object();
    let exact =
        exact.is_none_or(|wanted| wanted.iter().all(|(label, value)| labels.get(label) == Some(value)));
    exact
        && selector["matchExpressions"]
            .as_array()
            .into_iter()
            .flatten()
            .all(|wanted| expression(wanted, labels))
}

fn expression(wanted: &Value, labels: &Value) -> bool {
    let value = labels.get(wanted["key"].as_str().unwrap_or_default());
    let among =
        || value.is_some_and(|value| wanted["values"].as_array().is_some_and(|all| all.contains(value)));
    match wanted["operator"].as_str().unwrap_or_default() {
        "In" => among(),
        "NotIn" => !among(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_select() {
        let labels = json!({ "app": "web", "tier": "front" });
        let table = [
            (json!(null), false),
            (json!({}), true),
            (json!({ "matchLabels": { "app": "web" } }), true),
            (json!({ "matchLabels": { "app": "web", "tier": "back" } }), false),
            (
                json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": ["web", "db"] }] }),
                true,
            ),
            (
                json!({ "matchExpressions": [{ "key": "app", "operator": "NotIn", "values": ["web"] }] }),
                false,
            ),
            (json!({ "matchExpressions": [{ "key": "zone", "operator": "NotIn", "values": ["a"] }] }), true),
            (json!({ "matchExpressions": [{ "key": "tier", "operator": "Exists" }] }), true),
            (json!({ "matchExpressions": [{ "key": "tier", "operator": "DoesNotExist" }] }), false),
            (json!({ "matchExpressions": [{ "key": "tier", "operator": "Like" }] }), false),
        ];
        for (selector, expected) in table {
            assert_eq!(selects(&selector, &labels), expected, "{selector}");
        }
    }

    #[test]
    fn a_budget_says_what_it_keeps() {
        let budget = |name: &str, allowed: i64, seen: i64| {
            json!({
                "metadata": { "name": name, "generation": 2 },
                "spec": { "selector": { "matchLabels": { "app": "web" } } },
                "status": { "disruptionsAllowed": allowed, "desiredHealthy": 2, "expectedPods": 2,
                            "currentHealthy": 1, "observedGeneration": seen },
            })
        };
        let pod = Pod { namespace: "shop".into(), name: "web-7c9".into(), uid: "1".into() };
        let said =
            |budgets: &[Value]| blockers(&pod, &json!({ "app": "web" }), budgets, "not now").join("; ");
        let lines = [
            said(&[budget("web-pdb", 0, 2)]),
            said(&[budget("web-pdb", 0, 1)]),
            said(&[budget("web-pdb", 1, 2)]),
            said(&[budget("web-pdb", 1, 2), budget("all", 1, 2)]),
            said(&[]),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        PodDisruptionBudget web-pdb in shop allows no disruption of web-7c9: 2 of 2 must be available, 1 is
        PodDisruptionBudget web-pdb in shop allows no disruption of web-7c9: the cluster has not counted its pods yet
        web-7c9 in shop stays: not now
        web-7c9 in shop is in several PodDisruptionBudgets (web-pdb and all), and Kubernetes evicts no such pod
        web-7c9 in shop stays: not now
        ");
    }
}
