-- Support bundles, as they are shown; their files lie beside the database.
CREATE TABLE support (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
