//! From the bytes of a log to lines for people, and to what an error says of it.

use std::collections::VecDeque;

/// Bytes of a line that are shown; the rest of a longer one is counted.
const LONGEST: usize = 8 * 1024;
/// Bytes of a log's end that an error holds.
const SAID: usize = 2 * 1024;
/// Lines of a log's end among which the ones that matter are looked for.
const KEPT: usize = 40;

/// What the host writes into the log of a job that is started once more.
pub(super) const AGAIN: &str = "-- started again --";

/// Cuts a log into lines, however it arrives.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Bytes of the log that were taken: where to read on.
    pub cursor: u64,
    part: Vec<u8>,
    left_out: u64,
    last: VecDeque<String>,
}

impl Lines {
    /// Takes the next bytes and gives each line that is whole.
    pub(super) fn take(&mut self, bytes: &[u8], line: &mut dyn FnMut(&str)) {
        self.cursor += bytes.len() as u64;
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|&byte| byte == b'\n') {
            self.keep(&rest[..at]);
            self.finish(line);
            rest = &rest[at + 1..];
        }
        self.keep(rest);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let fitting = bytes.len().min(LONGEST - self.part.len());
        self.part.extend_from_slice(&bytes[..fitting]);
        self.left_out += (bytes.len() - fitting) as u64;
    }

    /// Nothing more comes behind what has come.
    pub(super) fn end(&mut self, line: &mut dyn FnMut(&str)) {
        if !self.part.is_empty() {
            self.finish(line);
        }
    }

    fn finish(&mut self, line: &mut dyn FnMut(&str)) {
        let mut text = readable(&self.part);
        if self.left_out > 0 {
            text.push_str(&format!(" [{} bytes left out]", self.left_out));
        }
        self.part.clear();
        self.left_out = 0;
        line(&text);
        // What an earlier try said explains nothing of this one.
        if text == AGAIN {
            self.last.clear();
            return;
        }
        self.last.push_back(text);
        if self.last.len() > KEPT {
            self.last.pop_front();
        }
    }

    /// What an error says: the last lines, from the first of them that tells of a fault on.
    pub(super) fn said(&self) -> String {
        let lines: Vec<&str> = self.last.iter().map(|line| line.trim()).filter(|line| tells(line)).collect();
        let first = lines.iter().position(|line| is_fault(line)).unwrap_or(lines.len().saturating_sub(5));
        let mut said = String::new();
        for line in lines[first..].iter().rev() {
            let line: String = line.chars().take(SAID / 8).collect();
            if said.len() + line.len() + 1 > SAID {
                break;
            }
            said = if said.is_empty() { line } else { format!("{line}\n{said}") };
        }
        said
    }
}

/// What a terminal would show of a line: what was written over is gone, and so are colours and control characters.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let shown = text.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
    let mut out = String::with_capacity(shown.len());
    let mut rest = shown.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\u{1b}' if rest.peek() == Some(&'[') => {
                rest.next();
                // The final byte of a control sequence (ECMA-48 §5.4).
                let _ = rest.by_ref().find(|end| ('@'..='~').contains(end));
            }
            '\t' => out.push('\t'),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// Whether a line says something: kubeadm ends every failure by the same advice about itself.
fn tells(line: &str) -> bool {
    !line.is_empty() && !line.contains("To see the stack trace of this error execute with --v=5")
}

fn is_fault(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["error", "fatal", "fail", "denied", "cannot", "no space", "refused", "timed out", "not found", "panic"]
        .iter()
        .any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(pieces: &[&[u8]]) -> (Lines, Vec<String>) {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.take(piece, &mut |line| seen.push(line.to_owned()));
        }
        lines.end(&mut |line| seen.push(line.to_owned()));
        (lines, seen)
    }

    proptest! {
        #[test]
        fn however_a_log_arrives_its_lines_are_the_same(
            log in prop::collection::vec(prop::sample::select(b"ab\n\r\x1b[m\xff\xc3\xa9".to_vec()), 0..200),
            cut in 1_usize..50,
        ) {
            let whole = lines(&[&log]).1;
            let pieces: Vec<&[u8]> = log.chunks(cut).collect();
            let (taken, cut) = lines(&pieces);
            prop_assert_eq!(&cut, &whole, "the pieces show in the lines");
            prop_assert_eq!(taken.cursor, log.len() as u64, "the cursor is elsewhere");
            prop_assert!(cut.iter().all(|line| !line.contains(['\n', '\r', '\u{1b}'])), "{:?}", cut);
        }
    }

    #[test]
    fn lines_are_readable() {
        let table: [(&[u8], &str); 6] = [
            (b"plain\n", "plain"),
            (b"windows\r\n", "windows"),
            (b"10%\r50%\r100%\n", "100%"),
            (b"\x1b[1;31mred\x1b[0m\n", "red"),
            (b"no text: \xff\n", "no text: \u{fffd}"),
            (b"without an end", "without an end"),
        ];
        for (bytes, expected) in table {
            assert_eq!(lines(&[bytes]).1, [expected], "{bytes:?}");
        }
    }

    #[test]
    fn a_long_line_is_bounded() {
        let (kept, seen) = lines(&[&vec![b'x'; 3 << 20], b"\nnext\n"]);
        assert_eq!(seen.len(), 2, "two lines came");
        assert!(seen[0].len() < LONGEST + 64, "{} bytes are kept of it", seen[0].len());
        assert!(seen[0].ends_with(&format!("[{} bytes left out]", (3 << 20) - LONGEST)), "it is not said");
        assert_eq!((seen[1].as_str(), kept.cursor), ("next", (3 << 20) + 6));
    }

    #[test]
    fn an_error_holds_what_matters() {
        let kubeadm = b"[preflight] Running pre-flight checks\n\t[WARNING Swap]: swap is on\n\
            error execution phase preflight: [preflight] Some fatal errors occurred:\n\
            \t[ERROR Port-6443]: Port 6443 is in use\n\
            To see the stack trace of this error execute with --v=5 or higher\n";
        insta::assert_snapshot!(lines(&[kubeadm]).0.said(), @r"
        error execution phase preflight: [preflight] Some fatal errors occurred:
        [ERROR Port-6443]: Port 6443 is in use
        ");
        assert_eq!(lines(&[b"one\ntwo\nthree\nfour\nfive\nsix\n"]).0.said(), "two\nthree\nfour\nfive\nsix");
        let again = b"error: of the first try\n\n-- started again --\nit goes on\n";
        assert_eq!(lines(&[again]).0.said(), "it goes on", "an earlier try explains this one");
        let many = "error: again and again\n".repeat(4000);
        assert!(lines(&[many.as_bytes()]).0.said().len() <= SAID, "an error is longer than it may be");
    }
}
