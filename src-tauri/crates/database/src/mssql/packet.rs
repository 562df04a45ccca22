//! Packets of TDS: a message is cut into such of a fixed size, each with its length and whether it is the last; TLS's
//! handshake, too, is carried in them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::Refused;
use crate::dial::Wire;

/// Kinds of messages.
pub(super) const BATCH: u8 = 1;
pub(super) const REPLY: u8 = 4;
pub(super) const LOGIN: u8 = 16;
pub(super) const PRELOGIN: u8 = 18;

/// Bytes of a packet, as the server is told.
pub(super) const SIZE: u16 = 4096;
const HEAD: usize = 8;
/// In a head: this is the last packet of its message.
const LAST: u8 = 1;
/// Bytes of a message.
const LARGEST: usize = 1 << 20;

/// All packets of a message.
pub(super) fn packets(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let parts = content.chunks(usize::from(SIZE) - HEAD);
    let count = parts.len();
    for (number, part) in (1..).zip(parts) {
        let [high, low] = ((part.len() + HEAD) as u16).to_be_bytes();
        let last = if number == count { LAST } else { 0 };
        bytes.extend([kind, last, high, low, 0, 0, number as u8, 0]);
        bytes.extend(part);
    }
    bytes
}

/// The kind of a packet, whether it is the last, and the length of what follows its head.
fn head(bytes: [u8; HEAD]) -> Result<(u8, bool, usize), Refused> {
    let [kind, status, high, low, ..] = bytes;
    let length = usize::from(u16::from_be_bytes([high, low])).checked_sub(HEAD);
    let length = length.ok_or_else(|| Refused::new("invalid packet size, it is shorter than header size"))?;
    Ok((kind, status & LAST != 0, length))
}

/// The server's next message, which has to be an answer.
pub(super) async fn answer(wire: &mut Wire) -> Result<Vec<u8>, Refused> {
    let mut content = Vec::new();
    loop {
        let mut bytes = [0; HEAD];
        bytes.copy_from_slice(&wire.bytes(HEAD).await?);
        let (kind, last, length) = head(bytes)?;
        if kind != REPLY {
            return Err(Refused(format!("unexpected packet type in reply: got {kind}, expected {REPLY}")));
        }
        if content.len() + length > LARGEST {
            return Err(Refused::new("the server sends an answer without an end"));
        }
        content.extend(wire.bytes(length).await?);
        if last {
            return Ok(content);
        }
    }
}

/// A connection whose bytes are carried in packets until TLS's handshake is over.
pub(super) struct Carried<S> {
    below: S,
    over: bool,
    /// What has been written and not yet sent.
    written: Vec<u8>,
    /// Packets of it, as far as they are not yet sent.
    sending: Vec<u8>,
    /// The head of the packet that is being read, as far as it is here.
    head: Vec<u8>,
    /// What is still to come of that packet.
    left: usize,
}

impl<S> Carried<S> {
    pub(super) fn new(below: S) -> Self {
        Self { below, over: false, written: Vec::new(), sending: Vec::new(), head: Vec::new(), left: 0 }
    }

    /// From here on nothing is carried.
    pub(super) fn finish(&mut self) {
        self.over = true;
    }

    /// The connection itself.
    pub(super) fn into_below(self) -> S {
        self.below
    }
}

