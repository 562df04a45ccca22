//! Kinds of objects that the layout keeps, and where in the Kubernetes API they are listed.

use serde_json::{Value, json};

use super::world::Right;
use super::written::Written;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resource {
    /// Its names in a `clusterResource`.
    pub(super) names: &'static [&'static str],
    /// Its kind in the API.
    pub(super) kind: &'static str,
    /// Folder or file that holds it.
    pub(super) place: &'static str,
    /// Group and version; the core has no group.
    pub(super) version: &'static str,
    pub(super) plural: &'static str,
    /// Whether it is in namespaces.
    pub(super) namespaced: bool,
}

const fn of(
    kind: &'static str,
    names: &'static [&'static str],
    place: &'static str,
    version: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Resource {
    Resource { names, kind, place, version, plural, namespaced }
}

const APPS: &str = "apps/v1";
const BATCH: &str = "batch/v1";
const NETWORKING: &str = "networking.k8s.io/v1";
const ADMISSION: &str = "admissionregistration.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";
const STORAGE: &str = "storage.k8s.io/v1";
/// Where its definition is, of which custom resources are read.
pub(super) const DEFINITIONS: &str = "custom-resource-definitions";

/// All of them.
pub(super) const RESOURCES: &[Resource] = &[
    of("Namespace", &["namespace"], "namespaces", "v1", "namespaces", false),
    of("Pod", &["pod"], "pods", "v1", "pods", true),
    of("PodDisruptionBudget", &[], "pod-disruption-budgets", "policy/v1", "poddisruptionbudgets", true),
    of("Service", &["service"], "services", "v1", "services", true),
    of("Deployment", &["deployment"], "deployments", APPS, "deployments", true),
    of("StatefulSet", &["statefulset"], "statefulsets", APPS, "statefulsets", true),
    of("DaemonSet", &["daemonset"], "daemonsets", APPS, "daemonsets", true),
    of("ReplicaSet", &["replicaset"], "replicasets", APPS, "replicasets", true),
    of("Job", &["job"], "jobs", BATCH, "jobs", true),
    of("CronJob", &[], "cronjobs", BATCH, "cronjobs", true),
    of("Ingress", &["ingress"], "ingress", NETWORKING, "ingresses", true),
    of("NetworkPolicy", &["networkpolicy"], "network-policy", NETWORKING, "networkpolicies", true),
    of("ResourceQuota", &["resourcequota"], "resource-quota", "v1", "resourcequotas", true),
    of("LimitRange", &[], "limitranges", "v1", "limitranges", true),
    of("Event", &["event"], "events", "v1", "events", true),
    of(
        "PersistentVolumeClaim",
        &["pvc", "persistentvolumeclaim"],
        "pvcs",
        "v1",
        "persistentvolumeclaims",
        true,
    ),
    of("Role", &[], "roles", RBAC, "roles", true),
    of("RoleBinding", &[], "rolebindings", RBAC, "rolebindings", true),
    of("Endpoints", &[], "endpoints", "v1", "endpoints", true),
    of("EndpointSlice", &[], "endpointslices", "discovery.k8s.io/v1", "endpointslices", true),
    of("ServiceAccount", &[], "serviceaccounts", "v1", "serviceaccounts", true),
    of("Lease", &[], "leases", "coordination.k8s.io/v1", "leases", true),
    of("ConfigMap", &["configmap"], "configmaps", "v1", "configmaps", true),
    of("StorageClass", &["storageclass"], "storage-classes", STORAGE, "storageclasses", false),
    of("IngressClass", &["ingressclass"], "ingress-classes", NETWORKING, "ingressclasses", false),
    of("PriorityClass", &[], "priorityclasses", "scheduling.k8s.io/v1", "priorityclasses", false),
    of(
        "CustomResourceDefinition",
        &["customresourcedefinition"],
        DEFINITIONS,
        "apiextensions.k8s.io/v1",
        "customresourcedefinitions",
        false,
    ),
    of("Node", &["node"], "nodes", "v1", "nodes", false),
    of("PersistentVolume", &["pv", "persistentvolume"], "pvs", "v1", "persistentvolumes", false),
    of("ClusterRole", &[], "clusterroles", RBAC, "clusterroles", false),
    of("ClusterRoleBinding", &[], "clusterrolebindings", RBAC, "clusterrolebindings", false),
    of("VolumeAttachment", &[], "volumeattachments", STORAGE, "volumeattachments", false),
    of(
        "CertificateSigningRequest",
        &[],
        "certificatesigningrequests",
        "certificates.k8s.io/v1",
        "certificatesigningrequests",
        false,
    ),
    of(
        "ValidatingWebhookConfiguration",
        &["validatingwebhookconfiguration"],
        "validating-webhook-configurations",
        ADMISSION,
        "validatingwebhookconfigurations",
        false,
    ),
    of(
        "MutatingWebhookConfiguration",
        &["mutatingwebhookconfiguration"],
        "mutating-webhook-configurations",
        ADMISSION,
        "mutatingwebhookconfigurations",
        false,
    ),
];

impl Resource {
    /// Path of its list in the API; of all namespaces, or of what has none, when `namespace` is empty.
    pub(super) fn path(&self, namespace: &str) -> String {
        let root = if self.version.contains('/') { "/apis/" } else { "/api/" };
        let place = if namespace.is_empty() { String::new() } else { format!("/namespaces/{namespace}") };
        format!("{root}{}{place}/{}", self.version, self.plural)
    }

    /// The right to list it.
    pub(super) fn right(&self, namespace: &str) -> Right {
        let group = self.version.split_once('/').map_or("", |(group, _)| group);
        Right::new("list", group, self.plural, namespace)
    }

    /// File that holds it; for what is in namespaces, a star stands for all of them.
    pub(super) fn file(&self, namespace: &str) -> String {
        match (self.namespaced, namespace) {
            (false, _) => format!("cluster-resources/{}.json", self.place),
            (true, "") => format!("cluster-resources/{}/*.json", self.place),
            (true, namespace) => format!("cluster-resources/{}/{namespace}.json", self.place),
        }
    }

    /// Names the kind of an object: the API leaves that to the list.
    pub(super) fn name(&self, object: &mut Value) {
        if let Some(fields) = object.as_object_mut() {
            fields.entry("kind").or_insert_with(|| json!(self.kind));
            fields.entry("apiVersion").or_insert_with(|| json!(self.version));
        }
    }

    /// An empty list of it.
    pub(super) fn written(&self) -> Written {
        let head = format!(
            r#"{{"kind":"{}List","apiVersion":"{}","metadata":{{}},"items":["#,
            self.kind, self.version
        );
        Written::new(&head, "]}")
    }
}
