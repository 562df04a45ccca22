//! Pods and events under the names that Go's types give their fields: `.Status.PodIP`, `.InvolvedObject.Name`.

use serde_json::{Map, Value, json};

/// Words whose letters stay together in Go's names.
const WORDS: &[(&str, &str)] = &[
    ("apiVersion", "APIVersion"),
    ("uid", "UID"),
    ("ip", "IP"),
    ("podIP", "PodIP"),
    ("podIPs", "PodIPs"),
    ("hostIP", "HostIP"),
    ("hostIPs", "HostIPs"),
    ("qosClass", "QOSClass"),
    ("containerID", "ContainerID"),
    ("imageID", "ImageID"),
    ("hostIPC", "HostIPC"),
    ("hostPID", "HostPID"),
    ("tty", "TTY"),
    ("httpGet", "HTTPGet"),
    ("tcpSocket", "TCPSocket"),
    ("fsGroup", "FSGroup"),
    ("dnsPolicy", "DNSPolicy"),
    ("lastState", "LastTerminationState"),
    ("reportingComponent", "ReportingController"),
];

/// Members that are maps of the user's own keys.
const MAPS: &[&str] =
    &["labels", "annotations", "nodeSelector", "data", "limits", "requests", "capacity", "allocatable"];

const META: &[&str] = &["Name", "Namespace", "GenerateName", "UID", "ResourceVersion", "CreationTimestamp"];
const POD_STATUS: &[&str] =
    &["Phase", "Reason", "Message", "PodIP", "HostIP", "NominatedNodeName", "QOSClass", "StartTime"];
const POD_STATUS_LISTS: &[&str] =
    &["ContainerStatuses", "InitContainerStatuses", "EphemeralContainerStatuses", "Conditions"];
const POD_SPEC: &[&str] =
    &["NodeName", "ServiceAccountName", "RestartPolicy", "Hostname", "PriorityClassName"];
const EVENT: &[&str] = &["Reason", "Message", "Type", "Action", "ReportingController", "ReportingInstance"];
const REFERENCE: &[&str] =
    &["Kind", "Namespace", "Name", "UID", "APIVersion", "ResourceVersion", "FieldPath"];

/// A pod.
pub(crate) fn pod(pod: &Value) -> Value {
    let mut record = object(pod);
    fill(&mut record, "Status", POD_STATUS, &json!(""));
    fill(&mut record, "Status", POD_STATUS_LISTS, &json!([]));
    fill(&mut record, "Spec", POD_SPEC, &json!(""));
    fill(&mut record, "Spec", &["Containers", "InitContainers", "Volumes"], &json!([]));
    Value::Object(record)
}

/// An event.
pub(crate) fn event(event: &Value) -> Value {
    let mut record = object(event);
    empty(&mut record, EVENT, &json!(""));
    empty(&mut record, &["Count"], &json!(0));
    fill(&mut record, "InvolvedObject", REFERENCE, &json!(""));
    fill(&mut record, "Source", &["Component", "Host"], &json!(""));
    Value::Object(record)
}

/// An object's members, and those of its metadata, which Go promotes.
fn object(json: &Value) -> Map<String, Value> {
    let mut record = fields(json);
    empty(&mut record, &["Kind", "APIVersion"], &json!(""));
    let mut meta = record.remove("Metadata").and_then(|meta| meta.as_object().cloned()).unwrap_or_default();
    empty(&mut meta, META, &json!(""));
    empty(&mut meta, &["Labels", "Annotations"], &json!({}));
    for (name, value) in &meta {
        record.entry(name.clone()).or_insert_with(|| value.clone());
    }
    record.insert("ObjectMeta".to_owned(), Value::Object(meta));
    record
}

fn fields(json: &Value) -> Map<String, Value> {
    let members = json.as_object().into_iter().flatten();
    members.map(|(name, value)| (go_name(name), go(name, value))).collect()
}

fn go(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(_) if MAPS.contains(&name) => value.clone(),
        Value::Object(_) => Value::Object(fields(value)),
        Value::Array(items) => items.iter().map(|item| go("", item)).collect(),
        other => other.clone(),
    }
}

fn go_name(name: &str) -> String {
    if let Some((_, go)) = WORDS.iter().find(|(json, _)| *json == name) {
        return (*go).to_owned();
    }
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Gives fields of a member that are absent Go's empty value.
fn fill(record: &mut Map<String, Value>, member: &str, names: &[&str], value: &Value) {
    if let Value::Object(members) = record.entry(member).or_insert_with(|| json!({})) {
        empty(members, names, value);
    }
}

/// Gives fields that are absent Go's empty value.
fn empty(record: &mut Map<String, Value>, names: &[&str], value: &Value) {
    for name in names {
        record.entry(*name).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{About, render};

    #[test]
    fn fields_have_gos_names() {
        let record = pod(&json!({
            "metadata": { "name": "web-1", "namespace": "app", "labels": { "a": "b" } },
            "status": { "phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [{ "name": "c" }] },
        }));
        let text = "{{ .Namespace }}/{{ .ObjectMeta.Name }} {{ .Status.PodIP }} [{{ .Status.Reason }}] {{ .Labels.a }} \
                    {{ range .Status.ContainerStatuses }}{{ .Name }}{{ end }}";
        assert_eq!(render(text, About::Record(&record)).as_deref(), Ok("app/web-1 10.0.0.1 [] b c"));
        assert!(render("{{ .Nope }}", About::Record(&record)).is_err(), "a pod has no such field");
    }
}
