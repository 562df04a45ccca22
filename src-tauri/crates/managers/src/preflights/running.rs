//! One preflight run while it is under way: all hosts side by side, the cluster beside them.

use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use longshore_contract::{
    AppEvent, CheckResult, HostChecks, HostProgress, PreflightProgress, PreflightView, chain,
};
use longshore_preflight::{HostEvent, HostReport, Setting, Spec, check_host, judge, refused};
use longshore_store::{SiteRow, Store};
use tokio::sync::{Semaphore, watch};

use super::{counted, now};
use crate::access;
use crate::reach::{AT_ONCE, Named, Reached, Unreached, reach};
use crate::reading::{Leavings, Reading, Silent, gathered, run_id};

/// What is to be done.
pub(super) struct Work {
    pub(super) spec: Spec,
    pub(super) hosts: Vec<(String, Named)>,
    pub(super) site: Option<SiteRow>,
    pub(super) store: Arc<Store>,
}

/// A preflight run under way.
pub(super) struct Running {
    view: Mutex<PreflightView>,
    announce: Arc<dyn Fn(AppEvent) + Send + Sync>,
    stop: watch::Sender<bool>,
    over: watch::Sender<bool>,
    /// What collectors made in the cluster and had no time to delete.
    leavings: Arc<Leavings>,
}

impl Running {
    pub(super) fn new(view: PreflightView, announce: Arc<dyn Fn(AppEvent) + Send + Sync>) -> Arc<Self> {
        let (stop, over) = (watch::Sender::new(false), watch::Sender::new(false));
        Arc::new(Self { view: Mutex::new(view), announce, stop, over, leavings: Arc::default() })
    }

    /// How it stands.
    pub(super) fn view(&self) -> PreflightView {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops it and waits until it has stopped.
    pub(super) async fn cancel(&self) {
        self.stop.send_replace(true);
        // Gone means over.
        drop(self.over.subscribe().wait_for(|over| *over).await);
    }

    fn change(&self, change: impl FnOnce(&mut PreflightView)) {
        let summary = {
            let mut view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut view);
            counted(&mut view);
            view.summary.clone()
        };
        (self.announce)(AppEvent::PreflightChanged { preflight: summary });
    }

    fn host(&self, at: usize, change: impl FnOnce(&mut HostChecks)) {
        self.change(|view| {
            if let Some(host) = view.hosts.get_mut(at) {
                change(host);
            }
        });
    }

    /// Does all of it and gives the end.
    pub(super) async fn carry_out(&self, work: Work) -> PreflightView {
        let places = Semaphore::new(AT_ONCE);
        let mut parts = FuturesUnordered::new();
        let on_hosts = !work.spec.host_analyzers.is_empty();
        for (at, (name, named)) in work.hosts.iter().enumerate().filter(|_| on_hosts) {
            let (work, places) = (&work, &places);
            parts.push(futures::future::Either::Left(async move {
                // Never closed, so there always comes a place.
                let _place = places.acquire().await;
                self.check(at, name, named, work).await;
            }));
        }
        if !work.spec.analyzers.is_empty() {
            parts.push(futures::future::Either::Right(self.check_cluster(&work)));
        }
        let mut stop = self.stop.subscribe();
        let stopped = tokio::select! {
            () = async { while parts.next().await.is_some() {} } => false,
            _ = stop.wait_for(|stop| *stop) => true,
        };
        drop(parts);
        if stopped {
            self.give_up(&work).await;
            self.leavings.gone().await;
        }
        self.change(|view| {
            let (done, cancelled) = (PreflightProgress::Done, PreflightProgress::Cancelled);
            view.summary.progress = if stopped { cancelled } else { done };
            in_order(view);
        });
        self.over.send_replace(true);
        self.view()
    }

