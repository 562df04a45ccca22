-- Verdicts on signatures of bundles, sealed, each by the digest of all that it depends on.
CREATE TABLE verdicts (
    about TEXT PRIMARY KEY,
    nonce BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
