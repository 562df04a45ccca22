//! What collecting needs of the world: a cluster, and the machine we run on. Everything else is built on these two,
//! which keeps this crate free of any client.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
pub use longshore_contract::Right;
use serde::Serialize;
use serde_json::Value;

/// Why something is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A right is missing; in words.
    Forbidden(String),
    /// It failed; in words.
    Failed(String),
    /// There was nothing to collect; in words. A check that says itself what that means is judged as it says.
    Absent(String),
}

impl Refusal {
    /// In words.
    pub fn words(&self) -> &str {
        match self {
            Self::Forbidden(words) | Self::Failed(words) | Self::Absent(words) => words,
        }
    }
}

/// A text, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether there was more of it.
    pub cut: bool,
}

/// A command to run in a container.
#[derive(Debug, Clone, Copy)]
pub struct Command<'a> {
    /// Namespace of the pod.
    pub namespace: &'a str,
    /// The pod.
    pub pod: &'a str,
    /// The container; empty for the pod's first.
    pub container: &'a str,
    /// The command and its arguments.
    pub words: &'a [String],
    /// Bytes to take of each of its two streams.
    pub limit: usize,
}

/// What a command said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Its standard output.
    pub out: Text,
    /// Its standard error.
    pub err: Text,
    /// How it failed, if it did: the words of the API server, with the exit code in them.
    pub failed: Option<String>,
}

/// A cluster.
///
/// Whoever implements it bounds no time: collecting drops what takes too long.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// Reads; `None` when it is not there.
    async fn get(&self, path: &str) -> Result<Option<Value>, Refusal>;

    /// Gives everything below a path, which may end with a query, one object after another while it is read: of a
    /// list that is long no more is held than that. With a refusal, what was given is not all of it.
    async fn each(&self, path: &str, take: &mut (dyn FnMut(Value) + Send)) -> Result<(), Refusal>;

    /// The same as a list, for what is short.
    async fn list(&self, path: &str) -> Result<Vec<Value>, Refusal> {
        let mut all = Vec::new();
        self.each(path, &mut |object| all.push(object)).await?;
        Ok(all)
    }

    /// Reads a text, at most `limit` bytes of it; `None` when it is not there.
    async fn text(&self, path: &str, limit: usize) -> Result<Option<Text>, Refusal>;

    /// Creates an object below a path, and gives it as the cluster has it.
    async fn create(&self, path: &str, object: &Value) -> Result<Value, Refusal>;

    /// Deletes; what is not there is as wanted. `grace` is in seconds; none leaves it to the object.
    async fn delete(&self, path: &str, grace: Option<u32>) -> Result<(), Refusal>;

    /// Deletes soon, with nobody waiting for it: for what is given up in the middle.
    fn forget(&self, paths: Vec<String>);

    /// Runs a command in a container.
    async fn exec(&self, command: Command<'_>) -> Result<Said, Refusal>;

    /// Those rights that the credential lacks.
    async fn missing(&self, rights: &[Right]) -> Result<Vec<Right>, Refusal>;
}

/// A request that this machine sends. Headers, body and proxy may hold secrets, so it cannot be shown.
pub struct Request {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// How long the whole of it may take.
    pub timeout: Duration,
    /// Whether any certificate is accepted.
    pub insecure: bool,
    /// Certificates of authorities in PEM, or a file or folder of such; empty for the usual ones.
    pub authority: String,
    /// Proxy; empty for the one of the environment.
    pub proxy: String,
    /// Bytes to take of the body.
    pub limit: usize,
}

/// What a request got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// Status.
    pub status: u16,
    /// Headers; those of one name are joined by commas.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Text,
}

/// An image that a registry may have. It holds a password, so it cannot be shown.
pub struct ImageRequest {
    /// `host[:port]`.
    pub registry: String,
    /// Repository.
    pub repository: String,
    /// Tag or digest.
    pub name: String,
    /// User name; empty for nobody.
    pub username: String,
    /// Password.
    pub password: String,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether plain HTTP and any certificate are accepted.
    pub insecure: bool,
}

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis.
    Redis,
    /// ClickHouse.
    Clickhouse,
    /// SQL Server.
    Mssql,
}

/// A database that is asked whether it lets us in. Its address holds a password, so it cannot be shown.
pub struct DatabaseRequest {
    /// Its kind.
    pub kind: Database,
    /// Where, as whom and with which password, as the kind's Go driver writes it.
    pub uri: String,
    /// Variables that are asked for besides.
    pub parameters: Vec<String>,
    /// How TLS is spoken, where the spec says so.
    pub tls: Option<DatabaseTls>,
}

/// How TLS is spoken with a database; certificates and key in PEM, each empty for none.
#[derive(Default)]
pub struct DatabaseTls {
    /// Whether any certificate is accepted.
    pub skip_verify: bool,
    /// Authorities besides the machine's own.
    pub authority: String,
    /// Our certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// What a database answered, in upstream's form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseAnswer {
    /// Whether it let us in.
    pub is_connected: bool,
    /// What went wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// Its version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Variables that it has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
}

/// A bucket of S3 that may be there. It holds a secret key, so it cannot be shown.
pub struct BucketRequest {
    /// Its name.
    pub name: String,
    /// Where it is; empty for the usual one.
    pub region: String,
    /// URL of the server; empty for Amazon's.
    pub endpoint: String,
    /// Name of the key.
    pub key: String,
    /// The key.
    pub secret: String,
    /// Whether the bucket's name is in the path and not in the server's name.
    pub in_path: bool,
    /// Whether any certificate is accepted.
    pub insecure: bool,
    /// How long it may take.
    pub timeout: Duration,
}

/// The machine we run on: what is asked from here and not from within the cluster.
#[async_trait]
pub trait Machine: Send + Sync {
    /// Sends a request. An error tells in words why there is no response.
    async fn request(&self, request: &Request) -> Result<Response, String>;

    /// Whether a registry has an image. An error tells in words why that is not known.
    async fn image(&self, image: &ImageRequest) -> Result<bool, String>;

    /// Asks a database for its version.
    async fn database(&self, request: &DatabaseRequest) -> DatabaseAnswer;

    /// Whether a bucket is there and may be looked at. An error tells in words why it is not.
    async fn bucket(&self, request: &BucketRequest) -> Result<(), String>;
}