    async fn check(&self, at: usize, name: &str, named: &Named, work: &Work) {
        self.host(at, |host| host.progress = HostProgress::Connecting);
        let report = match reach(named).await {
            Reached::Host(asked) => {
                self.host(at, |host| {
                    host.progress = HostProgress::Checking;
                    host.notes.extend(Some(asked.note.clone()).filter(|note| !note.is_empty()));
                });
                let report = self.judged(at, name, &asked, work).await;
                self.host(at, |host| host.progress = HostProgress::Done);
                report
            }
            Reached::Not { why, unknown_key } => {
                let report = self.judged(at, name, &Unreached(why.clone()), work).await;
                self.host(at, |host| {
                    host.progress = HostProgress::Unreached;
                    host.problem = why;
                    host.unknown_key = unknown_key;
                });
                report
            }
        };
        self.change(|view| {
            let host = &mut view.hosts[at];
            host.notes.extend(report.gathered.notes);
            if !report.gathered.needs_root.is_empty() {
                host.notes
                    .push(format!("Only root could have had: {}", report.gathered.needs_root.join(", ")));
            }
            // What was judged on the way came in the order of the answers.
            view.results.retain(|result| result.host != name);
            view.results.extend(report.report.results);
        });
    }

    async fn judged(
        &self,
        at: usize,
        name: &str,
        host: &dyn longshore_preflight::Host,
        work: &Work,
    ) -> HostReport {
        let setting = Setting::new(run_id(), now());
        let mut tell = |event: HostEvent| match event {
            HostEvent::Collected(progress) => self.host(at, |host| {
                let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                (host.done, host.of) = (count(progress.done), count(progress.of));
            }),
            HostEvent::Judged(_, results) => self.change(|view| view.results.extend(results)),
        };
        check_host(&work.spec, name, host, &setting, &mut tell).await
    }

    async fn check_cluster(&self, work: &Work) {
        let Some(site) = &work.site else { return };
        let namespace = Some(site.kubernetes.namespace.clone()).filter(|name| !name.is_empty());
        let namespace = namespace.unwrap_or_else(|| "default".to_owned());
        let gathered = match access::cluster(&work.store, site).await {
            Ok(cluster) => {
                let reading = Reading::new(cluster, Arc::clone(&self.leavings));
                gathered(&work.spec, &namespace, &reading).await
            }
            Err(error) => gathered(&work.spec, &namespace, &Silent(chain(&error))).await,
        };
        let report = judge(&work.spec, &gathered, now());
        self.change(|view| view.results.extend(report.results));
    }

    /// Gives every check without an answer the reason.
    async fn give_up(&self, work: &Work) {
        let why = "the preflight run was stopped before this was known".to_owned();
        for (at, (name, _)) in work.hosts.iter().enumerate() {
            let done = self
                .view()
                .hosts
                .get(at)
                .is_none_or(|host| matches!(host.progress, HostProgress::Done | HostProgress::Unreached));
            if done {
                continue;
            }
            let setting = Setting::new("stopped", now());
            let report = check_host(&work.spec, name, &Unreached(why.clone()), &setting, &mut |_| {}).await;
            self.change(|view| {
                let missing = |result: &CheckResult| {
                    !view.results.iter().any(|had| had.host == result.host && had.title == result.title)
                };
                let missing: Vec<_> = report.report.results.into_iter().filter(missing).collect();
                view.results.extend(missing);
                view.hosts[at].progress = HostProgress::Unreached;
                view.hosts[at].problem.clone_from(&why);
            });
        }
        let judged = self.view().results.iter().any(|result| result.host.is_empty());
        if !work.spec.analyzers.is_empty() && !judged {
            let gathered = refused(&work.spec, "default", &why);
            let report = judge(&work.spec, &gathered, now());
            self.change(|view| view.results.extend(report.results));
        }
    }
}

/// Results by host as they were named, the cluster's last.
fn in_order(view: &mut PreflightView) {
    let hosts: Vec<String> = view.hosts.iter().map(|host| host.host.clone()).collect();
    let place =
        |result: &CheckResult| hosts.iter().position(|host| *host == result.host).unwrap_or(hosts.len());
    view.results.sort_by_key(place);
}
