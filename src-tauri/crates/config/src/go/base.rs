//! Base64 and base32 in the standard alphabets, with Go's errors: the offset of the first byte that is wrong.

const ALPHABET64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ALPHABET32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Writes base64.
pub(crate) fn encode64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().enumerate().fold(0u32, |all, (at, byte)| all | u32::from(*byte) << (16 - 8 * at));
        for at in 0..4 {
            let letter = ALPHABET64[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { letter } else { b'=' });
        }
    }
    out
}

fn digit64(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Reads base64; line breaks do not count. The error is the offset of what is wrong.
pub(crate) fn decode64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut at) = (0u32, 0usize, 0);
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if let Some(digit) = digit64(byte) {
            bits = bits << 6 | digit;
            count += 1;
            if count == 4 {
                out.extend([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
                (bits, count) = (0, 0);
            }
        } else if is_break(byte) {
        } else if byte == b'=' {
            return padded(text, at, bits, count, out);
        } else {
            return Err(at - 1);
        }
    }
    if count == 0 { Ok(out) } else { Err(text.len() - count) }
}

/// What is left once the first `=` is read.
fn padded(text: &[u8], mut at: usize, bits: u32, count: usize, mut out: Vec<u8>) -> Result<Vec<u8>, usize> {
    let skip = |mut at: usize| {
        while at < text.len() && is_break(text[at]) {
            at += 1;
        }
        at
    };
    match count {
        2 => {
            at = skip(at);
            match text.get(at) {
                None => return Err(text.len()),
                Some(b'=') => at += 1,
                Some(_) => return Err(at - 1),
            }
            out.push((bits >> 4) as u8);
        }
        3 => out.extend([(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => return Err(at - 1),
    }
    at = skip(at);
    if at < text.len() { Err(at) } else { Ok(out) }
}

/// Writes base32.
pub(crate) fn encode32(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let bits =
            chunk.iter().enumerate().fold(0u64, |all, (at, byte)| all | u64::from(*byte) << (32 - 8 * at));
        let used = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            let letter = ALPHABET32[(bits >> (35 - 5 * at) & 31) as usize];
            out.push(if at < used { letter } else { b'=' });
        }
    }
    out
}

/// Reads base32; line breaks do not count. The error is the offset of what is wrong.
pub(crate) fn decode32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !is_break(*byte)).collect();
    let (mut out, mut bits, mut count) = (Vec::new(), 0u64, 0usize);
    for (at, byte) in text.iter().enumerate() {
        let left = text.len() - at - 1;
        if *byte == b'=' && count >= 2 && left < 8 {
            if left + count < 7 {
                return Err(text.len());
            }
            let wrong = text[at + 1..].iter().take(7 - count).position(|byte| *byte != b'=');
            if let Some(wrong) = wrong {
                return Err(at + wrong);
            }
            if matches!(count, 3 | 6) {
                return Err(at);
            }
            let bytes = (bits << (5 * (8 - count))).to_be_bytes();
            out.extend_from_slice(&bytes[3..3 + count * 5 / 8]);
            return Ok(out);
        }
        let digit = ALPHABET32.iter().position(|letter| letter == byte).ok_or(at)?;
        bits = bits << 5 | digit as u64;
        count += 1;
        if count == 8 {
            out.extend_from_slice(&bits.to_be_bytes()[3..]);
            (bits, count) = (0, 0);
        }
    }
    if count == 0 { Ok(out) } else { Err(text.len() - count) }
}

#[cfg(test)]
mod tests {
    use super::{decode32, decode64, encode32, encode64};

    #[test]
    fn both_go_round() {
        for text in ["", "h", "he", "hel", "hell", "hello", "hello!"] {
            assert_eq!(decode64(&encode64(text.as_bytes())), Ok(text.as_bytes().to_vec()), "{text}");
            assert_eq!(decode32(&encode32(text.as_bytes())), Ok(text.as_bytes().to_vec()), "{text}");
        }
        assert_eq!((encode64(b"hell"), encode32(b"hell")), (b"aGVsbA==".to_vec(), b"NBSWY3A=".to_vec()));
        assert_eq!(decode64(b"aGVs\r\nbG8="), Ok(b"hello".to_vec()), "line breaks do not count");
    }

    #[test]
    fn errors_point_where_gos_do() {
        for (text, at) in [("a", 0), ("aGVsbG8", 4), ("aG=sbG8=", 2), ("aGVs!bG8=", 4), ("aGVsbG8=x", 8)] {
            assert_eq!(decode64(text.as_bytes()), Err(at), "{text}");
        }
        for (text, at) in [("a", 0), ("NBSWY3D", 0), ("NBSWY3DP=", 8)] {
            assert_eq!(decode32(text.as_bytes()), Err(at), "{text}");
        }
    }
}
