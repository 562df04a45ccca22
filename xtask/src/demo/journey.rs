//! A real application on a cluster that exists: installed, upgraded, broken, taken back.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use longshore_lab::{Lab, Place};

use super::typing::{Typing, title};
use crate::build;
use crate::test::root;

/// Name of the site, and namespace of the application on it.
const SITE: &str = "practice";
const NAMESPACE: &str = "tidewater";
/// Exit code of a run that ended in a failed state.
const RUN_FAILED: i32 = 3;

/// One demo: where it lies and what it works with.
struct Demo {
    typing: Typing,
    bundles: Vec<PathBuf>,
    lab: Lab,
}

/// Runs the journey, or sets the table for it and opens the window.
pub(super) fn run(window: bool) -> Result<()> {
    let started = Instant::now();
    let demo = Demo::prepare(window)?;
    if window {
        demo.set_the_table()?;
        return demo.window();
    }
    demo.journey()?;
    println!("\nThe whole journey took {:.0} s.", started.elapsed().as_secs_f64());
    println!("See it in a browser:  {}", demo.typing.words(&["serve"]));
    println!("Take the lab down:    cargo xtask lab down");
    Ok(())
}

impl Demo {
    /// Builds what is lacking and starts the lab; what an earlier demo left is taken away.
    fn prepare(window: bool) -> Result<Self> {
        let root = root()?;
        title("Longshore");
        let binary = if window { build::desktop()? } else { build::headless()? };
        title("The lab");
        let lab = Lab::up(&Place::here())?;
        title("Tidewater, the sample package");
        let folder = root.join("target/demo");
        let mut bundles = Vec::new();
        for version in longshore_sample::VERSIONS {
            let path =
                longshore_sample::build(version, &folder.join("bundles"), &root.join("target/sample"))?;
            println!("   {} ({:.1} MB)", path.display(), fs::metadata(&path)?.len() as f64 / 1e6);
            bundles.push(path);
        }
        let typing = Typing::fresh(binary, &folder.join("data"), lab.helm())?;
        let gone = ["delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=true", "--timeout=120s"];
        lab.kubectl(&gone)?;
        Ok(Self { typing, bundles, lab })
    }

    /// Installs 1.0.0, upgrades to 1.1.0, tries 1.2.0, and goes back.
    fn journey(&self) -> Result<()> {
        self.set_the_table()?;
        self.page("1.0.0")?;
        title("Upgrade to 1.1.0");
        self.typing.ok(&self.start("upgrade", 1, &["--set", "contact_email=harbour@tidewater.example"]))?;
        self.page("1.1.0")?;
        title("Upgrade to 1.2.0, whose pods never become ready");
        let status = self.typing.run(&self.start("upgrade", 2, &[]))?;
        if status.code() != Some(RUN_FAILED) {
            bail!(
                "the upgrade to 1.2.0 should have failed with exit code {RUN_FAILED}, but ended with {status}"
            );
        }
        title("Roll back");
        self.typing.ok(&["rollback".into(), SITE.into()])?;
        self.page("1.1.0")?;
        title("What the site says now");
        self.typing.ok(&["site".into(), "show".into(), SITE.into()])?;
        self.typing.ok(&["run".into(), "list".into()])
    }

    /// A site with 1.0.0 on it.
    fn set_the_table(&self) -> Result<()> {
        title("Add the cluster as a site");
        let kubeconfig = self.lab.kubeconfig().display().to_string();
        let registry = self.lab.registry();
        let site = ["site", "add", SITE, "--kubeconfig", &kubeconfig, "--context", self.lab.context()];
        let to = ["--registry", &registry, "--registry-namespace", NAMESPACE, "--registry-insecure"];
        self.typing.ok(&site.iter().chain(&to).map(|word| (*word).to_owned()).collect::<Vec<_>>())?;
        title("Install 1.0.0");
        self.typing.ok(&self.start("install", 0, &[]))
    }

    fn start(&self, workflow: &str, bundle: usize, more: &[&str]) -> Vec<String> {
        let bundle = self.bundles[bundle].display().to_string();
        let words = [workflow, SITE, "--bundle", &bundle, "--yes"];
        words.iter().chain(more).map(|word| (*word).to_owned()).collect()
    }

    /// The page that the pod serves must name the version.
    fn page(&self, version: &str) -> Result<()> {
        let page = self.lab.page(NAMESPACE, "tidewater-web", &format!("version {version}\n"))?;
        println!("\n   the page in the pod answers: {}", page.trim().replace('\n', ", "));
        Ok(())
    }

    /// Opens the window on a site with 1.0.0 and a library that holds what comes after.
    fn window(&self) -> Result<()> {
        for bundle in &self.bundles[1..] {
            self.typing.ok(&["bundle".into(), "import".into(), bundle.display().to_string()])?;
        }
        title("The window: open the site and upgrade it");
        self.typing.window()
    }
}
