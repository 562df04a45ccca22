//! The README's picture: the real window in the middle of a real upgrade. `cargo run -p longshore-webdriver --example picture`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use longshore_lab::{Lab, Place};
use longshore_webdriver::{operator, until};
use serde_json::json;

fn main() -> Result<()> {
    let lab = Lab::up(&Place::here())?;
    let namespace = lab.namespace("picture");
    let window = operator::open(&lab)?;
    let site = operator::add_site(&window, &lab, "harbour-north", &namespace.name)?;
    let (old, new) = (operator::import(&window, "1.0.0")?, operator::import(&window, "1.1.0")?);
    let run = operator::start(&window, "install", &site, &old)?;
    operator::finished(&window, &run)?;
    let run = operator::start(&window, "upgrade", &site, &new)?;
    operator::show(&window, &run)?;
    until("a chart that is being upgraded", Duration::from_mins(1), || {
        let view = window.page.call("run_get", &json!({ "run": run }))?;
        if view["summary"]["state"] == "AppUpgrading" { Ok(()) } else { bail!("it is {}", view["summary"]) }
    })?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/window.png");
    window.page.picture(&path)?;
    operator::finished(&window, &run)
}
