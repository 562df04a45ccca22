//! What is not collected yet: a database of which no server could be had to try it on.

use crate::collect::asked::Asked;
use crate::collect::job::failed;
use crate::collect::world::Refusal;

pub(super) fn mssql(asked: &Asked<'_>) -> Vec<String> {
    vec![format!("mssql/{}.json", asked.text_or("collectorName", "mssql"))]
}

pub(super) fn collect(kind: &str) -> Result<(), Refusal> {
    Err(failed(format!("Longshore does not collect {kind} yet")))
}
