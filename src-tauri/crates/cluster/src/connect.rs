//! Opening a cluster: the right context, the right credential, and the cluster that is meant.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use longshore_contract::{KubeconfigSource, Reachability};

use crate::api::{ApiError, ApiFault, Cluster};
use crate::exec::{self, ExecError};
use crate::kubeconfig::{KubeconfigError, load};

/// Why a cluster cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The kubeconfig.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The entry of the context.
    #[error("Context {context} cannot be used")]
    Context {
        /// Which.
        context: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The exec plugin.
    #[error("Context {context} gives no credential: {source}")]
    Exec {
        /// Which.
        context: String,
        /// Why.
        source: ExecError,
    },
    /// No answer.
    #[error("The cluster of context {context} at {server} does not answer: {said}")]
    Offline {
        /// Which.
        context: String,
        /// Its address in the kubeconfig.
        server: String,
        /// Why.
        said: String,
    },
    /// It refuses the credential.
    #[error("The cluster of context {context} refuses the credential: {said}")]
    Credential {
        /// Which.
        context: String,
        /// Why.
        said: String,
    },
    /// Something else went wrong at first contact.
    #[error("The cluster of context {context} cannot be looked at")]
    Api {
        /// Which.
        context: String,
        /// Why.
        #[source]
        source: ApiError,
    },
    /// The context points elsewhere now.
    #[error(
        "Context {context} now points at another cluster: the site was added with cluster {expected}, and this is {found}"
    )]
    OtherCluster {
        /// Which.
        context: String,
        /// UID the site was added with.
        expected: String,
        /// UID found.
        found: String,
    },
}

/// A cluster that was opened, and until when its credential lasts.
pub struct Opened {
    /// The cluster.
    pub cluster: Cluster,
    /// When it must be opened again.
    pub until: Option<Timestamp>,
}

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// Opens the cluster of a context. With `expected`, refuses any other cluster than the one with that UID.
///
/// # Errors
/// Which of kubeconfig, credential, network or identity it was.
pub async fn open(source: &KubeconfigSource, context: &str, expected: &str) -> Result<Opened, AccessError> {
    let mut kubeconfig = load(source)?.minified(context)?;
    let mut until = None;
    for named in &mut kubeconfig.auth_infos {
        if let Some(auth) = &mut named.auth_info {
            until = exec::resolve(auth)
                .await
                .map_err(|source| AccessError::Exec { context: context.to_owned(), source })?;
        }
    }
    let client = client(&kubeconfig, context, Some(ANSWER)).await?;
    let mut cluster = Cluster::new(client, kubeconfig);
    let uid = identity(&cluster, context).await?;
    if !expected.is_empty() && uid != expected {
        let (context, expected) = (context.to_owned(), expected.to_owned());
        return Err(AccessError::OtherCluster { context, expected, found: uid });
    }
    cluster.uid = uid;
    Ok(Opened { cluster, until })
}

/// A client that waits for answers as long as they take, for an opened kubeconfig.
pub(crate) async fn patient(kubeconfig: &Kubeconfig) -> Result<Client, AccessError> {
    client(kubeconfig, kubeconfig.current_context.as_deref().unwrap_or_default(), None).await
}

async fn client(
    kubeconfig: &Kubeconfig,
    context: &str,
    answer: Option<Duration>,
) -> Result<Client, AccessError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| AccessError::Context {
        context: context.to_owned(),
        source,
    };
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
    let mut config = Config::from_custom_kubeconfig(kubeconfig.clone(), &options)
        .await
        .map_err(|error| failed(Box::new(error)))?;
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = answer;
    // Retries are the engine's: each one is told and counted there.
    config.default_retry = false;
    Client::try_from(config).map_err(|error| failed(Box::new(error)))
}

/// Address of the one cluster in an opened kubeconfig.
fn server(cluster: &Cluster) -> String {
    let mut named = cluster.kubeconfig.clusters.iter().filter_map(|named| named.cluster.as_ref());
    named.find_map(|cluster| cluster.server.clone()).unwrap_or_default()
}

async fn identity(cluster: &Cluster, context: &str) -> Result<String, AccessError> {
    let context = context.to_owned();
    match cluster.get("/api/v1/namespaces/kube-system").await {
        Ok(namespace) => Ok(namespace["metadata"]["uid"].as_str().unwrap_or_default().to_owned()),
        Err(error) => Err(match error.fault {
            ApiFault::Offline => AccessError::Offline { context, server: server(cluster), said: error.said },
            ApiFault::Credential => AccessError::Credential { context, said: error.said },
            _ => AccessError::Api { context, source: error },
        }),
    }
}

/// Whether a context answers, without taking it for any site.
pub async fn probe(source: &KubeconfigSource, context: &str, expected: &str) -> (Reachability, String) {
    match open(source, context, expected).await {
        Ok(opened) => reachable(&opened.cluster).await,
        Err(error) => {
            let reason = longshore_contract::chain(&error);
            let state = match error {
                AccessError::OtherCluster { expected, found, .. } => {
                    Reachability::OtherCluster { expected, found }
                }
                AccessError::Exec { .. } | AccessError::Credential { .. } => {
                    Reachability::CredentialDied { reason }
                }
                _ => Reachability::Offline { reason },
            };
            (state, String::new())
        }
    }
}

async fn reachable(cluster: &Cluster) -> (Reachability, String) {
    let started = Instant::now();
    let version = cluster.get("/version").await;
    let latency_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
    let version = version.ok().and_then(|version| version["gitVersion"].as_str().map(str::to_owned));
    let nodes =
        cluster.list("/api/v1/nodes").await.ok().map(|nodes| u32::try_from(nodes.len()).unwrap_or(u32::MAX));
    (Reachability::Reachable { latency_ms, version: version.unwrap_or_default(), nodes }, cluster.uid.clone())
}
