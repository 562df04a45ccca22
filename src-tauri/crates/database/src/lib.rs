//! Databases and buckets, asked whether they answer and for their version: as much of each protocol as that takes.
//!
//! Whole drivers would bring pools, types and statements that nobody here needs, and words of their own for what goes
//! wrong. Checks tell those words to people who know upstream's, so they are upstream's here, without its passwords.

mod bucket;
mod clickhouse;
mod dial;
mod mssql;
mod mysql;
mod postgres;
mod redis;
mod tls;

use std::collections::BTreeMap;

pub use bucket::{Bucket, Signed, refusal, signed};

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis.
    Redis,
    /// ClickHouse.
    Clickhouse,
    /// SQL Server.
    Mssql,
}

/// What is asked. Address and key hold secrets, so it cannot be shown.
pub struct Asked<'a> {
    /// The protocol.
    pub kind: Kind,
    /// Where, as whom and with which password, as the kind's Go driver writes it.
    pub uri: &'a str,
    /// Variables that are asked for besides; MySQL alone has them.
    pub parameters: &'a [String],
    /// How TLS is spoken, where the spec says so.
    pub tls: Option<&'a Tls>,
}

/// How TLS is spoken.
#[derive(Default)]
pub struct Tls {
    /// Whether any certificate is accepted.
    pub skip_verify: bool,
    /// Authorities in PEM; the machine's own besides.
    pub authority: String,
    /// Our certificate in PEM; none when empty.
    pub certificate: String,
    /// Its key in PEM.
    pub key: String,
}

/// What a database answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether it let us in.
    pub is_connected: bool,
    /// What went wrong; empty when nothing did.
    pub error: String,
    /// Its version; empty when it did not tell.
    pub version: String,
    /// Variables that it has.
    pub variables: BTreeMap<String, String>,
}

/// Why there is no answer. It holds no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

impl Refused {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The same, after what was done when it happened.
    pub(crate) fn while_doing(self, what: &str) -> Self {
        Self(format!("{what}: {self}"))
    }
}

/// Asks a database. It bounds no time but that of connecting: whoever asks drops what takes too long.
pub async fn ask(asked: &Asked<'_>) -> Answer {
    let answer = match asked.kind {
        Kind::Postgres => postgres::ask(asked).await,
        Kind::Mysql => mysql::ask(asked).await,
        Kind::Redis => redis::ask(asked).await,
        Kind::Clickhouse => clickhouse::ask(asked).await,
        Kind::Mssql => mssql::ask(asked).await,
    };
    answer.unwrap_or_else(|refused| Answer { error: refused.to_string(), ..Answer::default() })
}
