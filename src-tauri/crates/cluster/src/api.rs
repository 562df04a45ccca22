//! The API server, spoken to in JSON.

use std::collections::HashMap;
use std::sync::Mutex;

use http::{Method, Request};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIResource;
use kube::Client;
use kube::config::Kubeconfig;
use serde_json::Value;
use tokio::sync::OnceCell;

/// What went wrong, as far as somebody has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiFault {
    /// No answer.
    Offline,
    /// It refuses our credential.
    Credential,
    /// It refuses this to us.
    Forbidden,
    /// Not there.
    NotFound,
    /// Somebody else changed it meanwhile, or it exists already.
    Conflict,
    /// It refuses the content.
    Invalid,
    /// It has too much to do.
    Throttled,
    /// Anything else.
    Other,
}

/// A request that failed, with what was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what} failed: {said}")]
pub struct ApiError {
    /// What was asked: `GET /api/v1/namespaces`.
    pub what: String,
    /// What went wrong.
    pub fault: ApiFault,
    /// What was answered.
    pub said: String,
}

impl ApiError {
    pub(crate) fn new(what: &str, error: &kube::Error) -> Self {
        let (fault, said) = match error {
            kube::Error::Api(status) => {
                let fault = match status.code {
                    401 => ApiFault::Credential,
                    403 => ApiFault::Forbidden,
                    404 => ApiFault::NotFound,
                    409 => ApiFault::Conflict,
                    400 | 413 | 422 => ApiFault::Invalid,
                    429 => ApiFault::Throttled,
                    500..=599 if status.message.contains("etcdserver") => ApiFault::Offline,
                    _ => ApiFault::Other,
                };
                (fault, status.message.clone())
            }
            kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => {
                (ApiFault::Offline, longshore_contract::chain(error))
            }
            kube::Error::Auth(_) => (ApiFault::Credential, longshore_contract::chain(error)),
            _ => (ApiFault::Other, longshore_contract::chain(error)),
        };
        Self { what: what.to_owned(), fault, said }
    }

    /// Whether it may pass by itself.
    pub fn is_transient(&self) -> bool {
        matches!(self.fault, ApiFault::Offline | ApiFault::Throttled | ApiFault::Conflict)
    }
}

/// One cluster, known to be the right one.
pub struct Cluster {
    pub(crate) client: Client,
    /// One that waits for answers as long as they take.
    pub(crate) patient: OnceCell<Client>,
    /// Its kubeconfig: one context, exec plugins replaced by what they gave.
    pub(crate) kubeconfig: Kubeconfig,
    /// UID of its kube-system namespace.
    pub uid: String,
    kinds: Mutex<HashMap<String, Vec<APIResource>>>,
    /// What the way to it goes through.
    kept: Option<Box<dyn std::any::Any + Send + Sync>>,
}

/// A kind's place in the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Plural name.
    pub plural: String,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
}

impl Cluster {
    pub(crate) fn new(client: Client, kubeconfig: Kubeconfig) -> Self {
        Self {
            client,
            patient: OnceCell::new(),
            kubeconfig,
            uid: String::new(),
            kinds: Mutex::default(),
            kept: None,
        }
    }

    /// Keeps something for as long as the cluster is held: the tunnel that leads to it.
    #[must_use]
    pub fn keeping(mut self, kept: impl Send + Sync + 'static) -> Self {
        self.kept = Some(Box::new(kept));
        self
    }

