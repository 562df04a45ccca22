//! Kinds of analyzers and their own fields.

use super::Type::{Count, Flag, Free, Integer, Object, Outcomes, Text, TextMap, Texts};
use super::{Field, Shape};

const PLAIN: &[Field] = &[("outcomes", Outcomes)];
const NAMED: &[Field] = &[("collectorName", Text), ("outcomes", Outcomes)];
const TEXT: &[Field] = &[
    ("collectorName", Text),
    ("fileName", Text),
    ("regex", Text),
    ("regexGroups", Text),
    ("ignoreIfNoFiles", Flag),
    ("outcomes", Outcomes),
    ("excludeFiles", Texts),
];
const JSON: &[Field] = &[
    ("collectorName", Text),
    ("fileName", Text),
    ("path", Text),
    ("jsonPath", Text),
    ("value", Text),
    ("outcomes", Outcomes),
];
const DATABASE: &[Field] = &[("collectorName", Text), ("fileName", Text), ("outcomes", Outcomes)];

pub(super) const HOST: &[Shape] = &[
    ("cpu", NAMED),
    ("memory", NAMED),
    ("tcpLoadBalancer", NAMED),
    ("httpLoadBalancer", NAMED),
    ("diskUsage", NAMED),
    ("tcpPortStatus", NAMED),
    ("udpPortStatus", NAMED),
    ("http", NAMED),
    ("time", NAMED),
    (
        "blockDevices",
        &[
            ("collectorName", Text),
            ("minimumAcceptableSize", Count),
            ("includeUnmountedPartitions", Flag),
            ("additionalDeviceTypes", Texts),
            ("outcomes", Outcomes),
        ],
    ),
    ("systemPackages", NAMED),
    ("kernelModules", NAMED),
    ("tcpConnect", NAMED),
    ("ipv4Interfaces", NAMED),
    ("subnetAvailable", NAMED),
    ("subnetContainsIP", &[("collectorName", Text), ("cidr", Text), ("ip", Text), ("outcomes", Outcomes)]),
    ("filesystemPerformance", NAMED),
    ("certificate", NAMED),
    ("certificatesCollection", NAMED),
    ("hostServices", NAMED),
    ("hostOS", NAMED),
    ("textAnalyze", TEXT),
    ("kernelConfigs", &[("collectorName", Text), ("selectedConfigs", Texts), ("outcomes", Outcomes)]),
    ("jsonCompare", JSON),
    ("networkNamespaceConnectivity", NAMED),
    ("sysctl", NAMED),
    ("registryImages", NAMED),
];

const WORKLOAD: &[Field] =
    &[("outcomes", Outcomes), ("namespace", Text), ("namespaces", Texts), ("name", Text)];
const NODE_FILTERS: &[Field] = &[
    ("cpuArchitecture", Text),
    ("cpuCapacity", Text),
    ("cpuAllocatable", Text),
    ("memoryCapacity", Text),
    ("memoryAllocatable", Text),
    ("podCapacity", Text),
    ("podAllocatable", Text),
    ("ephemeralStorageCapacity", Text),
    ("ephemeralStorageAllocatable", Text),
    ("selector", Object(&[("matchLabel", TextMap), ("matchExpressions", Free)])),
    ("resourceName", Text),
    ("resourceAllocatable", Text),
    ("resourceCapacity", Text),
    ("taint", Object(&[("key", Text), ("value", Text), ("effect", Text), ("timeAdded", Text)])),
];

pub(super) const CLUSTER: &[Shape] = &[
    ("clusterVersion", PLAIN),
    ("storageClass", &[("outcomes", Outcomes), ("storageClassName", Text)]),
    ("ingressClass", &[("outcomes", Outcomes), ("ingressClassName", Text)]),
    ("customResourceDefinition", &[("outcomes", Outcomes), ("customResourceDefinitionName", Text)]),
    ("ingress", &[("outcomes", Outcomes), ("ingressName", Text), ("namespace", Text)]),
    ("secret", &[("outcomes", Outcomes), ("secretName", Text), ("namespace", Text), ("key", Text)]),
    ("configMap", &[("outcomes", Outcomes), ("configMapName", Text), ("namespace", Text), ("key", Text)]),
    ("imagePullSecret", &[("outcomes", Outcomes), ("registryName", Text)]),
    ("deploymentStatus", WORKLOAD),
    ("statefulsetStatus", WORKLOAD),
    ("jobStatus", WORKLOAD),
    (
        "replicasetStatus",
        &[
            ("outcomes", Outcomes),
            ("namespace", Text),
            ("namespaces", Texts),
            ("name", Text),
            ("selector", Texts),
        ],
    ),
    ("clusterPodStatuses", &[("outcomes", Outcomes), ("namespaces", Texts)]),
    ("clusterContainerStatuses", &[("outcomes", Outcomes), ("namespaces", Texts), ("restartCount", Integer)]),
    ("containerRuntime", PLAIN),
    ("distribution", PLAIN),
    (
        "nodeResources",
        &[("outcomes", Outcomes), ("filters", Object(NODE_FILTERS)), ("ignoreIfNoFiles", Flag)],
    ),
    ("textAnalyze", TEXT),
    (
        "yamlCompare",
        &[
            ("collectorName", Text),
            ("fileName", Text),
            ("path", Text),
            ("value", Text),
            ("outcomes", Outcomes),
        ],
    ),
    ("jsonCompare", JSON),
    ("postgres", DATABASE),
    ("mysql", DATABASE),
    ("mssql", DATABASE),
    ("redis", DATABASE),
    ("clickhouse", DATABASE),
    ("cephStatus", &[("outcomes", Outcomes), ("collectorName", Text), ("namespace", Text)]),
    ("velero", &[]),
    ("longhorn", &[("outcomes", Outcomes), ("collectorName", Text), ("namespace", Text)]),
    ("registryImages", NAMED),
    ("weaveReport", &[("reportFileGlob", Text)]),
    ("sysctl", PLAIN),
    (
        "clusterResource",
        &[
            ("collectorName", Text),
            ("outcomes", Outcomes),
            ("kind", Text),
            ("clusterScoped", Flag),
            ("namespace", Text),
            ("name", Text),
            ("yamlPath", Text),
            ("expectedValue", Text),
            ("regex", Text),
            ("regexGroups", Text),
        ],
    ),
    ("certificates", PLAIN),
    ("goldpinger", &[("outcomes", Outcomes), ("collectorName", Text), ("filePath", Text)]),
    (
        "event",
        &[
            ("collectorName", Text),
            ("namespace", Text),
            ("kind", Text),
            ("reason", Text),
            ("regex", Text),
            ("outcomes", Outcomes),
        ],
    ),
    (
        "nodeMetrics",
        &[
            ("collectorName", Text),
            ("filters", Object(&[("pvc", Object(&[("nameRegex", Text), ("namespace", Text)]))])),
            ("outcomes", Outcomes),
        ],
    ),
    ("http", NAMED),
    ("s3Status", DATABASE),
];
