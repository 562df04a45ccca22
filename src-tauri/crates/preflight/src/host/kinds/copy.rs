//! `copy`: files of the host, as they are.

use super::delivered::{Delivered, delivered};
use super::{Asked, Built, Plan, Probe, Stage};
use crate::values::glob::joined;

/// A pattern may have spaces, and is expanded as one.
const SH: &str = r#"
copies() {
  set +f
  D=0 g=$1
  IFS=
  for f in "$R"$g; do
    unset IFS
    if [ -e "$f" ]; then deliver "$f" "${f##*/}" 0; V found 1; fi
  done
}"#;

fn folder(asked: &Asked<'_>) -> String {
    joined(&["host-collectors", asked.named("copy")])
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("{}/", folder(asked))]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let path = asked.text("path");
    if !path.starts_with('/') {
        return Err(format!("path: {path:?} does not begin at the root of the file system"));
    }
    let probe = Probe::of("copies", SH, vec![path.to_owned()]).within(60, Stage::Quick);
    let (folder, path) = (folder(asked), path.to_owned());
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        let Delivered { files, notes, unprivileged } = delivered(told, &folder, facts.root);
        let none = (!told.has("found")).then(|| format!("no file of the host matches {path}"));
        Ok(Built { files, notes, unprivileged }.note(none))
    }))
}
