//! Kinds of collectors and their own fields.

use super::Type::{Count, Flag, Free, Integer, Object, Objects, Text, TextMap, Texts};
use super::{Field, Shape};

const TLS: &[Field] = &[
    ("skipVerify", Flag),
    ("secret", Object(&[("name", Text), ("namespace", Text)])),
    ("cacert", Text),
    ("clientCert", Text),
    ("clientKey", Text),
];
const GET: &[Field] = &[
    ("url", Text),
    ("insecureSkipVerify", Flag),
    ("headers", TextMap),
    ("timeout", Text),
    ("tls", Object(TLS)),
    ("proxy", Text),
];
const SEND: &[Field] = &[
    ("url", Text),
    ("insecureSkipVerify", Flag),
    ("headers", TextMap),
    ("body", Text),
    ("timeout", Text),
    ("tls", Object(TLS)),
    ("proxy", Text),
];
const PULL_SECRET: &[Field] = &[("name", Text), ("data", TextMap), ("type", Text)];
const BALANCER: &[Field] = &[("address", Text), ("port", Integer), ("path", Text), ("timeout", Text)];
const PORT: &[Field] = &[("interface", Text), ("port", Integer)];

pub(super) const HOST: &[Shape] = &[
    ("cpu", &[]),
    ("memory", &[]),
    ("tcpLoadBalancer", &[("address", Text), ("port", Integer), ("timeout", Text)]),
    ("httpLoadBalancer", BALANCER),
    ("tcpPortStatus", PORT),
    ("udpPortStatus", PORT),
    ("ipv4Interfaces", &[]),
    ("subnetAvailable", &[("CIDRRangeAlloc", Text), ("desiredCIDR", Integer)]),
    ("diskUsage", &[("path", Text)]),
    ("http", &[("get", Object(GET)), ("post", Object(SEND)), ("put", Object(SEND))]),
    ("time", &[]),
    ("blockDevices", &[]),
    (
        "systemPackages",
        &[
            ("ubuntu", Texts),
            ("ubuntu16", Texts),
            ("ubuntu18", Texts),
            ("ubuntu20", Texts),
            ("rhel", Texts),
            ("rhel7", Texts),
            ("rhel8", Texts),
            ("rhel9", Texts),
            ("rocky", Texts),
            ("rocky8", Texts),
            ("rocky9", Texts),
            ("centos", Texts),
            ("centos7", Texts),
            ("centos8", Texts),
            ("centos9", Texts),
            ("ol", Texts),
            ("ol7", Texts),
            ("ol8", Texts),
            ("ol9", Texts),
            ("amzn", Texts),
            ("amzn2", Texts),
        ],
    ),
    ("kernelModules", &[]),
    ("tcpConnect", &[("address", Text), ("timeout", Text)]),
    (
        "filesystemPerformance",
        &[
            ("operationSize", Count),
            ("directory", Text),
            ("fileSize", Text),
            ("sync", Flag),
            ("datasync", Flag),
            ("runTime", Text),
            ("timeout", Text),
            ("enableBackgroundIOPS", Flag),
            ("backgroundIOPSWarmupSeconds", Integer),
            ("backgroundWriteIOPS", Integer),
            ("backgroundReadIOPS", Integer),
            ("backgroundWriteIOPSJobs", Integer),
            ("backgroundReadIOPSJobs", Integer),
        ],
    ),
    ("certificate", &[("certificatePath", Text), ("keyPath", Text)]),
    ("certificatesCollection", &[("paths", Texts)]),
    ("hostServices", &[]),
    ("hostOS", &[]),
    (
        "run",
        &[
            ("command", Text),
            ("args", Texts),
            ("outputDir", Text),
            ("input", TextMap),
            ("env", Texts),
            ("inheritEnvs", Texts),
            ("ignoreParentEnvs", Flag),
            ("timeout", Text),
        ],
    ),
    ("copy", &[("path", Text)]),
    ("kernelConfigs", &[]),
    (
        "journald",
        &[
            ("system", Flag),
            ("dmesg", Flag),
            ("units", Texts),
            ("since", Text),
            ("until", Text),
            ("output", Text),
            ("lines", Integer),
            ("reverse", Flag),
            ("utc", Flag),
            ("timeout", Text),
        ],
    ),
    ("cgroups", &[("mountPoint", Text)]),
    ("dns", &[("hostnames", Texts)]),
    (
        "networkNamespaceConnectivity",
        &[("fromCIDR", Text), ("toCIDR", Text), ("timeout", Text), ("port", Integer)],
    ),
    ("sysctl", &[]),
    ("registryImages", &[("images", Texts), ("username", Text), ("password", Text)]),
];

