//! Real servers on loopback: what they are asked and how they refuse, in the words that upstream's program has for the
//! same servers.

mod mssql;
mod scripted;
mod sha2;
mod started;

use longshore_database::{Answer, Asked, Kind, Tls, ask};
use started::{PASSWORD, Server, certificate};

async fn asked(kind: Kind, uri: &str, tls: Option<&Tls>) -> Answer {
    ask(&Asked { kind, uri, parameters: &[], tls }).await
}

/// Asks, and holds the refusals against their words.
async fn refusals(kind: Kind, cases: &[(String, String)]) {
    for (uri, words) in cases {
        let answer = asked(kind, uri, None).await;
        assert_eq!(answer, Answer { error: words.clone(), ..Answer::default() }, "{kind:?}");
        assert!(!answer.error.contains(PASSWORD), "no password is told");
    }
}

fn case(uri: impl Into<String>, words: impl Into<String>) -> (String, String) {
    (uri.into(), words.into())
}

const CLOSED: &str = "dial tcp 127.0.0.1:1: connect: connection refused";

#[tokio::test]
async fn redis_is_asked() {
    let server = Server::redis();
    let at = server.address();
    let answer = asked(Kind::Redis, &format!("redis://:{PASSWORD}@{at}/2"), None).await;
    assert!(answer.is_connected && answer.version.split('.').count() == 3, "{answer:?}");
    let wrong = "WRONGPASS invalid username-password pair or user is disabled.";
    refusals(
        Kind::Redis,
        &[
            case(format!("redis://{at}"), "NOAUTH Authentication required."),
            case(format!("redis://:nope@{at}"), wrong),
            case(format!("redis://bob:nope@{at}"), wrong),
            case(format!("redis://:{PASSWORD}@{at}/99"), "ERR DB index is out of range"),
            case("redis://127.0.0.1:1", CLOSED),
            case("", "invalid redis URL scheme: "),
        ],
    )
    .await;
    let own = Tls { authority: certificate().0, ..Tls::default() };
    let at = server.encrypted();
    let answer = asked(Kind::Redis, &format!("redis://:{PASSWORD}@{at}"), Some(&own)).await;
    assert!(answer.is_connected, "by TLS with the authority of the spec: {answer:?}");
    let skipped = Tls { skip_verify: true, ..Tls::default() };
    let answer = asked(Kind::Redis, &format!("redis://:{PASSWORD}@{at}"), Some(&skipped)).await;
    assert!(answer.is_connected, "and with any certificate: {answer:?}");
    let answer = asked(Kind::Redis, &format!("rediss://:{PASSWORD}@{at}"), None).await;
    assert!(!answer.is_connected && answer.error.contains("certificate"), "but no stranger's: {answer:?}");
}

#[tokio::test]
async fn postgres_is_asked() {
    let server = Server::postgres();
    let at = server.address();
    let (host, port) = at.split_once(':').expect("host and port");
    let words =
        format!("host={host} port={port} user=ada password={PASSWORD} dbname=postgres sslmode=disable");
    for uri in [
        format!("postgres://ada:{PASSWORD}@{at}/postgres"),
        format!("postgres://ada:{PASSWORD}@{at}/postgres?sslmode=require"),
        // One whose password the server keeps as an older digest.
        format!("postgresql://old:{PASSWORD}@{at}/postgres"),
        words,
    ] {
        let answer = asked(Kind::Postgres, &uri, None).await;
        assert!(answer.is_connected && answer.version.contains('.'), "{uri}: {answer:?}");
    }
    let told = |user: &str, name: &str, rest: &str| {
        format!("failed to connect to `user={user} database={name}`: {rest}")
    };
    let wrong = |user: &str| {
        format!(
            "{at} (127.0.0.1): failed SASL auth: FATAL: password authentication failed for user \"{user}\" (SQLSTATE 28P01)"
        )
    };
    let none =
        format!("{at} (127.0.0.1): server error: FATAL: database \"none\" does not exist (SQLSTATE 3D000)");
    let closed = format!("127.0.0.1:1 (127.0.0.1): dial error: {CLOSED}");
    refusals(
        Kind::Postgres,
        &[
            case(format!("postgres://ada:nope@{at}/postgres"), told("ada", "postgres", &wrong("ada"))),
            case(
                format!("postgres://bob:nope@{at}/postgres?sslmode=disable"),
                told("bob", "postgres", &wrong("bob")),
            ),
            case(format!("postgres://ada:{PASSWORD}@{at}/none"), told("ada", "none", &none)),
            case(
                format!("postgres://ada:{PASSWORD}@127.0.0.1:1/x"),
                format!("failed to connect to `user=ada database=x`:\n\t{closed}\n\t{closed}"),
            ),
            case(
                format!("postgres://ada:{PASSWORD}@127.0.0.1:1/x?sslmode=disable"),
                told("ada", "x", &closed),
            ),
            case("", "postgres uri cannot be empty"),
        ],
    )
    .await;
    let full = format!("postgres://ada:{PASSWORD}@{at}/postgres?sslmode=verify-full");
    let own = Tls { authority: certificate().0, ..Tls::default() };
    let answer = asked(Kind::Postgres, &full, Some(&own)).await;
    assert!(answer.is_connected, "its certificate is looked at: {answer:?}");
    let answer = asked(Kind::Postgres, &full, None).await;
    assert!(
        !answer.is_connected && answer.error.contains("certificate"),
        "a stranger's is refused: {answer:?}"
    );
}

