//! Names of keys, variables and options whose values are secrets, and values that are none.

/// Words at which a key may turn out to name a secret.
pub(super) const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "access-key",
    "privatekey",
    "private_key",
    "private-key",
    "secretkey",
    "secret_key",
    "secret-key",
    "encryptionkey",
    "encryption_key",
    "encryption-key",
    "signingkey",
    "signing_key",
    "signing-key",
    "masterkey",
    "master_key",
    "master-key",
    "sharedkey",
    "shared_key",
    "shared-key",
    "accountkey",
    "account_key",
    "account-key",
    "authkey",
    "auth_key",
    "auth-key",
    "licensekey",
    "license_key",
    "license-key",
    "sshkey",
    "ssh_key",
    "ssh-key",
    "certkey",
    "cert_key",
    "cert-key",
    "client-key-data",
    "credential",
    "connectionstring",
    "connection_string",
    "connection-string",
    "\"auth\"",
    "psk",
    "jwt",
    "kubeconfig",
];

/// How surely a word names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// It names other things just as well: only what looks like a secret counts.
    Perhaps,
    /// It names secrets, and references to them.
    Mostly,
    /// It names passwords and keys.
    Surely,
}

/// What may stand between the word and the end of a key that still names the secret itself.
const SUFFIXES: &[&str] = &[
    "",
    "s",
    "id",
    "hash",
    "base64",
    "b64",
    "value",
    "plain",
    "plaintext",
    "text",
    "raw",
    "data",
    "string",
    "base",
];

/// Keys that end in a word of a secret and name something else.
const OTHERS: &[&str] = &[
    "imagepullsecret",
    "pullsecret",
    "existingsecret",
    "tlssecret",
    "nexttoken",
    "continuetoken",
    "automountserviceaccounttoken",
];

/// How surely a key names a secret, by the word in it and what stands around that. `None` if it does not.
pub(super) fn sure(key: &[u8], word: &[u8], after: &[u8]) -> Option<Sure> {
    let lower = key.to_ascii_lowercase();
    if OTHERS.iter().any(|other| bare(&lower) == other.as_bytes()) {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let suffix: Vec<u8> =
        after.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let fits = match suffix.as_slice() {
        // Part of one name only: AWS_ACCESS_KEY_ID.
        b"id" => word.ends_with(b"key"),
        // Several tokens are a number of words, and several secrets a list of objects.
        b"s" => !matches!(word.as_slice(), b"token" | b"secret"),
        suffix => SUFFIXES.iter().any(|known| known.as_bytes() == suffix),
    };
    if !fits {
        return None;
    }
    let before = &key[..key.len() - word.len() - after.len()];
    match word.as_slice() {
        b"pass" => passes(before, &key[before.len()..], after),
        b"pwd" if before.is_empty() || before.eq_ignore_ascii_case(b"old") => Some(Sure::Perhaps),
        b"psk" | b"jwt" if before.last().is_some_and(u8::is_ascii_alphanumeric) => None,
        b"psk" | b"jwt" | b"kubeconfig" | b"credential" | b"\"auth\"" => Some(Sure::Perhaps),
        b"token" => Some(Sure::Mostly),
        b"secret" if before.is_empty() || before.ends_with(b".") || before.ends_with(b"/") => {
            Some(Sure::Perhaps)
        }
        b"secret" => Some(Sure::Mostly),
        _ => Some(Sure::Surely),
    }
}

/// `pass` is a word of its own in `DB_PASS` and `dbPass`, and none in `bypass`.
fn passes(before: &[u8], word: &[u8], after: &[u8]) -> Option<Sure> {
    if !after.iter().all(u8::is_ascii_digit) {
        return None;
    }
    match before.last() {
        None => Some(Sure::Perhaps),
        Some(b'_' | b'-' | b'.') => Some(Sure::Surely),
        Some(letter) if letter.is_ascii_lowercase() && word.starts_with(b"P") => Some(Sure::Surely),
        _ => None,
    }
}

fn bare(name: &[u8]) -> Vec<u8> {
    name.iter().copied().filter(u8::is_ascii_alphanumeric).collect()
}

/// Parts of names whose values upstream masks, or we do, where name and value stand in a pair.
const PAIRED: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "database",
    "user",
    "owneraccount",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "sharedkey",
    "accountkey",
    "authkey",
    "licensekey",
    "credential",
    "connectionstring",
    "dsn",
];

/// Whether a name in a pair of name and value names a secret.
pub(super) fn paired(name: &[u8]) -> bool {
    let name = bare(name).to_ascii_lowercase();
    let holds = |part: &str| name.windows(part.len()).any(|window| window == part.as_bytes());
    PAIRED.iter().any(|part| holds(part))
        || name.ends_with(b"pass")
        || name.ends_with(b"pwd") && name != b"pwd"
}

/// Values that say there is no secret, or what kind of value there should be.
const NOTHING: &[&str] = &[
    "true",
    "false",
    "null",
    "nil",
    "none",
    "yes",
    "no",
    "on",
    "off",
    "undefined",
    "string",
    "object",
    "optional",
    "required",
    "enabled",
    "disabled",
    "default",
    "redacted",
    "[redacted]",
    "hidden",
    "[hidden]",
    "empty",
    "unset",
    "not set",
    "~",
    "-",
    "n/a",
    "integer",
    "boolean",
    "bytes",
];

