//! Verdicts on signatures of bundles, kept so that a list need not judge each signature anew.
//!
//! A verdict is found only by the digest of all that it depends on, so it can be gone but not outdated. It is sealed under
//! the store's key together with that digest: one that somebody wrote into the database, or moved to another bundle, is
//! none, and is judged anew.

use longshore_contract::SignatureState;
use rusqlite::{OptionalExtension, params};

use crate::{Store, StoreError};

/// Keeps its seal from being taken for that of a secret.
fn sealed_as(about: &str) -> String {
    format!("verdict on {about}")
}

impl Store {
    /// The verdict that was kept about something; `None` also for one that this store did not keep.
    ///
    /// # Errors
    /// When the database fails.
    pub fn verdict(&self, about: &str) -> Result<Option<SignatureState>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = self
            .connection()
            .query_row("SELECT nonce, body FROM verdicts WHERE about = ?1", [about], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(StoreError::database("read a verdict"))?;
        let Some((nonce, body)) = row else { return Ok(None) };
        let plain = self.cipher.unseal(&sealed_as(about), &nonce, &body).ok();
        Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
    }

    /// Keeps a verdict about something.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_verdict(&self, about: &str, state: &SignatureState) -> Result<(), StoreError> {
        let plain = serde_json::to_vec(state).map_err(StoreError::content("a verdict"))?;
        let (nonce, body) = self.cipher.seal(&sealed_as(about), &plain)?;
        self.connection()
            .execute(
                "INSERT OR REPLACE INTO verdicts (about, nonce, body) VALUES (?1, ?2, ?3)",
                params![about, nonce, body],
            )
            .map_err(StoreError::database("keep a verdict"))?;
        Ok(())
    }

    /// Forgets all verdicts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_verdicts(&self) -> Result<(), StoreError> {
        self.connection()
            .execute("DELETE FROM verdicts", [])
            .map_err(StoreError::database("forget verdicts"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeySource;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), &KeySource::File).expect("it opens");
        (folder, store)
    }

    fn signed() -> SignatureState {
        SignatureState::Signed { fingerprint: "sha256:00".to_owned(), comment: String::new(), pinned: true }
    }

    #[test]
    fn a_verdict_is_found_by_what_it_is_about_until_all_are_forgotten() {
        let (_folder, store) = store();
        assert_eq!(store.verdict("one").expect("reads"), None, "nothing was kept");
        store.put_verdict("one", &signed()).expect("it is kept");
        assert_eq!(store.verdict("one").expect("reads"), Some(signed()), "it is found");
        assert_eq!(store.verdict("other").expect("reads"), None, "it is about nothing else");
        store.remove_verdicts().expect("they are forgotten");
        assert_eq!(store.verdict("one").expect("reads"), None, "it is gone");
    }

    #[test]
    fn a_verdict_that_was_written_by_others_is_none() {
        let (_folder, store) = store();
        let plain = serde_json::to_vec(&signed()).expect("it is JSON");
        store.put_verdict("unsigned", &SignatureState::Unsigned).expect("it is kept");
        store.put_verdict("signed", &signed()).expect("it is kept");
        let body: Vec<u8> = store
            .connection()
            .query_row("SELECT body FROM verdicts WHERE about = 'signed'", [], |row| row.get(0))
            .expect("it is there");
        let mut flipped = body.clone();
        flipped[0] ^= 1;
        let rows: [(&str, Vec<u8>); 4] =
            [("plain", plain), ("empty", Vec::new()), ("another's", body), ("flipped", flipped)];
        for (how, body) in rows {
            // With the seal and the nonce of another verdict, or none.
            let sql = "INSERT OR REPLACE INTO verdicts SELECT 'unsigned', nonce, ?1 FROM verdicts WHERE about = 'signed'";
            store.connection().execute(sql, [body]).expect("somebody writes it");
            assert_eq!(store.verdict("unsigned").expect("reads"), None, "{how}: it is judged anew");
        }
        let cut = "UPDATE verdicts SET nonce = x'00' WHERE about = 'signed'";
        store.connection().execute(cut, []).expect("somebody writes it");
        assert_eq!(store.verdict("signed").expect("reads"), None, "a nonce of another length");
    }

    #[test]
    fn a_verdict_of_another_store_is_none() {
        let ((_one, first), (_other, second)) = (store(), store());
        first.put_verdict("one", &signed()).expect("it is kept");
        let row: (Vec<u8>, Vec<u8>) = first
            .connection()
            .query_row("SELECT nonce, body FROM verdicts", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("it is there");
        second
            .connection()
            .execute("INSERT INTO verdicts VALUES ('one', ?1, ?2)", params![row.0, row.1])
            .expect("somebody copies it");
        assert_eq!(second.verdict("one").expect("reads"), None, "it was sealed with another key");
    }
}
