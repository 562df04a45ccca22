use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use kube::client::Body;
use kube::config::Kubeconfig;

use super::*;

/// An API server in memory, as far as nodes and their pods need one.
#[derive(Default)]
struct Server {
    nodes: Vec<Value>,
    pods: Vec<Value>,
    budgets: Vec<Value>,
    /// Evictions so far: path and body.
    evictions: Vec<(String, Value)>,
    /// Looks at the pods so far.
    looks: u32,
    /// Looks after which a budget lets pods go; never, when there is none.
    relents: Option<u32>,
    /// Looks that a pod takes to end.
    ends: u32,
    /// Requests that are answered by 503 first.
    away: u32,
    patches: Vec<Value>,
}

type Shared = Arc<Mutex<Server>>;

fn status(code: u16, message: &str) -> (u16, Value) {
    (
        code,
        json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": "Unknown", "code": code }),
    )
}

fn merge(into: &mut Value, patch: &Value) {
    let Some(fields) = patch.as_object() else { return into.clone_from(patch) };
    if !into.is_object() {
        *into = json!({});
    }
    for (name, value) in fields {
        if value.is_null() {
            into.as_object_mut().expect("it is one").remove(name);
        } else {
            merge(&mut into[name], value);
        }
    }
}

impl Server {
    fn node(&mut self, name: &str) -> Option<&mut Value> {
        self.nodes.iter_mut().find(|node| node["metadata"]["name"] == name)
    }

    fn answer(&mut self, method: &Method, path: &str, body: &Value) -> (u16, Value) {
        if self.away > 0 {
            self.away -= 1;
            return status(503, "etcdserver: leader changed");
        }
        let list = |items: &[Value]| (200, json!({ "items": items, "metadata": {} }));
        if let Some(pod) = path.strip_suffix("/eviction") {
            return self.evict(path, pod.rsplit('/').next().unwrap_or_default(), body);
        }
        if path.starts_with("/api/v1/pods") {
            self.looks += 1;
            self.pods.retain_mut(|pod| {
                let left = pod["looks"].as_u64();
                if let Some(left) = left.filter(|left| *left > 0) {
                    pod["looks"] = json!(left - 1);
                }
                left != Some(0)
            });
            return list(&self.pods);
        }
        if path.contains("poddisruptionbudgets") {
            return list(&self.budgets);
        }
        let Some(name) = path.split('?').next().and_then(|path| path.strip_prefix("/api/v1/nodes/")) else {
            return list(&self.nodes);
        };
        if method == Method::DELETE {
            self.nodes.retain(|node| node["metadata"]["name"] != name);
            return (200, json!({ "kind": "Status", "apiVersion": "v1", "status": "Success" }));
        }
        let patches = (method == Method::PATCH).then(|| body.clone());
        self.patches.extend(patches.clone());
        match self.node(name) {
            None => status(404, "nodes not found"),
            Some(node) => {
                merge(node, &patches.unwrap_or(json!({})));
                (200, node.clone())
            }
        }
    }

    fn evict(&mut self, path: &str, name: &str, body: &Value) -> (u16, Value) {
        self.evictions.push((path.to_owned(), body.clone()));
        let relented = self.relents.is_some_and(|after| self.looks > after);
        let Some(pod) = self.pods.iter_mut().find(|pod| pod["metadata"]["name"] == name) else {
            return status(404, "pods not found");
        };
        if pod["guarded"] == true && !relented {
            return status(429, "Cannot evict pod as it would violate the pod's disruption budget.");
        }
        pod["metadata"]["deletionTimestamp"] = json!("2026-11-26T20:00:00Z");
        pod["looks"] = json!(self.ends);
        (201, json!({ "kind": "Status", "apiVersion": "v1", "status": "Success" }))
    }
}

fn cluster(server: &Shared) -> Cluster {
    let server = Arc::clone(server);
    let service = tower::service_fn(move |request: Request<Body>| {
        let server = Arc::clone(&server);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await.expect("it is in memory");
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let (code, answer) = server.lock().expect("nobody panicked with it").answer(
                &parts.method,
                &parts.uri.to_string(),
                &body,
            );
            let answer = Body::from(answer.to_string().into_bytes());
            Ok::<_, std::io::Error>(Response::builder().status(code).body(answer).expect("it is whole"))
        }
    });
    Cluster::new(kube::Client::new(service, "default"), Kubeconfig::default())
}

fn pod(name: &str, owner: &str) -> Value {
    let owners = if owner.is_empty() { json!([]) } else { json!([{ "kind": owner, "controller": true }]) };
    json!({
        "metadata": { "name": name, "namespace": "shop", "uid": format!("uid-{name}"), "ownerReferences": owners,
                      "labels": { "app": name.split('-').next() } },
        "status": { "phase": "Running" },
    })
}

