//! Bearer tokens: JSON Web Tokens signed with HMAC-SHA-256 (RFC 7515, RFC 7519), and nothing else of what
//! those allow. The algorithm is ours to say, not the token's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use longshore_contract::Timestamp;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// `{"typ":"JWT","alg":"HS256"}` is the only header there is.
const HEADER: &str = r#"{"typ":"JWT","alg":"HS256"}"#;
const ISSUER: &str = "longshore";
const AUDIENCE: &str = "longshore-api";

/// What a token says. Times are seconds since 1970, as its standard wants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// Session.
    pub(super) sid: String,
    iat: i64,
    exp: i64,
}

impl Claims {
    /// For a session, from one instant to another.
    pub(super) fn new(session: &str, from: Timestamp, to: Timestamp) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sid: session.to_owned(),
            iat: from.0.div_euclid(1000),
            exp: to.0.div_euclid(1000),
        }
    }
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    /// Not one of ours, or changed since.
    #[error("The token is not one of this server's")]
    Foreign,
    /// Over.
    #[error("The token has expired")]
    Expired,
}

/// A signed token.
pub(super) fn sign(key: &hmac::Key, claims: &Claims) -> String {
    let body = serde_json::to_vec(claims).unwrap_or_default();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(body));
    let signature = hmac::sign(key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What a token says, once its signature (compared in constant time), issuer, audience and time are right.
pub(super) fn verify(key: &hmac::Key, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
    let claims: Claims = serde_json::from_slice(&signed(key, token)?).map_err(|_| TokenError::Foreign)?;
    if claims.iss != ISSUER || claims.aud != AUDIENCE {
        return Err(TokenError::Foreign);
    }
    if now.0.div_euclid(1000) >= claims.exp {
        return Err(TokenError::Expired);
    }
    Ok(claims)
}

/// The payload of a token whose header says HS256 and whose signature is right.
fn signed(key: &hmac::Key, token: &str) -> Result<Vec<u8>, TokenError> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
    }
    let read = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Foreign);
    let (content, signature) = token.rsplit_once('.').ok_or(TokenError::Foreign)?;
    hmac::verify(key, content.as_bytes(), &read(signature)?).map_err(|_| TokenError::Foreign)?;
    let (header, payload) = content.split_once('.').ok_or(TokenError::Foreign)?;
    let header: Header = serde_json::from_slice(&read(header)?).map_err(|_| TokenError::Foreign)?;
    if header.alg != "HS256" {
        return Err(TokenError::Foreign);
    }
    read(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bytes: &[u8]) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, bytes)
    }

    #[test]
    fn a_token_is_good_from_its_signing_to_its_end_and_only_here() {
        let claims = Claims::new("s", Timestamp(1_000), Timestamp(901_000));
        let token = sign(&key(&[7; 32]), &claims);
        assert_eq!(verify(&key(&[7; 32]), &token, Timestamp(900_999)), Ok(claims.clone()), "until its end");
        assert_eq!(verify(&key(&[7; 32]), &token, Timestamp(901_000)), Err(TokenError::Expired), "its end");
        assert_eq!(verify(&key(&[8; 32]), &token, Timestamp(2_000)), Err(TokenError::Foreign), "another key");
        let other = Claims { aud: "another".to_owned(), ..claims };
        let token = sign(&key(&[7; 32]), &other);
        assert_eq!(verify(&key(&[7; 32]), &token, Timestamp(2_000)), Err(TokenError::Foreign), "not for us");
    }

    #[test]
    fn every_change_of_a_token_is_seen() {
        let token = sign(&key(&[7; 32]), &Claims::new("s", Timestamp(0), Timestamp(900_000)));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("is ASCII");
            assert!(verify(&key(&[7; 32]), &changed, Timestamp(1)).is_err(), "byte {at} changed");
        }
        for text in ["", ".", "..", "a.b.c", &token[..token.len() - 1]] {
            assert!(verify(&key(&[7; 32]), text, Timestamp(1)).is_err(), "{text:?} is no token");
        }
    }

    #[test]
    fn the_algorithm_is_not_the_tokens_to_choose() {
        let key = key(&[7; 32]);
        let body = serde_json::to_vec(&Claims::new("s", Timestamp(0), Timestamp(900_000))).expect("is JSON");
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS512"}"#, "{}"] {
            let content = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(&body));
            let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, content.as_bytes()));
            let token = format!("{content}.{signature}");
            assert_eq!(verify(&key, &token, Timestamp(1)), Err(TokenError::Foreign), "{header}");
            assert!(verify(&key, &format!("{content}."), Timestamp(1)).is_err(), "{header}, unsigned");
        }
    }

    /// RFC 7515, appendix A.1.
    #[test]
    fn the_standards_own_example_verifies() {
        let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog\
                     Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = key(&URL_SAFE_NO_PAD.decode(secret).expect("is base64"));
        let payload = signed(&key, token).expect("the signature is right");
        assert!(payload.starts_with(br#"{"iss":"joe""#), "and this is what it signs");
    }
}
