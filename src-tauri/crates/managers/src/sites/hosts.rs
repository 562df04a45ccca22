//! The hosts of a site: kept, tested step by step, their facts read.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use longshore_contract::{
    AppEvent, FieldError, HostFacts, HostParseRequest, HostRole, HostStep, HostStepKind, HostStepState,
    HostTest, HostTestRequest, HostTests, HostsFound, LinuxSite, Reachability, SiteHost, SiteId, SshSettings,
    WireError,
};
use longshore_remote::{Host as _, Privilege, RemoteError, SshHost};
use longshore_store::SiteRow;
use tokio::sync::Semaphore;

use super::{Sites, broken, facts, lines, now};
use crate::access;
use crate::reach::{self, AT_ONCE, Named, Way};

const STEPS: [HostStepKind; 6] = [
    HostStepKind::Resolve,
    HostStepKind::Connect,
    HostStepKind::HostKey,
    HostStepKind::Login,
    HostStepKind::Privilege,
    HostStepKind::Facts,
];

/// Checks what an operator says of hosts, and gives each without a role its own.
pub(super) fn settled(mut linux: LinuxSite) -> Result<LinuxSite, WireError> {
    let mut fields = Vec::new();
    let mut refuse =
        |field: String, message: &str| fields.push(FieldError { field, message: message.to_owned() });
    if linux.hosts.is_empty() {
        refuse("linux.hosts".to_owned(), "name at least one host");
    }
    let mut seen = HashSet::new();
    for (at, host) in linux.hosts.iter_mut().enumerate() {
        host.address = host.address.trim().to_owned();
        host.bastion = host.bastion.trim().to_owned();
        if !seen.insert(host.address.clone()) {
            refuse(format!("linux.hosts.{at}"), "is named twice");
        }
        if host.roles.is_empty() {
            host.roles.push(if at == 0 { HostRole::Controller } else { HostRole::Worker });
        }
        host.roles.sort_unstable();
        host.roles.dedup();
    }
    if !linux.hosts.is_empty() && linux.hosts.iter().all(|host| !host.roles.contains(&HostRole::Controller)) {
        refuse("linux.hosts.0".to_owned(), "one host at least has to be a controller");
    }
    let ways: Vec<Way> = linux.hosts.iter().map(Way::from).collect();
    if let Err(wrong) = reach::named(&ways, false, &Arc::new(linux.ssh.clone())) {
        fields.extend(
            wrong
                .fields
                .into_iter()
                .map(|wrong| FieldError { field: format!("linux.{}", wrong.field), ..wrong }),
        );
    }
    linux.stored = Vec::new();
    if fields.is_empty() {
        Ok(linux)
    } else {
        Err(WireError { fields, ..WireError::bad_input("The hosts cannot be used as they are") })
    }
}

