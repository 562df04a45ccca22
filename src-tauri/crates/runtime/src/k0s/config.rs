//! k0s's own configuration, ClusterConfig of `k0s.k0sproject.io/v1beta1`.

use serde_json::{Value, json};

use crate::kubelet::settings;
use crate::overrides::{merge, parse};
use crate::survey::Survey;
use crate::{ClusterSpec, Member, MemberSpec, RuntimeError};

const HINT: &str = "Ask the vendor for a package whose cluster configuration is right.";

/// The configuration of one controller, and the profile that its kubelets use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// The file.
    pub yaml: String,
    /// Name of the worker profile.
    pub profile: String,
}

/// k0s's folder below the cluster's.
pub(crate) fn data(spec: &ClusterSpec) -> String {
    format!("{}/k0s", spec.data_directory)
}

fn api(spec: &ClusterSpec, member: &MemberSpec) -> Value {
    let mut api = json!({
        "address": member.address.to_string(), "port": spec.api_port(), "sans": spec.certificate_names()
    });
    if !spec.is_direct() {
        api["externalAddress"] = json!(spec.endpoint_parts().0);
    }
    api
}

fn network(spec: &ClusterSpec) -> Value {
    let brings = |part: &str| spec.images.iter().any(|image| image.contains(part));
    let mut network = json!({
        "provider": "kuberouter", "podCIDR": spec.pod_cidr, "serviceCIDR": spec.service_cidr
    });
    if brings("calico") {
        network["provider"] = json!("calico");
        network["calico"] = json!({"mode": "vxlan", "envVars": {"FELIX_USAGEREPORTINGENABLED": "false"}});
    }
    // It does without a load balancer in front of several controllers, where its image is there.
    if spec.is_direct() && brings("envoy") {
        network["nodeLocalLoadBalancing"] = json!({"enabled": true, "type": "EnvoyProxy"});
    }
    network
}

fn ours(spec: &ClusterSpec, member: &MemberSpec, survey: &Survey) -> Value {
    let mut config = json!({
        "apiVersion": "k0s.k0sproject.io/v1beta1",
        "kind": "ClusterConfig",
        "metadata": {"name": "k0s"},
        "spec": {
            "api": api(spec, member),
            "storage": {"type": "etcd", "etcd": {"peerAddress": member.address.to_string()}},
            "network": network(spec),
            "images": {"default_pull_policy": "Never"},
            "workerProfiles": [{"name": "longshore", "values": settings(survey)}],
            "telemetry": {"enabled": false}
        }
    });
    if !["", "registry.k8s.io"].contains(&spec.image_repository.as_str()) {
        config["spec"]["images"]["repository"] = json!(spec.image_repository);
    }
    config
}

/// The configuration with the vendor's changes, which are laid over it last.
pub(crate) fn make(spec: &ClusterSpec, member: &MemberSpec, survey: &Survey) -> Result<Config, RuntimeError> {
    let refused = |what: String| RuntimeError::Unsupported { what, hint: HINT.to_owned() };
    let mut config = ours(spec, member, survey);
    for (_, patch) in parse(&spec.overrides, &["ClusterConfig"])? {
        merge(&mut config, &patch);
    }
    // k0s itself passes over what it does not know within a section; a changed head it takes for its own.
    let head = ["apiVersion", "kind"].map(|name| config[name].as_str().unwrap_or_default().to_owned());
    if head != ["k0s.k0sproject.io/v1beta1", "ClusterConfig"] || config["metadata"]["name"] != "k0s" {
        return Err(refused(
            "The vendor's changes give the cluster configuration another kind or name".to_owned(),
        ));
    }
    let profile = config["spec"]["workerProfiles"][0]["name"].as_str().unwrap_or("default").to_owned();
    let yaml = serde_norway::to_string(&config)
        .map_err(|error| refused(format!("The cluster configuration cannot be written: {error}")))?;
    Ok(Config { yaml, profile })
}

/// The minor version of `v1.35.4+k0s.0`.
pub(crate) fn minor(version: &str) -> Option<u32> {
    let (kubernetes, build) = version.split_once("+k0s.")?;
    if build.is_empty() || !build.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut parts = kubernetes.strip_prefix("v1.")?.split('.');
    let minor = parts.next()?.parse().ok()?;
    parts.next()?.parse::<u32>().ok()?;
    parts.next().is_none().then_some(minor)
}

/// Refuses what k0s would refuse at every start.
pub(crate) fn check(spec: &ClusterSpec, member: &Member, survey: &Survey) -> Result<(), RuntimeError> {
    let refuse = |what: String, hint: &str| Err(RuntimeError::Unsupported { what, hint: hint.to_owned() });
    let host = member.host.name();
    let Some(minor) = minor(&spec.version) else {
        return refuse(
            format!("{:?} is no version of k0s", spec.version),
            "Ask the vendor for a package whose version of k0s has the form v1.35.4+k0s.0.",
        );
    };
    crate::admit::data_directory(&spec.data_directory)?;
    // Its own check at every start, from 1.35 on.
    if minor >= 35 && survey.cgroup == 1 {
        return refuse(
            format!("{host} has cgroup v1, and k0s {} needs cgroup v2", spec.version),
            "Boot the host with systemd.unified_cgroup_hierarchy=1, or choose a release with k0s 1.34.",
        );
    }
    Ok(())
}
