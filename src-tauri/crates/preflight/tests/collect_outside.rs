//! Databases and buckets that a spec names: what is asked of this machine, and what checks make of the answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_contract::CheckState::{Error, Fail, Pass};
use longshore_preflight::DatabaseAnswer;
use serde_json::json;

mod double;

use double::{Desk, Double, gather_from, json_file, results, silent, spec, why};

fn desk() -> Desk {
    let answer = |version: &str| DatabaseAnswer {
        is_connected: true,
        version: version.to_owned(),
        variables: [("max_connections".to_owned(), "151".to_owned())].into(),
        ..DatabaseAnswer::default()
    };
    Desk {
        databases: [
            ("postgres://ada:hunter2@db/", answer("15.14")),
            ("ada:hunter2@tcp(db)/", answer("8.0.36")),
            ("sqlserver://ada:hunter2@db", answer("16.0.4145.4")),
        ]
        .into(),
        buckets: ["tides"].into(),
        ..Desk::default()
    }
}

#[tokio::test(start_paused = true)]
async fn databases_and_buckets_are_judged_by_what_they_answer() {
    let secret = json!({ "data": { "cacert": STANDARD.encode("CA"), "clientCert": STANDARD.encode("C"), "clientKey": STANDARD.encode("K") } });
    let cluster = Double::default().with("/api/v1/namespaces/app/secrets/certs", secret);
    let outcomes = json!([
        { "fail": { "when": "connected == false", "message": "down" } },
        { "fail": { "when": "version < 10.0.0", "message": "old" } },
        { "pass": { "message": "up" } },
    ]);
    let check = |kind: &str, name: &str| json!({ kind: { "checkName": kind, "collectorName": name, "outcomes": outcomes } });
    let bucket =
        json!([{ "fail": { "when": "connected == false", "message": "no bucket:" } }, { "pass": {} }]);
    let asked = spec(
        json!([
            { "postgres": { "uri": "postgres://ada:hunter2@db/", "tls": { "secret": { "name": "certs" } } } },
            { "mysql": { "collectorName": "db", "uri": "ada:hunter2@tcp(db)/", "parameters": ["max_connections"] } },
            { "mssql": { "uri": "sqlserver://ada:hunter2@db", "tls": { "secret": { "name": "certs", "namespace": "app" } } } },
            { "redis": { "uri": "redis://nowhere", "tls": { "skipVerify": true, "cacert": "PEM" } } },
            { "redis": { "collectorName": "cert", "uri": "redis://a", "tls": { "secret": { "name": "none", "namespace": "app" } } } },
            { "s3Status": { "bucketName": "tides", "endpoint": "http://minio", "accessKeyID": "AKID", "secretAccessKey": "hunter2", "usePathStyle": true } },
            { "s3Status": { "collectorName": "gone", "bucketName": "gone", "region": "eu-west-1", "accessKeyID": "AKID", "secretAccessKey": "hunter2" } },
        ]),
        json!([
            check("postgres", "postgres"),
            check("mysql", "db"),
            check("mssql", "mssql"),
            check("redis", "redis"),
            check("redis", "cert"),
            { "s3Status": { "outcomes": bucket } },
            { "s3Status": { "collectorName": "gone", "outcomes": bucket } },
        ]),
    );
    let desk = desk();
    let gathered = gather_from(&cluster, &desk, &asked, &silent).await;
    let found = results(&asked, &gathered);
    let states: Vec<_> = found.iter().map(|result| result.state).collect();
    assert_eq!(states, [Pass, Fail, Pass, Fail, Error, Pass, Fail], "{found:?}");
    assert_eq!(found[6].message, "no bucket: NotFound", "what went wrong is told with it, as upstream does");
    assert_eq!(json_file(&gathered, "postgres/postgres.json")["version"], "15.14");
    assert_eq!(json_file(&gathered, "mysql/db.json")["variables"]["max_connections"], "151");
    assert_eq!(json_file(&gathered, "mssql/mssql.json")["version"], "16.0.4145.4");
    let refused = json!({ "isConnected": false, "error": "connection refused" });
    assert_eq!(json_file(&gathered, "redis/redis.json"), refused, "what is empty is left out");
    assert_eq!(why(&gathered, "redis/cert.json"), "namespace app has no secret none");
    let gone =
        json!({ "bucketName": "gone", "region": "eu-west-1", "isConnected": false, "error": "NotFound" });
    assert_eq!(json_file(&gathered, "s3Status/gone.json"), gone);
    let kept: Vec<u8> = gathered.files.values().flatten().copied().collect();
    assert!(!String::from_utf8_lossy(&kept).contains("hunter2"), "no password is in a file");

    let asked = desk.asked.into_inner().expect("alive").join("\n");
    for words in [
        "Postgres postgres://ada:hunter2@db/ [] Some((\"CA\", \"C\", \"K\", false))",
        "Mysql ada:hunter2@tcp(db)/ [\"max_connections\"] None",
        "Mssql sqlserver://ada:hunter2@db [] Some((\"CA\", \"C\", \"K\", false))",
        "Redis redis://nowhere [] Some((\"PEM\", \"\", \"\", true))",
        "tides  http://minio as AKID hunter2 in_path=true insecure=false",
        "gone eu-west-1  as AKID hunter2 in_path=false insecure=false",
    ] {
        assert!(asked.contains(words), "{words}: {asked}");
    }
}
