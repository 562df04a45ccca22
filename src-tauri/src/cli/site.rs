//! `site`: clusters and Linux hosts, added, tested, changed and forgotten.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use longshore_contract::{ErrorCode, SiteId, WireError};
use longshore_managers::reach::matches_pattern;
use serde_json::{Value, json};

use super::args::{Kubeconfig, Registry, file};
use super::follow;
use super::kubeconfig;
use super::session::Session;
use super::ssh::{self, SshArguments};

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Lists sites.
    List {
        /// Words that name, tags, application or version must contain.
        #[arg(long)]
        search: Option<String>,
        /// Tag it must have.
        #[arg(long)]
        tag: Option<String>,
    },
    /// Adds an existing cluster (--context) or Linux hosts (--host, --hosts-file, --from-ssh-config) as a site.
    Add(Box<AddArguments>),
    /// Shows a site as it is now.
    Show {
        /// Name or id.
        site: String,
    },
    /// Shows the facts of a site's hosts as they were last read.
    Hosts {
        /// Name or id.
        site: String,
    },
    /// Tests whether a site can be worked with; its hosts step by step.
    Test {
        /// Name or id.
        site: String,
        /// Only this host; may be given several times.
        #[arg(long = "only", value_name = "HOST")]
        hosts: Vec<String>,
        /// Fingerprint (SHA256:…) of an unknown host key that was compared and is accepted.
        #[arg(long = "accept-host-key", value_name = "FINGERPRINT")]
        accepted_keys: Vec<String>,
    },
    /// Shows the nodes of a Linux site's cluster, and hosts that have not joined it.
    Nodes {
        /// Name or id.
        site: String,
    },
    /// Opens a shell whose kubectl speaks to the site's cluster; through a tunnel for Linux hosts.
    Shell {
        /// Name or id.
        site: String,
        /// Runs this instead of a shell.
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Takes the cluster off Linux hosts, and all that came with it.
    Reset {
        /// Name or id.
        site: String,
        /// Only this host; may be given several times. Without it all hosts, with which application and data go.
        #[arg(long = "only", value_name = "HOST")]
        hosts: Vec<String>,
        /// The site's name, typed again.
        #[arg(long)]
        confirm: String,
        /// Takes hosts that do not answer out of the cluster all the same.
        #[arg(long)]
        force: bool,
    },
    /// Lists backups of the cluster on a site's hosts: one is made before each upgrade of the cluster.
    Backups {
        /// Name or id.
        site: String,
    },
    /// Brings the state of the cluster on a site's hosts back from a backup; what changed in it since then is lost.
    Restore {
        /// Name or id.
        site: String,
        /// Label of the backup, from `site backups`.
        #[arg(long)]
        backup: String,
        /// The site's name, typed again.
        #[arg(long)]
        confirm: String,
    },
    /// Changes a site.
    Update(Box<UpdateArguments>),
    /// Forgets a site; nothing on it is touched.
    Remove {
        /// Name or id.
        site: String,
        /// The site's name, typed again.
        #[arg(long)]
        confirm: String,
    },
}

/// Linux hosts as people have them written down.
#[derive(Debug, Args)]
pub(super) struct HostArguments {
    /// Host: `[user@]host[:port]` or a name from ssh_config, then `controller`, `worker`, `jump=HOST`, `tag=TAG`, all
    /// in one word of the shell. May be given several times.
    #[arg(long = "host", value_name = "LINE")]
    hosts: Vec<String>,
    /// File with such lines; `#` begins a remark.
    #[arg(long, value_name = "FILE")]
    hosts_file: Option<PathBuf>,
    /// Name from ssh_config that is taken as a host; `*` and `?` stand for others. May be given several times.
    #[arg(long, value_name = "NAME")]
    from_ssh_config: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// Name, unique among sites.
    name: String,
    /// Context in the kubeconfig, for a cluster that exists.
    #[arg(long, required_unless_present_any = ["hosts", "hosts_file", "from_ssh_config"], conflicts_with_all = ["hosts", "hosts_file", "from_ssh_config"])]
    context: Option<String>,
    /// Namespace of the application; its slug when not given.
    #[arg(long)]
    namespace: Option<String>,
    /// Tags.
    #[arg(long = "tag")]
    tags: Vec<String>,
    #[command(flatten)]
    from: Kubeconfig,
    #[command(flatten)]
    registry: Registry,
    #[command(flatten)]
    hosts: HostArguments,
    #[command(flatten)]
    ssh: SshArguments,
}

