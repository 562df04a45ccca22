//! One application in one window.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::display::Display;
use crate::part::{Part, until};
use crate::session::Session;
use crate::tools;

/// What is opened.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// An open window with everything it stands on; all of it ends with the handle.
#[derive(Debug)]
pub struct Window {
    /// The page in it.
    pub page: Session,
    program: Program,
    driver: Part,
    /// Where it is shown.
    pub display: Display,
    home: TempDir,
}

impl Window {
    /// Opens Longshore with a data folder of its own.
    ///
    /// # Errors
    /// When a part is missing or does not come up.
    pub fn longshore(path: &Path) -> Result<Self> {
        let home = tempfile::tempdir().context("there is no folder to be had")?;
        let data = home.path().join("data");
        // Nothing here runs a chart, so any file does for helm.
        let arguments = ["--data", text(&data)?, "--helm", text(path)?].map(str::to_owned).to_vec();
        Self::open(Program { path: path.to_owned(), arguments }, home)
    }

    /// Opens a program in a home folder.
    ///
    /// # Errors
    /// When a part is missing or does not come up.
    pub fn open(program: Program, home: TempDir) -> Result<Self> {
        let display = Display::start()?;
        let (port, native) = (free_port()?, free_port()?);
        let log = File::create(home.path().join("driver.log")).context("the driver's log cannot be made")?;
        let mut command = Command::new(tools::driver()?);
        command
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .env("HOME", home.path())
            .env("NO_AT_BRIDGE", "1")
            .stdout(log.try_clone()?)
            .stderr(log);
        for folder in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            let path = home.path().join(folder.to_lowercase());
            fs::create_dir_all(&path)?;
            command.env(folder, path);
        }
        display.lend(&mut command);
        let driver = Part::start("tauri-driver", &mut command)?;
        let page = Session::begin(port, &program.path, &program.arguments)
            .with_context(|| format!("the driver says: {}", said(home.path())))?;
        Ok(Self { page, program, driver, display, home })
    }

    /// The data folder of [`Self::longshore`].
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// What the application has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.data().join("longshore.log")).unwrap_or_default()
    }

    /// The application's process.
    ///
    /// # Errors
    /// When it does not run.
    pub fn process(&self) -> Result<u32> {
        let find =
            || crate::measure::tree(self.driver.id()).into_iter().find(|id| runs(*id, &self.program.path));
        until("the application's process", Duration::from_secs(10), || find().context("it does not run"))
    }

    /// Starts the program a second time, as an operator does who no longer sees its window.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_again(&self) -> Result<ExitStatus> {
        self.again().status().with_context(|| format!("{} cannot be started", self.program.path.display()))
    }

    /// The program a second time, for the same data.
    pub fn again(&self) -> Command {
        let mut command = Command::new(&self.program.path);
        command.args(&self.program.arguments).env("HOME", self.home.path());
        self.display.lend(&mut command);
        command
    }
}

fn runs(id: u32, path: &Path) -> bool {
    fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == path)
}

fn said(home: &Path) -> String {
    fs::read_to_string(home.join("driver.log")).unwrap_or_default()
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not text", path.display()))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?.local_addr()?.port())
}
