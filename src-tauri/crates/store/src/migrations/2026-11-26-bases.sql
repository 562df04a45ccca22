-- Config values that sites share. What says who changed which is plain; the values are ciphertext, as a run's are.
CREATE TABLE bases (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    nonce BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT;

-- A site follows at most one base of an application.
CREATE TABLE base_sites (
    site TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    base TEXT NOT NULL REFERENCES bases (id) ON DELETE CASCADE,
    PRIMARY KEY (site, slug)
) STRICT, WITHOUT ROWID;
