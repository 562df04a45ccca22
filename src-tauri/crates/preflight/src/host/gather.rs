//! From collectors to files, as the host answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::facts::Facts;
use super::frames::Frames;
use super::kinds::{KINDS, Kind};
use super::plan::{Asked, Built, Plan, Probe};
use super::script::{longest, marker, script};
use super::{Flow, Host, Setting, Sink};
use crate::analyze::excluded;
use crate::collect::{Gathered, Refusal};
use crate::kinds::{Scope, collector, nearest_collector, wrong_fields};

/// What was gathered from a host.
#[derive(Debug, Clone, Default)]
pub struct HostGathered {
    /// Files in upstream's layout, and why others are not there.
    pub gathered: Gathered,
    /// Collectors without an answer: number in the spec, kind, why.
    pub failed: Vec<(usize, String, String)>,
    /// What a reader of the files should know: what was cut, given less time, or concluded instead of tried.
    pub notes: Vec<String>,
    /// Facts that only root could have had.
    pub needs_root: Vec<String>,
}

/// A collector that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostProgress {
    /// Its number in the spec.
    pub collector: usize,
    /// Its kind.
    pub kind: String,
    /// Why it has no answer, if it has none.
    pub failed: Option<String>,
    /// Collectors that are done.
    pub done: usize,
    /// Collectors in all.
    pub of: usize,
}

/// One collector of the spec on its way.
struct Task {
    number: usize,
    kind: String,
    files: Vec<String>,
    /// Numbers of its probes.
    probes: BTreeSet<usize>,
    /// Taken when it is done.
    plan: Option<Plan>,
}

/// The gathering from one host.
pub(crate) struct Gathering {
    tasks: Vec<Task>,
    probes: Vec<Probe>,
    frames: Frames,
    root: bool,
    setting: Setting,
    pub(crate) found: HostGathered,
    /// Files that are still to come.
    pub(crate) pending: BTreeSet<String>,
    done: usize,
    /// Files of collectors that the spec excludes.
    excluded: Vec<String>,
}

impl Gathering {
    pub(crate) fn new(collectors: &[Value], root: bool, setting: &Setting) -> Self {
        let mut gathering = Self {
            tasks: Vec::new(),
            probes: Vec::new(),
            frames: Frames::new(&marker(setting), 0, 0),
            root,
            setting: setting.clone(),
            found: HostGathered::default(),
            pending: BTreeSet::new(),
            done: 0,
            excluded: Vec::new(),
        };
        for (number, item) in collectors.iter().enumerate() {
            gathering.plan(number, item);
        }
        gathering.settle_doubles();
        for file in std::mem::take(&mut gathering.excluded) {
            if !gathering.pending.contains(&file) {
                let why = Refusal::Failed("its collector is excluded by the spec".to_owned());
                gathering.found.gathered.refused.entry(file).or_insert(why);
            }
        }
        gathering.frames = Frames::new(&marker(setting), gathering.probes.len(), setting.budget);
        gathering
    }

    /// The script, and the longest it may take.
    pub(crate) fn script(&self) -> Option<(String, Duration)> {
        (!self.probes.is_empty())
            .then(|| (script(&self.probes, &self.setting), Duration::from_secs(longest(&self.probes))))
    }

    fn plan(&mut self, number: usize, item: &Value) {
        let found = KINDS.iter().find(|kind| item.get(kind.name).is_some_and(|body| !body.is_null()));
        let Some(kind) = found else {
            let (named, why) = unknown(item);
            return self.found.failed.push((number, named, why));
        };
        let asked = Asked { body: &item[kind.name], setting: &self.setting };
        // A value that is no switch does not exclude, as upstream has it for hosts.
        if excluded(asked.body) == Ok(true) {
            return self.excluded.extend((kind.files)(&asked));
        }
        let (files, plan) = planned(kind, &asked);
        let mut task =
            Task { number, kind: kind.name.to_owned(), files, probes: BTreeSet::new(), plan: None };
        match plan {
            Ok(plan) => {
                task.probes = plan.probes.iter().map(|probe| self.probe(probe)).collect();
                self.pending.extend(task.files.iter().cloned());
                task.plan = Some(plan);
                self.tasks.push(task);
            }
            Err(why) => self.refuse(&task, &Refusal::Failed(why)),
        }
    }

