//! A cluster and a machine in memory: answers from a table, refusals, hangs and floods.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use longshore_contract::{CheckResult, Timestamp};
use longshore_preflight::{
    BucketRequest, Cluster, CollectProgress, Command, DatabaseAnswer, DatabaseRequest, Gathered, Ground,
    ImageRequest, Machine, Refusal, Request, Response, Right, Said, Text, collect, judge, parse,
};
use serde_json::{Value, json};

/// When all tests are: `2027-01-01T00:00:00Z`.
pub const NOW: i64 = 1_798_761_600_000;
/// Id of every run.
pub const ID: &str = "0123456789abcdef";

/// What the table has for a path.
#[derive(Debug, Clone)]
pub enum Answer {
    /// An object, or a list of them.
    Is(Value),
    /// A text.
    Text(Vec<u8>),
    /// A refusal.
    Refused(Refusal),
    /// No answer, ever.
    Hangs,
    /// More bytes than anybody wants.
    Flood(usize),
}

/// A command's answer, by the words of the command.
type Exec = Box<dyn Fn(&[String]) -> Answer + Send + Sync>;

/// The cluster.
pub struct Double {
    /// By path without a query.
    pub table: BTreeMap<String, Answer>,
    /// What is not in the table: forbidden, or not there.
    pub closed: bool,
    /// Rights that are missing.
    pub lacks: BTreeSet<Right>,
    /// What pods that are made come to, one for each look; the last one stays.
    pub pods: Vec<Value>,
    /// Nodes on which DaemonSets put pods.
    pub nodes: Vec<&'static str>,
    /// Commands.
    pub exec: Exec,
    /// What is there because it was made.
    pub made: Mutex<BTreeMap<String, Value>>,
    pub looks: Mutex<BTreeMap<String, usize>>,
    /// All calls: what and where.
    pub calls: Mutex<Vec<String>>,
    pub under_way: AtomicUsize,
    pub most: AtomicUsize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test fails while it holds this")
}

impl Default for Double {
    fn default() -> Self {
        Self {
            table: BTreeMap::new(),
            closed: false,
            lacks: BTreeSet::new(),
            pods: vec![json!({ "phase": "Pending" }), json!({ "phase": "Succeeded" })],
            nodes: vec!["n1"],
            exec: Box::new(|_| Answer::Refused(Refusal::Failed("there is no such command".to_owned()))),
            made: Mutex::default(),
            looks: Mutex::default(),
            calls: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }
}

impl Double {
    /// With this at a path.
    pub fn with(mut self, path: &str, value: Value) -> Self {
        self.table.insert(path.to_owned(), Answer::Is(value));
        self
    }

    /// With any answer at a path.
    pub fn answering(mut self, path: &str, answer: Answer) -> Self {
        self.table.insert(path.to_owned(), answer);
        self
    }

    /// With a container's log; its name is the last word.
    pub fn log(self, path: &str, text: &str) -> Self {
        self.answering(path, Answer::Text(text.as_bytes().to_vec()))
    }

    pub fn lacking(mut self, verb: &str, group: &str, resource: &str, namespace: &str) -> Self {
        self.lacks.insert(Right::new(verb, group, resource, namespace));
        self
    }

    /// Paths of what is there because it was made.
    pub fn left(&self) -> Vec<String> {
        locked(&self.made).keys().cloned().collect()
    }

    /// Calls of one kind, in their order.
    pub fn calls(&self, kind: &str) -> Vec<String> {
        let calls = locked(&self.calls);
        calls
            .iter()
            .filter_map(|call| call.strip_prefix(kind)?.strip_prefix(' '))
            .map(str::to_owned)
            .collect()
    }

    /// The most calls that were under way at once.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    async fn call(&self, kind: &str, path: &str) {
        locked(&self.calls).push(format!("{kind} {path}"));
        let now = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        let _ended = Ended(&self.under_way);
        // As a network would, others get their turn.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }

    async fn answer(&self, path: &str) -> Result<Option<Value>, Refusal> {
        let (plain, _) = path.split_once('?').unwrap_or((path, ""));
        let found = self.table.get(path).or_else(|| self.table.get(plain)).cloned();
        match found {
            Some(Answer::Is(value)) => Ok(Some(value)),
            Some(Answer::Text(text)) => Ok(serde_json::from_slice(&text).ok()),
            Some(Answer::Refused(refusal)) => Err(refusal),
            Some(Answer::Hangs) => std::future::pending().await,
            Some(Answer::Flood(_)) => Err(Refusal::Failed("it is longer than 256 MiB".to_owned())),
            None if self.closed => Err(Refusal::Forbidden(format!("a right is missing: GET {path}"))),
            None => Ok(None),
        }
    }

    /// A pod that was made, as it is at this look.
    fn looked(&self, path: &str, pod: &Value) -> Value {
        let mut looks = locked(&self.looks);
        let look = looks.entry(path.to_owned()).or_default();
        let status = self.pods.get(*look).or(self.pods.last()).cloned().unwrap_or_default();
        *look += 1;
        let mut pod = pod.clone();
        let names: Vec<Value> = pod["spec"]["containers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|container| container["name"].clone())
            .collect();
        pod["status"] = status;
        // Scripts speak of the first container without knowing its name.
        if let Some(first) = pod["status"]["containerStatuses"].as_array_mut().and_then(|all| all.first_mut())
        {
            first["name"] = names.first().cloned().unwrap_or_default();
        }
        pod
    }

    fn make(&self, path: &str, object: &Value) {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let mut made = locked(&self.made);
        let mut kept = object.clone();
        if object["kind"] == "DaemonSet" {
            let number = self.nodes.len();
            kept["status"] = json!({
                "observedGeneration": 1, "desiredNumberScheduled": number,
                "currentNumberScheduled": number, "numberReady": number,
            });
            let place = path.replace("/apis/apps/v1", "/api/v1").replace("daemonsets", "pods");
            for node in &self.nodes {
                let mut pod = object["spec"]["template"].clone();
                let pod_name = format!("{name}-{node}");
                pod["metadata"]["name"] = json!(pod_name);
                pod["metadata"]["namespace"] = object["metadata"]["namespace"].clone();
                pod["spec"]["nodeName"] = json!(node);
                made.insert(format!("{place}/{pod_name}"), pod);
            }
        }
        made.insert(format!("{path}/{name}"), kept);
    }
}

struct Ended<'a>(&'a AtomicUsize);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether labels meet the selector of a query, as far as tests use it.
fn selected(object: &Value, path: &str) -> bool {
    let Some((_, selector)) = path.split_once("labelSelector=") else { return true };
    let selector = selector.replace("%3D", "=").replace("%2C", ",").replace("%2F", "/").replace("%21", "!");
    selector.split(',').all(|part| {
        let labels = &object["metadata"]["labels"];
        match (part.split_once("!="), part.split_once('=')) {
            (Some((key, value)), _) => labels[key] != value,
            (None, Some((key, value))) => labels[key] == value,
            (None, None) => !labels[part].is_null(),
        }
    })
}

#[async_trait]
impl Cluster for Double {
    async fn get(&self, path: &str) -> Result<Option<Value>, Refusal> {
        self.call("get", path).await;
        let made = locked(&self.made).get(path).cloned();
        match made {
            Some(pod) if path.contains("/pods/") => Ok(Some(self.looked(path, &pod))),
            Some(object) => Ok(Some(object)),
            None => self.answer(path).await,
        }
    }

    async fn each(&self, path: &str, take: &mut (dyn FnMut(Value) + Send)) -> Result<(), Refusal> {
        self.call("list", path).await;
        let (plain, _) = path.split_once('?').unwrap_or((path, ""));
        let made: Vec<(String, Value)> = locked(&self.made)
            .iter()
            .filter(|(at, object)| {
                at.rsplit_once('/').is_some_and(|(at, _)| at == plain) && selected(object, path)
            })
            .map(|(at, object)| (at.clone(), object.clone()))
            .collect();
        let mut all: Vec<Value> = made.iter().map(|(at, object)| self.looked(at, object)).collect();
        match self.answer(path).await? {
            Some(Value::Array(items)) => all.extend(items.into_iter().filter(|item| selected(item, path))),
            Some(one) => all.push(one),
            None => {}
        }
        all.into_iter().for_each(take);
        Ok(())
    }