/// Whether a value holds no secret, whatever its key is.
pub(super) fn nothing(value: &[u8]) -> bool {
    let Some(first) = value.first() else { return true };
    let masked =
        |byte: &u8| *byte == *first && matches!(byte, b'*' | b'x' | b'X' | b'.' | b'#' | b'-' | b'_');
    let template =
        [&b"{{"[..], b"${", b"$(", b"<no value>", b"%(", b"<%"].iter().any(|begin| value.starts_with(begin));
    let placeholder = value.starts_with(b"<") && value.ends_with(b">");
    let lower = value.to_ascii_lowercase();
    template
        || placeholder
        || (value.len() > 2 && value.iter().all(masked))
        || NOTHING.iter().any(|word| word.as_bytes() == lower)
}

/// First words of what a sentence says about a password or token.
const SAYING: &[&str] = &[
    "a",
    "accepted",
    "an",
    "and",
    "are",
    "auth",
    "authentication",
    "authorization",
    "bad",
    "before",
    "can",
    "cannot",
    "changed",
    "cluster",
    "context",
    "could",
    "couldn't",
    "denied",
    "did",
    "does",
    "doesn't",
    "eof",
    "error",
    "exists",
    "expected",
    "expired",
    "expires",
    "failed",
    "failure",
    "field",
    "file",
    "flag",
    "for",
    "found",
    "from",
    "generated",
    "got",
    "has",
    "http",
    "https",
    "in",
    "incorrect",
    "invalid",
    "is",
    "it",
    "malformed",
    "may",
    "mismatch",
    "missing",
    "must",
    "no",
    "not",
    "of",
    "ok",
    "on",
    "or",
    "please",
    "policy",
    "read",
    "received",
    "rejected",
    "request",
    "reset",
    "retry",
    "retrying",
    "rotated",
    "rpc",
    "secret",
    "secrets",
    "set",
    "should",
    "signature",
    "that",
    "the",
    "this",
    "to",
    "token",
    "too",
    "try",
    "unable",
    "unauthorized",
    "unexpected",
    "unknown",
    "unsupported",
    "updated",
    "use",
    "using",
    "valid",
    "verified",
    "was",
    "were",
    "will",
    "with",
    "wrong",
    "your",
];

/// Whether a value is the beginning of a sentence about a secret.
pub(super) fn saying(value: &[u8]) -> bool {
    let word = value.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let word = word.trim_ascii_end();
    let end = word.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let lower = word[..end].to_ascii_lowercase();
    SAYING.iter().any(|known| known.as_bytes() == lower)
}

/// Whether a value looks like one that nobody would choose as a name or word.
pub(super) fn random(value: &[u8]) -> bool {
    let some = |kind: fn(&u8) -> bool| value.iter().any(kind);
    let (digit, lower, upper) =
        (some(u8::is_ascii_digit), some(u8::is_ascii_lowercase), some(u8::is_ascii_uppercase));
    let odd = value
        .iter()
        .any(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b'/' | b':'));
    let mut seen = [false; 256];
    for byte in value {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    let mixed = (digit && (lower || upper)) || (lower && upper && value.len() >= 16) || odd;
    value.len() >= 8 && distinct >= 6 && mixed && !value.contains(&b' ') && !path(value)
}

/// Whether a value is the path of a file that may hold a secret.
pub(super) fn path(value: &[u8]) -> bool {
    const ROOTS: &[&str] = &[
        "/var/",
        "/etc/",
        "/run/",
        "/usr/",
        "/home/",
        "/opt/",
        "/tmp/",
        "/root",
        "/mnt/",
        "/secrets/",
        "./",
        "../",
        "/app/",
        "/data/",
        "C:\\",
    ];
    ROOTS.iter().any(|root| value.starts_with(root.as_bytes()))
}

/// Whether a value could be the name of an object of Kubernetes, or of a key in one.
pub(super) fn object_name(value: &[u8]) -> bool {
    let letters = value
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/'));
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    letters && digits * 4 <= value.len() && value.len() <= 63
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_name_secrets() {
        for (key, word, after, is) in [
            ("password", "password", "", Some(Sure::Surely)),
            ("DB_PASSWORD", "PASSWORD", "", Some(Sure::Surely)),
            ("passwordPolicy", "password", "Policy", None),
            ("password2", "password", "2", Some(Sure::Surely)),
            ("PASSWORD_HASH", "PASSWORD", "_HASH", Some(Sure::Surely)),
            ("AWS_ACCESS_KEY_ID", "ACCESS_KEY", "_ID", Some(Sure::Surely)),
            ("tokenId", "token", "Id", None),
            ("DB_PASS", "PASS", "", Some(Sure::Surely)),
            ("bypass", "pass", "", None),
            ("dbPass", "Pass", "", Some(Sure::Surely)),
            ("imagePullSecret", "Secret", "", None),
            ("clientSecret", "Secret", "", Some(Sure::Mostly)),
            ("secret", "secret", "", Some(Sure::Perhaps)),
            ("PWD", "PWD", "", Some(Sure::Perhaps)),
            ("secretName", "secret", "Name", None),
        ] {
            assert_eq!(sure(key.as_bytes(), word.as_bytes(), after.as_bytes()), is, "{key}");
        }
    }

    #[test]
    fn values_that_are_random_and_values_that_are_not() {
        for value in ["hunter2x9", "c2VjcmV0LXZhbHVl", "p@ssw0rd", "0123456789abcdef"] {
            assert!(random(value.as_bytes()), "{value}");
        }
        for value in ["", "short1", "my-tls-secret", "/var/run/secrets/token1", "expired", "1111aaaa"] {
            assert!(!random(value.as_bytes()), "{value}");
        }
    }
}
