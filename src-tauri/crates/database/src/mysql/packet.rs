//! Packets: a length of three bytes, a number that counts them, and their content.

use crate::Refused;
use crate::dial::Wire;

/// Packets on a connection.
pub(super) struct Packets {
    wire: Wire,
    number: u8,
}

/// The content of one, read from its beginning.
pub(super) struct Packet<'a>(pub(super) &'a [u8]);

pub(super) fn odd() -> Refused {
    Refused::new("malformed packet")
}

impl Packets {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, number: 0 }
    }

    /// The connection, and the number of the next packet: TLS is begun in the middle of the count.
    pub(super) fn into_wire(self) -> (Wire, u8) {
        (self.wire, self.number)
    }

    /// On a connection whose count is under way.
    pub(super) fn counting(wire: Wire, number: u8) -> Self {
        Self { wire, number }
    }

    /// Counts from the beginning, as each command does.
    pub(super) fn restart(&mut self) {
        self.number = 0;
    }

    pub(super) async fn send(&mut self, content: &[u8]) -> Result<(), Refused> {
        let mut bytes = (content.len() as u32).to_le_bytes().to_vec();
        bytes[3] = self.number;
        bytes.extend(content);
        self.number = self.number.wrapping_add(1);
        self.wire.send(&bytes).await
    }

    /// The content of the next one; what a server refuses is an error.
    pub(super) async fn receive(&mut self) -> Result<Vec<u8>, Refused> {
        let head = self.wire.bytes(4).await?;
        self.number = head[3].wrapping_add(1);
        let content = self.wire.bytes(u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize).await?;
        if content.first() == Some(&0xff) { Err(failure(&content)) } else { Ok(content) }
    }
}

/// `Error 1045 (28000): Access denied …`.
fn failure(content: &[u8]) -> Refused {
    let Some((head, rest)) = content.split_at_checked(3) else { return odd() };
    let number = u16::from_le_bytes([head[1], head[2]]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match rest.split_at_checked(6) {
        Some(([b'#', state @ ..], said)) => {
            Refused(format!("Error {number} ({}): {}", text(state), text(said)))
        }
        _ => Refused(format!("Error {number}: {}", text(rest))),
    }
}

impl<'a> Packet<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Up to the next zero, which is skipped, or to the end.
    pub(super) fn until_zero(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let taken = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        taken
    }

    /// A number of one to nine bytes.
    pub(super) fn number(&mut self) -> Option<u64> {
        let first = self.take(1)?[0];
        let count = match first {
            0xfb => return None,
            0xfc => 2,
            0xfd => 3,
            0xfe => 8,
            _ => return Some(u64::from(first)),
        };
        let mut bytes = [0; 8];
        bytes[..count].copy_from_slice(self.take(count)?);
        Some(u64::from_le_bytes(bytes))
    }

    /// A text after its length; nothing stands for NULL.
    pub(super) fn text(&mut self) -> Option<String> {
        if self.0.first() == Some(&0xfb) {
            self.take(1)?;
            return Some(String::new());
        }
        let length = usize::try_from(self.number()?).ok()?;
        Some(String::from_utf8_lossy(self.take(length)?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_have_lengths() {
        let mut packet = Packet(&[250, 0xfc, 1, 2, 0xfd, 1, 0, 1, 0xfb, 2, b'o', b'k', b'x', 0, 9]);
        assert_eq!(packet.number(), Some(250));
        assert_eq!(packet.number(), Some(513));
        assert_eq!(packet.number(), Some(65_537));
        assert_eq!(packet.text().as_deref(), Some(""), "NULL");
        assert_eq!(packet.text().as_deref(), Some("ok"));
        assert_eq!((packet.until_zero(), packet.0), (&b"x"[..], &[9][..]));
        for broken in [&[][..], &[0xfc, 1], &[9, b'x'], &[0xfe, 255, 255, 255, 255, 255, 255, 255, 255]] {
            assert_eq!(Packet(broken).text(), None, "{broken:?}");
        }
    }

    #[test]
    fn failures_are_told_with_their_numbers() {
        let told = |bytes: &[u8]| failure(bytes).to_string();
        assert_eq!(told(b"\xff\x15\x04#28000Access denied"), "Error 1045 (28000): Access denied");
        assert_eq!(told(b"\xff\x10\x04Too many connections"), "Error 1040: Too many connections");
        assert_eq!(told(b"\xff"), "malformed packet");
    }
}
