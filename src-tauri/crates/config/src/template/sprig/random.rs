//! What is different each time. A config value made by one of these is kept from then on.

use rand::Rng as _;
use rand::RngCore as _;
use rand::seq::SliceRandom as _;

use crate::go::{base, utf8};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Signed, Type, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("randAlphaNum", &[I], |call| letters(call, |byte| byte.is_ascii_alphanumeric())),
    fixed("randAlpha", &[I], |call| letters(call, |byte| byte.is_ascii_alphabetic())),
    fixed("randNumeric", &[I], |call| letters(call, |byte| byte.is_ascii_digit())),
    fixed("randAscii", &[I], |call| letters(call, |_| true)),
    fixed("randBytes", &[I], |call| {
        let count = usize::try_from(call.int(0));
        let count = count.map_err(|_| Fault::from("runtime error: makeslice: len out of range"))?;
        call.give(base::encode64(&bytes(call, count)?))
    }),
    fixed("randInt", &[I, I], |call| {
        call.world.made_random();
        let (least, most) = (call.int(0), call.int(1));
        if most.wrapping_sub(least) <= 0 {
            return Err("invalid argument to Intn".into());
        }
        Ok(Value::int(rand::rng().random_range(least..most)))
    }),
    fixed("shuffle", &[S], |call| {
        call.world.made_random();
        let mut characters: Vec<char> = utf8::chars(call.text(0)).map(|(_, character)| character).collect();
        characters.shuffle(&mut rand::rng());
        call.give(characters.into_iter().collect::<String>().into_bytes())
    }),
    fixed("uuidv4", &[], |call| {
        let mut id = bytes(call, 16)?;
        id[6] = id[6] & 0x0f | 0x40;
        id[8] = id[8] & 0x3f | 0x80;
        let hex = String::from_utf8_lossy(&super::encodings::hex(&id)).into_owned();
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        call.give(parts.join("-").into_bytes())
    }),
];

/// Random bytes.
pub(crate) fn bytes(call: &Call<'_>, count: usize) -> Result<Vec<u8>, Fault> {
    call.world.made_random();
    call.session.bytes(count)?;
    let mut bytes = vec![0; count];
    rand::rng().fill_bytes(&mut bytes);
    Ok(bytes)
}

fn letters(call: &Call<'_>, kept: fn(u8) -> bool) -> Answer {
    call.world.made_random();
    let count = usize::try_from(call.int(0)).unwrap_or(0);
    call.session.bytes(count)?;
    let set: Vec<u8> = (b' '..=b'~').filter(|byte| kept(*byte)).collect();
    let mut random = rand::rng();
    let text: Vec<u8> = (0..count).map(|_| set[random.random_range(0..set.len())]).collect();
    call.give(text)
}