fn node(name: &str, version: &str, ready: &str) -> Value {
    json!({
        "metadata": { "name": name, "labels": {}, "resourceVersion": "7" },
        "spec": { "podCIDR": "10.244.1.0/24" },
        "status": {
            "nodeInfo": { "kubeletVersion": version, "containerRuntimeVersion": "containerd://2.1.4" },
            "addresses": [{ "type": "Hostname", "address": name }, { "type": "InternalIP", "address": "10.0.0.6" }],
            "conditions": [{ "type": "Ready", "status": ready, "reason": "KubeletNotReady",
                             "message": "container runtime network not ready: cni plugin not initialized" }],
        },
    })
}

/// A node with a pod of each kind.
fn busy() -> Server {
    let mut mirror = pod("etcd-south", "Node");
    mirror["metadata"]["annotations"] = json!({ "kubernetes.io/config.mirror": "1" });
    let mut scratch = pod("cache-1", "StatefulSet");
    scratch["spec"] = json!({ "volumes": [{ "name": "data", "emptyDir": {} }] });
    let mut ended = pod("once", "");
    ended["status"]["phase"] = json!("Succeeded");
    Server {
        nodes: vec![node("south", "v1.34.4", "True")],
        pods: vec![pod("web-7c9", "ReplicaSet"), pod("proxy-1", "DaemonSet"), mirror, scratch, ended],
        ends: 2,
        ..Server::default()
    }
}

const HOW: Drain = Drain { grace: Some(30), force: false, limit: Duration::from_mins(1) };

/// The drain's result and everything that was told.
async fn drained(server: &Shared, how: &Drain) -> (Result<Drained, DrainError>, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let tell = |words: &str| told.lock().expect("nobody panicked with it").push(words.to_owned());
    let result = drain(&cluster(server), "south", how, &tell).await;
    (result, told.into_inner().expect("nobody panicked with it"))
}

