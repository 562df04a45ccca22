//! Kinds that are not collected yet: databases of which no server could be had to try it on.

use crate::collect::asked::Asked;
use crate::collect::job::failed;
use crate::collect::world::Refusal;

fn file(asked: &Asked<'_>, kind: &str) -> Vec<String> {
    vec![format!("{kind}/{}.json", asked.text_or("collectorName", kind))]
}

pub(super) fn mssql(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "mssql")
}

pub(super) fn clickhouse(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "clickhouse")
}

pub(super) fn collect(kind: &str) -> Result<(), Refusal> {
    Err(failed(format!("Longshore does not collect {kind} yet")))
}
