//! Collecting from a cluster what a spec's checks read, into upstream's layout.
//!
//! Each kind of collector is a function in a table. They run side by side, each within its own time, room and rights;
//! one that fails leaves a reason for every file that its checks would read. What they make in the cluster is gone
//! afterwards, however they end.

mod asked;
mod job;
mod kept;
mod kinds;
mod lists;
mod reads;
mod resources;
mod run;
mod task;
mod traces;
mod world;
mod written;

use std::collections::BTreeMap;

use longshore_contract::Timestamp;

use crate::analyze::Files;

pub use run::{collect, refused, rights};
pub use world::{
    BucketRequest, Cluster, Command, Database, DatabaseAnswer, DatabaseRequest, DatabaseTls, ImageRequest,
    Machine, Refusal, Request, Response, Right, Said, Text,
};

/// What was gathered.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Files in upstream's layout.
    pub files: Files,
    /// Files that could not be had, and why. A path that ends with a slash is a folder and all in it; a star stands
    /// for any name.
    pub refused: BTreeMap<String, Refusal>,
    /// What a reader of the files should know: what was cut, and what could not be deleted again.
    pub notes: Vec<String>,
}

/// Where is collected.
pub struct Ground<'a> {
    /// Namespace of the application, for collectors that name none.
    pub namespace: &'a str,
    /// Random letters and digits, others for each run: objects that collectors make bear them as a label.
    pub id: &'a str,
    /// When it is; validity of certificates and age of logs depend on it.
    pub at: Timestamp,
    /// The cluster.
    pub cluster: &'a dyn Cluster,
    /// The machine we run on.
    pub machine: &'a dyn Machine,
    /// Told of each collector as it begins and ends.
    pub tell: &'a (dyn Fn(CollectProgress) + Sync),
}

/// A collector that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectProgress {
    /// Its number in the spec; none for what is collected without being asked for.
    pub collector: Option<usize>,
    /// Its kind.
    pub kind: String,
    /// What it does.
    pub state: CollectState,
    /// Collectors that are done.
    pub done: usize,
    /// Collectors in all.
    pub of: usize,
}

/// What a collector does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectState {
    /// It begins.
    Began,
    /// It ends; with why it failed, if it did.
    Ended(Option<String>),
}