    async fn text(&self, path: &str, limit: usize) -> Result<Option<Text>, Refusal> {
        self.call("text", path).await;
        let (plain, _) = path.split_once('?').unwrap_or((path, ""));
        // A pod that was made has a name nobody knows beforehand: any log of its namespace will do.
        let found = self.table.get(path).or_else(|| self.table.get(plain)).or_else(|| {
            let (place, _) = plain.split_once("/pods/")?;
            self.table.get(&format!("{place}/pods/*/log"))
        });
        match found.cloned() {
            Some(Answer::Text(mut bytes)) => {
                let cut = bytes.len() > limit;
                bytes.truncate(limit);
                Ok(Some(Text { bytes, cut }))
            }
            Some(Answer::Flood(bytes)) => {
                Ok(Some(Text { bytes: vec![b'x'; bytes.min(limit)], cut: bytes > limit }))
            }
            Some(Answer::Is(value)) => Ok(Some(Text { bytes: value.to_string().into_bytes(), cut: false })),
            Some(Answer::Refused(refusal)) => Err(refusal),
            Some(Answer::Hangs) => std::future::pending().await,
            None if self.closed => Err(Refusal::Forbidden(format!("a right is missing: GET {path}"))),
            None => Ok(None),
        }
    }

    async fn create(&self, path: &str, object: &Value) -> Result<Value, Refusal> {
        self.call("create", path).await;
        if let Some(Answer::Hangs | Answer::Refused(_)) = self.table.get(&format!("create {path}")) {
            return self.answer(&format!("create {path}")).await.map(Option::unwrap_or_default);
        }
        if path.contains("selfsubject") {
            return self.answer(path).await.map(Option::unwrap_or_default);
        }
        self.make(path, object);
        Ok(object.clone())
    }

    async fn delete(&self, path: &str, grace: Option<u32>) -> Result<(), Refusal> {
        self.call("delete", &format!("{path} {grace:?}")).await;
        locked(&self.made).remove(path);
        Ok(())
    }

    fn forget(&self, paths: Vec<String>) {
        for path in paths {
            locked(&self.calls).push(format!("forget {path}"));
            locked(&self.made).remove(&path);
        }
    }

    async fn exec(&self, command: Command<'_>) -> Result<Said, Refusal> {
        let Command { namespace, pod, container, words, limit } = command;
        self.call("exec", &format!("{namespace}/{pod}/{container} {}", words.join(" "))).await;
        match (self.exec)(words) {
            Answer::Text(mut bytes) => {
                let cut = bytes.len() > limit;
                bytes.truncate(limit);
                Ok(Said { out: Text { bytes, cut }, ..Said::default() })
            }
            Answer::Is(failed) => Ok(Said {
                err: Text { bytes: failed["err"].as_str().unwrap_or_default().into(), cut: false },
                failed: failed["failed"].as_str().map(str::to_owned),
                ..Said::default()
            }),
            Answer::Flood(bytes) => Ok(Said {
                out: Text { bytes: vec![b'x'; bytes.min(limit)], cut: bytes > limit },
                ..Said::default()
            }),
            Answer::Refused(refusal) => Err(refusal),
            Answer::Hangs => std::future::pending().await,
        }
    }

