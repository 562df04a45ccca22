//! SQL Server, as far as a scripted one can stand for it: no real one can be had here.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::Duration;

use longshore_database::{Answer, Kind, Tls};
use longshore_lab::install;

use crate::scripted::{Encryption, Script, Until, start, version};
use crate::started::{PASSWORD, certificate};
use crate::{CLOSED, asked, case, refusals};

const HOST: &str = "127.0.0.1";

fn script(encryption: Encryption) -> Script {
    Script { encryption, until: Until::End, route: None, certificate: certificate() }
}

fn server(encryption: Encryption) -> SocketAddr {
    start(HOST, script(encryption))
}

fn up() -> Answer {
    Answer { is_connected: true, version: "16.0.4145.4".to_owned(), ..Answer::default() }
}

#[tokio::test]
async fn sql_server_is_asked_however_its_address_is_written() {
    let (some, all, none) =
        (server(Encryption::OfLogin), server(Encryption::OfAll), server(Encryption::None));
    let (insists, strict) = (server(Encryption::Insisted), server(Encryption::Strict));
    let port = all.port();
    for uri in [
        format!("sqlserver://ada:{PASSWORD}@{some}"),
        format!("sqlserver://ada:{PASSWORD}@{none}?database=tides"),
        format!("sqlserver://ada:{PASSWORD}@{none}?encrypt=disable"),
        format!("sqlserver://ada:{PASSWORD}@{insists}"),
        // A port makes an instance's name needless.
        format!("sqlserver://ada:{PASSWORD}@{all}/one?encrypt=true&TrustServerCertificate=true"),
        format!(
            "Server=tcp:{HOST},{port};Initial Catalog=tides;UID=ada;Pwd=\"{PASSWORD}\";Encrypt=yes;TrustServerCertificate=true"
        ),
        format!(
            "odbc:server={HOST};port={port};user id=ada;password={{{PASSWORD}}};encrypt=mandatory;trustservercertificate=1"
        ),
        // Who stands in for a server that is gone.
        format!("sqlserver://ada:{PASSWORD}@{HOST}:1?failoverpartner={HOST}&failoverport={}", some.port()),
    ] {
        assert_eq!(asked(Kind::Mssql, &uri, None).await, up(), "{uri}");
    }
    let own = Tls { authority: certificate().0, ..Tls::default() };
    for uri in [
        format!("sqlserver://ada:{PASSWORD}@{all}"),
        format!("sqlserver://ada:{PASSWORD}@{strict}?encrypt=strict"),
        format!("sqlserver://ada:{PASSWORD}@{all}?hostNameInCertificate=localhost"),
    ] {
        assert_eq!(asked(Kind::Mssql, &uri, Some(&own)).await, up(), "with the authority of the spec: {uri}");
    }
}

