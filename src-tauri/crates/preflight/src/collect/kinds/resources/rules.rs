//! Which namespaces are looked into, and what may be read there.

use futures::FutureExt as _;
use serde_json::{Map, Value, json};

use super::{AT_ONCE, named};
use crate::collect::job::{Job, name, side_by_side};
use crate::collect::resources::{RESOURCES, Resource};
use crate::collect::world::Refusal;

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
const FILE: &str = "cluster-resources/namespaces.json";
const ERRORS: &str = "cluster-resources/namespaces-errors.json";

/// Namespaces to look into, and whether they are all that the cluster has.
pub(super) async fn namespaces(job: &Job<'_>) -> (Vec<String>, bool) {
    let named = named(&job.asked);
    let Some(resource) = RESOURCES.iter().find(|resource| resource.kind == "Namespace") else {
        return (named, false);
    };
    if !named.is_empty() {
        some(job, resource, &named).await;
        reviewed(job, &named).await;
        return (named, false);
    }
    let (mut list, mut names) = (resource.written(), Vec::new());
    let mut add = |object: Value| {
        list.add(&object);
        names.push(name(&object).to_owned());
    };
    let listed = match job.may(&["list"], "", "namespaces", "") {
        Ok(()) => job.objects(resource, "", &mut add).await,
        Err(refusal) => Err(refusal),
    };
    match listed {
        Ok(()) => {
            job.kept.put(FILE, list.end());
            let reviews = reviewed(job, &names).await;
            let ignore = job.asked.flag("ignoreRBAC");
            let seen = names.into_iter().zip(&reviews);
            let seen = seen.filter(|(_, rules)| ignore || rules.as_ref().is_none_or(may_look));
            (seen.map(|(name, _)| name).collect(), true)
        }
        // Who may not list all of them may still look into the application's own.
        Err(refusal) => {
            job.kept.json(ERRORS, &json!([refusal.words()]));
            job.kept.refuse(FILE, refusal);
            let own = vec![job.asked.namespace.to_owned()];
            reviewed(job, &own).await;
            (own, false)
        }
    }
}

/// Keeps namespaces that the spec names.
async fn some(job: &Job<'_>, resource: &Resource, named: &[String]) {
    let (mut found, mut errors) = (resource.written(), Vec::new());
    for namespace in named {
        match job.cluster().get(&format!("{}/{namespace}", resource.path(""))).await {
            Ok(Some(object)) => found.add(&object),
            Ok(None) => errors.push(format!("namespaces {namespace:?} not found")),
            Err(refusal) => errors.push(refusal.words().to_owned()),
        }
    }
    if errors.is_empty() || !found.is_empty() {
        job.kept.put(FILE, found.end());
    } else {
        job.kept.refuse(FILE, Refusal::Failed(errors.join("; ")));
    }
    if !errors.is_empty() {
        job.kept.json(ERRORS, &json!(errors));
    }
}

/// Keeps what the credential may do in each namespace; `None` where that is not told.
async fn reviewed(job: &Job<'_>, namespaces: &[String]) -> Vec<Option<Value>> {
    let work = namespaces.iter().map(|namespace| review(job, namespace).boxed()).collect();
    let answers = side_by_side(AT_ONCE, work).await;
    let mut reviews: Vec<Option<Value>> = Vec::new();
    let mut errors = Map::new();
    for (namespace, answer) in namespaces.iter().zip(answers) {
        match answer {
            Ok(answer) => {
                let file = format!("cluster-resources/auth-cani-list/{namespace}.json");
                job.kept.json(&file, &rules(&answer["status"]));
                reviews.push(Some(answer["status"].clone()));
            }
            Err(refusal) => {
                errors.insert(namespace.clone(), json!(refusal.words()));
                reviews.push(None);
            }
        }
    }
    if !errors.is_empty() {
        job.kept.json("cluster-resources/auth-cani-list-errors.json", &Value::Object(errors));
    }
    reviews
}

async fn review(job: &Job<'_>, namespace: &str) -> Result<Value, Refusal> {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": { "namespace": namespace },
    });
    job.cluster().create(REVIEWS, &review).await
}

/// Rules of a review, as upstream lists them.
fn rules(status: &Value) -> Value {
    let of = |field: &str| status[field].as_array().cloned().unwrap_or_default();
    Value::Array([of("resourceRules"), of("nonResourceRules")].concat())
}

/// Whether a namespace is looked into: whoever may get its pods may look, as upstream has it.
fn may_look(status: &Value) -> bool {
    let has = |rule: &Value, field: &str, wanted: &str| {
        rule[field].as_array().into_iter().flatten().any(|item| item == "*" || item == wanted)
    };
    let rules = status["resourceRules"].as_array();
    let open = status["incomplete"] == true && rules.is_none_or(Vec::is_empty);
    open || rules
        .into_iter()
        .flatten()
        .any(|rule| has(rule, "verbs", "get") && has(rule, "apiGroups", "") && has(rule, "resources", "pods"))
}
