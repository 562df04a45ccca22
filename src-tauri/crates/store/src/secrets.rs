//! Secrets at rest: XChaCha20-Poly1305 under a key that is not beside them in the clear.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use argon2::Argon2;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use crate::{Store, StoreError};

/// A secret in memory; wiped when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// Where the key comes from.
pub enum KeySource {
    /// Derived from the operator's passphrase by argon2id.
    Passphrase(Zeroizing<String>),
    /// Random bytes in a file beside the database, for its owner alone: what remains on a machine that has
    /// neither a keyring nor somebody to ask.
    File,
}

/// Encrypts under the store's key.
pub(crate) struct Cipher(XChaCha20Poly1305);

/// What the verifier decrypts to; proves that a key is the right one before anything else is tried.
const VERIFIER: &[u8] = b"longshore";
/// File of [`KeySource::File`].
const KEY_FILE: &str = "key";

impl Cipher {
    pub(crate) fn open(
        connection: &Connection,
        folder: &Path,
        source: &KeySource,
    ) -> Result<Self, StoreError> {
        let key = match source {
            KeySource::Passphrase(passphrase) => derive(connection, passphrase)?,
            KeySource::File => from_file(folder)?,
        };
        let cipher = Self(XChaCha20Poly1305::new(Key::from_slice(key.as_slice())));
        cipher.verify(connection)?;
        Ok(cipher)
    }

    fn verify(&self, connection: &Connection) -> Result<(), StoreError> {
        let stored: Option<Vec<u8>> = value(connection, "key-verifier")?;
        let Some(stored) = stored else {
            let (nonce, body) = self.seal("key-verifier", VERIFIER)?;
            let both = [nonce.as_slice(), body.as_slice()].concat();
            return put_value(connection, "key-verifier", &both);
        };
        let (nonce, body) = stored.split_at_checked(24).ok_or(StoreError::WrongKey)?;
        self.unseal("key-verifier", nonce, body).map(drop).map_err(|_| StoreError::WrongKey)
    }

    pub(crate) fn seal(&self, name: &str, secret: &[u8]) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        let nonce: [u8; 24] = rand::random();
        let payload = Payload { msg: secret, aad: name.as_bytes() };
        let body = self
            .0
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| StoreError::Key("encryption failed".to_owned()))?;
        Ok((nonce.to_vec(), body))
    }

    pub(crate) fn unseal(&self, name: &str, nonce: &[u8], body: &[u8]) -> Result<Secret, StoreError> {
        if nonce.len() != 24 {
            return Err(StoreError::Damaged(name.to_owned()));
        }
        let payload = Payload { msg: body, aad: name.as_bytes() };
        let plain = self.0.decrypt(XNonce::from_slice(nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| StoreError::Damaged(name.to_owned()))
    }
}

fn derive(connection: &Connection, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    if value(connection, "key-salt")?.is_none() {
        put_value(connection, "key-salt", &rand::random::<[u8; 16]>())?;
    }
    // Read back: another process may have been first.
    let salt = value(connection, "key-salt")?.unwrap_or_default();
    let mut key = Zeroizing::new(vec![0; 32]);
    Argon2::default()
        .hash_password_into(passphrase.as_bytes(), &salt, &mut key)
        .map_err(|error| StoreError::Key(error.to_string()))?;
    Ok(key)
}

fn from_file(folder: &Path) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let path = folder.join(KEY_FILE);
    let fresh: [u8; 32] = rand::random();
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            file.write_all(&fresh)
                .and_then(|()| file.sync_all())
                .map_err(StoreError::file(&path, "written"))?;
            Ok(Zeroizing::new(fresh.to_vec()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let key = Zeroizing::new(fs::read(&path).map_err(StoreError::file(&path, "read"))?);
            if key.len() == 32 {
                Ok(key)
            } else {
                Err(StoreError::Key(format!("{} does not hold 32 bytes", path.display())))
            }
        }
        Err(error) => Err(StoreError::file(&path, "written")(error)),
    }
}

fn value(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row("SELECT body FROM value WHERE name = ?1", [name], |row| row.get(0))
        .optional()
        .map_err(StoreError::database("read the key's facts"))
}

fn put_value(connection: &Connection, name: &str, body: &[u8]) -> Result<(), StoreError> {
    connection
        .execute("INSERT OR IGNORE INTO value (name, body) VALUES (?1, ?2)", params![name, body])
        .map_err(StoreError::database("write the key's facts"))?;
    Ok(())
}

impl Store {
    /// Keeps a secret under a name, encrypted; the name is bound to it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_secret(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        let (nonce, body) = self.cipher.seal(name, secret)?;
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO secrets (name, nonce, body) VALUES (?1, ?2, ?3)",
                params![name, nonce, body],
            )
            .map_err(StoreError::database("write a secret"))?;
        Ok(())
    }

    /// A secret by name.
    ///
    /// # Errors
    /// When the database fails or the secret is damaged.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = self
            .connection()
            .query_row("SELECT nonce, body FROM secrets WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(StoreError::database("read a secret"))?;
        row.map(|(nonce, body)| self.cipher.unseal(name, &nonce, &body)).transpose()
    }

    /// Removes every secret whose name begins with `prefix`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_secrets(&self, prefix: &str) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM secrets WHERE substr(name, 1, length(?1)) = ?1", [prefix])
            .map_err(StoreError::database("remove secrets"))?;
        Ok(())
    }
}
