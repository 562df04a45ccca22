//! Executing a run: lock, lease, frozen plan, and the task that goes on until it stops by itself.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use longshore_cluster::Cluster;
use longshore_cluster::lease::{self, Lease, LeaseError, Over};
use longshore_cluster::record;
use longshore_contract::{
    Action, AppEvent, Decision, ExecuteRequest, Phase, Record, RunId, RunView, State, WireError, Workflow,
    chain,
};
use longshore_engine::fold::Folded;
use longshore_engine::machine::{self, Shape};
use longshore_engine::runner::{Recorder, Runner};
use longshore_managers::linux::steps::Ground;
use longshore_managers::linux::{HostLocks, LockRefusal};
use longshore_managers::metrics::Happened;
use longshore_managers::sites::require_rights;
use longshore_managers::{Again, Materials, access};
use longshore_store::{ExecutorLock, RunLog, SiteRow};

use super::bare::took_all;
use super::create::{namespace, runner};
use super::factory::{Factory, Seed};
use super::footing::Footing;
use super::guard::{LeaseGuard, Writer};
use super::live::Live;
use super::{Runs, RunsError};
use crate::prepare::Prepared;

/// How often an executing process looks whether another one asked it to stop.
const LOOK: Duration = Duration::from_millis(500);

/// The longest that a request waits for an execution to tidy up.
const TIDYING: Duration = Duration::from_secs(10);

/// How an execution is begun.
pub(super) struct Start {
    pub(super) who: String,
    pub(super) decision: Decision,
    pub(super) until: Option<Phase>,
    pub(super) approved: Option<String>,
    pub(super) bypass: Option<String>,
    /// Titles of the checks that are judged anew; empty for all.
    pub(super) checks: Vec<String>,
    /// Holder whose expired lease is taken over, and why.
    pub(super) over: Option<(String, String)>,
}

/// What an execution works with.
struct Course {
    run: RunId,
    site: SiteRow,
    namespace: String,
    slug: String,
    plan_digest: String,
    footing: Arc<Footing>,
    steps: Factory,
    live: Arc<Live>,
    start: Start,
    shape: Shape,
}

impl Runs {
    /// Runs the plan, to its end or up to a phase. Returns once it is under way.
    ///
    /// # Errors
    /// When the state does not allow it, the plan has changed, or somebody else holds the site.
    pub async fn execute(
        self: &Arc<Self>,
        who: &str,
        request: &ExecuteRequest,
    ) -> Result<RunView, RunsError> {
        self.tidied(&request.run).await?;
        let folded = self.folded(&request.run).await?;
        self.allow(&request.run, &folded, Action::Start, "starting it")?;
        let start = Start {
            who: who.to_owned(),
            decision: Decision::Start,
            until: request.until,
            approved: request.plan_digest.clone(),
            bypass: request.bypass.clone(),
            checks: Vec::new(),
            over: None,
        };
        self.begin(&request.run, start).await
    }

    /// Waits for an execution that has reached its end and only tidies up behind itself: who was told its last state may
    /// ask for the next thing at once.
    pub(super) async fn tidied(&self, run: &RunId) -> Result<(), RunsError> {
        let Some(live) = self.live(run) else { return Ok(()) };
        let folded = self.folded(run).await?;
        if machine::phase_of_running(folded.shape(), folded.state).is_some() {
            return Ok(());
        }
        let mut latest = live.latest();
        // Ours would keep it open.
        drop(live);
        let over = async { while latest.changed().await.is_ok() {} };
        drop(tokio::time::timeout(TIDYING, over).await);
        Ok(())
    }