#[tokio::test]
async fn sql_server_refuses_in_upstreams_words() {
    let (some, none) = (server(Encryption::OfLogin), server(Encryption::None));
    let denied = "mssql: login error: Login failed for user 'ada'.";
    let gone = |words: &str| format!("unable to open tcp connection with host '{HOST}:1': {words}");
    refusals(
        Kind::Mssql,
        &[
            case(format!("sqlserver://ada:nope@{some}"), denied),
            case(format!("sqlserver://ada@{none}"), denied),
            case(
                format!("sqlserver://bob:{PASSWORD}@{some}"),
                "mssql: login error: Login failed for user 'bob'.",
            ),
            case(format!("sqlserver://ada:{PASSWORD}@{some}?database=none"), denied),
            case(format!("sqlserver://ada:{PASSWORD}@{HOST}:1"), gone(CLOSED)),
            case(
                format!("sqlserver://ada:{PASSWORD}@{some}?encrypt=true"),
                "server does not support encryption",
            ),
            case(
                format!("sqlserver://ada:{PASSWORD}@{none}?encrypt=true"),
                "server does not support encryption",
            ),
            case(
                format!("sqlserver://ada:{PASSWORD}@{some}:port"),
                "unable to parse connection string: invalid URL format",
            ),
            case("", "mssql uri cannot be empty"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_certificate_is_looked_at_as_far_as_it_is_wanted() {
    let (all, strict) = (server(Encryption::OfAll), server(Encryption::Strict));
    let own = Tls { authority: certificate().0, ..Tls::default() };
    for (uri, tls, why) in [
        (format!("sqlserver://ada:{PASSWORD}@{all}?encrypt=true"), None, "a stranger's"),
        (format!("sqlserver://ada:{PASSWORD}@{strict}?encrypt=strict"), None, "a stranger's"),
        (
            format!("sqlserver://ada:{PASSWORD}@{strict}?encrypt=strict&TrustServerCertificate=true"),
            None,
            "nobody trusts blindly where TLS comes first",
        ),
        (format!("sqlserver://ada:{PASSWORD}@{all}"), Some(Tls::default()), "the spec asks for TLS"),
        (
            format!("sqlserver://ada:{PASSWORD}@{all}?hostNameInCertificate=db.example"),
            Some(own),
            "another's name",
        ),
    ] {
        let answer = asked(Kind::Mssql, &uri, tls.as_ref()).await;
        let refused = answer.error.starts_with("TLS Handshake failed: tls: ");
        assert!(refused && answer.error.contains("certificate"), "{why}: {answer:?}");
    }
}

/// A server that was given no certificate makes one for itself, and that is of X.509's first version.
#[tokio::test]
async fn a_certificate_of_the_first_version_is_taken_where_any_is() {
    install::ensure(&[&install::DATABASES]).expect("openssl is there");
    let folder = tempfile::tempdir().expect("a folder");
    let openssl = |words: &[&str]| {
        let made = Command::new("openssl").args(words).current_dir(folder.path()).output();
        let made = made.expect("openssl starts");
        assert!(made.status.success(), "{words:?}: {}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8_lossy(&made.stdout).into_owned()
    };
    let name = "/CN=SSL_Self_Signed_Fallback";
    openssl(&[
        "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-subj", name, "-out", "req",
    ]);
    openssl(&["x509", "-req", "-in", "req", "-signkey", "key", "-days", "1", "-out", "cert"]);
    let shown = openssl(&["x509", "-in", "cert", "-noout", "-text"]);
    assert!(shown.contains("Version: 1"), "it is of the first version: {shown}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it was made");
    let own = Script { certificate: (read("cert"), read("key")), ..script(Encryption::OfLogin) };
    let at = start(HOST, own);
    assert_eq!(asked(Kind::Mssql, &format!("sqlserver://ada:{PASSWORD}@{at}"), None).await, up());
    let looks = format!("sqlserver://ada:{PASSWORD}@{at}?encrypt=optional");
    let answer = asked(Kind::Mssql, &looks, None).await;
    assert!(answer.error.contains("certificate"), "and refused where it is looked at: {answer:?}");
}

#[tokio::test]
async fn a_server_that_breaks_off_or_speaks_otherwise_is_told_so() {
    let cut = version()[..60].to_vec();
    let odd = |why: &str| format!("Invalid TDS stream: {why}");
    let long = [&[0x81, 1, 0, 0, 0, 0, 0, 8, 0, 0xe7, 0x58, 2, 0, 0, 0, 0, 0, 0, 0xd1, 0xfe, 0xff][..], b"x"]
        .concat();
    for (until, words) in [
        (Until::Bytes(0, vec![]), "EOF".to_owned()),
        (Until::Bytes(1, vec![]), "EOF".to_owned()),
        (Until::Bytes(2, vec![]), "EOF".to_owned()),
        (Until::Bytes(2, vec![4, 1, 0xff, 0xff, 0, 0, 1, 0, 0x81]), "EOF".to_owned()),
        (
            Until::Bytes(2, vec![4, 1, 0, 3, 0, 0, 1, 0]),
            "invalid packet size, it is shorter than header size".to_owned(),
        ),
        (
            Until::Bytes(0, b"HTTP/1.1 400 Bad Request\r\n".to_vec()),
            "unexpected packet type in reply: got 72, expected 4".to_owned(),
        ),
        (Until::Message(0, vec![1, 0xff, 0xff, 0, 1]), "invalid buffer, invalid prelogin option".to_owned()),
        (Until::Message(1, vec![7; 5000]), odd("unknown token type returned: 0x07")),
        (Until::Message(1, vec![0xaa, 0xff, 0xff, 1]), odd("EOF")),
        (Until::Message(2, cut), odd("EOF")),
        (Until::Message(2, long), odd("EOF")),
        (Until::Message(2, vec![0x81, 0xff, 0xff]), "the server answers with 65535 columns".to_owned()),
    ] {
        for encryption in [Encryption::OfLogin, Encryption::OfAll] {
            let at = start(HOST, Script { until: until.clone(), ..script(encryption) });
            refusals(Kind::Mssql, &[case(format!("sqlserver://ada:{PASSWORD}@{at}"), &*words)]).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_waited_for_as_long_as_is_said() {
    for number in 0..3 {
        let at = start(HOST, Script { until: Until::Silence(number), ..script(Encryption::OfLogin) });
        let uri = format!("sqlserver://ada:{PASSWORD}@{at}");
        refusals(Kind::Mssql, &[case(format!("{uri}?connection+timeout=1"), "read tcp: i/o timeout")]).await;
        let waits = asked(Kind::Mssql, &uri, None);
        let waited = tokio::time::timeout(Duration::from_millis(300), waits).await;
        assert!(waited.is_err(), "it is the caller who gives up");
    }
}

#[tokio::test]
async fn a_server_may_send_us_to_another() {
    let last = server(Encryption::OfAll);
    let first = start(HOST, Script { route: Some(last), ..script(Encryption::OfLogin) });
    assert_eq!(asked(Kind::Mssql, &format!("sqlserver://ada:{PASSWORD}@{first}"), None).await, up());
    let mut next = last;
    for _ in 0..3 {
        next = start(HOST, Script { route: Some(next), ..script(Encryption::None) });
    }
    let uri = format!("sqlserver://ada:{PASSWORD}@{next}");
    refusals(Kind::Mssql, &[case(uri, "mssql: one server sends us to the next")]).await;
}

/// The browser's port is always the same: an address of loopback that no other run has keeps them apart.
#[tokio::test]
async fn an_instance_is_found_by_its_name() {
    let [low, high, ..] = std::process::id().to_le_bytes();
    let host = format!("127.{}.{low}.1", high | 0x80);
    let at = start(&host, script(Encryption::OfLogin));
    let browser = UdpSocket::bind((&*host, 1434)).expect("nobody has this address");
    let told = format!("ServerName;db;InstanceName;HARBOUR;IsClustered;No;Version;16.0;tcp;{};;", at.port());
    std::thread::spawn(move || {
        let mut asked = [0; 8];
        while let Ok((count, from)) = browser.recv_from(&mut asked) {
            assert_eq!(asked[..count], [3], "all instances are asked for");
            let length = (told.len() as u16).to_le_bytes();
            let answer = [&[5][..], &length, told.as_bytes()].concat();
            browser.send_to(&answer, from).expect("it is sent");
        }
    });
    let uri = |instance: &str| format!("sqlserver://ada:{PASSWORD}@{host}/{instance}");
    assert_eq!(asked(Kind::Mssql, &uri("Harbour"), None).await, up(), "letters may be small");
    let unknown = |host: &str| format!("no instance matching 'quay' returned from host '{host}'");
    refusals(Kind::Mssql, &[case(uri("quay"), unknown(&host))]).await;
    let nobody = format!("sqlserver://ada:{PASSWORD}@127.0.0.1/quay?dial+timeout=1");
    let answer = asked(Kind::Mssql, &nobody, None).await;
    assert!(answer.error.starts_with(&unknown("127.0.0.1")), "there is no browser: {answer:?}");
}
