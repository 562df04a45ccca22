//! What would not start where hosts have the images and no registry is there to ask.
//!
//! A kubelet asks a registry before each start when the policy is `Always`, which is also what a missing policy means
//! for the tag `latest` or none (Kubernetes, "Images": "Default image pull policy"), though the image lies on the host.

use std::collections::{BTreeMap, BTreeSet};

use longshore_bundle::full_name;
use longshore_contract::{ChartChange, ManifestChange, ObjectDiff};
use serde_json::Value;

use crate::plan::ImagesWanted;

/// Objects named in one warning.
const NAMED: usize = 5;

/// Warnings for a plan whose images go straight to hosts; none for others.
pub(super) fn warnings<'a>(
    images: &ImagesWanted,
    charts: impl Iterator<Item = &'a ChartChange>,
    manifests: &'a [ManifestChange],
) -> Vec<String> {
    if images.hosts.is_empty() {
        return Vec::new();
    }
    let carried: BTreeSet<String> = images.images.iter().map(|image| full_name(&image.reference)).collect();
    let objects = charts.flat_map(|chart| &chart.objects);
    let mut asking = BTreeSet::new();
    let mut lacking: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in objects.chain(manifests.iter().map(|manifest| &manifest.object)) {
        let name = format!("{} {}", object.kind, object.name);
        for container in containers(object) {
            if !carried.contains(&full_name(&container.image)) {
                lacking.entry(container.image).or_default().insert(name.clone());
            } else if container.asks {
                asking.insert(name.clone());
            }
        }
    }
    let mut warnings = Vec::new();
    if !asking.is_empty() {
        warnings.push(format!(
            "A registry is asked at each start of {} (imagePullPolicy Always, or the tag latest without a policy), and \
             this site names none: unless its hosts reach the one in the images' names, these pods will not start, \
             though the hosts have the images. Name a registry with `longshore site update --registry HOST:PORT`, or \
             have the vendor set IfNotPresent.",
            list(&asking)
        ));
    }
    warnings.extend(lacking.into_iter().map(|(image, objects)| {
        format!(
            "The bundle does not carry {image}, which {} needs: unless the hosts reach its registry, these pods will \
             not start. Ask the vendor for a bundle with it.",
            list(&objects)
        )
    }));
    warnings
}

struct Container {
    image: String,
    asks: bool,
}

/// Containers of an object as it will be.
fn containers(object: &ObjectDiff) -> Vec<Container> {
    let pod = match object.kind.as_str() {
        "Pod" => "/spec",
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            "/spec/template/spec"
        }
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        _ => return Vec::new(),
    };
    // An object that leaves has no text, and one that is no object was refused before.
    let value: Value = serde_norway::from_str(&object.after).unwrap_or_default();
    let pod = value.pointer(pod).unwrap_or(&Value::Null);
    let all = ["initContainers", "containers"].into_iter().filter_map(|list| pod[list].as_array()).flatten();
    all.filter_map(|container| {
        let image = container["image"].as_str().filter(|image| !image.is_empty())?;
        let asks = match container["imagePullPolicy"].as_str().unwrap_or_default() {
            "" => !image.contains('@') && full_name(image).ends_with(":latest"),
            policy => policy == "Always",
        };
        Some(Container { image: image.to_owned(), asks })
    })
    .collect()
}

fn list(names: &BTreeSet<String>) -> String {
    let mut shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = format!("{} more", names.len().saturating_sub(NAMED));
    if names.len() > NAMED {
        shown.push(&more);
    }
    match shown.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use longshore_contract::{Change, ImageChange};

    use super::*;

    fn object(kind: &str, name: &str, after: &str) -> ManifestChange {
        ManifestChange {
            object: ObjectDiff {
                kind: kind.to_owned(),
                namespace: "tidewater".to_owned(),
                name: name.to_owned(),
                change: Change::Add,
                before: String::new(),
                after: after.to_owned(),
            },
        }
    }

    fn to_hosts(references: &[&str]) -> ImagesWanted {
        let image = |reference: &&str| ImageChange {
            reference: (*reference).to_owned(),
            destination: (*reference).to_owned(),
            bytes: 1,
            missing_bytes: 0,
        };
        ImagesWanted {
            images: references.iter().map(image).collect(),
            hosts: vec![("quay".to_owned(), "quay".to_owned())],
            ..ImagesWanted::default()
        }
    }

    fn deployment(container: &str) -> String {
        format!("spec: {{ template: {{ spec: {{ containers: [{container}] }} }} }}")
    }

    #[test]
    fn what_would_ask_a_registry_is_told() {
        let images = to_hosts(&["docker.io/library/web:1.0", "registry.example/db:latest"]);
        let objects = [
            object("Deployment", "web", &deployment("{ image: 'web:1.0', imagePullPolicy: Always }")),
            object("Deployment", "quiet", &deployment("{ image: 'web:1.0' }")),
            object("StatefulSet", "db", &deployment("{ image: registry.example/db }")),
            object(
                "Pod",
                "calm",
                "spec: { initContainers: [{ image: 'registry.example/db:latest', imagePullPolicy: Never }] }",
            ),
            object("ConfigMap", "text", &deployment("{ image: 'gone:1' }")),
        ];
        let told = warnings(&images, [].into_iter(), &objects);
        assert_eq!(told.len(), 1, "one for all: {told:?}");
        assert!(
            told[0].starts_with("A registry is asked at each start of Deployment web and StatefulSet db ("),
            "who asks is named: {told:?}"
        );
    }

    #[test]
    fn what_the_bundle_does_not_carry_is_told() {
        let images = to_hosts(&["docker.io/library/web:1.0"]);
        let job =
            "spec: { jobTemplate: { spec: { template: { spec: { containers: [{ image: 'gone:1' }] } } } } }";
        let mut objects = vec![object("CronJob", "nightly", job)];
        for name in ["a", "b", "c", "d", "e", "f"] {
            objects.push(object("DaemonSet", name, &deployment("{ image: 'other@sha256:aa' }")));
        }
        let told = warnings(&images, [].into_iter(), &objects);
        assert_eq!(told.len(), 2, "one for each image: {told:?}");
        assert!(
            told[0].starts_with("The bundle does not carry gone:1, which CronJob nightly needs"),
            "{told:?}"
        );
        let long = "DaemonSet a, DaemonSet b, DaemonSet c, DaemonSet d, DaemonSet e and 1 more needs";
        assert!(told[1].contains(long), "a long list is cut: {told:?}");
    }

    #[test]
    fn a_site_with_a_registry_is_told_nothing() {
        let objects =
            [object("Deployment", "web", &deployment("{ image: 'gone:1', imagePullPolicy: Always }"))];
        let images = ImagesWanted { hosts: Vec::new(), ..to_hosts(&["web:1"]) };
        assert_eq!(warnings(&images, [].into_iter(), &objects), Vec::<String>::new(), "it has whom to ask");
    }
}