    /// Begins an execution, whatever led to it.
    pub(super) async fn begin(self: &Arc<Self>, run: &RunId, start: Start) -> Result<RunView, RunsError> {
        self.require_helm()?;
        let lock = self.store.try_execute(run)?.ok_or_else(|| RunsError::ExecutedElsewhere(run.clone()))?;
        // A process that was killed may have left its helm at work; two must not be.
        self.helm.sweep().await.map_err(|error| WireError::internal(&error))?;
        let folded = self.folded(run).await?;
        let site = self.site(&folded)?;
        let footing = Footing::of_hosts(&self.store, &site).await?;
        let prepared = Box::pin(self.frozen(run, &folded, &site, &footing, &start)).await?;
        let namespace = namespace(&site, &folded.release.slug);
        if site.linux.is_none() {
            require_rights(footing.cluster().await?, &namespace).await?;
        }
        let (writer, from) = self.take_site(run, &folded, &namespace, &footing, &start).await?;
        let live = Arc::new(Live::new(RunLog::open(&self.store.run_folder(run)?)?, start.until));
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone(), Arc::clone(&live));
        let opened = self.opening(run, &folded, &prepared, from, &start, &live).await;
        let steps = match opened.and_then(|()| self.steps(run, &folded, &site, &footing, &prepared, &start)) {
            Ok(steps) => steps,
            Err(error) => {
                self.lives.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
                return Err(error);
            }
        };
        self.report(run, &folded, &footing.cluster_uid(), Happened::Started);
        let (slug, plan_digest) = (folded.release.slug.clone(), prepared.plan.digest.clone());
        let run_id = run.clone();
        let shape = self.folded(run).await?.shape();
        let course =
            Course { run: run_id, site, namespace, slug, plan_digest, footing, steps, live, start, shape };
        let runs = Arc::clone(self);
        tokio::spawn(async move { runs.follow(course, writer, lock).await });
        self.moved(run).await;
        self.view(run).await
    }

    /// The frozen plan with its content, or what will be frozen.
    async fn frozen(
        &self,
        run: &RunId,
        folded: &Folded,
        site: &SiteRow,
        footing: &Arc<Footing>,
        start: &Start,
    ) -> Result<Prepared, RunsError> {
        let Some(plan) = &folded.plan else {
            return self.settled(run, folded, site, footing, start.approved.as_deref()).await;
        };
        let content = self.kept(run, "content")?.ok_or_else(|| {
            WireError::bad_input("What this run was planned with is not on this machine")
                .hint("Go on from the machine that started it, or create a new run.")
        })?;
        Ok(Prepared { plan: plan.as_ref().clone(), content })
    }

    /// Takes the site for this run: its lease, or the locks of its hosts. Gives whom it was taken from, too.
    async fn take_site(
        &self,
        run: &RunId,
        folded: &Folded,
        namespace: &str,
        footing: &Arc<Footing>,
        start: &Start,
    ) -> Result<(Writer, Option<String>), RunsError> {
        let Some(hosts) = &footing.hosts else {
            let cluster = footing.cluster().await?;
            let lease = self.take_lease(run, folded, namespace, cluster, start).await?;
            let from = lease.from.clone();
            return Ok((Writer::Lease(LeaseGuard::keep(cluster, lease)), from));
        };
        let over = start.over.as_ref().map(|(holder, _)| holder.as_str());
        let mut taken = HostLocks::take(hosts, &start.who, run, over.map(Over::Expired)).await;
        if let Err(LockRefusal::Held(holder)) = &taken
            && self.has_ended(&RunId(holder.run.clone())).await
        {
            let dead = holder.run.clone();
            taken = HostLocks::take(hosts, &start.who, run, Some(Over::Ended(&dead))).await;
        }
        match taken {
            Ok(locks) => Ok((Writer::Hosts(locks), over.map(str::to_owned))),
            Err(LockRefusal::Held(holder)) => Err(RunsError::LeaseHeld(holder)),
            Err(LockRefusal::Refused(error)) => Err(error.into()),
        }
    }

    async fn take_lease(
        &self,
        run: &RunId,
        folded: &Folded,
        namespace: &str,
        cluster: &Arc<Cluster>,
        start: &Start,
    ) -> Result<Lease, RunsError> {
        // The lease lives in the application's namespace, so an install makes that first; its own step finds
        // it done.
        if folded.workflow == Workflow::Install {
            let object = serde_json::json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
            match cluster.get_opt(&format!("/api/v1/namespaces/{namespace}")).await {
                Ok(None) => {
                    drop(cluster.create("/api/v1/namespaces", &object).await.map_err(|error| {
                        crate::prepare::unreadable("The namespace cannot be made", &error)
                    })?);
                }
                Ok(Some(_)) => {}
                Err(error) => {
                    return Err(crate::prepare::unreadable("The namespace cannot be read", &error).into());
                }
            }
        }
        let over = start.over.as_ref().map(|(holder, _)| Over::Expired(holder));
        let mut taken = Lease::take(cluster, namespace, &start.who, &run.0, over).await;
        if let Err(LeaseError::Held(holder)) = &taken
            && self.has_ended(&RunId(holder.run.clone())).await
        {
            let dead = holder.run.clone();
            taken = Lease::take(cluster, namespace, &start.who, &run.0, Some(Over::Ended(&dead))).await;
        }
        taken.map_err(|error| match error {
            LeaseError::Held(holder) => RunsError::LeaseHeld(holder),
            LeaseError::Api(error) => {
                crate::prepare::unreadable("The site's lease cannot be taken", &error).into()
            }
        })
    }

    /// Whether a run of this machine has come to its end and nobody executes it any more.
    async fn has_ended(&self, run: &RunId) -> bool {
        let Ok(folded) = self.folded(run).await else { return false };
        folded.ended
            || machine::is_final(folded.shape(), folded.state)
                && matches!(self.store.is_executed(run), Ok(false))
    }

    /// Writes how this execution began.
    async fn opening(
        &self,
        run: &RunId,
        folded: &Folded,
        prepared: &Prepared,
        from: Option<String>,
        start: &Start,
        live: &Live,
    ) -> Result<(), RunsError> {
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, live, run).await.map_err(runner)?;
        if folded.plan.is_none() {
            self.keep(run, "content", &prepared.content)?;
            let plan = Box::new(prepared.plan.clone());
            recorder.record(Record::PlanFrozen { plan, who: start.who.clone() }).await.map_err(runner)?;
        }
        let (decision, why) =
            (start.decision, start.over.as_ref().map(|(_, why)| why.clone()).unwrap_or_default());
        let decided = Record::Decided { decision, step: None, who: start.who.clone(), why };
        recorder.record(decided).await.map_err(runner)?;
        let taken = Record::LeaseTaken { holder: start.who.clone(), from };
        recorder.record(taken).await.map_err(runner)
    }

    fn steps(
        &self,
        run: &RunId,
        folded: &Folded,
        site: &SiteRow,
        footing: &Arc<Footing>,
        prepared: &Prepared,
        start: &Start,
    ) -> Result<Factory, RunsError> {
        let (bundle, release) = match folded.release.bundle {
            Some(_) => {
                let (bundle, release) = self.bundle(folded)?;
                (Some(bundle), Some(release))
            }
            None => (None, None),
        };
        let again = again(folded, start.until, &start.checks)?;
        let ground = footing.hosts.as_ref().zip(prepared.content.cluster.as_ref());
        let ground = ground.map(|(hosts, content)| Ground {
            hosts: Arc::clone(hosts),
            content: Arc::new(content.clone()),
            library: Arc::clone(&self.library),
            bundle: bundle.clone(),
            run: run.clone(),
            again: again.clone(),
        });
        let (helm, library) = (self.helm.clone(), Arc::clone(&self.library));
        let content = Arc::new(prepared.content.clone());
        let registry = access::registry(&self.store, site, &folded.release.slug)?;
        let (run, who, plan_digest) = (run.clone(), start.who.clone(), prepared.plan.digest.clone());
        let materials: Seed = Arc::new(move |cluster: Arc<Cluster>| Materials {
            cluster,
            helm: helm.clone(),
            library: Arc::clone(&library),
            bundle: bundle.clone(),
            release: release.clone(),
            content: Arc::clone(&content),
            registry: registry.clone(),
            run: run.clone(),
            who: who.clone(),
            plan_digest: plan_digest.clone(),
            again: again.clone(),
        });
        Ok(Factory { materials, ground, footing: Arc::clone(footing) })
    }

    /// The task of one execution.
    async fn follow(self: Arc<Self>, course: Course, guard: Writer, lock: ExecutorLock) {
        let run = course.run.clone();
        let watching = tokio::spawn(watch_for_stop(Arc::clone(&self), run.clone(), Arc::clone(&course.live)));
        let ended = self.drive(&course, &guard).await;
        watching.abort();
        if let Err(error) = &ended {
            tracing::error!(run = %run, error = %chain(error), "a run stopped");
        }
        if let Some((who, why)) = course.live.stopped() {
            self.note_stop(&course, who, why).await;
        }
        if let Ok(state) = ended {
            self.note_state(&course, state).await;
            self.note_end(&course, state).await;
        }
        guard.give_back().await;
        self.note_site(&course).await;
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).remove(&run);
        drop(lock);
        self.moved(&run).await;
        // What is installed there is another thing now, whoever looks at the site.
        (self.announce)(AppEvent::SiteChanged { site: course.site.id.clone() });
    }

    /// Runs, and waives preflights where the operator said so beforehand.
    async fn drive(&self, course: &Course, guard: &Writer) -> Result<State, RunsError> {
        let engine = Runner {
            journal: self.journal.as_ref(),
            clock: &self.clock,
            steps: &course.steps,
            guard,
            sink: course.live.as_ref(),
            cancel: course.live.cancel.clone(),
        };
        let until = course.start.until;
        // Hosts and application may each have preflights that fail.
        loop {
            let state = engine.run(&course.run, until).await.map_err(runner)?;
            let Some(bypassed) = self.waived(course, state).await? else { return Ok(state) };
            let failed = machine::phase_of_failed(course.shape, state);
            if until.is_some() && until == failed {
                return Ok(bypassed);
            }
        }
    }

    /// Waives the preflights that the run stopped at, where the operator said so beforehand and none is strict.
    async fn waived(&self, course: &Course, state: State) -> Result<Option<State>, RunsError> {
        let Some(why) = course.start.bypass.clone() else { return Ok(None) };
        let judged = machine::phases(course.shape).into_iter().filter_map(machine::judged_bad);
        let bypassed = judged.into_iter().find_map(|(bad, bypassed)| (bad == state).then_some(bypassed));
        let Some(bypassed) = bypassed else { return Ok(None) };
        if self.folded(&course.run).await?.blocked_strictly() {
            return Ok(None);
        }
        let recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, course.live.as_ref(), &course.run).await;
        let mut recorder = recorder.map_err(runner)?;
        let who = course.start.who.clone();
        let decided = Record::Decided { decision: Decision::Bypass, step: None, who, why };
        recorder.record(decided).await.map_err(runner)?;
        recorder.record(Record::StateEntered { state: bypassed, failure: None }).await.map_err(runner)?;
        Ok(Some(bypassed))
    }

    /// Journals who stopped the run. Only now: while it runs, the runner is the journal's one writer.
    async fn note_stop(&self, course: &Course, who: String, why: String) {
        let recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, course.live.as_ref(), &course.run).await;
        let Ok(mut recorder) = recorder else { return };
        let decided = Record::Decided { decision: Decision::Cancel, step: None, who, why };
        if let Err(error) = recorder.record(decided).await {
            tracing::error!(run = %course.run, error = %chain(&error), "who stopped the run could not be journaled");
        }
    }

    /// Tells the metrics how the run ended.
    async fn note_end(&self, course: &Course, state: State) {
        let Ok(folded) = self.folded(&course.run).await else { return };
        let happened = match state {
            State::Succeeded => Happened::Succeeded,
            _ if folded.failure.is_some() => Happened::Failed,
            _ => return,
        };
        self.report(&course.run, &folded, &course.footing.cluster_uid(), happened);
    }

    /// Tells the installation record how the run ended, for laptops that never saw its journal.
    async fn note_state(&self, course: &Course, state: State) {
        if state.is_goal() || state == State::LeaseLost {
            return;
        }
        let Ok(folded) = self.folded(&course.run).await else { return };
        let Some(cluster) = course.footing.existing() else { return };
        let Ok(Some(mut record)) = record::read(cluster, &course.namespace, &folded.release.slug).await
        else {
            return;
        };
        record.run.clone_from(&course.run.0);
        record.plan_digest.clone_from(&course.plan_digest);
        record.run_state = format!("{state:?}");
        if let Err(error) = record::write(cluster, &course.namespace, &mut record).await {
            tracing::warn!(error = %error, "the installation record could not be told how the run ended");
        }
    }

    /// Keeps what the site holds and who holds it now, for those who do not ask the site itself.
    async fn note_site(&self, course: &Course) {
        let took_all = self.folded(&course.run).await.is_ok_and(|folded| took_all(&folded));
        if took_all {
            return self.note_bare(&course.site.id);
        }
        let Some(cluster) = course.footing.existing() else { return };
        let holder = lease::read_holder(cluster, &course.namespace).await.unwrap_or_default();
        let record = record::read(cluster, &course.namespace, &course.slug).await;
        if let Ok(Some(mut site)) = self.store.site(&course.site.id.0) {
            site.lease = holder;
            site.kubernetes.cluster_uid.clone_from(&cluster.uid);
            // Without an answer what was seen last stays.
            if let Ok(record) = record {
                site.installed = record
                    .and_then(|record| longshore_managers::sites::installed(&course.namespace, &record));
            }
            if let Err(error) = self.store.put_site(&site) {
                tracing::warn!(error = %error, "the site could not be stored");
            }
        }
    }
}

/// Checks that are judged anew, with what was found before for the others.
///
/// # Errors
/// When there is no such check.
fn again(folded: &Folded, until: Option<Phase>, titles: &[String]) -> Result<Option<Arc<Again>>, WireError> {
    let (Some(phase), false) = (until, titles.is_empty()) else { return Ok(None) };
    let Some(before) = folded.checks(phase).cloned() else { return Ok(None) };
    let unknown = titles.iter().find(|title| before.results.iter().all(|result| result.title != **title));
    if let Some(title) = unknown {
        return Err(WireError::not_found(format!("No check of this run is named “{title}”"))
            .hint("The run's preflight results name those that there are."));
    }
    Ok(Some(Arc::new(Again { titles: titles.to_vec(), before })))
}

/// Another process may ask this one to stop, through the store.
async fn watch_for_stop(runs: Arc<Runs>, run: RunId, live: Arc<Live>) {
    loop {
        if let Ok(Some(request)) = runs.store.take_stop_request(&run) {
            live.stop(request.who, request.why);
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}
