//! Kinds that are not collected yet: databases, which need a driver each, and buckets.

use crate::collect::asked::Asked;
use crate::collect::job::failed;
use crate::collect::world::Refusal;

fn file(asked: &Asked<'_>, kind: &str) -> Vec<String> {
    vec![format!("{kind}/{}.json", asked.text_or("collectorName", kind))]
}

pub(super) fn postgres(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "postgres")
}

pub(super) fn mssql(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "mssql")
}

pub(super) fn mysql(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "mysql")
}

pub(super) fn redis(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "redis")
}

pub(super) fn clickhouse(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "clickhouse")
}

pub(super) fn s3_status(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "s3Status")
}

pub(super) fn collect(kind: &str) -> Result<(), Refusal> {
    Err(failed(format!("Longshore does not collect {kind} yet")))
}