    /// The number of a probe, with its arguments added to those of others who ask the same.
    fn probe(&mut self, wanted: &Probe) -> usize {
        let Some(at) = self.probes.iter().position(|probe| probe.key == wanted.key) else {
            self.probes.push(wanted.clone());
            return self.probes.len() - 1;
        };
        for arg in &wanted.args {
            if !self.probes[at].args.contains(arg) {
                let probe = &mut self.probes[at];
                probe.args.push(arg.clone());
                if probe.in_turn {
                    probe.limit += wanted.limit;
                }
            }
        }
        at
    }

    /// Where two collectors write one file, the later one counts, as upstream overwrites.
    fn settle_doubles(&mut self) {
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        for (at, task) in self.tasks.iter().enumerate() {
            for file in task.files.iter().filter(|file| !file.ends_with('/')) {
                if let Some(before) = last.insert(file.clone(), at) {
                    let (first, second) = (self.tasks[before].number + 1, task.number + 1);
                    self.found.notes.push(format!(
                        "collectors {first} and {second} both make {file}; the later one counts"
                    ));
                }
            }
        }
        for (at, task) in self.tasks.iter_mut().enumerate() {
            task.files.retain(|file| file.ends_with('/') || last.get(file) == Some(&at));
        }
    }

    fn refuse(&mut self, task: &Task, refusal: &Refusal) {
        for file in &task.files {
            self.found.gathered.refused.insert(file.clone(), refusal.clone());
        }
        if let Refusal::Forbidden(what) = refusal
            && !self.root
        {
            self.found.needs_root.push(what.clone());
        }
        self.found.failed.push((task.number, task.kind.clone(), refusal.words().to_owned()));
    }

    /// Takes bytes of the stream, and tells which collectors are done with them.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<HostProgress> {
        if self.frames.take(bytes).is_empty() { Vec::new() } else { self.settle(None) }
    }

    pub(crate) fn complete(&self) -> bool {
        self.frames.complete()
    }

    /// Ends it: what has not come will not come.
    pub(crate) fn over(&mut self, reason: Option<&str>) -> Vec<HostProgress> {
        let lost = self.frames.lost(reason);
        let told = self.settle(Some(&lost));
        self.pending.clear();
        told
    }

    /// Builds what can be built.
    fn settle(&mut self, lost: Option<&str>) -> Vec<HostProgress> {
        let mut told = Vec::new();
        for at in 0..self.tasks.len() {
            let outputs = self.frames.outputs();
            let ready = self.tasks[at].probes.iter().all(|probe| outputs[*probe].end.is_some());
            if !ready && lost.is_none() {
                continue;
            }
            let Some(plan) = self.tasks[at].plan.take() else { continue };
            let facts =
                Facts { probes: &self.probes, outputs, root: self.root, lost: lost.unwrap_or_default() };
            let outcome = (plan.build)(&facts);
            let task = &mut self.tasks[at];
            let task = Task {
                number: task.number,
                kind: task.kind.clone(),
                files: std::mem::take(&mut task.files),
                probes: BTreeSet::new(),
                plan: None,
            };
            self.forget(at);
            self.done += 1;
            told.push(self.keep(&task, outcome));
        }
        told
    }

    /// Lets go of answers that no other collector waits for, so that each is in memory once.
    fn forget(&mut self, at: usize) {
        for probe in &self.tasks[at].probes {
            if !self.tasks.iter().any(|task| task.plan.is_some() && task.probes.contains(probe)) {
                self.frames.forget(*probe);
            }
        }
    }

    fn keep(&mut self, task: &Task, outcome: Result<Built, Refusal>) -> HostProgress {
        for file in &task.files {
            self.pending.remove(file);
        }
        let failed = match outcome {
            Ok(built) => {
                let ours = |path: &String| {
                    task.files
                        .iter()
                        .any(|file| path == file || (file.ends_with('/') && path.starts_with(file.as_str())))
                };
                self.found.gathered.files.extend(built.files.into_iter().filter(|(path, _)| ours(path)));
                self.found.notes.extend(built.notes);
                if !self.root {
                    self.found.needs_root.extend(built.unprivileged);
                }
                None
            }
            Err(refusal) => {
                self.refuse(task, &refusal);
                Some(refusal.words().to_owned())
            }
        };
        let of = self.tasks.len();
        HostProgress { collector: task.number, kind: task.kind.clone(), failed, done: self.done, of }
    }
}

