//! Private keys: made, read from PEM, written to PEM, and used for signing.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::der::{Reader, bits, element, from_pem, integer, oid, sequence, to_pem};
use super::primes;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A private key.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// RSA, in PKCS#1.
    Rsa(Vec<u8>),
    /// On a curve: whether it is P-384, the secret, the public point.
    Ec { is_384: bool, secret: Vec<u8>, point: Vec<u8> },
    /// Ed25519, by its seed.
    Ed25519(Vec<u8>),
    /// DSA, which can sign no certificate.
    Dsa(Vec<u8>),
}

fn broken(_: impl std::fmt::Debug) -> String {
    "the key cannot be used".to_owned()
}

impl Key {
    /// A new key of the kind that `genPrivateKey` names.
    pub(super) fn generate(kind: &str) -> Option<Result<Self, String>> {
        Some(match kind {
            "" | "rsa" => Ok(Self::Rsa(primes::rsa_key(4096))),
            "dsa" => Ok(Self::Dsa(primes::dsa_key())),
            "ecdsa" => Self::new_ec(),
            "ed25519" => {
                let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(broken);
                document.and_then(|document| Self::from_pkcs8(document.as_ref()))
            }
            _ => return None,
        })
    }

    /// The key of a new certificate.
    pub(super) fn for_certificate() -> Self {
        Self::Rsa(primes::rsa_key(2048))
    }

    fn new_ec() -> Result<Self, String> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        Self::from_pkcs8(document.map_err(broken)?.as_ref())
    }

    /// Reads a key; the error is Go's.
    pub(super) fn parse(pem: &[u8]) -> Result<Self, String> {
        let (kind, content) = from_pem(pem).ok_or("no PEM data in input")?;
        if kind == "PRIVATE KEY" {
            return Self::from_pkcs8(&content).map_err(|why| format!("decoding PEM as PKCS#8: {why}"));
        }
        let Some(algorithm) = kind.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {kind}"));
        };
        match algorithm {
            "RSA" if RsaKeyPair::from_der(&content).is_ok() => Ok(Self::Rsa(content)),
            "RSA" => Err("parsing RSA private key from PEM: the key cannot be read".to_owned()),
            "EC" => Self::from_sec1(&content, None)
                .ok_or_else(|| "parsing EC private key from PEM: the key cannot be read".to_owned()),
            "DSA" if Reader(&content).expect(0x30).is_some() => Ok(Self::Dsa(content)),
            "DSA" => Err("parsing DSA private key from PEM: the key cannot be read".to_owned()),
            _ => Err(format!("invalid private key type {algorithm}")),
        }
    }

    fn from_pkcs8(content: &[u8]) -> Result<Self, String> {
        let read = || {
            let mut outer = Reader(Reader(content).expect(0x30)?);
            outer.expect(0x02)?;
            let mut algorithm = Reader(outer.expect(0x30)?);
            let kind = algorithm.expect(0x06)?;
            let key = outer.expect(0x04)?;
            match kind {
                RSA => RsaKeyPair::from_der(key).ok().map(|_| Self::Rsa(key.to_vec())),
                EC => Self::from_sec1(key, algorithm.expect(0x06)),
                ED25519 => Some(Self::Ed25519(Reader(key).expect(0x04)?.to_vec())),
                _ => None,
            }
        };
        read().ok_or_else(|| "the key cannot be read".to_owned())
    }

    /// A key on a curve that stands in the key itself or around it.
    fn from_sec1(content: &[u8], curve: Option<&[u8]>) -> Option<Self> {
        let mut inner = Reader(Reader(content).expect(0x30)?);
        inner.expect(0x02)?;
        let secret = inner.expect(0x04)?.to_vec();
        let (mut curve, mut point) = (curve.map(<[u8]>::to_vec), None);
        while let Some((tag, content, _)) = inner.next() {
            match tag {
                0xa0 => curve = Some(Reader(content).expect(0x06)?.to_vec()),
                0xa1 => point = Reader(content).expect(0x03)?.get(1..).map(<[u8]>::to_vec),
                _ => {}
            }
        }
        let is_384 = match curve.as_deref()? {
            P256 => false,
            P384 => true,
            _ => return None,
        };
        Some(Self::Ec { is_384, secret, point: point? })
    }

    /// As sprig writes it.
    pub(super) fn pem(&self) -> Vec<u8> {
        match self {
            Self::Rsa(content) => to_pem("RSA PRIVATE KEY", content),
            Self::Dsa(content) => to_pem("DSA PRIVATE KEY", content),
            Self::Ec { is_384, secret, point } => {
                let curve = if *is_384 { P384 } else { P256 };
                let parts = [
                    integer(&[1]),
                    element(0x04, secret),
                    element(0xa0, &oid(curve)),
                    element(0xa1, &bits(point)),
                ];
                to_pem("EC PRIVATE KEY", &sequence(&parts))
            }
            Self::Ed25519(seed) => {
                let key = element(0x04, &element(0x04, seed));
                to_pem("PRIVATE KEY", &sequence(&[integer(&[0]), sequence(&[oid(ED25519)]), key]))
            }
        }
    }

    fn signer(is_384: bool) -> &'static EcdsaSigningAlgorithm {
        if is_384 { &ECDSA_P384_SHA384_ASN1_SIGNING } else { &ECDSA_P256_SHA256_ASN1_SIGNING }
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn public(&self) -> Result<Vec<u8>, String> {
        let null = element(0x05, &[]);
        Ok(match self {
            Self::Rsa(content) => {
                let pair = RsaKeyPair::from_der(content).map_err(broken)?;
                sequence(&[sequence(&[oid(RSA), null]), bits(pair.public_key().as_ref())])
            }
            Self::Ec { is_384, point, .. } => {
                let curve = if *is_384 { P384 } else { P256 };
                sequence(&[sequence(&[oid(EC), oid(curve)]), bits(point)])
            }
            Self::Ed25519(seed) => {
                let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(broken)?;
                sequence(&[sequence(&[oid(ED25519)]), bits(pair.public_key().as_ref())])
            }
            Self::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned()),
        })
    }

    /// The signature algorithm's identifier.
    pub(super) fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Ec { is_384: true, .. } => sequence(&[oid(ECDSA_SHA384)]),
            Self::Ec { .. } => sequence(&[oid(ECDSA_SHA256)]),
            Self::Ed25519(_) => sequence(&[oid(ED25519)]),
            Self::Rsa(_) | Self::Dsa(_) => sequence(&[oid(RSA_SHA256), element(0x05, &[])]),
        }
    }

    /// Signs.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(content) => {
                let pair = RsaKeyPair::from_der(content).map_err(broken)?;
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(broken)?;
                Ok(signature)
            }
            Self::Ec { is_384, secret, point } => {
                let signer = Self::signer(*is_384);
                let pair = EcdsaKeyPair::from_private_key_and_public_key(signer, secret, point, &random);
                let signature = pair.map_err(broken)?.sign(&random, message).map_err(broken)?;
                Ok(signature.as_ref().to_vec())
            }
            Self::Ed25519(seed) => {
                let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(broken)?;
                Ok(pair.sign(message).as_ref().to_vec())
            }
            Self::Dsa(_) => Err("x509: certificate private key does not implement crypto.Signer".to_owned()),
        }
    }
}
