//! SCRAM-SHA-256, by which a password is proven without being sent.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};
use ring::pbkdf2::{PBKDF2_HMAC_SHA256, derive};

use crate::Refused;

/// What precedes the messages: that no channel is bound.
const HEADER: &str = "n,,";

pub(super) struct Scram<'a> {
    password: &'a str,
    nonce: String,
}

impl<'a> Scram<'a> {
    pub(super) fn new(password: &'a str) -> Self {
        Self { password, nonce: STANDARD.encode(rand::random::<[u8; 18]>()) }
    }

    fn bare(&self) -> String {
        // The name is the one of the first message of the connection.
        format!("n=,r={}", self.nonce)
    }

    pub(super) fn first(&self) -> String {
        format!("{HEADER}{}", self.bare())
    }

    /// The proof, and how the server proves itself, from the server's first message.
    pub(super) fn proof(&self, server: &str) -> Result<(String, String), Refused> {
        let wrong =
            |what: &str| Refused(format!("invalid SCRAM server-first-message received from server: {what}"));
        let field = |name: &str| {
            let mut fields =
                server.split(',').filter_map(|field| field.strip_prefix(name)?.strip_prefix('='));
            fields.next().ok_or_else(|| wrong(&format!("missing {name}")))
        };
        let (nonce, salt, rounds) = (field("r")?, field("s")?, field("i")?);
        if !nonce.starts_with(&self.nonce) || nonce == self.nonce {
            return Err(wrong("invalid nonce"));
        }
        let salt = STANDARD.decode(salt).map_err(|_| wrong("invalid salt"))?;
        let rounds: NonZeroU32 = rounds.parse().map_err(|_| wrong("invalid iteration count"))?;
        // Nobody asks for more; a stranger might, to keep us busy.
        let rounds = Some(rounds).filter(|rounds| rounds.get() <= 10_000_000);
        let rounds = rounds.ok_or_else(|| wrong("invalid iteration count"))?;
        let mut salted = [0; 32];
        derive(PBKDF2_HMAC_SHA256, rounds, &salt, self.password.as_bytes(), &mut salted);
        let last = format!("c={},r={nonce}", STANDARD.encode(HEADER));
        let all = format!("{},{server},{last}", self.bare());
        let client = mac(&salted, b"Client Key");
        let signature = mac(digest(&SHA256, &client).as_ref(), all.as_bytes());
        let proof: Vec<u8> = client.iter().zip(&signature).map(|(one, other)| one ^ other).collect();
        let servers = mac(&mac(&salted, b"Server Key"), all.as_bytes());
        Ok((format!("{last},p={}", STANDARD.encode(proof)), STANDARD.encode(servers)))
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_say_nonsense_are_refused() {
        let scram = Scram { password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO".to_owned() };
        for (server, why) in [
            ("", "missing r"),
            ("r=other,s=QQ==,i=1", "invalid nonce"),
            ("r=rOprNGfwEbeRWgbNEkqO,s=QQ==,i=1", "invalid nonce"),
            ("r=rOprNGfwEbeRWgbNEkqO1,s=?,i=1", "invalid salt"),
            ("r=rOprNGfwEbeRWgbNEkqO1,s=QQ==,i=0", "invalid iteration count"),
            ("r=rOprNGfwEbeRWgbNEkqO1,s=QQ==,i=4000000000", "invalid iteration count"),
        ] {
            let error = scram.proof(server).expect_err(server).to_string();
            assert!(error.ends_with(why), "{server}: {error}");
        }
    }
}
