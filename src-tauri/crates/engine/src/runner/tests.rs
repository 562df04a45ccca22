//! The runner against a model target, with a crash after every single record.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::executor::block_on;
use longshore_contract::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CancelSignal, Recorder, Runner, RunnerError};
use crate::fold::{Entry, fold};
use crate::port::{Clock, Guard, Journal, JournalError, Lost, Sink};
use crate::step::{Probe, StepBody, StepContext, StepFactory};

/// A journal in memory that "loses power" after a given number of appends.
#[derive(Default)]
struct Memory {
    entries: Mutex<Vec<Entry>>,
    left: Mutex<Option<usize>>,
    block: AtomicU64,
}

#[async_trait]
impl Journal for Memory {
    async fn append(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        let mut left = self.left.lock().unwrap();
        if *left == Some(0) {
            return Err(JournalError { run: run.clone(), what: "cannot be written".into(), source: None });
        }
        if let Some(left) = left.as_mut() {
            *left -= 1;
        }
        self.entries.lock().unwrap().push(entry.clone());
        Ok(())
    }

    async fn load(&self, _: &RunId) -> Result<Vec<Entry>, JournalError> {
        Ok(self.entries.lock().unwrap().clone())
    }

    async fn reserve(&self, _: &RunId) -> Result<u64, JournalError> {
        Ok(self.block.fetch_add(1000, Ordering::SeqCst) + 1)
    }
}

/// A clock that only moves when somebody sleeps.
#[derive(Default)]
struct Still(AtomicU64);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }
    fn awake(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
    async fn sleep(&self, time: Duration) {
        // A step's limit is slept for beside the step; only short waits are retries and pass.
        if time > Duration::from_mins(1) {
            futures::future::pending::<()>().await;
        }
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
    fn jitter(&self) -> f64 {
        0.5
    }
}

/// The lease, lost at a given boundary if at all.
struct Lease(Option<AtomicUsize>);

#[async_trait]
impl Guard for Lease {
    async fn still_ours(&self) -> Result<(), Lost> {
        match &self.0 {
            Some(left)
                if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_err() =>
            {
                Err(Lost { holder: Some("somebody@else".into()) })
            }
            _ => Ok(()),
        }
    }
}

struct Deaf;
impl Sink for Deaf {
    fn event(&self, _: &RunEvent) {}
}

/// What a step of the model does before it works.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
enum Mood {
    Works,
    FailsTransiently(u32),
    NeedsPersonOnce,
    Panics,
}

/// The target: how often each step was applied, and its present value.
#[derive(Default)]
struct Model {
    applied: Mutex<BTreeMap<String, u32>>,
    failed: Mutex<BTreeMap<String, u32>>,
}

struct Body<'m>(&'m Model, Mood);

#[async_trait]
impl StepBody for Body<'_> {
    async fn probe(&self, cx: &StepContext<'_>) -> Result<Probe, Failure> {
        let applied = self.0.applied.lock().unwrap().get(&cx.spec.id).copied().unwrap_or(0);
        Ok(if applied == 0 {
            Probe::NotBegun
        } else {
            let bad = cx.spec.params.get("bad").is_some().then(|| ChecksReport {
                results: vec![CheckResult {
                    title: "disk".into(),
                    state: CheckState::Fail,
                    message: "too small".into(),
                    uri: String::new(),
                    strict: false,
                    host: String::new(),
                }],
                at: Timestamp(0),
            });
            Probe::Done { outputs: json!({ "of": cx.spec.id }), checks: bad }
        })
    }

    async fn act(&self, cx: &StepContext<'_>, _: &Value) -> Result<(), Failure> {
        let failure = |class| Failure { class, message: "no".into(), causes: vec![], hint: String::new() };
        let failed = {
            let mut failed = self.0.failed.lock().unwrap();
            let failed = failed.entry(cx.spec.id.clone()).or_default();
            *failed += 1;
            *failed
        };
        match self.1 {
            Mood::FailsTransiently(times) if failed <= times => return Err(failure(FailureClass::Transient)),
            Mood::NeedsPersonOnce if failed == 1 => return Err(failure(FailureClass::NeedsPerson)),
            Mood::Panics if failed == 1 => panic!("a defect of the model"),
            _ => {}
        }
        *self.0.applied.lock().unwrap().entry(cx.spec.id.clone()).or_default() += 1;
        Ok(())
    }
}

