//! A run's config on the command line: as a file, against what is installed, in the charts.

use std::fs;

use crate::operator::{Operator, bundle};

const CANARY: &str = "c4nary-of-the-config";

/// A run that is planned and not started.
fn planned(operator: &Operator) -> String {
    let bundle = bundle("1.1.0").display().to_string();
    let password = operator.data.path().with_extension("password");
    fs::write(&password, format!("{CANARY}\n")).expect("writes");
    let secret = format!("db_password={}", password.display());
    let contact = "contact_email=harbour@tidewater.example";
    let words =
        ["install", "site", "--bundle", &bundle, "--plan-only", "--set", contact, "--set-file", &secret];
    operator.ok(&words);
    operator.newest_run()["id"].as_str().expect("an id").to_owned()
}

#[test]
fn values_are_carried_from_one_run_to_another() {
    let operator = Operator::with_site("config");
    let run = planned(&operator);
    let authority = operator.data.path().with_extension("ca");
    fs::write(&authority, [0x30, 0x82, 0xff, 0x00]).expect("writes");
    let file = format!("tls_ca={}", authority.display());
    operator.ok(&["config", "set", &run, "--set", "title=Harbour", "--set-file", &file]);

    let exported = operator.ok(&["config", "export", &run]).out;
    assert!(exported.contains("kind: ConfigValues") && exported.contains("Harbour"), "{exported}");
    assert!(exported.contains("MIL/AA=="), "a file goes along, whatever is in it: {exported}");
    assert!(!exported.contains(CANARY), "a password does not");
    let told = operator.json(&["config", "export", &run]);
    assert_eq!(told["leftOut"][0], "db_password", "and that is told: {told}");

    let path = operator.data.path().with_extension("yaml");
    fs::write(&path, &exported).expect("writes");
    let other = planned(&operator);
    operator.ok(&["config", "import", &other, &path.display().to_string()]);
    let again = operator.ok(&["config", "export", &other]).out;
    assert_eq!(again, exported, "the other run has the same values");
    let diff = operator.json(&["config", "diff", &other]);
    let changes = diff["changes"].as_array().expect("changes");
    let secret = changes.iter().find(|change| change["name"] == "db_password").expect("it was set");
    assert_eq!(
        (&secret["new"], &secret["secret"]),
        (&"".into(), &true.into()),
        "set, and not shown: {secret}"
    );

    fs::write(&path, exported.replace("ConfigValues", "ConfigMap")).expect("writes");
    let said = operator.run(&["config", "import", &other, &path.display().to_string()]);
    assert_eq!(said.code, 2, "another document: {}", said.all());
    assert!(said.err.contains("no ConfigValues document"), "{}", said.err);
    fs::write(&path, exported.replace("title:", "titel:")).expect("writes");
    let said = operator.run(&["config", "import", &other, &path.display().to_string()]);
    assert_eq!(said.code, 2, "a slip of the pen: {}", said.all());
    assert!(said.err.contains("titel: is no config item of this release"), "{}", said.err);
}

#[test]
fn what_a_value_makes_of_the_charts_is_seen_before_it_is_stored() {
    let operator = Operator::with_site("render");
    let run = planned(&operator);
    let rendering = operator.json(&["config", "render", &run, "--set", "title=Harbour", "--objects"]);
    let charts = rendering["charts"].as_array().expect("charts");
    let changes: Vec<_> =
        charts.iter().map(|chart| (chart["release"].as_str(), chart["change"].as_str())).collect();
    assert!(
        changes.contains(&(Some("tidewater-web"), Some("change"))),
        "its page has the title: {changes:?}"
    );
    assert!(changes.contains(&(Some("tidewater-data"), Some("keep"))), "this one has not: {changes:?}");
    let web = charts.iter().find(|chart| chart["release"] == "tidewater-web").expect("it is there");
    assert!(web["before"].as_str().is_some_and(|text| text.contains("Tidewater")), "{web}");
    assert!(web["after"].as_str().is_some_and(|text| text.contains("Harbour")), "{web}");
    let objects = web["objects"].as_array().expect("objects");
    assert!(
        objects.iter().any(|object| object["change"] == "change"),
        "what is rendered changes too: {objects:?}"
    );
    let said = operator.ok(&["config", "render", &run, "--set", "title=Harbour"]).out;
    assert!(said.lines().any(|line| line.starts_with('+') && line.contains("Harbour")), "as a diff: {said}");
    assert!(!rendering.to_string().contains(CANARY) && !said.contains(CANARY), "the password is masked");
    let form = operator.ok(&["config", "show", &run]).out;
    assert!(!form.contains("Harbour"), "nothing was stored: {form}");
}
