//! `bundle` and `key`: what is in the library, what is made of it, and who vouches for it.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use longshore_contract::WireError;
use serde_json::{Value, json};

use super::args::{Output, PullRegistry, Registry, file};
use super::session::Session;
use super::ssh::SshArguments;
use super::{install, print};

#[derive(Debug, Subcommand)]
pub(super) enum BundleCommand {
    /// Imports a bundle from a file.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Goes on with an import that broke off: what it stored is not stored again. Importing the file again does the same.
    Resume {
        /// Id of the import as `bundle list` shows it, or its beginning.
        import: String,
    },
    /// Forgets an import that broke off, and removes what it stored and nothing else needs.
    Discard {
        /// Id of the import as `bundle list` shows it, or its beginning.
        import: String,
    },
    /// Lists bundles, and imports that are under way in any process or broke off.
    List,
    /// Shows a bundle; a file is imported.
    #[command(alias = "inspect")]
    Show {
        /// A file, or the id of one in the library, or its beginning.
        #[arg(value_name = "FILE|ID")]
        bundle: String,
    },
    /// Removes a bundle and the blobs that only it needs.
    Remove {
        /// Id, or its beginning.
        bundle: String,
    },
    /// Reads and hashes every blob of the library or of one bundle, and judges that one's signature. Ends with 3 when
    /// something is wrong.
    Verify {
        /// A file, which is imported, or the id of one in the library; the whole library when not given.
        #[arg(value_name = "FILE|ID")]
        bundle: Option<String>,
        /// Removes blobs that are damaged, so that importing their bundles again brings them back.
        #[arg(long)]
        repair: bool,
        /// Wants a signature with the key that is pinned for the application.
        #[arg(long, requires = "bundle")]
        signed: bool,
    },
    /// Removes blobs that no bundle needs: left by imports that were stopped or refused.
    Collect {
        /// Only tells what would be removed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Moves the library to another folder.
    Move {
        /// One that is not there, or is empty.
        folder: PathBuf,
    },
    /// Says what a release changes, against an older one or against what a site runs.
    Diff {
        /// The newer: a file, or the id of one in the library.
        #[arg(value_name = "FILE|ID")]
        bundle: String,
        /// The older: a file, or the id of one in the library.
        #[arg(long, value_name = "FILE|ID", required_unless_present = "site", conflicts_with = "site")]
        from: Option<String>,
        /// The site whose installed release is the older one.
        #[arg(long)]
        site: Option<String>,
        /// Shows changed texts line by line.
        #[arg(long)]
        texts: bool,
    },
    /// Makes a bundle from a release's files and its images: the same parts give the same bytes.
    Create(Box<CreateArguments>),
    /// Signs a bundle: puts FILE.minisig and FILE.pub beside it.
    Sign {
        /// The bundle; it is imported.
        file: PathBuf,
        /// File with a minisign secret key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        signing: SigningArguments,
    },
    /// Pushes a bundle's images to a registry, or straight into the containerd of hosts; what is there is left alone.
    Push(Box<PushArguments>),
    /// Writes a bundle of the library to a file.
    Export {
        /// A file, which is imported, or the id of one in the library.
        #[arg(value_name = "FILE|ID")]
        bundle: String,
        /// File to write.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// A bundle that the other side has: what that one carries is left out.
        #[arg(long, value_name = "FILE|ID")]
        base: Option<String>,
    },
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("to").args(["site", "registry", "hosts"]).required(true).multiple(true))]
pub(super) struct PushArguments {
    /// A file, which is imported, or the id of one in the library.
    #[arg(value_name = "FILE|ID")]
    bundle: String,
    /// The site to whose registry they go; one of Linux hosts without a registry takes them on its hosts.
    #[arg(long, conflicts_with = "registry")]
    site: Option<String>,
    #[command(flatten)]
    registry: Registry,
    /// Host that takes them, as ssh takes it: [user@]host[:port], or a name from ssh_config; with --site, only these
    /// of its hosts. May be given several times.
    #[arg(long = "host", value_name = "HOST", conflicts_with = "registry")]
    hosts: Vec<String>,
    #[command(flatten)]
    ssh: SshArguments,
}