    async fn missing(&self, rights: &[Right]) -> Result<Vec<Right>, Refusal> {
        locked(&self.calls).push(format!("missing {}", rights.len()));
        Ok(rights.iter().filter(|right| self.lacks.contains(right)).cloned().collect())
    }
}

/// The machine: a response for every URL it knows, and images.
#[derive(Default)]
pub struct Desk {
    pub urls: BTreeMap<&'static str, Response>,
    pub images: BTreeSet<&'static str>,
    /// Databases by their addresses, and buckets by their names.
    pub databases: BTreeMap<&'static str, DatabaseAnswer>,
    pub buckets: BTreeSet<&'static str>,
    /// All that was asked, as far as it may be shown.
    pub asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Machine for Desk {
    async fn request(&self, request: &Request) -> Result<Response, String> {
        locked(&self.asked).push(format!(
            "{} {} {:?} {:?} insecure={} ca={} proxy={} {:?}",
            request.method,
            request.url,
            request.headers,
            request.body,
            request.insecure,
            request.authority,
            request.proxy,
            request.timeout
        ));
        let found = self.urls.get(request.url.as_str()).cloned();
        found.ok_or_else(|| "connection refused".to_owned())
    }

    async fn image(&self, image: &ImageRequest) -> Result<bool, String> {
        let name = format!("{}/{}:{}", image.registry, image.repository, image.name);
        locked(&self.asked)
            .push(format!("{name} as {:?} {:?} insecure={}", image.username, image.password, image.insecure));
        if image.repository == "gone" {
            return Err("the registry does not answer".to_owned());
        }
        Ok(self.images.contains(name.as_str()))
    }

    async fn database(&self, request: &DatabaseRequest) -> DatabaseAnswer {
        let tls =
            request.tls.as_ref().map(|tls| (&tls.authority, &tls.certificate, &tls.key, tls.skip_verify));
        locked(&self.asked)
            .push(format!("{:?} {} {:?} {tls:?}", request.kind, request.uri, request.parameters));
        let refused = DatabaseAnswer { error: "connection refused".to_owned(), ..DatabaseAnswer::default() };
        self.databases.get(request.uri.as_str()).cloned().unwrap_or(refused)
    }

    async fn bucket(&self, request: &BucketRequest) -> Result<(), String> {
        locked(&self.asked).push(format!(
            "{} {} {} as {} {} in_path={} insecure={}",
            request.name,
            request.region,
            request.endpoint,
            request.key,
            request.secret,
            request.in_path,
            request.insecure
        ));
        if self.buckets.contains(request.name.as_str()) { Ok(()) } else { Err("NotFound".to_owned()) }
    }
}

/// A spec of collectors and analyzers.
pub fn spec(collectors: Value, analyzers: Value) -> longshore_preflight::Spec {
    let document = json!({
        "apiVersion": "troubleshoot.sh/v1beta2", "kind": "Preflight", "metadata": { "name": "test" },
        "spec": { "collectors": collectors, "analyzers": analyzers },
    });
    parse("preflight.yaml", &document.to_string()).expect("a spec")
}

pub fn silent(_: CollectProgress) {}

/// Collects with a machine that knows nothing.
pub async fn gather(cluster: &dyn Cluster, spec: &longshore_preflight::Spec) -> Gathered {
    gather_from(cluster, &Desk::default(), spec, &silent).await
}

pub async fn gather_from(
    cluster: &dyn Cluster,
    machine: &dyn Machine,
    spec: &longshore_preflight::Spec,
    tell: &(dyn Fn(CollectProgress) + Sync),
) -> Gathered {
    let ground = Ground { namespace: "app", id: ID, at: Timestamp(NOW), cluster, machine, tell };
    collect(spec, &ground).await
}

/// Judges what was gathered.
pub fn results(spec: &longshore_preflight::Spec, gathered: &Gathered) -> Vec<CheckResult> {
    judge(spec, gathered, Timestamp(NOW)).results
}

/// A file as text.
#[track_caller]
pub fn file(gathered: &Gathered, path: &str) -> String {
    let found = gathered.files.get(path);
    let found = found.unwrap_or_else(|| {
        panic!("{path} is missing; there are {:?}, refused {:?}", gathered.files.keys(), gathered.refused)
    });
    String::from_utf8_lossy(found).into_owned()
}

/// A file as JSON.
#[track_caller]
pub fn json_file(gathered: &Gathered, path: &str) -> Value {
    let text = file(gathered, path);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

/// Why a file was refused.
#[track_caller]
pub fn why(gathered: &Gathered, path: &str) -> String {
    let found = gathered.refused.get(path);
    found.unwrap_or_else(|| panic!("{path} was not refused: {:?}", gathered.refused)).words().to_owned()
}