impl<S: AsyncRead + Unpin> Carried<S> {
    /// Reads the next head where there is nothing left of the last packet; false at the end.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        while self.left == 0 {
            let mut bytes = [0; HEAD];
            let mut part = ReadBuf::new(&mut bytes[self.head.len()..]);
            ready!(Pin::new(&mut self.below).poll_read(context, &mut part))?;
            match part.filled() {
                [] if self.head.is_empty() => return Poll::Ready(Ok(false)),
                [] => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                found => self.head.extend(found),
            }
            if let Ok(bytes) = <[u8; HEAD]>::try_from(&*self.head) {
                self.head.clear();
                let odd = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
                let (kind, _, length) = head(bytes).map_err(|refused| odd(refused.to_string()))?;
                // Older servers answer a handshake as anything else.
                if ![PRELOGIN, REPLY].contains(&kind) {
                    return Poll::Ready(Err(odd(format!("unexpected packet {kind}, expecting prelogin"))));
                }
                self.left = length;
            }
        }
        Poll::Ready(Ok(true))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Carried<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.over {
            return Pin::new(&mut self.below).poll_read(context, into);
        }
        // Nothing comes before what was written is sent.
        ready!(self.as_mut().poll_flush(context))?;
        if !ready!(self.poll_head(context))? {
            return Poll::Ready(Ok(()));
        }
        let mut bytes = [0; SIZE as usize];
        let most = self.left.min(into.remaining()).min(bytes.len());
        let mut part = ReadBuf::new(&mut bytes[..most]);
        ready!(Pin::new(&mut self.below).poll_read(context, &mut part))?;
        self.left -= part.filled().len();
        into.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Carried<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.over {
            return Pin::new(&mut self.below).poll_write(context, bytes);
        }
        self.written.extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let carried = &mut *self;
        carried.sending.extend(packets(PRELOGIN, &carried.written));
        carried.written.clear();
        while !carried.sending.is_empty() {
            let sent = ready!(Pin::new(&mut carried.below).poll_write(context, &carried.sending))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            carried.sending.drain(..sent);
        }
        Pin::new(&mut carried.below).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.below).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn answered(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let (ours, mut theirs) = tokio::io::duplex(4 << 20);
        theirs.write_all(bytes).await.expect("there is room");
        theirs.shutdown().await.expect("it ends");
        answer(&mut Wire(Box::new(ours))).await.map_err(|refused| refused.to_string())
    }

    #[tokio::test]
    async fn messages_of_any_length_are_the_same_after_their_packets() {
        for length in [1, 4087, 4088, 4089, 10_000] {
            let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let bytes = packets(REPLY, &content);
            assert_eq!(answered(&bytes).await.expect("it is whole"), content, "{length} bytes");
            let count = bytes.len() - content.len();
            assert_eq!(count, HEAD * content.len().div_ceil(4088), "no packet is longer than was told");
        }
    }

    #[tokio::test]
    async fn what_is_no_answer_is_refused() {
        let whole = packets(REPLY, &[7; 20]);
        for length in 0..whole.len() {
            assert_eq!(answered(&whole[..length]).await, Err("EOF".to_owned()), "cut after {length}");
        }
        for (bytes, why) in [
            (&[4, 1, 0, 7, 0, 0, 1, 0][..], "invalid packet size, it is shorter than header size"),
            (&[18, 1, 0, 9, 0, 0, 1, 0, 0], "unexpected packet type in reply: got 18, expected 4"),
            (b"HTTP/1.1 400 Bad Request", "unexpected packet type in reply: got 72, expected 4"),
        ] {
            assert_eq!(answered(bytes).await, Err(why.to_owned()), "{bytes:?}");
        }
        let part = [vec![4, 0, 0xff, 0xff, 0, 0, 1, 0], vec![0; 0xffff - HEAD]].concat();
        let endless = part.repeat(17);
        assert_eq!(
            answered(&endless).await,
            Err("the server sends an answer without an end".to_owned()),
            "memory has an end"
        );
    }

    #[tokio::test]
    async fn a_handshake_is_carried_and_what_follows_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut carried = Carried::new(ours);
        let (sent, received) = tokio::join!(
            async {
                carried.write_all(&[1, 2]).await?;
                carried.write_all(&[3; 60]).await?;
                let mut answer = [0; 4];
                carried.read_exact(&mut answer).await?;
                carried.finish();
                carried.write_all(b"plain").await?;
                carried.flush().await.map(|()| answer)
            },
            async {
                let mut bytes = [0; 70];
                theirs.read_exact(&mut bytes).await?;
                // Cut anywhere, in two packets, one of them as older servers send it.
                for piece in [&[18, 1, 0][..], &[10, 0, 0, 1, 0, 5], &[6, 4, 1, 0, 10, 0, 0, 1, 0, 7, 8]] {
                    theirs.write_all(piece).await?;
                    tokio::task::yield_now().await;
                }
                let mut plain = [0; 5];
                theirs.read_exact(&mut plain).await.map(|_| (bytes, plain))
            },
        );
        let (bytes, plain) = received.expect("the server hears it");
        assert_eq!(
            bytes[..11],
            [18, 1, 0, 70, 0, 0, 1, 0, 1, 2, 3],
            "one message, sent when it is waited for"
        );
        assert_eq!(sent.expect("the client hears it"), [5, 6, 7, 8], "without the heads");
        assert_eq!(&plain, b"plain", "after the handshake");
    }

    #[tokio::test]
    async fn what_carries_no_handshake_is_refused() {
        for (bytes, kind) in [
            (&[17, 1, 0, 9, 0, 0, 1, 0, 0][..], io::ErrorKind::InvalidData),
            (&[18, 1, 0, 0, 0, 0, 1, 0, 0], io::ErrorKind::InvalidData),
            (&[18, 1, 0], io::ErrorKind::UnexpectedEof),
        ] {
            let (ours, mut theirs) = tokio::io::duplex(64);
            theirs.write_all(bytes).await.expect("there is room");
            theirs.shutdown().await.expect("it ends");
            let error = Carried::new(ours).read_exact(&mut [0; 4]).await.expect_err("it is none");
            assert_eq!(error.kind(), kind, "{bytes:?}: {error}");
        }
    }
}
