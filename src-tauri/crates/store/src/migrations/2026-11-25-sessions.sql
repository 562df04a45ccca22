-- Sessions of the HTTPS server. A refresh token is known by its SHA-256 only, and kept after its use until
-- its session ends, so that a second use is seen.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    peer TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;

CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session);
