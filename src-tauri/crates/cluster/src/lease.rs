//! One writer for a site: a Lease in the cluster, with a holder that others can read.

use std::time::Duration;

use jiff::Timestamp;
use longshore_contract::LeaseHolder;
use serde_json::{Value, json};

use crate::api::{ApiError, ApiFault, Cluster};

/// How long a lease lasts without renewal.
pub const DURATION: Duration = Duration::from_secs(30);

/// Name of the Lease, in the application's namespace, or in `default` while that does not exist.
const NAME: &str = "longshore";

const WHO: &str = "longshore.dev/who";
const RUN: &str = "longshore.dev/run";

/// A lease that we hold, or held.
#[derive(Debug, Clone)]
pub struct Lease {
    path: String,
    object: Value,
    holder: String,
    /// Whom it was taken over from, after its expiry.
    pub from: Option<String>,
}

/// Why the lease is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else holds it.
    #[error("{} holds the site", .0.who)]
    Held(LeaseHolder),
    /// The API server.
    #[error("The site's lease cannot be read or written")]
    Api(#[from] ApiError),
}

fn collection(namespace: &str) -> String {
    format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases")
}

fn now() -> String {
    // MicroTime: six digits, which is what the API server writes itself.
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

fn holder_of(object: &Value) -> Option<LeaseHolder> {
    let spec = &object["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let at = |field: &str| spec[field].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    if text(&spec["holderIdentity"]).is_empty() {
        return None;
    }
    let renewed = at("renewTime").unwrap_or_default();
    let seconds = spec["leaseDurationSeconds"].as_i64().unwrap_or(30);
    let annotations = &object["metadata"]["annotations"];
    Some(LeaseHolder {
        who: text(&annotations[WHO]),
        run: text(&annotations[RUN]),
        since: longshore_contract::Timestamp(at("acquireTime").unwrap_or_default().as_millisecond()),
        renewed: longshore_contract::Timestamp(renewed.as_millisecond()),
        expired: Timestamp::now().as_second() > renewed.as_second() + seconds,
    })
}

/// Who holds the site, if somebody does.
///
/// # Errors
/// When the API server does not answer, or refuses.
pub async fn read_holder(cluster: &Cluster, namespace: &str) -> Result<Option<LeaseHolder>, ApiError> {
    let found = cluster.get_opt(&format!("{}/{NAME}", collection(namespace))).await?;
    Ok(found.as_ref().and_then(holder_of))
}

/// Whose lease may be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// That holder's, once it has expired: a person's word.
    Expired(&'a str),
    /// That run's, which the caller knows to have ended and whose process is gone: it died before it could
    /// give the lease back.
    Ended(&'a str),
}

impl Lease {
    /// Takes the lease for `run`. One that is held by another run is not taken, expired or not, unless
    /// `over` says so. Our own, from before a crash, is continued.
    ///
    /// # Errors
    /// `Held` with the holder.
    pub async fn take(
        cluster: &Cluster,
        namespace: &str,
        who: &str,
        run: &str,
        over: Option<Over<'_>>,
    ) -> Result<Self, LeaseError> {
        let path = format!("{}/{NAME}", collection(namespace));
        let found = cluster.get_opt(&path).await?;
        let held = found.as_ref().and_then(holder_of);
        let mut from = None;
        if let Some(held) = held.filter(|held| held.run != run) {
            let given = match over {
                Some(Over::Expired(who)) => held.expired && who == held.who,
                Some(Over::Ended(run)) => run == held.run,
                None => false,
            };
            if !given {
                return Err(LeaseError::Held(held));
            }
            from = Some(held.who);
        }
        let object = Self::wanted(found.as_ref(), namespace, who, run);
        let written = match &found {
            None => cluster.create(&collection(namespace), &object).await,
            Some(_) => cluster.replace(&path, &object).await,
        };
        match written {
            Ok(object) => Ok(Self { path, object, holder: format!("{who} {run}"), from }),
            // Somebody else was faster by a moment: now there is a holder to name.
            Err(error) if error.fault == ApiFault::Conflict => match read_holder(cluster, namespace).await? {
                Some(holder) => Err(LeaseError::Held(holder)),
                None => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn wanted(found: Option<&Value>, namespace: &str, who: &str, run: &str) -> Value {
        let version = found.map_or(Value::Null, |found| found["metadata"]["resourceVersion"].clone());
        let transitions = found.and_then(|found| found["spec"]["leaseTransitions"].as_i64()).unwrap_or(0) + 1;
        let mut metadata = json!({
            "name": NAME,
            "namespace": namespace,
            "labels": { "app.kubernetes.io/managed-by": "longshore" },
            "annotations": { WHO: who, RUN: run },
        });
        if !version.is_null() {
            metadata["resourceVersion"] = version;
        }
        json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": {
                "holderIdentity": format!("{who} {run}"),
                "leaseDurationSeconds": DURATION.as_secs(),
                "acquireTime": now(),
                "renewTime": now(),
                "leaseTransitions": transitions,
            },
        })
    }

    /// Renews it.
    ///
    /// # Errors
    /// `Held` when it is somebody else's by now.
    pub async fn renew(&mut self, cluster: &Cluster) -> Result<(), LeaseError> {
        let mut object = self.object.clone();
        object["spec"]["renewTime"] = json!(now());
        match cluster.replace(&self.path, &object).await {
            Ok(object) => {
                self.object = object;
                Ok(())
            }
            Err(error) if matches!(error.fault, ApiFault::Conflict | ApiFault::NotFound) => {
                self.look(cluster).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// After a conflict: a label set by somebody else's tool does no harm, another holder does.
    async fn look(&mut self, cluster: &Cluster) -> Result<(), LeaseError> {
        let found = cluster.get_opt(&self.path).await?;
        match found {
            Some(found) if found["spec"]["holderIdentity"] == self.holder.as_str() => {
                self.object = found;
                Ok(())
            }
            Some(found) => match holder_of(&found) {
                Some(holder) => Err(LeaseError::Held(holder)),
                None => Err(LeaseError::Held(nobody())),
            },
            None => Err(LeaseError::Held(nobody())),
        }
    }

    /// Gives it back. One that is no longer ours is left alone.
    ///
    /// # Errors
    /// When the API server does not answer; the lease then runs out by itself.
    pub async fn give_back(mut self, cluster: &Cluster) -> Result<(), LeaseError> {
        self.look(cluster).await?;
        self.object["spec"]["holderIdentity"] = json!("");
        self.object["spec"]["renewTime"] = Value::Null;
        cluster.replace(&self.path, &self.object).await.map(drop).map_err(Into::into)
    }
}

/// Who holds a lease that was deleted.
fn nobody() -> LeaseHolder {
    let never = longshore_contract::Timestamp::default();
    LeaseHolder {
        who: "nobody: the Lease was removed".into(),
        run: String::new(),
        since: never,
        renewed: never,
        expired: true,
    }
}