struct Bodies(&'static Model);
impl StepFactory for Bodies {
    fn body(&self, spec: &StepSpec) -> Result<Box<dyn StepBody>, Failure> {
        let mood = serde_json::from_value(spec.params["mood"].clone()).unwrap();
        Ok(Box::new(Body(self.0, mood)))
    }
}

fn spec(phase: Phase, id: String, needs: Vec<String>, mood: &Mood) -> StepSpec {
    StepSpec {
        title: id.clone(),
        id,
        kind: "model".into(),
        version: 1,
        phase,
        params: json!({ "mood": mood }),
        needs,
        point_of_no_return: false,
        may_skip: true,
        timeout_seconds: 600,
        estimate: Estimate::default(),
    }
}

fn plan(workflow: Workflow, steps: Vec<StepSpec>) -> Plan {
    let mut plan = Plan {
        digest: String::new(),
        workflow,
        made_at: Timestamp(0),
        summary: PlanSummary::default(),
        steps,
        extensions: Vec::new(),
        charts: vec![],
        manifests: vec![],
        images: vec![],
        config: vec![],
        cluster: None,
        points_of_no_return: vec![],
        warnings: vec![],
        assumptions: Assumptions::default(),
    };
    plan.digest = crate::plan_digest::digest(&plan);
    plan
}

fn phases_of(workflow: Workflow) -> (State, Vec<Record>, &'static [Phase]) {
    let entered = |state| Record::StateEntered { state, failure: None };
    let configured = vec![entered(State::ApplicationConfiguring), entered(State::ApplicationConfigured)];
    match workflow {
        Workflow::Rollback => (State::AppUpgradeFailed, vec![], &[Phase::Rollback]),
        Workflow::Reset => (State::New, vec![], &[Phase::Reset]),
        Workflow::Restore => (State::New, vec![], &[Phase::Restore]),
        Workflow::Upgrade => (State::New, configured, &[Phase::Airgap, Phase::AppPreflights, Phase::App]),
        Workflow::Preflight => (State::New, configured, &[Phase::AppPreflights]),
        Workflow::Install => {
            let more = [entered(State::InstallationConfiguring), entered(State::InstallationConfigured)];
            let phases = &[Phase::Infrastructure, Phase::Airgap, Phase::AppPreflights, Phase::App];
            (State::New, configured.into_iter().chain(more).collect(), phases)
        }
    }
}

struct World {
    journal: Memory,
    clock: Still,
    model: &'static Model,
    run: RunId,
}

impl World {
    fn new(workflow: Workflow, steps: Vec<StepSpec>) -> Self {
        let (initial, before, _) = phases_of(workflow);
        // Leaked so that bodies, which a run may outlive in a box, can borrow it for as long as the test lasts.
        let model: &'static Model = Box::leak(Box::default());
        let world =
            Self { journal: Memory::default(), clock: Still::default(), model, run: RunId::from("r1") };
        let created = Record::RunCreated {
            site: SiteId::from("s1"),
            workflow,
            target: Target::Kubernetes,
            release: ReleaseRef { slug: "a".into(), title: "A".into(), version: "1".into(), bundle: None },
            from_version: None,
            initial,
            airgap: true,
            who: "me@here".into(),
            revision: None,
        };
        block_on(async {
            let mut recorder =
                Recorder::create(&world.journal, &world.clock, &Deaf, &world.run, created).await.unwrap();
            for record in before {
                recorder.record(record).await.unwrap();
            }
            let plan = Box::new(plan(workflow, steps));
            recorder.record(Record::PlanFrozen { plan, who: "me@here".into() }).await.unwrap();
        });
        world
    }

    fn run(&self, guard: &Lease, cancel: &CancelSignal) -> Result<State, RunnerError> {
        self.run_until(guard, cancel, None)
    }

    fn run_until(
        &self,
        guard: &Lease,
        cancel: &CancelSignal,
        until: Option<Phase>,
    ) -> Result<State, RunnerError> {
        let bodies = Bodies(self.model);
        let runner = Runner {
            journal: &self.journal,
            clock: &self.clock,
            steps: &bodies,
            guard,
            sink: &Deaf,
            cancel: cancel.clone(),
        };
        block_on(runner.run(&self.run, until))
    }

    /// Runs to a settled end as an operator would: retries what failed, bypasses what was judged bad.
    fn run_to_the_end(&self) -> State {
        for _ in 0..60 {
            match self.run(&Lease(None), &CancelSignal::new()) {
                Ok(State::AppPreflightsFailed) => self.bypass(),
                Ok(State::Succeeded | State::RolledBack | State::AppPreflightsSucceeded) => break,
                Ok(_) => {}
                Err(RunnerError::Journal(_)) => *self.journal.left.lock().unwrap() = None,
                Err(other) => panic!("the run cannot go on: {other}"),
            }
        }
        fold(&*self.journal.entries.lock().unwrap()).unwrap().state
    }

    fn bypass(&self) {
        block_on(async {
            let mut recorder = Recorder::open(&self.journal, &self.clock, &Deaf, &self.run).await.unwrap();
            let record = Record::StateEntered { state: State::AppPreflightsFailedBypassed, failure: None };
            // A crash may hit here as well; then the operator bypasses again.
            let _ = recorder.record(record).await;
        });
    }
}

fn moods() -> impl Strategy<Value = Mood> {
    prop_oneof![
        4 => Just(Mood::Works),
        2 => (1u32..6).prop_map(Mood::FailsTransiently),
        1 => Just(Mood::NeedsPersonOnce),
        1 => Just(Mood::Panics),
    ]
}

/// Steps for every phase; each may need any of those before it in its phase.
fn steps(workflow: Workflow) -> impl Strategy<Value = Vec<StepSpec>> {
    let phases = phases_of(workflow).2;
    let each = prop::collection::vec((moods(), any::<u8>()), 1..4);
    prop::collection::vec(each, phases.len()).prop_map(move |all| {
        let mut steps = Vec::new();
        for (phase, some) in phases.iter().zip(all) {
            for (index, (mood, mask)) in some.iter().enumerate() {
                let needs =
                    (0..index).filter(|earlier| mask & (1 << earlier) != 0).map(|n| format!("{phase:?}-{n}"));
                steps.push(spec(*phase, format!("{phase:?}-{index}"), needs.collect(), mood));
            }
        }
        steps
    })
}

fn workflows() -> impl Strategy<Value = (Workflow, Vec<StepSpec>)> {
    prop_oneof![
        Just(Workflow::Install),
        Just(Workflow::Upgrade),
        Just(Workflow::Rollback),
        Just(Workflow::Preflight)
    ]
    .prop_flat_map(|workflow| steps(workflow).prop_map(move |steps| (workflow, steps)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A crash after every record: the same end as without, and every act applied once.
    #[test]
    fn a_crash_changes_nothing((workflow, steps) in workflows()) {

        let calm = World::new(workflow, steps.clone());
        let end = calm.run_to_the_end();
        let records = calm.journal.entries.lock().unwrap().len();
        prop_assert!(matches!(end, State::Succeeded | State::RolledBack | State::AppPreflightsSucceeded));
        for boundary in 0..records {
            let world = World::new(workflow, steps.clone());
            *world.journal.left.lock().unwrap() = Some(boundary);
            prop_assert_eq!(world.run_to_the_end(), end, "another end after a crash at boundary {}", boundary);
            for (step, times) in &*world.model.applied.lock().unwrap() {
                prop_assert_eq!(*times, 1, "{} was applied {} times after a crash at {}", step, times, boundary);
            }
            let entries = world.journal.entries.lock().unwrap();
            for prefix in 1..=entries.len() {
                prop_assert!(fold(&entries[..prefix]).is_ok(), "a prefix of {} records does not fold", prefix);
            }
            let increasing = entries.windows(2).all(|pair| pair[0].seq < pair[1].seq);
            prop_assert!(increasing, "sequence numbers do not increase");
        }
    }

    /// A lease lost at any boundary stops the run there, and it goes on once the lease is ours again.
    #[test]
    fn a_lost_lease_stops_and_resumes((workflow, steps) in workflows(), boundary in 0usize..12) {

        let world = World::new(workflow, steps);
        let lease = Lease(Some(AtomicUsize::new(boundary)));
        let state = world.run(&lease, &CancelSignal::new()).unwrap();
        if state == State::LeaseLost {
            let applied = world.model.applied.lock().unwrap().clone();
            prop_assert_eq!(world.run(&Lease(Some(AtomicUsize::new(0))), &CancelSignal::new()).unwrap(), state);
            prop_assert_eq!(&applied, &*world.model.applied.lock().unwrap(), "acted without the lease");
        }
        let end = world.run_to_the_end();
        prop_assert!(matches!(end, State::Succeeded | State::RolledBack | State::AppPreflightsSucceeded));
    }
}

#[test]
fn cancel_stops_at_the_boundary_and_says_what_is_left() {
    let steps = vec![spec(Phase::Rollback, "a".into(), vec![], &Mood::Works)];
    let world = World::new(Workflow::Rollback, steps);
    let cancel = CancelSignal::new();
    cancel.cancel();
    assert_eq!(
        world.run(&Lease(None), &cancel).unwrap(),
        State::Cancelled,
        "a cancelled run is in a state that says so"
    );
    let folded = fold(&*world.journal.entries.lock().unwrap()).unwrap();
    let view = folded.view(&world.run, &crate::fold::Around::default());
    assert_eq!(view.left, ["a: not begun"], "what was left is said");
    assert_eq!(view.allowed, [Action::Retry, Action::Discard], "a cancelled run can go on");
    assert_eq!(world.run_to_the_end(), State::RolledBack, "it goes on from where it was stopped");
}

#[test]
fn failed_checks_wait_for_a_person() {
    let mut check = spec(Phase::AppPreflights, "checks".into(), vec![], &Mood::Works);
    check.params["bad"] = json!(true);
    let app = spec(Phase::App, "app".into(), vec![], &Mood::Works);
    let world = World::new(Workflow::Upgrade, vec![check, app]);
    let state = world.run(&Lease(None), &CancelSignal::new()).unwrap();
    assert_eq!(state, State::AppPreflightsFailed, "a failed check stops the run");
    assert!(
        !world.model.applied.lock().unwrap().contains_key("app"),
        "the application was touched regardless"
    );
    world.bypass();
    assert_eq!(
        world.run(&Lease(None), &CancelSignal::new()).unwrap(),
        State::Succeeded,
        "a bypass lets it go on"
    );
}

#[test]
fn checks_that_passed_are_judged_again_and_nothing_after_them() {
    let check = spec(Phase::AppPreflights, "checks".into(), vec![], &Mood::Works);
    let app = spec(Phase::App, "app".into(), vec![], &Mood::Works);
    let world = World::new(Workflow::Upgrade, vec![check, app]);
    let checks = || world.run_until(&Lease(None), &CancelSignal::new(), Some(Phase::AppPreflights)).unwrap();
    assert_eq!(checks(), State::AppPreflightsSucceeded, "the run stops after its checks");
    let records = world.journal.entries.lock().unwrap().len();
    assert_eq!(checks(), State::AppPreflightsSucceeded, "and again");
    let entries = world.journal.entries.lock().unwrap();
    let judged = entries[records..].iter().any(|entry| matches!(entry.record, Record::StepDone { .. }));
    assert!(judged, "the checks were not run again");
    assert!(!world.model.applied.lock().unwrap().contains_key("app"), "the application was touched");
}

#[test]
fn a_discarded_run_goes_no_further() {
    let world = World::new(Workflow::Upgrade, vec![spec(Phase::App, "app".into(), vec![], &Mood::Works)]);
    block_on(async {
        let mut recorder = Recorder::open(&world.journal, &world.clock, &Deaf, &world.run).await.unwrap();
        let (decision, step, who) = (Decision::Discard, None, "me@here".into());
        recorder.record(Record::Decided { decision, step, who, why: String::new() }).await.unwrap();
    });
    let folded = fold(&*world.journal.entries.lock().unwrap()).unwrap();
    let view = folded.view(&world.run, &crate::fold::Around::default());
    assert!(view.summary.discarded && view.allowed.is_empty(), "nothing may be done with it: {view:?}");
}
