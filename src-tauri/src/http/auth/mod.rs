//! Sessions: begun with the server's password, carried by short-lived bearer tokens, gone on with by refresh
//! tokens that are good once.
//!
//! A bearer token is good for a quarter of an hour and only while its session lives, so that logging out
//! takes effect at once. A refresh token that comes a second time ends its session: one of its two senders
//! is not the operator.

mod lockout;
mod routes;
mod token;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use longshore_contract::{Session, Timestamp, WireError};
use longshore_store::{NewSession, Rotation, Store, StoreError, TokenHash};
use ring::digest::{SHA256, digest};
use ring::hmac;
use tokio::sync::Semaphore;

use super::Clock;
use super::answer::Refusal;
use crate::app::App;
use lockout::Lockout;
use token::Claims;

pub(super) use routes::{login, logout, refresh};

/// Milliseconds that a bearer token is good for.
const TOKEN: i64 = 15 * 60_000;
/// Milliseconds that a refresh token waits for its use.
const REFRESH: i64 = 7 * 24 * 3_600_000;
/// Milliseconds after which the password is asked for again, whatever was refreshed.
const SESSION: i64 = 30 * 24 * 3_600_000;
/// Passwords that are compared at once; each comparison takes 19 MiB and a core.
const COMPARISONS: usize = 2;
/// The shortest password, in characters.
pub const SHORTEST: usize = 10;

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too easily guessed.
    #[error("The password has fewer than {SHORTEST} characters")]
    Short,
    /// The store.
    #[error("The store failed")]
    Store(#[from] StoreError),
}

/// Whether the server has a password.
///
/// # Errors
/// When the store fails.
pub fn has_password(app: &App) -> Result<bool, StoreError> {
    app.store().has_password()
}

/// Sets the server's password. Another one than before ends all sessions. Takes a while by design.
///
/// # Errors
/// When it is too short or the store fails.
pub fn set_password(app: &App, password: &str) -> Result<(), PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::Short);
    }
    let store = app.store();
    if !store.is_password(password)? {
        store.set_password(password)?;
        store.end_all_sessions()?;
    }
    Ok(())
}

/// A password that nobody guesses: 128 bits.
pub fn generate_password() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// Sessions of one server.
pub(super) struct Sessions {
    store: Arc<Store>,
    clock: Clock,
    key: hmac::Key,
    lockout: Mutex<Lockout>,
    comparing: Arc<Semaphore>,
}

/// Tokens on their way to a client.
struct Issued {
    session: Session,
    /// Seconds that the refresh token is good for.
    lasts: i64,
}

impl Sessions {
    pub(super) fn new(store: Arc<Store>, clock: Clock) -> Result<Self, StoreError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &store.signing_key()?);
        let (lockout, comparing) = (Mutex::default(), Arc::new(Semaphore::new(COMPARISONS)));
        Ok(Self { store, clock, key, lockout, comparing })
    }

    /// The session that a request's bearer token names.
    pub(super) fn of(&self, headers: &HeaderMap) -> Result<String, Refusal> {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = sent.and_then(|value| value.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::unauthorized("The request carries no token"));
        }
        let claims = token::verify(&self.key, token.trim(), (self.clock)());
        let claims = claims.map_err(|error| Refusal::unauthorized(&error.to_string()))?;
        if self.lives(&claims.sid)? {
            Ok(claims.sid)
        } else {
            Err(Refusal::unauthorized("The token's session was ended"))
        }
    }

    /// Whether a session goes on.
    pub(super) fn lives(&self, session: &str) -> Result<bool, StoreError> {
        self.store.session_lives(session, (self.clock)())
    }

    async fn begin(&self, peer: IpAddr, password: String) -> Result<Issued, Refusal> {
        let admitted =
            self.lockout.lock().unwrap_or_else(PoisonError::into_inner).admit(peer, (self.clock)());
        admitted.map_err(|seconds| Refusal::later("Too many wrong passwords", seconds))?;
        if !self.is_password(password).await? {
            return Err(Refusal::unauthorized("The password is wrong"));
        }
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner).succeeded(peer);
        let now = (self.clock)();
        let id: String = rand::random::<[u8; 16]>().iter().map(|byte| format!("{byte:02x}")).collect();
        let ends_at = Timestamp(now.0 + SESSION);
        let session = NewSession { id: id.clone(), peer: peer.to_string(), began_at: now, ends_at };
        let token = fresh();
        self.store.begin_session(&session, &hash(&token), Timestamp(now.0 + REFRESH))?;
        Ok(self.issue(&id, token, now, ends_at))
    }

    /// Off the async workers, and not for many at once.
    async fn is_password(&self, password: String) -> Result<bool, Refusal> {
        let place = Arc::clone(&self.comparing).acquire_owned().await;
        let store = Arc::clone(&self.store);
        let compared = tokio::task::spawn_blocking(move || {
            let _place = place;
            store.is_password(&password)
        });
        Ok(compared.await.map_err(|error| WireError::internal(&error))??)
    }

    fn go_on(&self, token: &str) -> Result<Issued, Refusal> {
        let (now, next) = ((self.clock)(), fresh());
        let rotation = self.store.rotate(&hash(token), &hash(&next), now, Timestamp(now.0 + REFRESH))?;
        match rotation {
            Rotation::Rotated { session, ends_at } => Ok(self.issue(&session, next, now, ends_at)),
            Rotation::Unknown => Err(Refusal::unauthorized("The refresh token is not one of this server's")),
            Rotation::Expired => Err(Refusal::unauthorized("The session is over")),
            Rotation::Reused { session } => {
                tracing::warn!(session, "a refresh token came a second time; its session was ended");
                Err(Refusal::unauthorized("The refresh token was used before, so its session was ended"))
            }
        }
    }

    fn issue(&self, session: &str, refresh_token: String, now: Timestamp, ends_at: Timestamp) -> Issued {
        let expires_at = Timestamp(ends_at.0.min(now.0 + TOKEN));
        let token = token::sign(&self.key, &Claims::new(session, now, expires_at));
        let lasts = (ends_at.0 - now.0).min(REFRESH) / 1000;
        Issued { session: Session { token, expires_at, refresh_token }, lasts }
    }

    /// Ends the session that a refresh token belongs to; false when it belongs to none.
    fn end_by_refresh(&self, token: &str) -> Result<bool, StoreError> {
        let Some(session) = self.store.session_of(&hash(token))? else { return Ok(false) };
        self.store.end_session(&session)?;
        Ok(true)
    }
}

fn fresh() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Tokens are 256 random bits, so a plain hash hides them, and looking one up by it tells nothing by its
/// time.
fn hash(token: &str) -> TokenHash {
    let mut hash = TokenHash::default();
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}
