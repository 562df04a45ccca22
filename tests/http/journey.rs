//! The way through the whole product by the routes per site, phase by phase, on the real parts.

use std::time::Duration;

use longshore_lab::Lab;
use serde_json::{Value, json};

use super::client::Client;
use super::world::World;
use crate::operator::{PARTS, bundle};

/// Long enough for a slow machine; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_mins(4);

struct Journey {
    client: Client,
    site: String,
}

impl Journey {
    fn path(&self, rest: &str) -> String {
        format!("/api/sites/{}/kubernetes/{rest}", self.site)
    }

    async fn send(&self, method: &str, rest: &str, body: &Value) -> Value {
        let kind = [("content-type", "application/json")];
        let answer = self.client.send(method, &self.path(rest), &kind, &body.to_string()).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!((200..300).contains(&answer.status), "{method} {rest} answers {}: {text}", answer.status);
        answer.json()
    }

    /// Looks at a path until it says something; fails when the run does.
    async fn until(&self, path: &str, there: impl Fn(&Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let answer = self.client.get(path).await.json();
                if there(&answer) {
                    return answer;
                }
                let states = [&answer["status"], &answer["state"], &answer["summary"]["state"]];
                let failed =
                    states.iter().any(|state| state.as_str().is_some_and(|text| text.ends_with("Failed")));
                assert!(!failed && !answer["error"].is_object(), "{path}: {answer}");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{path} never came to that"))
    }

    /// Runs a phase and waits for its end.
    async fn phase(&self, run: &str, status: &str) {
        self.send("POST", run, &json!({})).await;
        self.until(&self.path(status), |answer| answer["status"] == "Succeeded").await;
    }

    async fn import(&self, version: &str) -> Value {
        let status = self.client.post("/api/bundles", &json!({ "path": bundle(version) })).await.json();
        let path = format!("/api/bundles/imports/{}", status["id"].as_str().expect("an import has an id"));
        self.until(&path, |answer| answer["state"] == "done").await["bundle"].clone()
    }

    async fn create(&self, workflow: &str, bundle: &Value) {
        let request = json!({ "site": self.site, "workflow": workflow, "bundle": bundle });
        let answer = self.client.post("/api/runs", &request).await;
        assert!((200..300).contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
    }

    async fn ended(&self, run: &Value, state: &str) {
        let path = format!("/api/runs/{}", run["summary"]["id"].as_str().expect("a run has an id"));
        let over = |view: &Value| view["summary"]["state"] == state && view["summary"]["executing"] == false;
        self.until(&path, over).await;
    }
}

async fn begun(world: &World, lab: &Lab, namespace: &str) -> Journey {
    let client = world.operator().await;
    let kubernetes = json!({
        "kubeconfig": { "type": "file", "path": lab.kubeconfig() },
        "context": lab.context(),
        "namespace": namespace,
        "registry": { "address": lab.registry(), "namespace": "tidewater", "insecure": true },
    });
    let site = client.post("/api/sites", &json!({ "name": "site", "kubernetes": kubernetes })).await.json();
    let site = site["summary"]["id"].as_str().expect("a site has an id").to_owned();
    Journey { client, site }
}

fn idle(view: &Value) -> bool {
    view["summary"]["executing"] == false
}

#[tokio::test(flavor = "multi_thread")]
#[allow(
    clippy::await_holding_lock,
    reason = "each test has a thread and a runtime of its own, so none waits on itself"
)]
async fn phases_are_run_one_by_one_and_gone_back_from() {
    let _parts = PARTS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let lab = Lab::shared();
    let namespace = lab.namespace("routes");
    let world = World::with_helm(lab.helm().clone(), |_| ()).await;
    let journey = begun(&world, &lab, &namespace.name).await;
    let sees = |version: &str| {
        let holding = format!("version {version}\n");
        lab.page(&namespace.name, "tidewater-web", &holding).expect("the page tells its version");
    };

    let (old, new) = (journey.import("1.0.0").await, journey.import("1.1.0").await);
    journey.create("install", &old).await;
    journey.send("PATCH", "install/app/config/values", &json!({ "values": {} })).await;
    journey.send("POST", "install/installation/configure", &json!({ "settings": {} })).await;
    journey.phase("install/infra/setup", "install/infra/status").await;
    journey.phase("install/airgap/process", "install/airgap/status").await;
    journey.send("POST", "install/app-preflights/run", &json!({})).await;
    let judged = |answer: &Value| answer["results"].as_array().is_some_and(|results| !results.is_empty());
    let checks = journey.until(&journey.path("install/app-preflights/status"), judged).await;
    assert_eq!(checks["results"][0]["state"], "pass", "{checks}");
    let run = journey.send("GET", "install/app/status", &json!({})).await;
    let run = format!("/api/runs/{}", run["run"].as_str().expect("a phase names its run"));
    journey.until(&run, idle).await;
    let one = json!({ "checks": [checks["results"][0]["title"]] });
    let answer = journey.client.post(&format!("{run}/app-preflights/run"), &one).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let again = |answer: &Value| answer["at"].as_i64() > checks["at"].as_i64();
    let one = journey.until(&journey.path("install/app-preflights/status"), again).await;
    assert_eq!(one["results"], checks["results"], "one is judged again, the others stay");
    let view = journey.until(&run, idle).await;
    assert_eq!(
        view["summary"]["state"], "AppPreflightsSucceeded",
        "nothing after the checks is begun: {view}"
    );
    journey.phase("install/app/install", "install/app/status").await;
    sees("1.0.0");

    journey.create("upgrade", &new).await;
    let contact = json!({ "type": "set", "value": "harbour@tidewater.example" });
    journey.send("PATCH", "upgrade/config", &json!({ "values": { "contact_email": contact } })).await;
    let run = journey.send("POST", "upgrade/execute", &json!({})).await;
    journey.ended(&run, "Succeeded").await;
    assert_eq!(journey.send("GET", "upgrade/status", &json!({})).await["summary"]["state"], "Succeeded");
    sees("1.1.0");

    let run = journey.send("POST", "upgrade/rollback", &json!({})).await;
    journey.ended(&run, "RolledBack").await;
    sees("1.0.0");
}
