//! Host preflights of a run: on all its hosts side by side.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use futures::{StreamExt as _, stream};
use longshore_contract::{ChecksReport, Failure, Timestamp, Unit, Workflow};
use longshore_engine::step::{Probe, StepBody, StepContext};
use longshore_preflight::{HostEvent, Setting, Spec, check_host};
use serde_json::Value;

use super::Ground;
use crate::app_preflight::{joined, told};
use crate::linux::clocks::{self, Ahead};
use crate::params::HostPreflightParams;
use crate::reach::{AT_ONCE, Asked, Unreached};
use crate::reading::run_id;

/// Runs the built-in host preflights and the release's.
pub struct HostPreflights {
    /// What it works with.
    pub ground: Ground,
    /// Parameters.
    pub params: HostPreflightParams,
    judged: Mutex<Option<ChecksReport>>,
}

impl HostPreflights {
    /// A body that has not judged yet.
    pub fn new(ground: Ground, params: HostPreflightParams) -> Self {
        Self { ground, params, judged: Mutex::default() }
    }

    fn spec(&self, host: &str) -> Result<Spec, Failure> {
        let specs = &self.ground.content.host_preflights;
        let specs = specs.iter().find(|(known, _)| known == host);
        joined(specs.map(|(_, specs)| specs.as_slice()).unwrap_or_default())
    }

    async fn check(&self, cx: &StepContext<'_>, host: &str) -> Result<ChecksReport, Failure> {
        let spec = self.spec(host)?;
        let setting = Setting::new(run_id(), now());
        let mut tell = |event: HostEvent| {
            if let HostEvent::Collected(progress) = event {
                cx.progress(host, progress.done as u64, Some(progress.of as u64), Unit::Items, "");
            }
        };
        let report = match self.ground.hosts.host(host).await {
            Ok(known) => check_host(&spec, host, &Asked::as_root(known), &setting, &mut tell).await,
            Err(error) => check_host(&spec, host, &Unreached(error.message), &setting, &mut tell).await,
        };
        Ok(report.report)
    }

    /// How far the clock of each host is ahead of ours.
    async fn clocks(&self) -> Vec<Ahead> {
        let ask = self.params.hosts.iter().map(|host| async move {
            let known = self.ground.hosts.host(host).await.ok();
            let ahead = match &known {
                Some(known) => clocks::ahead(known.as_ref()).await,
                None => None,
            };
            (host.clone(), ahead)
        });
        stream::iter(ask.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await
    }
}

fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

#[async_trait]
impl StepBody for HostPreflights {
    async fn probe(&self, _: &StepContext<'_>) -> Result<Probe, Failure> {
        let judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(match judged {
            Some(report) => Probe::Done { outputs: Value::Null, checks: Some(report) },
            // What was judged before is never reused: the hosts may have changed since.
            None => Probe::NotBegun,
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let checks = self.params.hosts.iter().map(|host| self.check(cx, host)).collect::<Vec<_>>();
        let reports: Vec<_> = stream::iter(checks).buffered(AT_ONCE).collect().await;
        let mut all = ChecksReport { results: Vec::new(), at: now() };
        for report in reports {
            all.results.extend(report?.results);
        }
        let make = cx.workflow() == Workflow::Install;
        all.results.extend(clocks::judge(&self.clocks().await, make));
        let all = match &self.ground.again {
            Some(again) => again.over(all),
            None => all,
        };
        told(cx, &all);
        *self.judged.lock().unwrap_or_else(PoisonError::into_inner) = Some(all);
        Ok(())
    }
}