/// Whether a site's hosts can be worked with, from their last tests.
pub(super) fn reachability(linux: &LinuxSite, tests: &[HostTest]) -> Reachability {
    if tests.is_empty() {
        return Reachability::Unknown;
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let ready = tests.iter().filter(|test| test.passed()).count();
    let failed = tests.iter().find_map(HostTest::failed).map(|step| step.message.clone());
    Reachability::Hosts {
        ready: count(ready),
        total: count(linux.hosts.len()),
        reason: failed.unwrap_or_default(),
    }
}

/// Milliseconds between the clocks that are furthest apart.
fn clocks_apart(tests: &[HostTest]) -> Option<i64> {
    let skews: Vec<i64> =
        tests.iter().filter_map(|test| test.facts.as_ref()).map(|facts| facts.skew).collect();
    let (first, last) = (skews.iter().min()?, skews.iter().max()?);
    (skews.len() > 1).then(|| last - first)
}

/// Tests of a site in the order of its hosts; hosts that were never tested have none.
pub(super) fn listed(row: &SiteRow) -> HostTests {
    let linux = row.linux.iter().flat_map(|linux| &linux.hosts);
    let hosts: Vec<HostTest> =
        linux.filter_map(|host| row.hosts.iter().find(|test| test.host == host.address)).cloned().collect();
    HostTests { clocks_apart: clocks_apart(&hosts), hosts }
}

impl Sites {
    /// Reads hosts from lines or an `ssh_config`; none is contacted.
    ///
    /// # Errors
    /// When there are more lines than any list of hosts has.
    pub fn parse_hosts(&self, request: &HostParseRequest) -> Result<HostsFound, WireError> {
        lines::parse(request)
    }

    /// The hosts of a site as they were last tested.
    ///
    /// # Errors
    /// When there is no such site.
    pub fn hosts(&self, site: &SiteId) -> Result<HostTests, WireError> {
        Ok(listed(&self.row(site)?))
    }

    /// Tests hosts of a site side by side; each step is announced as it comes.
    ///
    /// # Errors
    /// When there is no such site, or it has no such host.
    pub async fn test_hosts(&self, request: &HostTestRequest) -> Result<HostTests, WireError> {
        let row = self.row(&request.site)?;
        let linux = row.linux.clone().ok_or_else(|| {
            WireError::bad_input(format!("{} is a cluster, not a site of Linux hosts", row.name))
                .hint("`longshore site test` tests a cluster.")
        })?;
        let fields: Vec<FieldError> = request
            .hosts
            .iter()
            .enumerate()
            .filter(|(_, name)| linux.hosts.iter().all(|host| host.address != **name))
            .map(|(at, name)| FieldError {
                field: format!("hosts.{at}"),
                message: format!("{name} is no host of {}", row.name),
            })
            .collect();
        if !fields.is_empty() {
            return Err(WireError { fields, ..WireError::not_found("The site has no such host") });
        }
        let wanted: Vec<SiteHost> = linux
            .hosts
            .iter()
            .filter(|host| request.hosts.is_empty() || request.hosts.contains(&host.address))
            .cloned()
            .collect();
        let mut ssh = access::ssh(&self.store, &row).map_err(broken)?;
        ssh.accepted_keys.extend(request.accepted_keys.iter().cloned());
        let ssh = Arc::new(ssh);
        let places = Semaphore::new(AT_ONCE);
        let mut tests: FuturesUnordered<_> = wanted
            .iter()
            .map(|host| {
                let earlier = row.hosts.iter().find(|test| test.host == host.address);
                let live = Live::new(&row.id, host, earlier, &self.announce);
                let (ssh, places) = (Arc::clone(&ssh), &places);
                async move {
                    // Never closed, so there always comes a place.
                    let _place = places.acquire().await;
                    live.test(host, &ssh).await
                }
            })
            .collect();
        let mut done = Vec::new();
        while let Some(test) = tests.next().await {
            done.push(test);
        }
        drop(tests);
        // The site may have been changed while its hosts were asked.
        let mut row = self.row(&request.site)?;
        let before = row.clone();
        for test in done {
            row.hosts.retain(|known| known.host != test.host);
            row.hosts.push(test);
        }
        let Some(linux) = row.linux.clone() else { return Ok(listed(&row)) };
        row.hosts.retain(|test| linux.hosts.iter().any(|host| host.address == test.host));
        if row.hosts.iter().any(HostTest::passed) {
            row.seen_at = Some(now());
        }
        row.reachability = reachability(&linux, &row.hosts);
        self.put_seen(&before, &row)?;
        Ok(listed(&row))
    }
}

/// A test under way.
struct Live<'a> {
    site: SiteId,
    test: Mutex<HostTest>,
    announce: &'a Arc<dyn Fn(AppEvent) + Send + Sync>,
}

impl<'a> Live<'a> {
    fn new(
        site: &SiteId,
        host: &SiteHost,
        earlier: Option<&HostTest>,
        announce: &'a Arc<dyn Fn(AppEvent) + Send + Sync>,
    ) -> Self {
        let waiting = |step| HostStep { step, state: HostStepState::Waiting, message: String::new() };
        let test = HostTest {
            host: host.address.clone(),
            at: now(),
            steps: STEPS.into_iter().map(waiting).collect(),
            unknown_key: String::new(),
            latency_ms: None,
            facts: earlier.and_then(|test| test.facts.clone()),
            facts_at: earlier.and_then(|test| test.facts_at),
        };
        Self { site: site.clone(), test: Mutex::new(test), announce }
    }