#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    /// Folder with the release's files. An airgap.yaml in it gives the metadata that no flag names.
    release: PathBuf,
    /// File to write.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Application slug.
    #[arg(long, value_name = "SLUG")]
    app: Option<String>,
    /// Version label.
    #[arg(long = "release-version", value_name = "LABEL")]
    label: Option<String>,
    /// Channel name.
    #[arg(long)]
    channel: Option<String>,
    /// Place among the releases of the channel: a number that grows.
    #[arg(long, value_name = "NUMBER")]
    cursor: Option<u64>,
    /// Later releases must not skip it.
    #[arg(long)]
    required: bool,
    /// An image and where it comes from: an OCI image layout, an archive as `docker save` writes it, or a registry
    /// (which may know it by another reference). May be given several times.
    #[arg(long = "image", value_name = "REFERENCE=oci:FOLDER|docker-archive:FILE|registry[:REFERENCE]")]
    images: Vec<String>,
    /// A file for the hosts of Linux sites, below cluster/ in the bundle, as the release's Cluster names it. May be given
    /// several times.
    #[arg(long = "host-file", value_name = "MEMBER=FILE")]
    host_files: Vec<String>,
    #[command(flatten)]
    registry: PullRegistry,
    /// File with a minisign secret key to sign with.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    signing: SigningArguments,
}

/// What goes with a key to sign with.
#[derive(Debug, Args)]
pub(super) struct SigningArguments {
    /// File with what the key is encrypted with.
    #[arg(long, value_name = "FILE", requires = "key")]
    key_password_file: Option<PathBuf>,
    /// Signed with it and shown to whoever verifies; application and version when not given.
    #[arg(long, value_name = "TEXT", requires = "key", default_value = "")]
    comment: String,
}

