//! The lab as tests and chores use it.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::control_plane::ControlPlane;
use crate::files::room;
use crate::http;
use crate::login::Login;
use crate::process::{is_alive, run, signal, until};
use crate::state::{Place, State};
use crate::{bare, build, cluster, fleet, image, install, login, node, registry};

/// What its node and its registry take, and what a kubelet wants left.
const ROOM: u64 = 4 << 30;

/// A lab that runs.
#[derive(Debug, Clone)]
pub struct Lab {
    place: Place,
    helm: PathBuf,
}

/// A namespace of a test's own; gone with its handle.
#[derive(Debug)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    lab: Lab,
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The lab may be gone already, and its namespaces with it.
        drop(self.lab.kubectl(&["delete", "namespace", &self.name, "--wait=false", "--ignore-not-found"]));
    }
}

impl Lab {
    /// Starts the lab, or uses the one that runs. Several processes may ask at the same time.
    pub fn up(place: &Place) -> Result<Self> {
        install::require_root()?;
        fs::create_dir_all(place.cache())?;
        let lock = File::create(place.lock()).context("the lab's lock cannot be made")?;
        lock.lock().context("the lab's lock cannot be taken")?;
        let helm = build::helm(place)?;
        let lab = Self { place: place.clone(), helm };
        if lab.is_well() {
            return Ok(lab);
        }
        install::ensure(&[&install::LAB])?;
        clean(place)?;
        room(&place.cache(), ROOM)?;
        let started = Instant::now();
        lab.start().inspect_err(|_| drop(clean(place)))?;
        println!("   lab up in {:.0} s", started.elapsed().as_secs_f64());
        Ok(lab)
    }

    /// The lab that runs.
    pub fn running(place: &Place) -> Option<Self> {
        if !place.state().ready {
            return None;
        }
        let helm = build::helm(place).ok()?;
        let lab = Self { place: place.clone(), helm };
        lab.is_well().then_some(lab)
    }

    /// The lab of this repository, for tests: the one that runs, or a new one.
    ///
    /// # Panics
    /// When the lab cannot be started.
    pub fn shared() -> Self {
        Self::up(&Place::here()).unwrap_or_else(|error| panic!("the lab does not start: {error:#}"))
    }

    fn is_well(&self) -> bool {
        let state = self.place.state();
        state.ready
            && state.node.is_some_and(is_alive)
            && state.registry.is_some_and(is_alive)
            && self.kubectl(&["get", "--raw", "/readyz"]).is_ok()
    }

    fn start(&self) -> Result<()> {
        let place = &self.place;
        let root = image::root(place)?;
        let root = self.with_images(root)?;
        fs::create_dir_all(place.run())?;
        symlink(build::kubernetes(place)?, place.run().join("kubectl"))?;
        run(Command::new("cp").arg("-a").arg(&root).arg(place.node()))?;
        self.boot()?;
        let state = place.state();
        let node = state.node.context("the host was not started")?;
        login::make(place, node)?;
        cluster::init(place, node)?;
        place.put_state(&State { ready: true, ..place.state() })
    }

    /// Boots the host that lies in the run folder, the registry with it.
    fn boot(&self) -> Result<()> {
        let place = &self.place;
        let node = node::boot(place)?;
        place.put_state(&State { node: Some(node), ..State::default() })?;
        node::connect(place, node)?;
        let registry = registry::begin(place)?;
        place.put_state(&State { node: Some(node), registry: Some(registry), ready: false })
    }

    /// The host's file system with the components' images unpacked in containerd: that takes a minute, so it
    /// is done once and kept.
    fn with_images(&self, root: PathBuf) -> Result<PathBuf> {
        let place = &self.place;
        let name = root.file_name().unwrap_or_default().to_string_lossy().replace("root-", "host-");
        let path = place.cache().join(name);
        if path.exists() {
            return Ok(path);
        }
        println!("   unpacking the components' images");
        fs::create_dir_all(place.run())?;
        run(Command::new("cp").arg("-a").arg(&root).arg(place.node()))?;
        let node = node::boot(place)?;
        place.put_state(&State { node: Some(node), ..State::default() })?;
        node::connect(place, node)?;
        cluster::import(node)?;
        node::inside(node, &["systemctl", "stop", "containerd.service"])?;
        node::inside(node, &["sync"])?;
        node::end(place, Some(node))?;
        fs::remove_file(place.node().join("var/lib/lab/components.tar"))?;
        fs::rename(place.node(), &path)?;
        clean(place)?;
        Ok(path)
    }

    /// Ends the lab and leaves nothing of it, whoever started it and however they ended.
    pub fn down(place: &Place) -> Result<()> {
        fs::create_dir_all(place.cache())?;
        let lock = File::create(place.lock()).context("the lab's lock cannot be made")?;
        lock.lock().context("the lab's lock cannot be taken")?;
        fleet::sweep(place)?;
        bare::sweep(place, true)?;
        clean(place)
    }

