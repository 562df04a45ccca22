-- Everything Longshore keeps on this machine. Secrets are ciphertext; records never hold any.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    workflow TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_block INTEGER NOT NULL DEFAULT 1,
    summary TEXT
) STRICT;

CREATE TABLE journal (
    run TEXT NOT NULL REFERENCES runs (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    nonce BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- Small values by name: settings, the key's salt and verifier.
CREATE TABLE value (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