    fn change(&self, change: impl FnOnce(&mut HostTest)) {
        let host = {
            let mut test = self.test.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut test);
            test.clone()
        };
        (self.announce)(AppEvent::HostTested { site: self.site.clone(), host });
    }

    fn step(&self, step: HostStepKind, state: HostStepState, message: impl Into<String>) {
        self.change(|test| {
            if let Some(known) = test.steps.iter_mut().find(|known| known.step == step) {
                known.state = state;
                known.message = message.into();
            }
        });
    }

    /// A step failed: those before it passed, those after it are not tried.
    fn failed(&self, at: HostStepKind, message: String) -> HostTest {
        self.change(|test| {
            for step in &mut test.steps {
                step.state = match step.step.cmp(&at) {
                    std::cmp::Ordering::Less => HostStepState::Passed,
                    std::cmp::Ordering::Equal => HostStepState::Failed,
                    std::cmp::Ordering::Greater => HostStepState::Skipped,
                };
                if step.step == at {
                    step.message.clone_from(&message);
                }
            }
        });
        self.test.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn test(&self, host: &SiteHost, ssh: &Arc<SshSettings>) -> HostTest {
        use HostStepState::{Failed, Passed, Running};
        self.step(HostStepKind::Resolve, Running, "");
        let named = match reach::named(&[Way::from(host)], false, ssh) {
            Ok(named) => named,
            Err(wrong) => {
                let why = wrong.fields.into_iter().map(|field| field.message).collect::<Vec<_>>().join("; ");
                return self.failed(HostStepKind::Resolve, why);
            }
        };
        let Some(Named::Remote(route, _)) = named.into_iter().next().map(|(_, named)| named) else {
            return self.failed(HostStepKind::Resolve, format!("{} leads nowhere", host.address));
        };
        let target = route.target();
        let over: Vec<&str> =
            route.hops[..route.hops.len() - 1].iter().map(|hop| hop.alias.as_str()).collect();
        let over = if over.is_empty() { String::new() } else { format!(" over {}", over.join(", ")) };
        self.step(HostStepKind::Resolve, Passed, format!("{} port {}{over}", target.host, target.port));
        let user = target.user.clone();
        self.step(HostStepKind::Connect, Running, "");
        let remote = SshHost::new(route.as_ref().clone(), reach::secrets(ssh));
        if let Err(error) = reach::connected(&remote, &ssh.accepted_keys).await {
            if let RemoteError::HostKeyUnknown(question) = &error
                && !question.forbidden
            {
                let key = question.fingerprint();
                self.change(|test| test.unknown_key = key);
            }
            return self.failed(at(&error), scrubbed(&remote, &error));
        }
        let latency = remote.round_trip();
        let latency = latency.map(|trip| u32::try_from(trip.as_millis()).unwrap_or(u32::MAX));
        self.change(|test| test.latency_ms = latency);
        let answered = latency.map(|trip| format!("answered in {trip} ms")).unwrap_or_default();
        self.step(HostStepKind::Connect, Passed, answered);
        self.step(HostStepKind::HostKey, Passed, "");
        self.step(HostStepKind::Login, Passed, format!("as {user}"));
        let mut privilege = String::new();
        if ssh.as_user {
            self.step(HostStepKind::Privilege, Passed, "not wanted");
        } else {
            self.step(HostStepKind::Privilege, Running, "");
            match remote.privilege().await {
                Ok(means) => {
                    means_word(means).clone_into(&mut privilege);
                    self.step(HostStepKind::Privilege, Passed, format!("by {privilege}"));
                }
                Err(error) => self.step(HostStepKind::Privilege, Failed, scrubbed(&remote, &error)),
            }
        }
        // No root is needed to read facts, and they may be what tells why root is refused.
        self.step(HostStepKind::Facts, Running, "");
        match facts::read(&remote).await {
            Ok(found) => {
                let at = now();
                self.change(|test| {
                    test.facts = Some(HostFacts { privilege, ..found });
                    test.facts_at = Some(at);
                });
                self.step(HostStepKind::Facts, Passed, "");
            }
            Err(why) => self.step(HostStepKind::Facts, Failed, why),
        }
        self.test.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn scrubbed(host: &SshHost, error: &RemoteError) -> String {
    host.redactor().scrub(&error.to_string())
}

/// The step that an error of connecting belongs to.
fn at(error: &RemoteError) -> HostStepKind {
    match error {
        RemoteError::Config(_) | RemoteError::Dns { .. } => HostStepKind::Resolve,
        RemoteError::HostKeyUnknown(_)
        | RemoteError::HostKeyChanged { .. }
        | RemoteError::HostKeyRevoked { .. }
        | RemoteError::KnownHosts(_) => HostStepKind::HostKey,
        RemoteError::Authentication { .. } => HostStepKind::Login,
        RemoteError::Privilege { .. } => HostStepKind::Privilege,
        _ => HostStepKind::Connect,
    }
}

fn means_word(means: Privilege) -> &'static str {
    match means {
        Privilege::Root => "being root",
        Privilege::Sudo { password: false, .. } => "sudo",
        Privilege::Sudo { password: true, .. } => "sudo with password",
        Privilege::Doas { password: false } => "doas",
        Privilege::Doas { password: true } => "doas with password",
    }
}