impl SigningArguments {
    fn with(&self, key: &Path) -> Result<Value, WireError> {
        let password = password(self.key_password_file.as_ref())?;
        Ok(json!({ "file": whole(key), "password": password, "comment": self.comment }))
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Lists the keys whose signatures are taken for vendors'.
    List,
    /// Makes a key to sign bundles with: FILE, and FILE.pub for those who verify.
    Generate {
        /// File for the secret key.
        file: PathBuf,
        /// File with what the secret key is encrypted with; it is not when none is given.
        #[arg(long, value_name = "FILE")]
        key_password_file: Option<PathBuf>,
    },
    /// Pins a key for an application, in place of the one that is pinned.
    Pin {
        /// Slug of the application.
        app: String,
        /// File with the public key: minisign's, or PEM.
        #[arg(long, value_name = "FILE", required_unless_present = "bundle", conflicts_with = "bundle")]
        key: Option<PathBuf>,
        /// Takes the key that came with this bundle.
        #[arg(long, value_name = "FILE|ID")]
        bundle: Option<String>,
        /// Fingerprint (sha256:…) as the vendor tells it; a key with another one is refused.
        #[arg(long, default_value = "")]
        fingerprint: String,
    },
    /// Forgets the key of an application; the next signed bundle pins its own.
    Remove {
        /// Slug of the application.
        app: String,
    },
}

pub(super) fn whole(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn password(from: Option<&PathBuf>) -> Result<Option<String>, WireError> {
    let text = from.map(file).transpose()?;
    Ok(text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()))
}

pub(super) async fn bundle(session: &Session, verb: BundleCommand) -> Result<u8, WireError> {
    match verb {
        BundleCommand::Import { file } => {
            let bundle = install::import(session, &file).await?;
            session.show("bundle_get", json!({ "bundle": bundle })).await
        }
        BundleCommand::Resume { import } => {
            let status = session.call("bundle_import_resume", json!({ "import": import })).await?;
            let bundle = install::imported(session, status).await?;
            session.show("bundle_get", json!({ "bundle": bundle })).await
        }
        BundleCommand::Discard { import } => {
            session.show("bundle_import_discard", json!({ "import": import })).await
        }
        BundleCommand::List => session.show("bundle_list", json!({})).await,
        BundleCommand::Show { bundle } => {
            let bundle = install::bundle(session, &bundle).await?;
            session.show("bundle_get", json!({ "bundle": bundle })).await
        }
        BundleCommand::Remove { bundle } => session.show("bundle_remove", json!({ "bundle": bundle })).await,
        BundleCommand::Verify { bundle, repair, signed } => {
            verify(session, bundle.as_deref(), repair, signed).await
        }
        BundleCommand::Collect { dry_run } => {
            session.show("library_collect", json!({ "dryRun": dry_run })).await
        }
        BundleCommand::Move { folder } => {
            task(session, "library_move", json!({ "folder": whole(&folder) }), "Moving").await
        }
        BundleCommand::Diff { bundle, from, site, texts } => {
            diff(session, &bundle, from.as_deref(), site.as_deref(), texts).await
        }
        BundleCommand::Create(arguments) => create(session, &arguments).await,
        BundleCommand::Sign { file, key, signing } => {
            let signing = signing.with(&key)?;
            let bundle = install::import(session, &file).await?;
            let request = json!({ "bundle": bundle, "signing": signing, "file": whole(&file) });
            session.show("bundle_sign", request).await
        }
        BundleCommand::Push(arguments) => push(session, &arguments).await,
        BundleCommand::Export { bundle, to, base } => {
            let bundle = install::bundle(session, &bundle).await?;
            let base = match base {
                Some(base) => Some(install::bundle(session, &base).await?),
                None => None,
            };
            let request = json!({ "bundle": bundle, "file": whole(&to), "base": base });
            task(session, "bundle_export", request, "Writing").await
        }
    }
}

pub(super) async fn key(session: &Session, verb: KeyCommand) -> Result<u8, WireError> {
    match verb {
        KeyCommand::List => session.show("vendor_key_list", json!({})).await,
        KeyCommand::Generate { file, key_password_file } => {
            let password = password(key_password_file.as_ref())?;
            session.show("signing_key_make", json!({ "file": whole(&file), "password": password })).await
        }
        KeyCommand::Pin { app, key, bundle, fingerprint } => {
            let key = key.as_ref().map(file).transpose()?;
            let bundle = match bundle {
                Some(bundle) => Some(install::bundle(session, &bundle).await?),
                None => None,
            };
            let request = json!({ "slug": app, "key": key, "bundle": bundle, "fingerprint": fingerprint });
            session.show("vendor_key_pin", request).await
        }
        KeyCommand::Remove { app } => session.show("vendor_key_remove", json!({ "slug": app })).await,
    }
}

/// Something is wrong with what was verified.
const EXIT_WRONG: u8 = 3;

async fn verify(
    session: &Session,
    bundle: Option<&str>,
    repair: bool,
    signed: bool,
) -> Result<u8, WireError> {
    let bundle = match bundle {
        Some(bundle) => Some(install::bundle(session, bundle).await?),
        None => None,
    };
    let request = json!({ "bundle": bundle, "repair": repair });
    let ended = to_end(session, "library_verify", request, "Verifying").await?;
    session.print("library_verify", &ended);
    let mut wrong = ended["outcome"]["findings"].as_array().is_none_or(|found| !found.is_empty());
    if let Some(bundle) = bundle {
        let detail = session.call("bundle_get", json!({ "bundle": bundle })).await?;
        let state = &detail["summary"]["signature"];
        print::note(&super::answers::signature(state));
        let bad = matches!(state["type"].as_str(), Some("refused" | "otherKey"));
        wrong |= bad || (signed && state["pinned"] != true);
    }
    Ok(if wrong { EXIT_WRONG } else { 0 })
}

async fn diff(
    session: &Session,
    bundle: &str,
    from: Option<&str>,
    site: Option<&str>,
    texts: bool,
) -> Result<u8, WireError> {
    let bundle = install::bundle(session, bundle).await?;
    let request = match (from, site) {
        (Some(from), _) => json!({ "bundle": bundle, "from": install::bundle(session, from).await? }),
        (None, Some(site)) => json!({ "bundle": bundle, "site": session.site(site).await? }),
        (None, None) => json!({ "bundle": bundle }),
    };
    let answer = session.call("bundle_diff", request).await?;
    match session.output {
        Output::Text if texts => print::line(super::answers::diff_with_texts(&answer).trim_end()),
        _ => session.print("bundle_diff", &answer),
    }
    Ok(0)
}

async fn push(session: &Session, arguments: &PushArguments) -> Result<u8, WireError> {
    arguments.ssh.only_with_hosts(!arguments.hosts.is_empty() || arguments.site.is_some())?;
    let bundle = install::bundle(session, &arguments.bundle).await?;
    let site = match &arguments.site {
        Some(site) => Some(session.site(site).await?),
        None => None,
    };
    let request = json!({
        "bundle": bundle,
        "site": site,
        "registry": arguments.registry.settings()?,
        "hosts": arguments.hosts,
        "ssh": arguments.ssh.settings()?,
    });
    task(session, "bundle_push", request, "Pushing").await
}

async fn create(session: &Session, arguments: &CreateArguments) -> Result<u8, WireError> {
    let mut images = Vec::new();
    for image in &arguments.images {
        let wrong = || {
            WireError::bad_input(format!("--image {image} names no place to take the image from"))
                .hint("Write REFERENCE=oci:FOLDER, REFERENCE=docker-archive:FILE or REFERENCE=registry.")
        };
        let (reference, from) = image.split_once('=').ok_or_else(wrong)?;
        let (kind, place) = from.split_once(':').unwrap_or((from, ""));
        let path = || whole(Path::new(place));
        let from = match kind {
            "oci" if !place.is_empty() => json!({ "type": "ociLayout", "folder": path() }),
            "docker-archive" if !place.is_empty() => json!({ "type": "dockerArchive", "file": path() }),
            "registry" => json!({ "type": "registry", "reference": place }),
            _ => return Err(wrong()),
        };
        images.push(json!({ "reference": reference, "from": from }));
    }
    let mut files = Vec::new();
    for named in &arguments.host_files {
        let (member, file) = named.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or_else(|| {
            WireError::bad_input(format!("--host-file {named} names no file"))
                .hint("Write MEMBER=FILE: cluster/v1.35.4/amd64/kubelet=/usr/bin/kubelet.")
        })?;
        files.push(json!({ "member": member, "file": whole(Path::new(file)) }));
    }
    let signing = arguments.key.as_ref().map(|key| arguments.signing.with(key)).transpose()?;
    let request = json!({
        "release": whole(&arguments.release),
        "file": whole(&arguments.to),
        "slug": arguments.app,
        "version": arguments.label,
        "channel": arguments.channel,
        "cursor": arguments.cursor.map(|cursor| cursor.to_string()),
        "required": arguments.required,
        "images": images,
        "files": files,
        "registries": arguments.registry.settings()?.into_iter().collect::<Vec<_>>(),
        "signing": signing,
    });
    task(session, "bundle_create", request, "Writing").await
}

/// Begins long work, shows how far it is, and prints what came of it.
async fn task(session: &Session, command: &str, request: Value, doing: &str) -> Result<u8, WireError> {
    let ended = to_end(session, command, request, doing).await?;
    session.print(command, &ended);
    Ok(if ended["state"] == "cancelled" { super::EXIT_CANCELLED } else { 0 })
}

async fn to_end(session: &Session, command: &str, request: Value, doing: &str) -> Result<Value, WireError> {
    let mut status = session.call(command, request).await?;
    let bar = print::bytes_bar(session.output, status["total"].as_u64().unwrap_or_default(), doing);
    let mut asked = false;
    while status["state"] == "running" {
        let question = json!({ "task": status["id"] });
        status = tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_millis(100)) => {
                session.call("task_get", question).await?
            }
            _ = tokio::signal::ctrl_c(), if !asked => {
                asked = true;
                if std::io::stderr().is_terminal() {
                    bar.suspend(|| print::note("Stopping."));
                }
                session.call("task_cancel", question).await?
            }
        };
        bar.set_length(status["total"].as_u64().unwrap_or_default());
        bar.set_position(status["done"].as_u64().unwrap_or_default());
    }
    bar.finish_and_clear();
    match serde_json::from_value::<Option<WireError>>(status["error"].clone()) {
        Ok(Some(error)) => Err(error),
        _ => Ok(status),
    }
}
