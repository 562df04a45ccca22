-- Keys whose signatures on bundles are taken for the vendor's, one for each application.
CREATE TABLE vendor_keys (
    slug TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