#[derive(Debug, Args)]
pub(super) struct UpdateArguments {
    /// Name or id.
    site: String,
    /// New name.
    #[arg(long)]
    name: Option<String>,
    /// New tags.
    #[arg(long = "tag")]
    tags: Option<Vec<String>>,
    #[command(flatten)]
    registry: Registry,
    /// Hosts instead of those the site has. Flags for the way there replace what they name and leave the rest.
    #[command(flatten)]
    hosts: HostArguments,
    #[command(flatten)]
    ssh: SshArguments,
    /// Accepts that the context now points to another cluster.
    #[arg(long)]
    accept_new_cluster: bool,
    /// Takes only bundles that are signed with the pinned key of their vendor. `--signed-only=false` takes it back.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    signed_only: Option<bool>,
}

pub(super) async fn site(session: &Session, verb: SiteCommand) -> Result<u8, WireError> {
    match verb {
        SiteCommand::List { search, tag } => {
            session.show("site_list", json!({ "search": search.unwrap_or_default(), "tag": tag })).await
        }
        SiteCommand::Add(arguments) => add(session, &arguments).await,
        SiteCommand::Show { site } => {
            session.show("site_get", json!({ "site": session.site(&site).await? })).await
        }
        SiteCommand::Hosts { site } => {
            session.show("host_list", json!({ "site": session.site(&site).await? })).await
        }
        SiteCommand::Test { site, hosts, accepted_keys } => test(session, &site, &hosts, accepted_keys).await,
        SiteCommand::Nodes { site } => {
            session.show("site_nodes", json!({ "site": session.site(&site).await? })).await
        }
        SiteCommand::Shell { site, command } => shell(session, &site, &command).await,
        SiteCommand::Reset { site, hosts, confirm, force } => {
            let site = session.site(&site).await?;
            let request = json!({ "site": site, "hosts": hosts, "confirm": confirm, "force": force });
            begun(session, "site_reset", request).await
        }
        SiteCommand::Backups { site } => {
            session.show("site_backups", json!({ "site": session.site(&site).await? })).await
        }
        SiteCommand::Restore { site, backup, confirm } => {
            let site = session.site(&site).await?;
            let request = json!({ "site": site, "backup": backup, "confirm": confirm });
            begun(session, "site_restore", request).await
        }
        SiteCommand::Update(arguments) => update(session, &arguments).await,
        SiteCommand::Remove { site, confirm } => {
            let request = json!({ "site": session.site(&site).await?, "confirm": confirm });
            session.show("site_remove", request).await
        }
    }
}

/// Begins a run on hosts and follows it to its end.
async fn begun(session: &Session, command: &str, request: Value) -> Result<u8, WireError> {
    let view = session.call(command, request).await?;
    let run = view["summary"]["id"].as_str().unwrap_or_default().to_owned();
    follow::to_end(session, &run, 0).await
}

/// A shell, or a command, with the kubeconfig of the site's cluster for as long as it runs.
async fn shell(session: &Session, site: &str, command: &[String]) -> Result<u8, WireError> {
    let site = session.site(site).await?;
    let cluster = session.app().cluster(&SiteId(site)).await?;
    let folder = tempfile::tempdir().map_err(|error| WireError::internal(&error))?;
    let file = folder.path().join("kubeconfig");
    cluster.write_kubeconfig(&file).map_err(|error| WireError::internal(&error))?;
    let own = std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned());
    let (program, arguments) = match command {
        [] => (&own, &[][..]),
        [program, arguments @ ..] => (program, arguments),
    };
    let status =
        tokio::process::Command::new(program).args(arguments).env("KUBECONFIG", &file).status().await;
    let status =
        status.map_err(|error| WireError::bad_input(format!("{program} cannot be started: {error}")))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

async fn add(session: &Session, arguments: &AddArguments) -> Result<u8, WireError> {
    let kubernetes = match &arguments.context {
        Some(context) => json!({
            "kubeconfig": kubeconfig(&arguments.from)?,
            "context": context,
            "namespace": arguments.namespace.clone().unwrap_or_default(),
            "registry": arguments.registry.settings()?,
        }),
        None => Value::Null,
    };
    let hosts = named(session, &arguments.hosts, &arguments.ssh).await?;
    arguments.ssh.only_with_hosts(!hosts.is_empty())?;
    let linux = if hosts.is_empty() {
        Value::Null
    } else {
        json!({ "hosts": hosts, "ssh": arguments.ssh.settings()? })
    };
    let request =
        json!({ "name": arguments.name, "tags": arguments.tags, "kubernetes": kubernetes, "linux": linux });
    session.show("site_add", request).await
}

