//! HelmCharts: what each becomes, and the order of all.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use longshore_config::{Context, Engine, HelmChart, Lookup, install_order, resolve_chart};
use serde_json::{Value, json};

pub(super) fn answer(case: &Value) -> Result<Value> {
    let context = super::context(case)?;
    let lookup: Arc<dyn Lookup> = super::evaluation(case, &context)?;
    let engine = Engine::new(&lookup, &context, jiff::Timestamp::now());
    let texts = case["charts"].as_array().context("the case has no charts")?;
    let charts = texts
        .iter()
        .map(|text| resolve_chart("the case", text.as_str().unwrap_or_default(), &engine))
        .collect::<Result<Vec<_>, _>>()?;
    let order: Vec<&str> = install_order(&charts).iter().map(|chart| chart.release.as_str()).collect();
    let uninstall: Vec<&str> = order.iter().rev().copied().collect();
    let shown: Vec<Value> = charts.iter().map(|chart| shown(chart, &context)).collect();
    Ok(json!({ "charts": shown, "order": order, "uninstallOrder": uninstall }))
}

fn shown(chart: &HelmChart, context: &Context) -> Value {
    let namespace = if chart.namespace.is_empty() { context.namespace() } else { &chart.namespace };
    let mut shown = json!({
        "name": chart.name,
        "chart": chart.chart,
        "chartVersion": chart.version,
        "releaseName": chart.release,
        "namespace": namespace,
        "weight": chart.weight,
        "helmUpgradeFlags": chart.flags,
        "excluded": chart.excluded,
    });
    if !chart.excluded {
        shown["values"] = chart.values.clone();
    }
    shown
}
