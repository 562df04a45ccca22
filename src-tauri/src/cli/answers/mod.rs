//! Answers of commands as text for people.

mod base;
mod bundle;
mod config;
mod preflight;
mod run;
mod site;
mod support;

use serde_json::Value;

use std::fmt::Write as _;

/// An answer as text.
pub(super) fn text(command: &str, answer: &Value) -> String {
    match command {
        "site_list" => site::sites(answer),
        "site_add" | "site_get" | "site_update" => site::site(answer),
        "site_test" => site::site_test(answer),
        "host_test" | "host_list" => site::hosts(answer),
        "site_nodes" => site::nodes(answer),
        "site_backups" => site::backups(answer),
        "context_list" => site::contexts(answer),
        "bundle_list" => bundle::bundles(answer),
        "bundle_get" => bundle::bundle(answer),
        "bundle_diff" => bundle::diff(answer, false),
        "bundle_sign" => bundle::signed(answer),
        "signing_key_make" => bundle::made_key(answer),
        "library_collect" | "bundle_import_discard" => bundle::collected(answer),
        "library_verify" | "library_move" | "bundle_push" | "bundle_export" | "bundle_create" => {
            bundle::task(answer)
        }
        "vendor_key_list" | "vendor_key_pin" | "vendor_key_remove" => bundle::keys(answer),
        "run_list" => run::runs(answer),
        "run_plan" => run::plan(answer),
        "config_get" | "config_set" | "config_template" | "config_import" => config::form(answer),
        "audit_list" => run::audit(answer),
        "config_export" => words(&answer["content"]),
        "config_diff" => config::changes(&answer["changes"]),
        "config_render" => config::rendering(answer),
        "preflight_lint" => preflight::findings(answer),
        "preflight_list" => preflight::list_of_runs(answer),
        "preflight_compare" => preflight::comparison(answer),
        "base_list" => base::bases(answer),
        "base_get" | "base_put" | "base_take" | "base_assign" | "base_unassign" => base::base(answer),
        "base_compare" => base::comparison(answer),
        "config_history" => base::history(answer),
        "support_list" => support::list_of_bundles(answer),
        "support_files" => support::files(answer),
        "support_search" => support::hits(answer),
        "support_remove" | "site_remove" | "bundle_remove" | "preflight_remove" | "base_remove" => {
            "Done.".to_owned()
        }
        _ => serde_norway::to_string(answer).unwrap_or_default(),
    }
}

pub(super) use bundle::signature;
pub(super) use support::view as support;

/// What a release changes, changed documents line by line.
pub(super) fn diff_with_texts(answer: &Value) -> String {
    bundle::diff(answer, true)
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A table: columns as wide as they need to be.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heads.iter().map(|head| head.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let heads = heads.iter().map(|head| head.to_uppercase()).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

fn date(value: &Value) -> String {
    let Some(at) = value.as_i64() else { return String::new() };
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system());
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Bytes for people.
fn bytes(value: &Value) -> String {
    size(value.as_u64().unwrap_or_default())
}

fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}