async fn update(session: &Session, arguments: &UpdateArguments) -> Result<u8, WireError> {
    let site = session.site(&arguments.site).await?;
    let hosts = named(session, &arguments.hosts, &arguments.ssh).await?;
    let before = session.call("site_get", json!({ "site": site })).await?["linux"].take();
    let linux = if before.is_null() {
        arguments.ssh.only_with_hosts(!hosts.is_empty())?;
        (!hosts.is_empty()).then(|| json!({ "hosts": hosts }))
    } else {
        let ssh = arguments.ssh.over(before["ssh"].clone())?;
        let after = json!({ "hosts": if hosts.is_empty() { before["hosts"].clone() } else { json!(hosts) }, "ssh": ssh });
        (after["hosts"] != before["hosts"] || after["ssh"] != before["ssh"]).then_some(after)
    };
    let request = json!({
        "site": site,
        "name": arguments.name,
        "tags": arguments.tags,
        "registry": arguments.registry.settings()?,
        "linux": linux,
        "acceptNewCluster": arguments.accept_new_cluster,
        "signatureRequired": arguments.signed_only,
    });
    session.show("site_update", request).await
}

/// Hosts that are named, in any of the ways there are.
async fn named(
    session: &Session,
    arguments: &HostArguments,
    ssh: &SshArguments,
) -> Result<Vec<Value>, WireError> {
    let mut lines = arguments.hosts.join("\n");
    if let Some(path) = &arguments.hosts_file {
        lines.push('\n');
        lines.push_str(&file(path)?);
    }
    let mut hosts = parsed(session, json!({ "lines": lines })).await?;
    if !arguments.from_ssh_config.is_empty() {
        let config = ssh.settings()?["config"].as_str().unwrap_or_default().to_owned();
        let named = parsed(session, json!({ "sshConfig": config })).await?;
        for pattern in &arguments.from_ssh_config {
            let matching: Vec<Value> = named
                .iter()
                .filter(|host| matches_pattern(host["address"].as_str().unwrap_or_default(), pattern))
                .cloned()
                .collect();
            if matching.is_empty() {
                return Err(WireError::bad_input(format!("No host of the ssh_config is named {pattern}"))
                    .field("from-ssh-config", "names a Host line without patterns"));
            }
            hosts.extend(matching);
        }
    }
    Ok(hosts)
}

/// Hosts that were read; a line that means nothing is an error here, where nobody can mend it in a form.
async fn parsed(session: &Session, request: Value) -> Result<Vec<Value>, WireError> {
    let answer = session.call("host_parse", request).await?;
    let problems: Vec<&str> =
        answer["problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if let Some(first) = problems.first() {
        let mut error = WireError::bad_input(format!("A host cannot be read: {first}"));
        for problem in problems {
            error = error.field("host", problem);
        }
        return Err(error);
    }
    Ok(answer["hosts"].as_array().cloned().unwrap_or_default())
}

async fn test(
    session: &Session,
    site: &str,
    hosts: &[String],
    mut accepted_keys: Vec<String>,
) -> Result<u8, WireError> {
    let site = session.site(site).await?;
    let detail = session.call("site_get", json!({ "site": site })).await?;
    if detail["linux"].is_null() {
        let answer = session.call("site_test", json!({ "site": site })).await?;
        session.print("site_test", &answer);
        let well = answer["reachability"]["type"] == "reachable";
        let whole = answer["missingRights"].as_array().is_none_or(Vec::is_empty) && answer["registry"] == "";
        return Ok(match (well, whole) {
            (true, true) => 0,
            (false, _) => ErrorCode::Unreachable.exit_code(),
            _ => ErrorCode::MissingRights.exit_code(),
        });
    }
    loop {
        let request = json!({ "site": site, "hosts": hosts, "acceptedKeys": accepted_keys });
        let answer = session.call("host_test", request).await?;
        let tests: Vec<&Value> = answer["hosts"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|test| hosts.is_empty() || hosts.iter().any(|host| test["host"] == host.as_str()))
            .collect();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let unknown: Vec<(String, String)> =
            tests.iter().map(|test| (text(&test["host"]), text(&test["unknownKey"]))).collect();
        let known = unknown.iter().map(|(host, key)| (host.as_str(), key.as_str()));
        let more = ssh::accepted(session.output, known)?;
        if !more.is_empty() {
            accepted_keys.extend(more);
            continue;
        }
        session.print("host_test", &answer);
        let steps = tests.iter().flat_map(|test| test["steps"].as_array().into_iter().flatten());
        let well = steps.into_iter().all(|step| step["state"] == "passed");
        return Ok(if well { 0 } else { ErrorCode::Unreachable.exit_code() });
    }
}
