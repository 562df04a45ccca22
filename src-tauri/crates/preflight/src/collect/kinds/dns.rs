//! `dns`: whether names are resolved in the cluster, and the parts that should do it.

use serde_json::{Value, json};

use super::launch::{self, Launch};
use super::logs::{How, Log};
use crate::collect::asked::{Asked, Needs, selecting};
use crate::collect::job::{Job, failed, name, text};
use crate::collect::world::Refusal;

const JSON: &str = "dns/debug.json";
const TEXT: &str = "dns/debug.txt";
/// Upstream's image, which has dig in it.
const IMAGE: &str = "registry.k8s.io/e2e-test-images/agnhost:2.39";
/// Where the cluster's own parts are.
const SYSTEM: &str = "kube-system";
/// What begins each part of the pod's answer.
const PARTS: [&str; 3] =
    ["=== /etc/resolv.conf ===", "=== dig kubernetes ===", "=== dig non-existent-domain ==="];
const SCRIPT: &str = "echo '=== /etc/resolv.conf ==='
cat /etc/resolv.conf
echo '=== dig kubernetes ==='
dig +search +short kubernetes
echo '=== dig non-existent-domain ==='
dig +search +short \"$1\"
exit 0";

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![JSON.to_owned(), TEXT.to_owned()]
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    launch::needs(asked.namespace)
        .may(&["get"], "", "services", "default")
        .may(&["list"], "", "pods", SYSTEM)
        .may(&["get"], "", "services", SYSTEM)
        .may(&["get"], "", "endpoints", SYSTEM)
        .may(&["get"], "", "configmaps", SYSTEM)
}

pub(super) async fn collect(job: &Job<'_>) -> Result<(), Refusal> {
    let domain = job.asked.text_or("nonResolvable", "*");
    let address = address(job, "default", "kubernetes").await;
    let said = ask(job, domain).await;
    let [resolver, kubernetes, other] = match &said {
        Ok(said) => parts(said),
        Err(_) => [const { String::new() }; 3],
    };
    let (pods, service) = (pods(job).await, address_of_dns(job).await);
    let endpoints = endpoints(job).await;
    let debug = json!({
        "kubernetesClusterIP": address,
        "podResolvConf": resolver,
        "query": {
            "kubernetes": { "name": "kubernetes", "address": last(&kubernetes) },
            "nonResolvableDomain": { "name": domain, "address": last(&other) },
        },
        "kubeDNSPods": pods,
        "kubeDNSService": service,
        "kubeDNSEndpoints": endpoints,
    });
    let image = job.asked.text_or("image", IMAGE);
    let told = match &said {
        Ok(said) => format!("=== Test DNS resolution in pod {image}:\n{said}"),
        Err(refusal) => format!("=== Failed to run commands from pod: {}\n", refusal.words()),
    };
    let mut words = format!("=== Kubernetes Cluster IP from API Server: {address}\n{told}");
    words.push_str(&format!("=== Running kube-dns pods: {}\n", pods.join(", ")));
    words
        .push_str(&format!("=== Running kube-dns service: {service}\n=== kube-dns endpoints: {endpoints}\n"));
    for (map, title) in [("coredns", "CoreDNS"), ("kube-dns", "KubeDNS")] {
        if let Some(config) = config(job, map).await {
            words.push_str(&format!("=== {title} config:\n{config}\n"));
        }
    }
    job.kept.put(TEXT, words.into_bytes());
    // Without the pod's answer it would say that no name is resolved.
    job.kept.result(JSON, said.map(|_| debug));
    Ok(())
}

/// Asks from within a pod.
async fn ask(job: &Job<'_>, domain: &str) -> Result<String, Refusal> {
    let namespace = job.asked.namespace;
    let spec = json!({
        "restartPolicy": "Never",
        "containers": [{
            "name": "dns",
            "image": job.asked.text_or("image", IMAGE),
            "command": ["/bin/sh", "-c", SCRIPT, "sh", domain],
        }],
    });
    let launch = Launch { namespace, stem: "dns", spec, annotations: Value::Null, pull: &Value::Null };
    let pod = launch::pod(job, launch).await?;
    let pod = launch::ended(job, namespace, &pod, false).await?;
    let log = Log { pod: &pod, shown: "dns", container: "dns", link: None };
    let said = log.read(job, &How::usual(), false).await?.unwrap_or_default();
    let said = String::from_utf8_lossy(&said.bytes).into_owned();
    if text(&pod, "/status/phase") == "Failed" || !said.contains(PARTS[2]) {
        return Err(failed(format!("the pod that resolves names failed: {}", said.trim())));
    }
    Ok(said)
}

/// The parts of the pod's answer.
fn parts(said: &str) -> [String; 3] {
    let mut parts = [const { String::new() }; 3];
    let mut at = None;
    for line in said.lines() {
        match PARTS.iter().position(|part| line.contains(part)) {
            Some(found) => at = Some(found),
            None => {
                if let Some(part) = at {
                    parts[part].push_str(line);
                    parts[part].push('\n');
                }
            }
        }
    }
    parts
}

/// The last line, which is the one that upstream keeps.
fn last(part: &str) -> &str {
    part.lines().next_back().unwrap_or_default()
}

/// Address of a service, empty when it has none or cannot be read.
async fn address(job: &Job<'_>, namespace: &str, service: &str) -> String {
    let path = format!("/api/v1/namespaces/{namespace}/services/{service}");
    let found = job.cluster().get(&path).await.ok().flatten().unwrap_or_default();
    text(&found, "/spec/clusterIP").to_owned()
}

async fn address_of_dns(job: &Job<'_>) -> String {
    address(job, SYSTEM, "kube-dns").await
}

async fn pods(job: &Job<'_>) -> Vec<String> {
    let path = format!("/api/v1/namespaces/{SYSTEM}/pods{}", selecting("k8s-app=kube-dns"));
    let found = job.cluster().list(&path).await.unwrap_or_default();
    let running = found.iter().filter(|pod| text(pod, "/status/phase") == "Running");
    running.map(|pod| name(pod).to_owned()).collect()
}

async fn endpoints(job: &Job<'_>) -> String {
    let path = format!("/api/v1/namespaces/{SYSTEM}/endpoints/kube-dns");
    let found = job.cluster().get(&path).await.ok().flatten().unwrap_or_default();
    let mut all = Vec::new();
    for subset in found["subsets"].as_array().into_iter().flatten() {
        let Some(port) = subset["ports"][0]["port"].as_i64() else { continue };
        for address in subset["addresses"].as_array().into_iter().flatten() {
            all.push(format!("{}:{port}", address["ip"].as_str().unwrap_or_default()));
        }
    }
    all.join(", ")
}

async fn config(job: &Job<'_>, map: &str) -> Option<String> {
    let path = format!("/api/v1/namespaces/{SYSTEM}/configmaps/{map}");
    let found = job.cluster().get(&path).await.ok().flatten()?;
    let data = &found["data"];
    Some(data["Corefile"].as_str().map_or_else(|| data.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_taken_apart() {
        let said =
            format!("{}\nnameserver 10.0.0.1\n{}\n10.0.0.2\n10.0.0.3\n{}\n", PARTS[0], PARTS[1], PARTS[2]);
        let [resolver, kubernetes, other] = parts(&said);
        assert_eq!(
            (resolver.as_str(), last(&kubernetes), last(&other)),
            ("nameserver 10.0.0.1\n", "10.0.0.3", "")
        );
    }
}