    /// Writes its kubeconfig to a new file that only we may read: it holds a credential.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn write_kubeconfig(&self, path: &std::path::Path) -> std::io::Result<()> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let text = serde_norway::to_string(&self.kubeconfig).map_err(std::io::Error::other)?;
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        file?.write_all(text.as_bytes())
    }

    /// Asks the API server for JSON.
    ///
    /// # Errors
    /// When it does not answer, or refuses.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Value, ApiError> {
        let what = format!("{method} {path}");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(http::header::CONTENT_TYPE, content_type)
            .header(http::header::ACCEPT, "application/json")
            .body(body)
            .map_err(|error| ApiError {
                what: what.clone(),
                fault: ApiFault::Other,
                said: error.to_string(),
            })?;
        self.client.request(request).await.map_err(|error| ApiError::new(&what, &error))
    }

    /// Reads.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        self.request(Method::GET, path, "application/json", Vec::new()).await
    }

    /// Reads what may not be there.
    ///
    /// # Errors
    /// As [`Self::request`], but for "not found".
    pub async fn get_opt(&self, path: &str) -> Result<Option<Value>, ApiError> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.fault == ApiFault::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists everything below `path`, page by page.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, ApiError> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=500{next}")).await?;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["metadata"]["continue"].as_str() {
                Some(token) if !token.is_empty() => next = format!("&continue={token}"),
                _ => return Ok(items),
            }
        }
    }

    /// Creates below `path`.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn create(&self, path: &str, object: &Value) -> Result<Value, ApiError> {
        self.request(Method::POST, path, "application/json", object.to_string().into_bytes()).await
    }

    /// Replaces what is at `path`; with a resourceVersion in it, only that version.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn replace(&self, path: &str, object: &Value) -> Result<Value, ApiError> {
        self.request(Method::PUT, path, "application/json", object.to_string().into_bytes()).await
    }

    /// Deletes; what is not there is as wanted.
    ///
    /// # Errors
    /// As [`Self::request`], but for "not found".
    pub async fn delete(&self, path: &str) -> Result<(), ApiError> {
        let body = br#"{"propagationPolicy":"Background"}"#.to_vec();
        match self.request(Method::DELETE, path, "application/json", body).await {
            Err(error) if error.fault != ApiFault::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The tail of a container's log, or of the run before it.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn log_tail(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> Result<String, ApiError> {
        let path = format!(
            "/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}&tailLines=10&previous={previous}"
        );
        let what = format!("GET {path}");
        let request = Request::builder().uri(&path).body(Vec::new()).map_err(|error| ApiError {
            what: what.clone(),
            fault: ApiFault::Other,
            said: error.to_string(),
        })?;
        self.client.request_text(request).await.map_err(|error| ApiError::new(&what, &error))
    }

    /// Where a kind is in the API. Asked again when it is not known, for it may just have been defined.
    ///
    /// # Errors
    /// `NotFound` when the cluster has no such kind.
    pub async fn resource(&self, api_version: &str, kind: &str) -> Result<Resource, ApiError> {
        if let Some(known) = self.known(api_version, kind) {
            return Ok(known);
        }
        let path = if api_version.contains('/') {
            format!("/apis/{api_version}")
        } else {
            format!("/api/{api_version}")
        };
        let missing = || ApiError {
            what: format!("GET {path}"),
            fault: ApiFault::NotFound,
            said: format!(
                "the cluster has no kind {kind} in {api_version}; the package may need an operator first"
            ),
        };
        let found = self.get_opt(&path).await?.ok_or_else(missing)?;
        let resources: Vec<APIResource> =
            serde_json::from_value(found["resources"].clone()).unwrap_or_default();
        self.kinds
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(api_version.to_owned(), resources);
        self.known(api_version, kind).ok_or_else(missing)
    }

    fn known(&self, api_version: &str, kind: &str) -> Option<Resource> {
        let kinds = self.kinds.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found =
            kinds.get(api_version)?.iter().find(|known| known.kind == kind && !known.name.contains('/'))?;
        Some(Resource { plural: found.name.clone(), namespaced: found.namespaced })
    }

    /// The path of an object.
    ///
    /// # Errors
    /// As [`Self::resource`].
    pub async fn object_path(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Result<String, ApiError> {
        let resource = self.resource(api_version, kind).await?;
        let root = if api_version.contains('/') { "/apis/" } else { "/api/" };
        let plural = resource.plural;
        let scope = if resource.namespaced { format!("/namespaces/{namespace}") } else { String::new() };
        let name = if name.is_empty() { String::new() } else { format!("/{name}") };
        Ok(format!("{root}{api_version}{scope}/{plural}{name}"))
    }
}