#[tokio::test(start_paused = true)]
async fn a_node_is_emptied_of_what_can_be_moved() {
    let server = Shared::new(Mutex::new(busy()));
    let (result, told) = drained(&server, &HOW).await;
    let done = result.expect("it is empty");
    assert_eq!(done.stay, ["shop/proxy-1", "shop/etcd-south"], "what belongs to the node was touched");
    assert_eq!(done.moved, ["shop/cache-1", "shop/once", "shop/web-7c9"]);
    insta::assert_snapshot!(told.join("\n"), @r"
        shop/cache-1 is moved; what is in its emptyDir is deleted.
        shop/cache-1 is ending.
        shop/once is ending.
        shop/web-7c9 is ending.
        shop/cache-1 has left south.
        shop/once has left south.
        shop/web-7c9 has left south.
        ");
    let server = server.lock().expect("nobody panicked with it");
    assert_eq!(server.nodes[0]["spec"]["unschedulable"], true, "new pods could come");
    assert_eq!(server.evictions.len(), 3, "each is asked once: {:?}", server.evictions);
    insta::assert_snapshot!(format!("{} {:#}", server.evictions[0].0, server.evictions[0].1), @r#"
        /api/v1/namespaces/shop/pods/web-7c9/eviction {
          "apiVersion": "policy/v1",
          "kind": "Eviction",
          "metadata": {
            "name": "web-7c9",
            "namespace": "shop"
          },
          "deleteOptions": {
            "preconditions": {
              "uid": "uid-web-7c9"
            },
            "gracePeriodSeconds": 30
          }
        }
        "#);
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_blocks_is_told_by_name_until_it_relents() {
    let mut state = busy();
    state.pods[0]["guarded"] = json!(true);
    state.budgets = vec![json!({
        "metadata": { "name": "web-pdb", "namespace": "shop", "generation": 1 },
        "spec": { "selector": { "matchLabels": { "app": "web" } } },
        "status": { "disruptionsAllowed": 0, "desiredHealthy": 2, "expectedPods": 2, "currentHealthy": 2, "observedGeneration": 1 },
    })];
    let server = Shared::new(Mutex::new(state));
    let (result, told) = drained(&server, &HOW).await;
    let blocked = "PodDisruptionBudget web-pdb in shop allows no disruption of web-7c9: 2 of 2 must be available, 2 are";
    let error = result.expect_err("the budget never relents");
    assert_eq!(
        error.to_string(),
        format!(
            "south is not empty after 60 s: {blocked}; correct that and retry, the pods that are gone stay gone"
        )
    );
    assert_eq!(told.iter().filter(|words| words.contains(blocked)).count(), 1, "it is told once: {told:?}");
    let asked = server.lock().expect("nobody panicked with it").evictions.len();
    assert!((8..20).contains(&asked), "it is tried every few seconds, not {asked} times a minute");

    server.lock().expect("nobody panicked with it").relents = Some(70);
    let (result, _) = drained(&server, &HOW).await;
    assert_eq!(result.expect("it relents").moved, ["shop/web-7c9"]);
}

#[tokio::test(start_paused = true)]
async fn what_nothing_makes_again_is_refused_unless_forced() {
    let mut state = busy();
    state.pods.push(pod("by-hand", ""));
    let server = Shared::new(Mutex::new(state));
    let (result, _) = drained(&server, &HOW).await;
    let said = result.expect_err("it is refused").to_string();
    assert_eq!(
        said,
        "south runs pods that nothing would make again elsewhere: shop/by-hand; move them, or drain by force, which deletes them"
    );
    {
        let server = server.lock().expect("nobody panicked with it");
        assert!(server.evictions.is_empty() && server.patches.is_empty(), "something was changed");
    }
    let (result, _) = drained(&server, &Drain { force: true, ..HOW }).await;
    assert!(result.expect("it is forced").moved.contains(&"shop/by-hand".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_restarts_is_waited_for() {
    let server = Shared::new(Mutex::new(Server { away: 5, ..busy() }));
    let (result, _) = drained(&server, &HOW).await;
    assert_eq!(result.expect("it comes back").moved.len(), 3);
    let server = Shared::new(Mutex::new(Server { away: u32::MAX, ..busy() }));
    let (result, _) = drained(&server, &HOW).await;
    assert!(matches!(result, Err(DrainError::Api(_))), "it never comes back: {result:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_is_waited_for_with_its_reason() {
    let server = Shared::new(Mutex::new(Server::default()));
    let cluster = cluster(&server);
    let told = Mutex::new(Vec::new());
    let tell = |words: &str| {
        let mut told = told.lock().expect("nobody panicked with it");
        told.push(words.to_owned());
        let mut server = server.lock().expect("nobody panicked with it");
        server.nodes = match told.len() {
            1 => vec![node("south", "v1.34.4", "True")],
            2 => vec![node("south", "v1.35.4", "False")],
            _ => vec![node("south", "v1.35.4", "True")],
        };
    };
    let wanted = Wanted { node: "south", version: Some("v1.35.4"), limit: Duration::from_mins(1) };
    let ready = wait_ready(&cluster, &wanted, &tell).await.expect("it gets ready");
    assert!(ready.is_ready() && ready.version == "v1.35.4", "{ready:?}");
    insta::assert_snapshot!(told.lock().expect("nobody panicked with it").join("\n"), @r"
        south: it has not joined the cluster yet
        south: its kubelet reports v1.34.4 still, v1.35.4 is wanted
        south: KubeletNotReady: container runtime network not ready: cni plugin not initialized
        ");

    server.lock().expect("nobody panicked with it").nodes = vec![node("south", "v1.35.4", "False")];
    let slow = wait_ready(&cluster, &wanted, &|_| ()).await.expect_err("it never gets ready");
    insta::assert_snapshot!(slow, @"south is not ready after 60 s: KubeletNotReady: container runtime network not ready: cni plugin not initialized; look at its kubelet (journalctl -u kubelet), then retry");
}

#[tokio::test]
async fn nodes_are_listed_and_changed() {
    let mut first = node("north", "v1.35.4", "True");
    first["metadata"]["labels"] = json!({ "node-role.kubernetes.io/control-plane": "" });
    let mut last = node("zero", "v1.35.4", "True");
    last["status"]["conditions"] = json!([]);
    let nodes = vec![last, node("south", "v1.34.4", "False"), first];
    let server = Shared::new(Mutex::new(Server { nodes, ..Server::default() }));
    let cluster = cluster(&server);
    insta::assert_debug_snapshot!(list(&cluster).await.expect("it answers"));

    cordon(&cluster, "south").await.expect("it can be");
    cordon(&cluster, "south").await.expect("twice");
    assert!(find(&cluster, "south").await.expect("it answers").expect("it is there").cordoned);
    uncordon(&cluster, "south").await.expect("it can be");
    assert!(!find(&cluster, "south").await.expect("it answers").expect("it is there").cordoned);
    set_labels(&cluster, "south", &[("tier", Some("front")), ("gone", None)]).await.expect("they can be set");
    let taint = |value: &str| Taint { key: "busy".into(), value: value.into(), effect: "NoSchedule".into() };
    for taints in [vec![taint("a")], vec![taint("b")], vec![taint("b")]] {
        set_taints(&cluster, "south", &taints, &[]).await.expect("they can be set");
    }
    let state = |server: &Shared| {
        let mut server = server.lock().expect("nobody panicked with it");
        let south = server.node("south").expect("it is there");
        (south["metadata"]["labels"].clone(), south["spec"]["taints"].clone())
    };
    let taints = json!([{ "key": "busy", "value": "b", "effect": "NoSchedule" }]);
    assert_eq!(state(&server), (json!({ "tier": "front" }), taints));
    assert_eq!(
        server.lock().expect("nobody panicked with it").patches.len(),
        6,
        "what is right is written again"
    );
    set_taints(&cluster, "south", &[], &["busy"]).await.expect("they can be taken off");
    assert_eq!(state(&server).1, json!([]));
    delete(&cluster, "south").await.expect("it can be");
    delete(&cluster, "south").await.expect("it is gone already");
    assert_eq!(find(&cluster, "south").await.expect("it answers"), None);
    assert!(cordon(&cluster, "south").await.is_err(), "there is nothing to cordon");
}
