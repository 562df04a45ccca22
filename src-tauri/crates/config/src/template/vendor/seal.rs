//! Sealed secrets: a value that only the controller with the key can open.

use num_bigint::BigUint;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

use crate::go::base;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::Type;
use crate::template::sprig::{certificate_key, random_bytes};

const S: Type = Type::Text;
const DIGEST: usize = 32;

pub(super) static FUNCTIONS: &[Function] = &[fixed("KubeSeal", &[S, S, S, S], sealed)];

/// A key of the session, wrapped for the certificate's owner and bound to namespace and name, and the value
/// under it.
fn sealed(call: &Call<'_>) -> Answer {
    let (modulus, exponent) =
        certificate_key(call.text(0)).ok_or("failed to parse cert: no RSA certificate in the text")?;
    let label = [call.text(1), b"/", call.text(2)].concat();
    let key = random_bytes(call, DIGEST)?;
    let seed = random_bytes(call, DIGEST)?;
    let wrapped =
        wrap(&key, &seed, &label, &modulus, &exponent).ok_or("the certificate's key is too short")?;
    let unbound = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| Fault::from("failed to create cipher"))?;
    let mut content = call.text(3).to_vec();
    // Each key is used once, so the nonce need not differ.
    LessSafeKey::new(unbound)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut content)
        .map_err(|_| Fault::from("failed to encrypt"))?;
    let length = (wrapped.len() as u16).to_be_bytes();
    call.give(base::encode64(&[length.to_vec(), wrapped, content].concat()))
}

/// The mask generation of PKCS#1.
fn mask(seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0u32..).map(|counter| Sha256::digest([seed, &counter.to_be_bytes()].concat()));
    blocks.take(length.div_ceil(DIGEST)).flatten().take(length).collect()
}

fn combined(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}

/// RSA with OAEP over SHA-256.
fn wrap(message: &[u8], seed: &[u8], label: &[u8], modulus: &BigUint, exponent: &BigUint) -> Option<Vec<u8>> {
    let size = modulus.bits().div_ceil(8) as usize;
    let padding = size.checked_sub(message.len() + 2 * DIGEST + 2)?;
    let block = [Sha256::digest(label).to_vec(), vec![0; padding], vec![1], message.to_vec()].concat();
    let block = combined(&block, &mask(seed, block.len()));
    let seed = combined(seed, &mask(&block, DIGEST));
    let number = BigUint::from_bytes_be(&[vec![0], seed, block].concat()).modpow(exponent, modulus);
    let bytes = number.to_bytes_be();
    Some([vec![0; size - bytes.len()], bytes].concat())
}