#[tokio::test]
async fn mysql_is_asked() {
    let server = Server::mariadb();
    let at = server.address();
    let parameters = ["max_connections", "none_such"].map(str::to_owned);
    let uri = format!("ada:{PASSWORD}@tcp({at})/tides");
    let answer = ask(&Asked { kind: Kind::Mysql, uri: &uri, parameters: &parameters, tls: None }).await;
    assert!(answer.is_connected && answer.version.contains("MariaDB"), "{answer:?}");
    assert_eq!(
        answer.variables.keys().collect::<Vec<_>>(),
        ["max_connections"],
        "what the server has of them"
    );
    let denied = |whom: &str, used: &str| {
        format!("Error 1045 (28000): Access denied for user '{whom}'@'localhost' (using password: {used})")
    };
    refusals(
        Kind::Mysql,
        &[
            case(format!("ada:nope@tcp({at})/tides"), denied("ada", "YES")),
            case(format!("ada@tcp({at})/"), denied("ada", "NO")),
            case(
                format!("ada:{PASSWORD}@tcp({at})/none"),
                "Error 1044 (42000): Access denied for user 'ada'@'%' to database 'none'",
            ),
            case(format!("ada:{PASSWORD}@tcp(127.0.0.1:1)/"), CLOSED),
            case(
                format!("ada:{PASSWORD}@tcp({at})"),
                "failed to parse mysql config: invalid DSN: missing the slash separating the database name",
            ),
            case("", "mysql uri cannot be empty"),
        ],
    )
    .await;
    let own = Tls { authority: certificate().0, ..Tls::default() };
    assert!(asked(Kind::Mysql, &uri, Some(&own)).await.is_connected, "by TLS with the authority of the spec");
    assert!(
        asked(Kind::Mysql, &format!("{uri}?tls=skip-verify"), None).await.is_connected,
        "with any certificate"
    );
    let answer = asked(Kind::Mysql, &format!("{uri}?tls=true"), None).await;
    assert!(
        !answer.is_connected && answer.error.contains("certificate"),
        "a stranger's is refused: {answer:?}"
    );
}

#[tokio::test]
async fn clickhouse_is_asked() {
    let server = Server::clickhouse();
    let (at, http) = (server.address(), server.http());
    for uri in [
        format!("clickhouse://ada:{PASSWORD}@{at}/default"),
        format!("tcp://{at}?username=ada&password={PASSWORD}"),
        // The first server of several that answers.
        format!("clickhouse://ada:{PASSWORD}@127.0.0.1:1,{at}"),
        format!("http://ada:{PASSWORD}@{http}/default"),
    ] {
        let answer = asked(Kind::Clickhouse, &uri, None).await;
        assert!(answer.is_connected && answer.version.split('.').count() > 2, "{uri}: {answer:?}");
    }
    let unmade = "failed to create clickhouse connection config: ";
    refusals(
        Kind::Clickhouse,
        &[
            case(format!("clickhouse://ada:nope@{at}"), "code: 193, message: Wrong password for user ada"),
            case(format!("clickhouse://bob:nope@{at}"), "code: 192, message: Unknown user bob"),
            case(
                format!("clickhouse://ada:{PASSWORD}@{at}/none"),
                "code: 81, message: Database none doesn't exist",
            ),
            case(format!("clickhouse://ada:{PASSWORD}@127.0.0.1:1"), CLOSED),
            case("clickhouse://127.0.0.1", "dial tcp: address 127.0.0.1: missing port in address"),
            case("", format!("{unmade}clickhouse uri cannot be empty")),
            case(
                "127.0.0.1:9000",
                format!("{unmade}couldn't parse clickhouse URI: parse dsn address failed"),
            ),
        ],
    )
    .await;
    let answer = asked(Kind::Clickhouse, &format!("http://ada:nope@{http}"), None).await;
    assert!(!answer.is_connected && answer.error.contains("Wrong password"), "{answer:?}");
    let (at, own) = (server.encrypted(), Tls { authority: certificate().0, ..Tls::default() });
    let uri = format!("clickhouse://ada:{PASSWORD}@{at}");
    let answer = asked(Kind::Clickhouse, &uri, Some(&own)).await;
    assert!(answer.is_connected, "by TLS with the authority of the spec: {answer:?}");
    let answer = asked(Kind::Clickhouse, &format!("{uri}?secure=true&skip_verify=true"), None).await;
    assert!(answer.is_connected, "with any certificate: {answer:?}");
    let answer = asked(Kind::Clickhouse, &format!("{uri}?secure=true"), None).await;
    assert!(
        !answer.is_connected && answer.error.contains("certificate"),
        "a stranger's is refused: {answer:?}"
    );
}

#[tokio::test]
async fn a_server_that_speaks_otherwise_is_no_database() {
    let server = Server::redis();
    let at = server.address();
    // Redis answers nothing that MySQL would say first, so nobody waits for ever here: it is the caller who gives up.
    let uri = format!("ada@tcp({at})/");
    let waits = asked(Kind::Mysql, &uri, None);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), waits).await.is_err(), "it waits");
    let mariadb = Server::mariadb();
    let answer = asked(Kind::Redis, &format!("redis://{}", mariadb.address()), None).await;
    assert!(!answer.is_connected && !answer.error.is_empty(), "{answer:?}");
}
