//! The little of ASN.1 that certificates and keys need, written and read.

/// One element: tag, length, content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
        out.push(0x80 | (bytes.len() - start) as u8);
        out.extend_from_slice(&bytes[start..]);
    }
    out.extend_from_slice(content);
    out
}

/// A sequence of elements.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// A number that is not negative, from its bytes.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let mut content = bytes[start..].to_vec();
    if content.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    element(0x02, &content)
}

/// An object identifier whose encoding is known.
pub(super) fn oid(encoded: &[u8]) -> Vec<u8> {
    element(0x06, encoded)
}

/// A string of bits, all of them used.
pub(super) fn bits(content: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], content].concat())
}

/// Reads elements one after the other.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: tag, content, and the whole of it.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        let (length, start) = if first < 0x80 {
            (usize::from(first), 2)
        } else {
            let count = usize::from(first & 0x7f);
            let bytes = self.0.get(2..2 + count).filter(|bytes| (1..=4).contains(&bytes.len()))?;
            (bytes.iter().fold(0, |all, byte| all << 8 | usize::from(*byte)), 2 + count)
        };
        let content = self.0.get(start..start.checked_add(length)?)?;
        let whole = &self.0[..start + length];
        self.0 = &self.0[start + length..];
        Some((tag, content, whole))
    }

    /// The content of the next element, which must have that tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, ..)| *found == tag).map(|(_, content, _)| content)
    }
}

/// Wraps bytes in PEM.
pub(super) fn to_pem(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut out = format!("-----BEGIN {kind}-----\n").into_bytes();
    for line in crate::go::base::encode64(content).chunks(64) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend(format!("-----END {kind}-----\n").into_bytes());
    out
}

/// Kind and content of the first block in a PEM text.
pub(super) fn from_pem(text: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    // Headers, if any, end with an empty line.
    let body = if body.contains(':') { body.split_once("\n\n").map_or("", |(_, body)| body) } else { body };
    let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some((kind.to_owned(), crate::go::base::decode64(&body).ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Reader, element, from_pem, integer, to_pem};

    #[test]
    fn elements_go_round() {
        let long = element(0x30, &[7; 300]);
        let mut reader = Reader(&long);
        let (tag, content, whole) = reader.next().expect("an element");
        assert_eq!((tag, content.len(), whole.len()), (0x30, 300, 304));
        assert!(reader.next().is_none() && Reader(&[0x30, 5, 1]).next().is_none(), "nothing, or cut short");
        assert_eq!(integer(&[0, 0x80]), [2, 2, 0, 0x80], "never negative");
        assert_eq!(integer(&[]), [2, 1, 0]);
    }

    #[test]
    fn pem_goes_round() {
        let text = to_pem("THING", &[1; 100]);
        assert_eq!(from_pem(&text), Some(("THING".to_owned(), vec![1; 100])));
        assert_eq!(from_pem(b"nothing"), None);
    }
}
