//! Sessions of the HTTPS server and their refresh tokens, each good for one use.

use longshore_contract::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::{Secret, Store, StoreError};

/// SHA-256 of a refresh token; the token itself is never stored.
pub type TokenHash = [u8; 32];

/// A session that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Id.
    pub id: String,
    /// Address it was begun from.
    pub peer: String,
    /// When it begins.
    pub began_at: Timestamp,
    /// When it ends at the latest, whatever is refreshed.
    pub ends_at: Timestamp,
}

/// What became of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was good and is used up; the new one takes its place.
    Rotated {
        /// Id of the session that goes on.
        session: String,
        /// When that ends at the latest.
        ends_at: Timestamp,
    },
    /// Nobody was given such a token, or its session is over.
    Unknown,
    /// It came too late.
    Expired,
    /// It had been used before: its session was ended by this.
    Reused {
        /// Id of the session that was ended.
        session: String,
    },
}

const SIGNING_KEY: &str = "http/signing-key";

impl Store {
    /// The key that tokens are signed with; made when there is none.
    ///
    /// # Errors
    /// When the database fails or the key is damaged.
    pub fn signing_key(&self) -> Result<Secret, StoreError> {
        if let Some(key) = self.secret(SIGNING_KEY)? {
            return Ok(key);
        }
        self.put_secret(SIGNING_KEY, &rand::random::<[u8; 32]>())?;
        self.secret(SIGNING_KEY)?.ok_or_else(|| StoreError::Damaged(SIGNING_KEY.to_owned()))
    }

    /// Begins a session with its first refresh token.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_session(
        &self,
        session: &NewSession,
        token: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.within("begin a session", |transaction| {
            // Whatever is over by now leaves with whoever comes next; nothing else has to clean up.
            transaction.execute("DELETE FROM sessions WHERE ends_at <= ?1", [session.began_at.0])?;
            transaction.execute(
                "INSERT INTO sessions (id, peer, began_at, ends_at) VALUES (?1, ?2, ?3, ?4)",
                params![session.id, session.peer, session.began_at.0, session.ends_at.0],
            )?;
            put_token(transaction, &session.id, token, expires_at)
        })
    }

    /// Uses a refresh token up and puts `new` in its place.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rotate(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.within("refresh a session", |transaction| {
            let found: Option<(String, i64, bool, i64)> = transaction
                .query_row(
                    "SELECT session, expires_at, used, ends_at FROM refresh_tokens
                     JOIN sessions ON sessions.id = session WHERE hash = ?1",
                    [old],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )
                .optional()?;
            let Some((session, token_ends, used, ends_at)) = found else { return Ok(Rotation::Unknown) };
            if used {
                transaction.execute("DELETE FROM sessions WHERE id = ?1", [&session])?;
                return Ok(Rotation::Reused { session });
            }
            if now.0 >= token_ends.min(ends_at) {
                return Ok(Rotation::Expired);
            }
            transaction.execute("UPDATE refresh_tokens SET used = 1 WHERE hash = ?1", [old])?;
            put_token(transaction, &session, new, expires_at)?;
            Ok(Rotation::Rotated { session, ends_at: Timestamp(ends_at) })
        })
    }

    /// Whether a session is neither ended nor over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session_lives(&self, session: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.connection()
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ?1 AND ends_at > ?2)",
                params![session, now.0],
                |row| row.get(0),
            )
            .map_err(StoreError::database("look at a session"))
    }

    /// The session that a refresh token belongs to, used up or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session_of(&self, token: &TokenHash) -> Result<Option<String>, StoreError> {
        self.connection()
            .query_row("SELECT session FROM refresh_tokens WHERE hash = ?1", [token], |row| row.get(0))
            .optional()
            .map_err(StoreError::database("look at a session"))
    }

    /// Ends one session, its refresh tokens with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_session(&self, session: &str) -> Result<(), StoreError> {
        self.within("end a session", |transaction| {
            transaction.execute("DELETE FROM sessions WHERE id = ?1", [session]).map(drop)
        })
    }

    /// Ends every session, as after a change of the password.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_all_sessions(&self) -> Result<(), StoreError> {
        self.within("end sessions", |transaction| transaction.execute("DELETE FROM sessions", []).map(drop))
    }

    /// Does it all or nothing.
    fn within<T>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let done = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).and_then(
            |transaction| {
                let done = work(&transaction)?;
                transaction.commit()?;
                Ok(done)
            },
        );
        done.map_err(StoreError::database(what))
    }
}

fn put_token(
    transaction: &Transaction<'_>,
    session: &str,
    token: &TokenHash,
    expires_at: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .execute(
            "INSERT INTO refresh_tokens (hash, session, expires_at) VALUES (?1, ?2, ?3)",
            params![token, session, expires_at.0],
        )
        .map(drop)
}
