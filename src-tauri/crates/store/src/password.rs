//! The password of the HTTPS server, kept as an argon2id hash.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::{Store, StoreError};

const NAME: &str = "http-password";

impl Store {
    /// Whether a password was ever set.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_password(&self) -> Result<bool, StoreError> {
        Ok(self.value(NAME)?.is_some())
    }

    /// Replaces the password. Takes as long as a guess is meant to take; call it off the async workers.
    ///
    /// # Errors
    /// When the database fails or the hash cannot be made.
    pub fn set_password(&self, password: &str) -> Result<(), StoreError> {
        let failed = |error: argon2::password_hash::Error| StoreError::Key(error.to_string());
        let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(failed)?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(failed)?;
        self.put_value(NAME, hash.to_string().as_bytes())
    }

    /// Whether this is the password; compared in constant time. False when none was set. Takes as long as a
    /// guess is meant to take; call it off the async workers.
    ///
    /// # Errors
    /// When the database fails or what is stored is no hash.
    pub fn is_password(&self, password: &str) -> Result<bool, StoreError> {
        let Some(stored) = self.value(NAME)? else { return Ok(false) };
        let stored = String::from_utf8_lossy(&stored).into_owned();
        let hash = PasswordHash::new(&stored).map_err(|_| StoreError::Damaged(NAME.to_owned()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    }
}
