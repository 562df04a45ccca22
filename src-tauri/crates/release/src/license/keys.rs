//! The global keys: who vouches for vendors' keys.
//!
//! They are public, printed in the open source of what licenses are made for (replicatedhq/kotskinds,
//! `pkg/crypto`), and pinned here: a license brings its vendor's key along, signed by one of these.

/// A global key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalKey {
    /// Its id, as licenses name it.
    pub id: String,
    /// The public key, PEM (SubjectPublicKeyInfo).
    pub pem: String,
}

/// Which global keys are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    keys: Vec<GlobalKey>,
}

impl Trust {
    /// The pinned keys and no others.
    pub fn pinned() -> Self {
        Self::with(Vec::new())
    }

    /// The pinned keys and more, of vendors that sign by themselves. A pinned id cannot be taken by another key.
    pub fn with(more: Vec<GlobalKey>) -> Self {
        let pinned =
            PINNED.iter().map(|(id, pem)| GlobalKey { id: (*id).to_owned(), pem: (*pem).to_owned() });
        Self { keys: pinned.chain(more).collect() }
    }

    /// The key of that id.
    pub fn find(&self, id: &str) -> Option<&GlobalKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// Ids and keys: of the licensing service itself, and of its development and staging, which sign test licenses.
const PINNED: &[(&str, &str)] = &[
    (
        "bdee56560cfb43c9b28bf98eacafa646",
        "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwdSHE8v64QH/yELBoPBl
GanhS3AD5vMAaqLLFnftwjmDKrxWwqNB9w1GVJWb5gVLvt/UlE/k+HVr5HFdomVI
TMvnvxhD0UvNyGFuUbXBMvQPPW9joR48LcCBLZl+RZTqR5HRhsIbujiExRDnteaq
mU1jG/oVlQkRoyOYrObTeoD0BdcZAr2PdGvgvJvpZduZtrKvjvsSJEBYExoPtko+
8AqhMBAI+qX1/SMix21qpmYSYLNeqN2Pplna0p2MK8yyaHY8KSqTF90ZJF1+P0ZF
MLt6S8/6PIX9WD+vFqmDpW1GCkB+p2OfxsYiAIX1ej98Ck3hoPQnOuiFIovV8aFQ
bQIDAQAB
-----END PUBLIC KEY-----",
    ),
    (
        "1d3f7f6b50714fe7b895554dd65773b0",
        "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAugyKfZV2gIDaY1Rzkjoo
fbNywGa04sGQIAqYwifMay2e2xzqRwswTRHQnr9SIWypkN86Cfn6QzOB8kkjERC1
DPNdsiKdjBFdcLaxxdyHgrXLgfdzhh6We+Lpq19JT5LCK3PXleZgt/a0aRBpIc1l
xKs57d8MTWUTVh3W3WYi6LbqAPScdmSiG7A145HhKXmmtZFEv4puE5dKmS5lkV2d
VU789XWrNFk74FKKHVwYMdppqAabB6cRBmU8YFiVEULOn+d1FtKRbO/vv/fbA9nX
PUG/1PgEQHogP+3cC4J7b7s9+kBmtHkpSq9x+OUu/5B+nT21dooS6adfQiI8iB/+
NQIDAQAB
-----END PUBLIC KEY-----",
    ),
    (
        "de2c275656d04b1bb0f15cf70f0ea2a2",
        "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2hHg1HER6NYlsqBs+B+B
txibtctT6YB5kxgE1sz7UmVnlcLs+Olc4OZJwD4vLsEU60SVW0HRoTfaGaradv0R
GUIxlFRSOnzjZEMkm/YKL3sdPQigi2m9O0P5tC9LQvzk49dFg5HJxiLODCgWwJ9g
q3pGs8OaAc0dop/tqUE7WqQfHLWJdTPP5pVDLDWybfAO4OmgVmx+oVXdCfMVlOzu
num6SOF+eBuERXQGbEfnd6eSRVokWhfMCfXNPTYtq14DaK9tvX4uzHsub+Asn6UN
OBIAESJntpZfdDDrNqbfOQYql2rqx1lJtU7lVFbTQTkKhj4teInEGO6FvLzy0UE9
swIDAQAB
-----END PUBLIC KEY-----",
    ),
];