/// Files of a collector and its plan.
fn planned(kind: &Kind, asked: &Asked<'_>) -> (Vec<String>, Result<Plan, String>) {
    let fields = collector(Scope::Host, kind.name).unwrap_or_default();
    if let Some((path, why)) = wrong_fields(kind.name, asked.body, &fields).into_iter().next() {
        return ((kind.files)(asked), Err(format!("{path}: {why}")));
    }
    // A name is part of a path that others may write to a disk.
    if asked.text("collectorName").split('/').any(|part| part == "..") {
        return (
            Vec::new(),
            Err(format!("collectorName: {:?} leads elsewhere", asked.text("collectorName"))),
        );
    }
    ((kind.files)(asked), (kind.plan)(asked))
}

fn unknown(item: &Value) -> (String, String) {
    let named = item.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).next();
    let Some(name) = named else {
        return (String::new(), "the item names no kind of collector".to_owned());
    };
    let why = match nearest_collector(Scope::Host, name) {
        _ if item[name].is_null() => format!("{name} has no fields, so it is no collector"),
        Some(nearest) => format!("there is no kind of host collector {name}; did you mean {nearest}?"),
        None => format!("there is no kind of host collector {name}"),
    };
    (name.to_owned(), why)
}

/// Takes apart and tells.
struct Telling<'a, T: FnMut(&mut Gathering, Vec<HostProgress>) + Send> {
    gathering: &'a mut Gathering,
    tell: T,
}

impl<T: FnMut(&mut Gathering, Vec<HostProgress>) + Send> Sink for Telling<'_, T> {
    fn take(&mut self, bytes: &[u8]) -> Flow {
        let told = self.gathering.take(bytes);
        if !told.is_empty() {
            (self.tell)(self.gathering, told);
        }
        if self.gathering.complete() { Flow::Enough } else { Flow::More }
    }
}

/// Runs the script of a gathering and tells of each collector as it is done.
pub(crate) async fn ask(
    gathering: &mut Gathering,
    host: &dyn Host,
    mut tell: impl FnMut(&mut Gathering, Vec<HostProgress>) + Send,
) {
    let mut reason = None;
    if let Some((script, limit)) = gathering.script() {
        let mut telling = Telling { gathering, tell: &mut tell };
        reason = host.run(&script, limit, &mut telling).await.err();
    }
    let told = gathering.over(reason.as_deref());
    tell(gathering, told);
}

/// Collects from one host, and tells of each collector as it is done. What the host refuses is left out and said,
/// so that the checks which need it can say why they have no verdict.
pub async fn collect_host(
    collectors: &[Value],
    host: &dyn Host,
    setting: &Setting,
    tell: &mut (dyn FnMut(HostProgress) + Send),
) -> HostGathered {
    let mut gathering = Gathering::new(collectors, host.root(), setting);
    ask(&mut gathering, host, |_, told| told.into_iter().for_each(&mut *tell)).await;
    gathering.found
}
