-- Preflight runs, as they are shown.
CREATE TABLE preflights (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
