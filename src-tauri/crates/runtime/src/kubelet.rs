//! What every node's kubelet is told, whichever program starts it.

use serde_json::{Value, json};

use crate::survey::Survey;

/// Fields of KubeletConfiguration (`kubelet.config.k8s.io/v1beta1`).
pub(crate) fn settings(survey: &Survey) -> Value {
    let mut settings = json!({
        // What was brought cannot be pulled again: no image is removed to make room.
        "imageGCHighThresholdPercent": 100,
        // A tenth of a large disk is no shortage; two gigabytes are on any.
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "2Gi",
            "nodefs.inodesFree": "5%",
            "imagefs.available": "2Gi",
            "imagefs.inodesFree": "5%"
        }
    });
    if survey.cgroup == 1 {
        // From 1.35 on, kubelet refuses cgroup v1 unless it is told not to.
        settings["failCgroupV1"] = json!(false);
    }
    if survey.swap {
        settings["failSwapOn"] = json!(false);
    }
    settings
}