const KEYED: &[Field] = &[
    ("name", Text),
    ("selector", Texts),
    ("namespace", Text),
    ("key", Text),
    ("includeValue", Flag),
    ("includeAllData", Flag),
];
const DATABASE: &[Field] = &[("uri", Text), ("parameters", Texts), ("tls", Object(TLS))];
const SOURCE: &[Field] = &[("name", Text), ("namespaces", Texts)];
const LIMITS: &[Field] =
    &[("maxAge", Text), ("maxLines", Integer), ("sinceTime", Text), ("maxBytes", Integer)];
const LAUNCH: &[Field] = &[
    ("namespace", Text),
    ("image", Text),
    ("imagePullSecret", Object(PULL_SECRET)),
    ("serviceAccountName", Text),
];

pub(super) const CLUSTER: &[Shape] = &[
    ("clusterInfo", &[]),
    ("clusterResources", &[("namespaces", Texts), ("ignoreRBAC", Flag)]),
    ("secret", KEYED),
    (
        "customMetrics",
        &[(
            "metricRequests",
            Objects(&[("namespace", Text), ("objectName", Text), ("resourceMetricName", Text)]),
        )],
    ),
    ("configMap", KEYED),
    (
        "logs",
        &[
            ("name", Text),
            ("selector", Texts),
            ("namespace", Text),
            ("containerNames", Texts),
            ("limits", Object(LIMITS)),
            ("timestamps", Flag),
        ],
    ),
    (
        "run",
        &[
            ("name", Text),
            ("namespace", Text),
            ("image", Text),
            ("command", Texts),
            ("args", Texts),
            ("timeout", Text),
            ("imagePullPolicy", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("serviceAccountName", Text),
        ],
    ),
    (
        "runPod",
        &[
            ("name", Text),
            ("namespace", Text),
            ("timeout", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("podSpec", Free),
            ("annotations", TextMap),
            ("allowImagePullRetries", Flag),
        ],
    ),
    (
        "runDaemonSet",
        &[
            ("name", Text),
            ("namespace", Text),
            ("timeout", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("podSpec", Free),
        ],
    ),
    (
        "exec",
        &[
            ("name", Text),
            ("selector", Texts),
            ("namespace", Text),
            ("containerName", Text),
            ("command", Texts),
            ("args", Texts),
            ("timeout", Text),
        ],
    ),
    ("data", &[("name", Text), ("data", Text)]),
    (
        "copy",
        &[
            ("name", Text),
            ("selector", Texts),
            ("namespace", Text),
            ("containerPath", Text),
            ("containerName", Text),
            ("extractArchive", Flag),
        ],
    ),
    (
        "copyFromHost",
        &[
            ("name", Text),
            ("namespace", Text),
            ("image", Text),
            ("imagePullPolicy", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("timeout", Text),
            ("hostPath", Text),
            ("extractArchive", Flag),
        ],
    ),
    ("http", &[("name", Text), ("get", Object(GET)), ("post", Object(SEND)), ("put", Object(SEND))]),
    ("postgres", DATABASE),
    ("mssql", DATABASE),
    ("mysql", DATABASE),
    ("redis", DATABASE),
    ("clickhouse", DATABASE),
    (
        "collectd",
        &[
            ("namespace", Text),
            ("image", Text),
            ("imagePullPolicy", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("timeout", Text),
            ("hostPath", Text),
        ],
    ),
    ("ceph", &[("namespace", Text), ("timeout", Text)]),
    ("longhorn", &[("namespace", Text), ("timeout", Text)]),
    ("registryImages", &[("images", Texts), ("namespace", Text), ("imagePullSecret", Object(PULL_SECRET))]),
    (
        "sysctl",
        &[
            ("name", Text),
            ("namespace", Text),
            ("image", Text),
            ("imagePullPolicy", Text),
            ("imagePullSecret", Object(PULL_SECRET)),
            ("timeout", Text),
        ],
    ),
    ("certificates", &[("secrets", Objects(SOURCE)), ("configMaps", Objects(SOURCE))]),
    ("helm", &[("namespace", Text), ("releaseName", Text), ("collectValues", Flag)]),
    (
        "goldpinger",
        &[
            ("namespace", Text),
            ("image", Text),
            ("serviceAccountName", Text),
            ("collectDelay", Text),
            ("podLaunchOptions", Object(LAUNCH)),
        ],
    ),
    ("sonobuoy", &[("namespace", Text)]),
    ("nodeMetrics", &[("nodeNames", Texts), ("selector", Texts)]),
    ("dns", &[("timeout", Text), ("image", Text), ("nonResolvable", Text)]),
    ("etcd", &[("image", Text)]),
    ("supportBundleMetadata", &[("namespace", Text)]),
    (
        "s3Status",
        &[
            ("bucketName", Text),
            ("region", Text),
            ("endpoint", Text),
            ("accessKeyID", Text),
            ("secretAccessKey", Text),
            ("usePathStyle", Flag),
            ("insecure", Flag),
        ],
    ),
];
