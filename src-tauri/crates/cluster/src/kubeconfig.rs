//! Kubeconfigs: every file merged as kubectl does, read and never written.

use std::path::{Path, PathBuf};

use kube::config::Kubeconfig;
use longshore_contract::{ContextFound, KubeconfigSource};

/// A kubeconfig and what went wrong on the way to it.
pub struct Loaded {
    /// All files, merged; the first to name something wins.
    pub kubeconfig: Kubeconfig,
    /// Which file each context is from.
    sources: Vec<(String, String)>,
    /// Files that could not be read, each a sentence.
    pub problems: Vec<String>,
}

/// Why there is no kubeconfig at all.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// None of the files can be read.
    #[error("No kubeconfig can be read: {}", .0.join("; "))]
    Nothing(Vec<String>),
    /// The context is not there.
    #[error("The kubeconfig has no context {0}")]
    NoContext(String),
}

/// Loads from where an operator said. A broken file is a problem told, not the end of the others.
///
/// # Errors
/// When nothing could be read.
pub fn load(source: &KubeconfigSource) -> Result<Loaded, KubeconfigError> {
    let mut loaded = Loaded { kubeconfig: Kubeconfig::default(), sources: Vec::new(), problems: Vec::new() };
    match source {
        KubeconfigSource::Pasted { content } => {
            let read = Kubeconfig::from_yaml(content).map_err(|error| error.to_string());
            loaded.add("pasted text", read);
        }
        KubeconfigSource::File { path } => loaded.add_file(Path::new(path)),
        KubeconfigSource::Environment => {
            for path in environment() {
                loaded.add_file(&path);
            }
        }
    }
    if loaded.kubeconfig.contexts.is_empty() && !loaded.problems.is_empty() {
        return Err(KubeconfigError::Nothing(loaded.problems));
    }
    Ok(loaded)
}

/// Files of `$KUBECONFIG`, or the default one.
fn environment() -> Vec<PathBuf> {
    let listed = std::env::var_os("KUBECONFIG").map(|list| std::env::split_paths(&list).collect::<Vec<_>>());
    let listed: Vec<PathBuf> =
        listed.unwrap_or_default().into_iter().filter(|path| !path.as_os_str().is_empty()).collect();
    if !listed.is_empty() {
        return listed;
    }
    std::env::home_dir().map(|home| home.join(".kube/config")).into_iter().collect()
}

impl Loaded {
    fn add_file(&mut self, path: &Path) {
        let read = Kubeconfig::read_from(path).map_err(|error| longshore_contract::chain(&error));
        self.add(&path.display().to_string(), read);
    }

    fn add(&mut self, name: &str, read: Result<Kubeconfig, String>) {
        match read {
            Err(why) => self.problems.push(format!("{name}: {why}")),
            Ok(next) => {
                let known = |context: &str| self.sources.iter().any(|(known, _)| known == context);
                let fresh: Vec<(String, String)> = next
                    .contexts
                    .iter()
                    .filter(|context| !known(&context.name))
                    .map(|context| (context.name.clone(), name.to_owned()))
                    .collect();
                self.sources.extend(fresh);
                match self.kubeconfig.clone().merge(next) {
                    Ok(merged) => self.kubeconfig = merged,
                    Err(error) => self.problems.push(format!("{name}: {error}")),
                }
            }
        }
    }

    /// The kubeconfig with one context and what that context needs, and nothing else.
    ///
    /// # Errors
    /// When there is no such context.
    pub fn minified(&self, context: &str) -> Result<Kubeconfig, KubeconfigError> {
        let missing = || KubeconfigError::NoContext(context.to_owned());
        let named =
            self.kubeconfig.contexts.iter().find(|named| named.name == context).ok_or_else(missing)?;
        let inner = named.context.clone().ok_or_else(missing)?;
        let mut small = Kubeconfig { current_context: Some(context.to_owned()), ..Kubeconfig::default() };
        small.contexts.push(named.clone());
        small.clusters.extend(self.kubeconfig.clusters.iter().filter(|c| c.name == inner.cluster).cloned());
        let user = inner.user.unwrap_or_default();
        small.auth_infos.extend(self.kubeconfig.auth_infos.iter().filter(|a| a.name == user).cloned());
        Ok(small)
    }
}

/// The contexts of a kubeconfig; none is contacted.
pub fn contexts(loaded: &Loaded) -> Vec<ContextFound> {
    let kubeconfig = &loaded.kubeconfig;
    let server = |name: &str| {
        let cluster = kubeconfig.clusters.iter().find(|cluster| cluster.name == name)?;
        cluster.cluster.as_ref()?.server.clone()
    };
    let found = kubeconfig.contexts.iter().filter_map(|named| {
        let context = named.context.as_ref()?;
        let source = loaded.sources.iter().find(|(name, _)| *name == named.name);
        Some(ContextFound {
            name: named.name.clone(),
            server: server(&context.cluster).unwrap_or_default(),
            user: context.user.clone().unwrap_or_default(),
            namespace: context.namespace.clone().unwrap_or_default(),
            source: source.map(|(_, file)| file.clone()).unwrap_or_default(),
            current: kubeconfig.current_context.as_deref() == Some(named.name.as_str()),
        })
    });
    found.collect()
}
