//! Arguments of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use longshore_contract::{KubernetesSite, RegistrySettings, WireError};
use serde_json::Value;

use super::base::BaseCommand;
use super::bundle::{BundleCommand, KeyCommand};
use super::preflight::PreflightCommand;
use super::site::SiteCommand;
use super::support::SupportCommand;
use super::values::ValueArguments;
use crate::app::Place;

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Text,
    /// One JSON document, or one per line for what goes on.
    Json,
}

/// Installs and upgrades vendor-packaged Kubernetes applications on remote sites.
#[derive(Debug, Parser)]
#[command(name = "longshore", version, propagate_version = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) place: Place,
    /// How answers are printed.
    #[arg(long, short, global = true, value_enum, default_value = "text")]
    pub(super) output: Output,
    /// Says more; twice says all.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Sites: places where applications run.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Contexts of kubeconfigs.
    #[command(subcommand)]
    Context(ContextCommand),
    /// Bundles: in the library, to and from files, to registries.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Keys whose signatures on bundles are taken for vendors'.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Installs a release on a site.
    Install(StartArguments),
    /// Upgrades the release that a site runs, or changes its config.
    Upgrade(StartArguments),
    /// Goes back to a recorded revision.
    Rollback {
        /// Name or id of the site.
        site: String,
        /// Revision to go back to; the one before the last change when not given.
        #[arg(long)]
        revision: Option<u64>,
        /// Returns once it is under way.
        #[arg(long)]
        no_wait: bool,
    },
    /// Runs: what was and is done on sites.
    #[command(subcommand)]
    Run(RunCommand),
    /// Config values: of a run, of many sites, over time.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Preflights by themselves: specs on hosts and clusters, days ahead.
    #[command(subcommand)]
    Preflight(PreflightCommand),
    /// Support bundles: what is wrong with a site, in one file without secrets.
    #[command(subcommand)]
    Support(SupportCommand),
    /// Who did what.
    Audit {
        /// At most so many lines, newest first.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Serves the user interface and the API over HTTPS.
    Serve(ServeArguments),
    /// Prints a completion script.
    Completion {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct Kubeconfig {
    /// Kubeconfig file, or `-` for standard input; without it, $KUBECONFIG.
    #[arg(long, value_name = "FILE")]
    pub(super) kubeconfig: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_field_names, reason = "the names are those of the flags")]
pub(super) struct Registry {
    /// Registry that the cluster pulls from and images are pushed to: host[:port].
    #[arg(long, value_name = "HOST")]
    registry: Option<String>,
    /// Address at which this machine reaches it, when that differs.
    #[arg(long, value_name = "HOST", requires = "registry")]
    registry_push: Option<String>,
    /// Namespace below which images go.
    #[arg(long, value_name = "PATH", requires = "registry", default_value = "")]
    registry_namespace: String,
    #[command(flatten)]
    access: RegistryAccess,
}

/// A registry that is only read.
#[derive(Debug, Args)]
pub(super) struct PullRegistry {
    /// Registry, of those that images come from, that needs one of the flags below: host[:port].
    #[arg(long, value_name = "HOST")]
    registry: Option<String>,
    #[command(flatten)]
    access: RegistryAccess,
}

/// How a registry is spoken with.
#[derive(Debug, Args)]
#[allow(clippy::struct_field_names, reason = "the names are those of the flags")]
struct RegistryAccess {
    /// User name.
    #[arg(long, requires = "registry", default_value = "")]
    registry_user: String,
    /// File with its password.
    #[arg(long, value_name = "FILE", requires = "registry")]
    registry_password_file: Option<PathBuf>,
    /// File with the authority that signed its certificate.
    #[arg(long, value_name = "FILE", requires = "registry")]
    registry_ca: Option<PathBuf>,
    /// Speaks plain HTTP, or accepts any certificate.
    #[arg(long, requires = "registry")]
    registry_insecure: bool,
}

pub(super) fn file(path: &PathBuf) -> Result<String, WireError> {
    std::fs::read_to_string(path)
        .map_err(|error| WireError::bad_input(format!("{} cannot be read: {error}", path.display())))
}

impl Registry {
    /// As the command list takes it; `None` when no registry is named.
    pub(super) fn settings(&self) -> Result<Option<RegistrySettings>, WireError> {
        let Some(address) = &self.registry else { return Ok(None) };
        let (push_address, namespace) = (self.registry_push.clone(), self.registry_namespace.clone());
        Ok(Some(RegistrySettings { push_address, namespace, ..self.access.settings(address)? }))
    }
}

impl PullRegistry {
    /// As the command list takes it; `None` when no registry is named.
    pub(super) fn settings(&self) -> Result<Option<RegistrySettings>, WireError> {
        self.registry.as_ref().map(|address| self.access.settings(address)).transpose()
    }
}

impl RegistryAccess {
    fn settings(&self, address: &str) -> Result<RegistrySettings, WireError> {
        let password = self.registry_password_file.as_ref().map(file).transpose()?;
        Ok(RegistrySettings {
            address: address.to_owned(),
            push_address: None,
            namespace: String::new(),
            username: self.registry_user.clone(),
            password: password.map(|password| password.trim_end_matches(['\r', '\n']).to_owned()),
            insecure: self.registry_insecure,
            ca: self.registry_ca.as_ref().map(file).transpose()?.unwrap_or_default(),
        })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum ContextCommand {
    /// Lists contexts; none is contacted.
    List {
        #[command(flatten)]
        from: Kubeconfig,
    },
    /// Contacts one context.
    Probe {
        /// Which.
        context: String,
        #[command(flatten)]
        from: Kubeconfig,
    },
}

#[derive(Debug, Args)]
pub(super) struct StartArguments {
    /// Name or id of the site.
    pub(super) site: String,
    /// Bundle: a file, or the id of one in the library.
    #[arg(long, value_name = "FILE|ID")]
    pub(super) bundle: String,
    #[command(flatten)]
    pub(super) values: ValueArguments,
    /// Does not ask before it starts.
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Only plans, and prints the plan.
    #[arg(long, conflicts_with = "yes")]
    pub(super) plan_only: bool,
    /// Waives preflights that fail, with this reason; strict ones are never waived.
    #[arg(long, value_name = "REASON")]
    pub(super) bypass_preflights: Option<String>,
    /// Linux hosts: workers that an upgrade moves to another Kubernetes at a time, each batch only when all of the one before
    /// are ready; one by one when not given.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) workers_at_once: Option<u32>,
    #[command(flatten)]
    pub(super) settings: SettingArguments,
    /// Returns once it is under way. The process that executes it must stay, so only `serve` takes runs on.
    #[arg(long, hide = true)]
    pub(super) no_wait: bool,
}

/// Installation settings; for a first installation only.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Installation settings")]
pub(super) struct SettingArguments {
    /// HTTP proxy for the application, and on Linux hosts for the container runtime.
    #[arg(long, value_name = "URL")]
    http_proxy: Option<String>,
    /// HTTPS proxy.
    #[arg(long, value_name = "URL")]
    https_proxy: Option<String>,
    /// What is reached without the proxy, separated by commas; what is inside of a cluster on Linux hosts is added.
    #[arg(long, value_name = "LIST")]
    no_proxy: Option<String>,
    /// Linux hosts: folder for the cluster's data; /var/lib/SLUG when not given.
    #[arg(long, value_name = "PATH")]
    data_dir: Option<String>,
    /// Linux hosts: interface by which they reach each other; that of the default route when not given.
    #[arg(long, value_name = "NAME")]
    network_interface: Option<String>,
    /// Linux hosts: addresses of pods and services together; 10.244.0.0/16 when not given.
    #[arg(long, value_name = "CIDR")]
    cidr: Option<String>,
    /// Linux hosts: addresses of pods.
    #[arg(long, value_name = "CIDR")]
    pod_cidr: Option<String>,
    /// Linux hosts: addresses of services.
    #[arg(long, value_name = "CIDR")]
    service_cidr: Option<String>,
    /// Linux hosts: load balancer before several controllers, by which nodes reach the API.
    #[arg(long, value_name = "HOST[:PORT]")]
    api_endpoint: Option<String>,
}

impl SettingArguments {
    /// As the command takes them.
    pub(super) fn settings(&self) -> Value {
        let mut settings = serde_json::Map::new();
        for (name, given) in [
            ("httpProxy", &self.http_proxy),
            ("httpsProxy", &self.https_proxy),
            ("noProxy", &self.no_proxy),
            ("dataDirectory", &self.data_dir),
            ("networkInterface", &self.network_interface),
            ("globalCidr", &self.cidr),
            ("podCidr", &self.pod_cidr),
            ("serviceCidr", &self.service_cidr),
            ("endpoint", &self.api_endpoint),
        ] {
            if let Some(given) = given {
                settings.insert(name.to_owned(), Value::from(given.as_str()));
            }
        }
        Value::Object(settings)
    }
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    pub(super) listen: std::net::SocketAddr,
    /// Certificate chain (PEM); without one a certificate is made once.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Speaks HTTP without TLS; on loopback only.
    #[arg(long, conflicts_with = "tls_cert")]
    pub(super) plain_http: bool,
    /// File with the password that opens it; it replaces the one before.
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// Name under which browsers reach it, besides localhost and addresses.
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(super) allow_host: Vec<String>,
    /// The largest bundle that may be uploaded, in GiB.
    #[arg(long, value_name = "GIB", default_value_t = 64)]
    pub(super) upload_limit: u64,
}

#[derive(Debug, Subcommand)]
pub(super) enum RunCommand {
    /// Lists runs, newest first.
    List {
        /// Of one site.
        #[arg(long)]
        site: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows a run.
    Show {
        /// Id.
        run: String,
    },
    /// Shows a run's plan.
    Plan {
        /// Id.
        run: String,
    },
    /// Starts a run that is configured.
    Start {
        /// Id.
        run: String,
        /// Stops after this phase.
        #[arg(long, value_parser = ["infrastructure", "airgap", "appPreflights", "app"])]
        until: Option<String>,
    },
    /// Follows a run from its beginning.
    Follow {
        /// Id.
        run: String,
    },
    /// Prints a run's log.
    Log {
        /// Id.
        run: String,
        /// Only lines with this text.
        #[arg(long)]
        search: Option<String>,
        /// Only lines of this step.
        #[arg(long)]
        step: Option<String>,
    },
    /// Runs the failed step again and goes on.
    Retry {
        /// Id.
        run: String,
    },
    /// Runs the app preflights, and what they need done before; again when they were judged already.
    Check {
        /// Id.
        run: String,
        /// Title of a check to judge anew, while the others keep what was found; can be given several times.
        #[arg(long, value_name = "TITLE")]
        only: Vec<String>,
    },
    /// Puts a run away: it goes no further, and stays to be read.
    Discard {
        /// Id.
        run: String,
    },
    /// Leaves the failed step out and goes on.
    Skip {
        /// Id.
        run: String,
        /// Why; it is recorded.
        #[arg(long)]
        why: String,
    },
    /// Waives failed preflights.
    Bypass {
        /// Id.
        run: String,
        /// Why; it is recorded.
        #[arg(long)]
        why: String,
    },
    /// Stops a run at its next boundary.
    Cancel {
        /// Id.
        run: String,
        /// Why; it is recorded.
        #[arg(long)]
        why: Option<String>,
    },
    /// Continues a run whose process died.
    Resume {
        /// Id.
        run: String,
    },
    /// Takes the site's lease over after its expiry, and goes on.
    TakeOver {
        /// Id.
        run: String,
        /// Holder that it is taken from, as `site show` names it.
        #[arg(long)]
        from: String,
        /// Why; it is recorded.
        #[arg(long)]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Shows the form with the stored values.
    Show {
        /// Run.
        run: String,
    },
    /// Checks and stores values.
    Set {
        /// Run.
        run: String,
        #[command(flatten)]
        values: ValueArguments,
    },
    /// Checks values without storing them.
    Validate {
        /// Run.
        run: String,
        #[command(flatten)]
        values: ValueArguments,
    },
    /// Shows what the stored values change of the installed ones.
    Diff {
        /// Run.
        run: String,
    },
    /// Shows the charts' values as the stored config makes them, and what other values would change in them.
    Render {
        /// Run.
        run: String,
        #[command(flatten)]
        values: ValueArguments,
        /// Renders the objects of changed charts too, on the site.
        #[arg(long)]
        objects: bool,
    },
    /// Checks and stores the values of a ConfigValues document.
    Import {
        /// Run.
        run: String,
        /// The document, or `-` for standard input.
        file: PathBuf,
    },
    /// Bases: values that several sites share.
    #[command(subcommand)]
    Base(BaseCommand),
    /// Shows what a site's config became over time: when, by whom, which items.
    History {
        /// Name or id of the site.
        #[arg(long)]
        site: String,
    },
    /// Prints the stored values as a ConfigValues document; passwords are never in it.
    Export {
        /// Run.
        run: String,
    },
}

/// What `site add` sends is what the contract declares; a field renamed there must not pass unseen here.
const _: fn(KubernetesSite) = |site| drop((site.kubeconfig, site.context, site.namespace, site.registry));
