//! What a look at the StorageClasses means; pure.

use serde_json::Value;

/// Annotation of the class that claims without one are given.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";
/// Its name before Kubernetes 1.6, which is still heeded.
const DEFAULT_BEFORE: &str = "storageclass.beta.kubernetes.io/is-default-class";
/// The provisioner of classes whose volumes are made by hand.
const BY_HAND: &str = "kubernetes.io/no-provisioner";

/// A StorageClass that is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// Who makes its volumes.
    pub(super) provisioner: String,
    /// Whether a volume waits for the pod that wants it.
    pub(super) waits: bool,
    /// Whether volumes stay when their claims go.
    retains: bool,
}

impl Class {
    /// Why a claim on it is not tried.
    pub(super) fn untried(&self) -> Option<&'static str> {
        if self.provisioner == BY_HAND {
            return Some("its volumes are made by hand");
        }
        self.retains.then_some("it retains volumes, so what is tried would stay")
    }
}

fn name(class: &Value) -> &str {
    class["metadata"]["name"].as_str().unwrap_or_default()
}

fn is_default(class: &Value) -> bool {
    let annotations = &class["metadata"]["annotations"];
    [DEFAULT, DEFAULT_BEFORE].iter().any(|name| annotations[*name] == "true")
}

/// The class of that name, or what is lacking of it as the default.
pub(super) fn judged(classes: &[Value], wanted: &str) -> Result<Class, String> {
    let Some(class) = classes.iter().find(|class| name(class) == wanted) else {
        let known: Vec<&str> = classes.iter().map(name).collect();
        let there =
            if known.is_empty() { "none at all".to_owned() } else { format!("only {}", known.join(", ")) };
        return Err(format!("there is no StorageClass {wanted}, {there}; an extension has to bring it"));
    };
    if !is_default(class) {
        let other = classes.iter().find(|class| is_default(class)).map(name);
        let instead = other.map(|other| format!("; {other} is it instead")).unwrap_or_default();
        return Err(format!(
            "StorageClass {wanted} is not the default: it lacks the annotation {DEFAULT}{instead}"
        ));
    }
    Ok(Class {
        provisioner: class["provisioner"].as_str().unwrap_or_default().to_owned(),
        waits: class["volumeBindingMode"] == "WaitForFirstConsumer",
        retains: class["reclaimPolicy"] == "Retain",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(name: &str, default: &str, more: Value) -> Value {
        let mut class = json!({ "metadata": { "name": name, "annotations": { DEFAULT: default } }, "provisioner": "disks.example" });
        for (key, value) in more.as_object().into_iter().flatten() {
            class[key] = value.clone();
        }
        class
    }

    #[test]
    fn every_set_of_classes_has_its_answer() {
        let fine = Class { provisioner: "disks.example".to_owned(), waits: false, retains: false };
        let table: Vec<(Vec<Value>, Result<Class, &str>)> = vec![
            (vec![], Err("none at all")),
            (vec![class("slow", "true", json!({}))], Err("only slow")),
            (vec![class("disks", "false", json!({}))], Err("is not the default")),
            (
                vec![class("disks", "", json!({})), class("slow", "true", json!({}))],
                Err("slow is it instead"),
            ),
            (vec![class("slow", "", json!({})), class("disks", "true", json!({}))], Ok(fine.clone())),
            (
                vec![class("disks", "true", json!({ "volumeBindingMode": "WaitForFirstConsumer" }))],
                Ok(Class { waits: true, ..fine.clone() }),
            ),
            (
                vec![class("disks", "true", json!({ "reclaimPolicy": "Retain" }))],
                Ok(Class { retains: true, ..fine }),
            ),
        ];
        for (classes, expected) in table {
            match (judged(&classes, "disks"), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{classes:?}"),
                (Err(why), Err(part)) => assert!(why.contains(part), "{classes:?}: {why}"),
                (found, _) => panic!("{classes:?} gives {found:?}"),
            }
        }
    }

    #[test]
    fn what_would_stay_or_is_made_by_hand_is_not_tried() {
        let of =
            |more| judged(&[class("disks", "true", more)], "disks").expect("it is the default").untried();
        assert_eq!(of(json!({})), None, "a claim on it is tried");
        assert!(of(json!({ "provisioner": BY_HAND })).is_some(), "nobody would meet the claim");
        assert!(of(json!({ "reclaimPolicy": "Retain" })).is_some(), "its volume would stay");
    }
}
