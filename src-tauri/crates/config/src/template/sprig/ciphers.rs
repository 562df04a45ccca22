//! Password hashes, derived passwords and AES.

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::random::bytes;
use crate::go::base;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::Type;

const S: Type = Type::Text;
const BLOCK: usize = 16;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("bcrypt", &[S], |call| call.give(bcrypted(call, call.text(0)))),
    fixed("htpasswd", &[S, S], |call| {
        let user = call.text(0);
        if user.contains(&b':') {
            return call.give([b"invalid username: ", user].concat());
        }
        let hash = bcrypted(call, call.text(1));
        call.give([user, b":", &hash].concat())
    }),
    fixed("derivePassword", &[Type::Uint32, S, S, S, S], derived),
    fixed("encryptAES", &[S, S], encrypted),
    fixed("decryptAES", &[S, S], decrypted),
];

fn bcrypted(call: &Call<'_>, password: &[u8]) -> Vec<u8> {
    call.world.made_random();
    // Each hash is dear, so that a loop of them ends soon.
    if let Err(fault) = call.session.step(50_000) {
        return fault.0.into_bytes();
    }
    let failed = |why: &str| format!("failed to encrypt string with bcrypt: {why}").into_bytes();
    if password.len() > 72 {
        return failed("bcrypt: password length exceeds 72 bytes");
    }
    let mut salt = [0; BLOCK];
    rand::RngCore::fill_bytes(&mut rand::rng(), &mut salt);
    match bcrypt::hash_with_salt(password, 10, salt) {
        Ok(hash) => hash.format_for_version(bcrypt::Version::TwoA).into_bytes(),
        Err(error) => failed(&error.to_string()),
    }
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// Templates of the kinds of passwords, and what their letters stand for.
fn templates(kind: &[u8]) -> &'static [&'static str] {
    match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => &[],
    }
}

fn letters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn sized(out: &mut Vec<u8>, text: &[u8]) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend_from_slice(text);
}

fn derived(call: &Call<'_>) -> Answer {
    let (counter, kind) = (call.uint(0) as u32, call.text(1));
    let (password, user, site) = (call.text(2), call.text(3), call.text(4));
    let templates = templates(kind);
    if templates.is_empty() {
        return call.give([b"cannot find password template ", kind].concat());
    }
    call.session.step(100_000)?;
    let mut salt = SEED.to_vec();
    sized(&mut salt, user);
    let parameters = scrypt::Params::new(15, 8, 2).map_err(|error| Fault(error.to_string()))?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &salt, &parameters, &mut key).map_err(|error| Fault(error.to_string()))?;
    let mut message = SEED.to_vec();
    sized(&mut message, site);
    message.extend(counter.to_be_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| Fault(error.to_string()))?;
    mac.update(&message);
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let password = template.bytes().zip(seed.iter().skip(1)).map(|(class, byte)| {
        let letters = letters(class);
        letters[usize::from(*byte) % letters.len()]
    });
    call.give(password.collect::<Vec<u8>>())
}

/// The password as a key: cut or filled with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let length = password.len().min(32);
    key[..length].copy_from_slice(&password[..length]);
    key
}

fn encrypted(call: &Call<'_>) -> Answer {
    let plain = call.text(1);
    if plain.is_empty() {
        return call.give(*b"");
    }
    let iv = bytes(call, BLOCK)?;
    let padding = BLOCK - plain.len() % BLOCK;
    let mut content = plain.to_vec();
    content.resize(plain.len() + padding, padding as u8);
    let mut cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key(call.text(0)), &iv)
        .map_err(|error| Fault(error.to_string()))?;
    for block in content.chunks_exact_mut(BLOCK) {
        cipher.encrypt_block(block.try_into().map_err(|_| Fault::from("a block is too short"))?);
    }
    call.give(base::encode64(&[iv, content].concat()))
}

fn decrypted(call: &Call<'_>) -> Answer {
    if call.text(1).is_empty() {
        return call.give(*b"");
    }
    let content = base::decode64(call.text(1))
        .map_err(|at| Fault(format!("illegal base64 data at input byte {at}")))?;
    let Some((iv, blocks)) = content.split_at_checked(BLOCK) else {
        return Err(Fault(format!(
            "runtime error: slice bounds out of range [:16] with capacity {}",
            content.len()
        )));
    };
    if !blocks.len().is_multiple_of(BLOCK) {
        return Err("crypto/cipher: input not full blocks".into());
    }
    let mut plain = blocks.to_vec();
    let mut cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key(call.text(0)), iv)
        .map_err(|error| Fault(error.to_string()))?;
    for block in plain.chunks_exact_mut(BLOCK) {
        cipher.decrypt_block(block.try_into().map_err(|_| Fault::from("a block is too short"))?);
    }
    let padding = plain.last().map(|last| usize::from(*last));
    match padding.and_then(|padding| plain.len().checked_sub(padding)) {
        Some(length) => call.give(&plain[..length]),
        None => Err("runtime error: slice bounds out of range".into()),
    }
}
