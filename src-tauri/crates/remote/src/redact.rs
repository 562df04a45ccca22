//! What stands behind every text that leaves the crate: known secrets and private keys are taken out of it.

use std::sync::{Arc, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

use longshore_shell::quote;

/// What is shown in a secret's place.
const HIDDEN: &str = "[hidden]";
const KEY_BEGIN: &str = "-----BEGIN ";
const KEY_END: &str = "PRIVATE KEY-----";
/// A text of a host is cut after this many characters: it is for a reader, not a log.
const SAID: usize = 400;

/// Knows the secrets of a host's session and takes them out of texts.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Arc<RwLock<Vec<SecretString>>>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Redactor")
    }
}

impl Redactor {
    /// Hides this secret from now on, in every text of every clone.
    pub fn learn(&self, secret: &SecretString) {
        if secret.expose_secret().is_empty() {
            return;
        }
        let Ok(mut secrets) = self.secrets.write() else { return };
        if secrets.iter().all(|known| known.expose_secret() != secret.expose_secret()) {
            secrets.push(secret.clone());
        }
    }

    /// The text without secrets: as they are, as a shell word, as JSON escapes them, and in base64.
    pub fn scrub(&self, text: &str) -> String {
        let mut forms = Vec::new();
        if let Ok(secrets) = self.secrets.read() {
            for secret in secrets.iter() {
                let secret = secret.expose_secret();
                let json = secret.escape_default().to_string();
                forms.extend([secret.to_owned(), quote(secret), json, STANDARD.encode(secret)]);
                forms.push(format!("{secret:?}").trim_matches('"').to_owned());
            }
        }
        // A secret that is a part of another one must not leave the other's rest behind.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.iter().fold(without_keys(text), |text, form| hide(&text, form))
    }

    /// What a host said, for an error: one line, readable, not too long, without secrets.
    pub fn said(&self, bytes: &[u8]) -> String {
        let text = self.scrub(&String::from_utf8_lossy(bytes));
        let mut line = String::new();
        for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
            if word.is_empty() {
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if line.chars().count() > SAID {
            line = line.chars().take(SAID).chain(['…']).collect();
        }
        line
    }
}

/// Replaces `form`, but not inside of what already is hidden: a secret such as "hid" would never end.
fn hide(text: &str, form: &str) -> String {
    let pieces = text.split(HIDDEN).map(|piece| piece.replace(form, HIDDEN));
    pieces.collect::<Vec<_>>().join(HIDDEN)
}

/// Takes out whole private keys in PEM form, also one whose end is missing.
fn without_keys(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(KEY_BEGIN) {
        let (before, key) = rest.split_at(begin);
        kept.push_str(before);
        let head = key.find('\n').map_or(key, |end| &key[..end]);
        if !head.contains(KEY_END) {
            let (word, after) = key.split_at(KEY_BEGIN.len());
            kept.push_str(word);
            rest = after;
            continue;
        }
        kept.push_str(HIDDEN);
        let body = &key[head.find(KEY_END).map_or(key.len(), |at| at + KEY_END.len())..];
        rest = body.find(KEY_END).map_or("", |end| &body[end + KEY_END.len()..]);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn knowing(secrets: &[String]) -> Redactor {
        let redactor = Redactor::default();
        for secret in secrets {
            redactor.learn(&SecretString::from(secret.clone()));
        }
        redactor
    }

    proptest! {
        #[test]
        fn no_secret_survives(
            secrets in prop::collection::vec("[a-zA-Z0-9 '\"\\\\$é]{4,12}", 1..4),
            noise in "[^\0]{0,30}",
        ) {
            let redactor = knowing(&secrets);
            for secret in &secrets {
                let text = format!("{noise}{secret}{noise} {} {secret:?}", quote(secret));
                let scrubbed = redactor.scrub(&text).replace(HIDDEN, "\u{1}");
                for hidden in &secrets {
                    prop_assert!(!scrubbed.contains(hidden), "{hidden:?} is still in {scrubbed:?}");
                }
            }
        }
    }

    #[test]
    fn private_keys_are_hidden_whole() {
        let redactor = Redactor::default();
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----";
        assert_eq!(
            redactor.scrub(&format!("a {key} b")),
            "a [hidden] b",
            "the key or its surroundings differ"
        );
        assert_eq!(redactor.scrub(&key[..45]), "[hidden]", "half a key is a secret as well");
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        assert_eq!(redactor.scrub(certificate), certificate, "a certificate is public");
    }

    #[test]
    fn a_part_of_another_secret() {
        let redactor = knowing(&["pass".to_owned(), "password1".to_owned()]);
        assert_eq!(
            redactor.scrub("password1 pass"),
            "[hidden] [hidden]",
            "the rest of the longer one is left"
        );
    }

    #[test]
    fn what_a_host_said_is_one_line() {
        let said = Redactor::default().said(b"\x1b[1mno\x00\n\n  way\xff\r\n");
        assert_eq!(said, "[1mno way\u{fffd}", "control characters reach a reader");
    }
}
