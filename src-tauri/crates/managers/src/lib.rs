//! One module per area of work on a site; no module here knows another, and none knows a workflow.
//!
//! Each area gives the bodies of its steps: what it probes, what it changes, and which failure its errors
//! are. Bodies are made from a step's parameters and the run's [`Materials`] alone, so a process that never
//! saw the run before can go on with it.

pub mod access;
pub mod airgap;
pub mod app_preflight;
pub mod bundles;
pub mod charts;
pub mod extensions;
mod failure;
mod here;
pub mod infra;
pub mod library;
pub mod licenses;
pub mod linux;
pub mod manifests;
mod materials;
pub mod metrics;
pub mod params;
pub mod preflights;
pub mod reach;
mod reading;
pub mod record;
pub mod sites;
pub mod storage;
pub mod support;
pub mod vendor_keys;
mod waiting;

pub use failure::{from_api, from_helm, from_record, from_registry};
pub use materials::{Again, ChartContent, ConfigContent, Content, Identity, Materials};
