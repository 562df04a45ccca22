//! Finding signs in a stream that comes in pieces.

use bytes::{Bytes, BytesMut};

/// Noise that is kept for an error.
const NOISE: usize = 64 * 1024;

/// Looks for a sign. What comes before it is noise, what comes behind it is not.
#[derive(Debug)]
pub(super) struct Before {
    held: BytesMut,
    sign: Vec<u8>,
}

impl Before {
    pub(super) fn new(sign: &str) -> Self {
        Self { held: BytesMut::new(), sign: sign.as_bytes().to_owned() }
    }

    /// Takes a piece. When the sign and the rest of its line are there: that rest, and what comes behind it.
    pub(super) fn take(&mut self, piece: &[u8]) -> Option<(String, Bytes)> {
        self.hold(piece);
        let found = find(&self.held, &self.sign).and_then(|at| {
            let rest = at + self.sign.len();
            let end = self.held[rest..].iter().position(|&byte| byte == b'\n')?;
            Some((at, rest, rest + end))
        });
        let (at, rest, end) = found?;
        let line = String::from_utf8_lossy(&self.held[rest..end]).into_owned();
        let behind = self.held.split_off(end + 1).freeze();
        self.held.truncate(at);
        Some((line, behind))
    }

    /// Takes a piece that holds no sign. A greeting may be long; of all that, its end is what an error needs.
    pub(super) fn hold(&mut self, piece: &[u8]) {
        self.held.extend_from_slice(piece);
        if self.held.len() > 2 * NOISE.max(piece.len()) {
            let _ = self.held.split_to(self.held.len() - NOISE.max(piece.len()));
        }
    }

    /// Noise so far.
    pub(super) fn noise(&self) -> &[u8] {
        &self.held
    }

    /// Forgets the noise up to and with this text, if it is there.
    pub(super) fn consume(&mut self, text: &[u8]) -> bool {
        let found = find(&self.held, text);
        if let Some(at) = found {
            let _ = self.held.split_to(at + text.len());
        }
        found.is_some()
    }
}

/// Lets a stream through up to a sign, holding back what may be the sign's beginning.
#[derive(Debug)]
pub(super) struct Until {
    held: BytesMut,
    sign: Vec<u8>,
    found: bool,
}

impl Until {
    pub(super) fn new(sign: &str) -> Self {
        Self { held: BytesMut::new(), sign: sign.as_bytes().to_owned(), found: false }
    }

    /// What can be let through now.
    pub(super) fn take(&mut self, piece: &[u8]) -> Bytes {
        self.held.extend_from_slice(piece);
        if self.found {
            return Bytes::new();
        }
        let end = find(&self.held, &self.sign);
        self.found = end.is_some();
        let end = end.unwrap_or_else(|| self.held.len() - overlap(&self.held, &self.sign));
        self.held.split_to(end).freeze()
    }

    /// What came behind the sign, or what was held back without one.
    pub(super) fn rest(&self) -> (bool, &[u8]) {
        if self.found { (true, &self.held[self.sign.len()..]) } else { (false, &self.held) }
    }
}

/// Bytes at the end of `held` that begin `sign`.
fn overlap(held: &[u8], sign: &[u8]) -> usize {
    let longest = held.len().min(sign.len().saturating_sub(1));
    (1..=longest).rev().find(|&length| held.ends_with(&sign[..length])).unwrap_or(0)
}

pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1)).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            noise in prop::collection::vec(any::<u8>(), 0..80),
            output in prop::collection::vec(any::<u8>(), 0..80),
            size in 1_usize..12,
        ) {
            let sign = "s3ns3n-abc";
            prop_assume!(find(&noise, sign.as_bytes()).is_none() && find(&output, sign.as_bytes()).is_none());
            let stream = [&noise[..], sign.as_bytes(), b" 42\n", &output[..], sign.as_bytes(), b" 0\nerr"].concat();
            let (mut before, mut until) = (Before::new(sign), Until::new(sign));
            let (mut line, mut seen) = (None, Vec::new());
            for piece in stream.chunks(size) {
                if line.is_some() {
                    seen.extend_from_slice(&until.take(piece));
                } else if let Some((rest, behind)) = before.take(piece) {
                    line = Some(rest);
                    seen.extend_from_slice(&until.take(&behind));
                }
            }
            prop_assert_eq!(line.as_deref(), Some(" 42"), "the first sign's line");
            prop_assert_eq!(before.noise(), &noise[..], "the noise");
            prop_assert_eq!(seen, output, "what lies between the signs");
            prop_assert_eq!(until.rest(), (true, &b" 0\nerr"[..]), "what comes behind the second");
        }
    }
}
