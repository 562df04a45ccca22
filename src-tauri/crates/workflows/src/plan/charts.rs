//! Which chart is installed, upgraded, removed or left alone.

use longshore_cluster::record::RecordedChart;
use longshore_contract::{Change, ChartChange};

/// A chart that the release brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedChart {
    /// Helm release name.
    pub release: String,
    /// Chart name.
    pub chart: String,
    /// Chart version.
    pub version: String,
    /// Namespace.
    pub namespace: String,
    /// Weight; ascending.
    pub weight: i64,
    /// Vendor's flags for `helm upgrade`, appended last.
    pub flags: Vec<String>,
    /// Digest of chart archive and merged values: equal means nothing to do.
    pub values_digest: String,
}

/// Changes in the order they are made: wanted charts by weight, then name; after them those that leave, in
/// reverse order. Rendered objects are added by the caller.
pub fn changes(wanted: &[WantedChart], held: &[RecordedChart]) -> Vec<ChartChange> {
    let mut wanted: Vec<&WantedChart> = wanted.iter().collect();
    wanted.sort_by(|a, b| (a.weight, &a.release).cmp(&(b.weight, &b.release)));
    let mut leaving: Vec<&RecordedChart> = held
        .iter()
        .filter(|held| {
            !wanted.iter().any(|want| want.release == held.release && want.namespace == held.namespace)
        })
        .collect();
    leaving.sort_by(|a, b| (b.weight, &b.release).cmp(&(a.weight, &a.release)));
    wanted.into_iter().map(|want| arriving(want, held)).chain(leaving.into_iter().map(removal)).collect()
}

fn arriving(want: &WantedChart, held: &[RecordedChart]) -> ChartChange {
    let before = held.iter().find(|held| held.release == want.release && held.namespace == want.namespace);
    let change = match before {
        None => Change::Add,
        Some(held) if held.values_digest == want.values_digest && held.version == want.version => {
            Change::Keep
        }
        Some(_) => Change::Change,
    };
    ChartChange {
        release: want.release.clone(),
        chart: want.chart.clone(),
        namespace: want.namespace.clone(),
        from_version: before.map(|held| held.version.clone()),
        to_version: Some(want.version.clone()),
        change,
        weight: want.weight,
        objects: Vec::new(),
    }
}

fn removal(held: &RecordedChart) -> ChartChange {
    ChartChange {
        release: held.release.clone(),
        chart: held.chart.clone(),
        namespace: held.namespace.clone(),
        from_version: Some(held.version.clone()),
        to_version: None,
        change: Change::Remove,
        weight: held.weight,
        objects: Vec::new(),
    }
}
