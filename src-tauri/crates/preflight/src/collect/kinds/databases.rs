//! `postgres`, `mysql`, `redis`, `clickhouse` and `mssql`: whether a database lets us in, asked from this machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::collect::asked::{Asked, Needs};
use crate::collect::job::{Job, failed};
use crate::collect::world::{Database, DatabaseRequest, DatabaseTls, Refusal};

pub(super) fn postgres(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "postgres")
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

pub(super) fn mssql(asked: &Asked<'_>) -> Vec<String> {
    file(asked, "mssql")
}

fn file(asked: &Asked<'_>, kind: &str) -> Vec<String> {
    vec![format!("{kind}/{}.json", asked.text_or("collectorName", kind))]
}

/// Name and namespace of the secret with the certificates.
fn secret<'a>(asked: &Asked<'a>) -> Option<(&'a str, &'a str)> {
    let secret = &asked.body["tls"]["secret"];
    let name = secret["name"].as_str().filter(|name| !name.is_empty())?;
    Some((name, secret["namespace"].as_str().filter(|place| !place.is_empty()).unwrap_or(asked.namespace)))
}

pub(super) fn needs(asked: &Asked<'_>) -> Needs {
    match secret(asked) {
        Some((_, place)) => Needs::default().must(&["get"], "", "secrets", place),
        None => Needs::default(),
    }
}

pub(super) async fn collect(job: &Job<'_>, kind: Database) -> Result<(), Refusal> {
    let name = match kind {
        Database::Postgres => "postgres",
        Database::Mysql => "mysql",
        Database::Redis => "redis",
        Database::Clickhouse => "clickhouse",
        Database::Mssql => "mssql",
    };
    let request = DatabaseRequest {
        kind,
        uri: job.asked.text("uri").to_owned(),
        parameters: job.asked.texts("parameters").into_iter().map(str::to_owned).collect(),
        tls: tls(job).await?,
    };
    job.waits(format!("the {name} server of the spec does not answer"));
    let answer = job.ground.machine.database(&request).await;
    job.kept.json(&file(&job.asked, name).remove(0), &json!(answer));
    Ok(())
}

async fn tls(job: &Job<'_>) -> Result<Option<DatabaseTls>, Refusal> {
    let asked = &job.asked.body["tls"];
    if !asked.is_object() {
        return Ok(None);
    }
    let text = |field: &str| asked[field].as_str().unwrap_or_default().to_owned();
    let own = DatabaseTls {
        skip_verify: asked["skipVerify"] == true,
        authority: text("cacert"),
        certificate: text("clientCert"),
        key: text("clientKey"),
    };
    let Some((name, place)) = secret(&job.asked) else { return Ok(Some(own)) };
    let found = job.cluster().get(&format!("/api/v1/namespaces/{place}/secrets/{name}")).await?;
    let found = found.ok_or_else(|| failed(format!("namespace {place} has no secret {name}")))?;
    let part = |key: &str| {
        let encoded = found["data"][key].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(encoded).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let read = DatabaseTls {
        authority: part("cacert"),
        certificate: part("clientCert"),
        key: part("clientKey"),
        ..own
    };
    if read.authority.is_empty() {
        return Err(failed(format!("secret {name} in namespace {place} has no cacert")));
    }
    if read.certificate.is_empty() != read.key.is_empty() {
        let words = format!("secret {name} in namespace {place} has only one of clientCert and clientKey");
        return Err(failed(words));
    }
    Ok(Some(read))
}
