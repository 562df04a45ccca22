//! What every node's kubelet is told, whichever program starts it.

use serde_json::{Value, json};

use crate::survey::Survey;

/// Fields of KubeletConfiguration (`kubelet.config.k8s.io/v1beta1`).
pub(crate) fn settings(survey: &Survey) -> Value {
    let mut settings = json!({
        // What was brought cannot be pulled again: no image is removed to make room.
        "imageGCHighThresholdPercent": 100,
        // A tenth of a large disk is no shortage; less than a gigabyte is one on any. What is evicted for makes kubelet
        // remove images that nobody uses at the moment, pinned ones (containerd 1.7) excepted.
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1Gi",
            "nodefs.inodesFree": "5%",
            "imagefs.available": "1Gi",
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