    /// Runs kubectl.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        cluster::kubectl(&self.place, arguments)
    }

    /// Kubeconfig of the cluster's administrator.
    pub fn kubeconfig(&self) -> PathBuf {
        self.place.run().join("kubeconfig")
    }

    /// Context in it.
    pub fn context(&self) -> &'static str {
        "kubernetes-admin@kubernetes"
    }

    /// The way in to the host over SSH.
    pub fn login(&self) -> Login {
        login::of(&self.place)
    }

    /// Runs a command on the host, as root and without SSH.
    pub fn on_host(&self, arguments: &[&str]) -> Result<String> {
        node::inside(self.place.state().node.context("the host does not run")?, arguments)
    }

    /// The helm binary.
    pub fn helm(&self) -> &PathBuf {
        &self.helm
    }

    /// `host:port` of the registry.
    pub fn registry(&self) -> String {
        registry::address()
    }

    /// Address at which the host and its node ports are reached.
    pub fn address(&self) -> &'static str {
        node::INSIDE
    }

    /// The front page of a service that has a node port, once it holds a text.
    pub fn page(&self, namespace: &str, service: &str, holding: &str) -> Result<String> {
        let port = self.kubectl(&[
            "get",
            "service",
            service,
            "-n",
            namespace,
            "-o",
            "jsonpath={.spec.ports[0].nodePort}",
        ])?;
        page(&format!("{}:{port}", self.address()), holding, Duration::from_secs(30))
    }

    /// A namespace of one's own; made by whoever uses it, removed with the handle.
    pub fn namespace(&self, prefix: &str) -> Namespace {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("{prefix}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        self.namespace_named(&name)
    }

    /// A handle on a namespace by its name.
    pub fn namespace_named(&self, name: &str) -> Namespace {
        Namespace { name: name.to_owned(), lab: self.clone() }
    }

    /// A second control plane beside the first; it has no nodes.
    pub fn another_cluster(&self) -> Result<ControlPlane> {
        ControlPlane::start(&self.place)
    }

    /// Stops the API server until [`Self::resume_api_server`].
    pub fn pause_api_server(&self) -> Result<()> {
        self.api_server("-STOP")
    }

    /// Lets the API server go on.
    pub fn resume_api_server(&self) -> Result<()> {
        self.api_server("-CONT")
    }

    fn api_server(&self, with: &str) -> Result<()> {
        let node = self.place.state().node.context("the host does not run")?;
        node::inside(node, &["pkill", with, "-f", "^kube-apiserver "]).map(drop)
    }

    /// Ends the registry and starts it again with all that it holds.
    pub fn restart_registry(&self) -> Result<()> {
        let mut state = self.place.state();
        registry::end(state.registry);
        until("the end of the registry", Duration::from_secs(10), None, || {
            if state.registry.is_some_and(is_alive) { bail!("it still runs") } else { Ok(()) }
        })?;
        state.registry = Some(registry::begin(&self.place)?);
        self.place.put_state(&state)
    }
}

/// The page at `host:port`, once it holds a text.
///
/// # Errors
/// When it does not in that time.
pub fn page(address: &str, holding: &str, limit: Duration) -> Result<String> {
    // A node port's rules follow its endpoints by a moment, in which pods that are told to go still answer.
    until(&format!("{holding:?} from {address}"), limit, None, || {
        let page = http::get(address)?;
        if page.contains(holding) { Ok(page) } else { bail!("it says {page:?}") }
    })
}

/// kubectl, for clusters that are none of the lab's.
///
/// # Errors
/// When Kubernetes cannot be built.
pub fn kubectl(place: &Place) -> Result<PathBuf> {
    let program = build::kubernetes(place)?;
    let path = program.with_file_name("kubectl");
    if fs::read_link(&path).is_ok_and(|known| Some(known.as_os_str()) == program.file_name()) {
        return Ok(path);
    }
    // Under its name all at once: others may look for it at the same time.
    let fresh = path.with_extension(std::process::id().to_string());
    symlink(program.file_name().unwrap_or_default(), &fresh)
        .and_then(|()| fs::rename(&fresh, &path))
        .with_context(|| format!("{} cannot be made", path.display()))?;
    Ok(path)
}

/// Takes down whatever the state names, and removes the run folder.
fn clean(place: &Place) -> Result<()> {
    let state = place.state();
    registry::end(state.registry);
    node::end(place, state.node)?;
    if let Some(node) = state.node {
        signal(node, "-KILL");
    }
    if place.run().exists() {
        fs::remove_dir_all(place.run())
            .with_context(|| format!("{} cannot be removed", place.run().display()))?;
    }
    Ok(())
}
