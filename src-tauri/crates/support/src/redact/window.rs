//! A file passes through a window: as much of it as fits is looked at as a whole, and what is surely done is written.
//!
//! Most files fit whole. Of a larger one the window's end is looked at once more together with what follows, so a
//! secret or an object is seen whole as long as it fits into the overlap; what was found in the overlap is kept, since
//! the next look may lack the beginning that told what it is. How the bytes arrive plays no part.

use std::io::{self, Read, Write};

use super::MASK;
use super::report::Report;
use super::span::{Rule, Span, Style, settled};

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Bytes that are looked at at a time.
    pub(crate) window: usize,
    /// Bytes that are looked at again with what follows. Objects of Kubernetes stay below 1.5 MiB.
    pub(crate) overlap: usize,
    /// Bytes before the window that rules may look back at.
    pub(crate) context: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { window: 16 << 20, overlap: 2 << 20, context: 4 << 10 }
    }
}

/// What finds places in a text.
pub(crate) trait Find {
    /// Places in a text; `whole` when it is all of the file.
    fn find(&self, text: &[u8], whole: bool, report: &mut Report) -> Vec<Span>;
    /// Name of a rule.
    fn name(&self, rule: Rule) -> &str;
}

/// Copies a file without what is found in it.
pub(crate) fn pass(
    find: &dyn Find,
    sizes: Sizes,
    input: &mut dyn Read,
    output: &mut dyn Write,
    report: &mut Report,
) -> io::Result<()> {
    let mut window = Window { buffer: Vec::new(), done: 0, line: 1, carried: Vec::new(), first: true };
    loop {
        let ended = window.fill(input, sizes)?;
        let spans = window.spans(find, ended, report);
        let cut = if ended { Cut::at(window.buffer.len()) } else { window.cut(&spans, sizes) };
        window.write(find, &spans, cut.at, output, report)?;
        if ended {
            return Ok(());
        }
        window.advance(spans, cut.at, sizes);
        if cut.endless {
            report
                .note("A line holds a secret longer than can be looked at; the rest of the line is left out");
            window.skip_line(input)?;
        }
    }
}

/// How far the window is done.
struct Cut {
    at: usize,
    /// A place fills the whole window, and its end is not known.
    endless: bool,
}

impl Cut {
    fn at(at: usize) -> Self {
        Self { at, endless: false }
    }
}

struct Window {
    buffer: Vec<u8>,
    /// Bytes at its beginning that are written already.
    done: usize,
    /// Line of the first byte that is not.
    line: u64,
    /// Places that were found in what is not written yet.
    carried: Vec<Span>,
    first: bool,
}

impl Window {
    /// Fills up the buffer; true at the end of the file.
    fn fill(&mut self, input: &mut dyn Read, sizes: Sizes) -> io::Result<bool> {
        let wanted = self.done + sizes.window;
        let missing = wanted.saturating_sub(self.buffer.len());
        let read = input.take(missing as u64).read_to_end(&mut self.buffer)?;
        Ok(read < missing)
    }

    fn spans(&mut self, find: &dyn Find, ended: bool, report: &mut Report) -> Vec<Span> {
        let mut spans = find.find(&self.buffer, self.first && ended, report);
        self.first = false;
        spans.append(&mut self.carried);
        for span in &mut spans {
            span.start = span.start.max(self.done);
        }
        settled(&self.buffer, spans).into_iter().filter(|span| span.end > self.done).collect()
    }

    /// The end of a line before the overlap, or if a line fills all of it a blank, or simply there; never in a place.
    fn cut(&self, spans: &[Span], sizes: Sizes) -> Cut {
        let target = self.buffer.len().saturating_sub(sizes.overlap).max(self.done + 1);
        let head = &self.buffer[self.done..target];
        let near = &head[head.len().saturating_sub(sizes.overlap.max(1024))..];
        let line = near.iter().rposition(|byte| *byte == b'\n');
        let back = line.or_else(|| near.iter().rposition(u8::is_ascii_whitespace));
        let mut at = back.map_or(target, |back| target - near.len() + back + 1);
        let across = spans.iter().find(|span| span.start < at && at < span.end);
        if let Some(span) = across {
            at = match (span.end < self.buffer.len(), span.start > self.done) {
                (true, _) => span.end,
                (false, true) => span.start,
                (false, false) => return Cut { at: self.buffer.len(), endless: true },
            };
        }
        Cut::at(at)
    }

    fn write(
        &mut self,
        find: &dyn Find,
        spans: &[Span],
        end: usize,
        output: &mut dyn Write,
        report: &mut Report,
    ) -> io::Result<()> {
        let mut at = self.done;
        for span in spans.iter().take_while(|span| span.start < end) {
            let kept = &self.buffer[at..span.start];
            self.line += lines(kept);
            output.write_all(kept)?;
            report.add(find.name(span.rule), self.line);
            match span.style {
                Style::Mask => output.write_all(MASK.as_bytes())?,
                Style::Quoted => write!(output, "\"{MASK}\"")?,
                Style::Drop => {}
            }
            self.line += lines(&self.buffer[span.start..span.end]);
            at = span.end;
        }
        self.line += lines(&self.buffer[at..end]);
        output.write_all(&self.buffer[at..end])
    }

    /// Keeps what is not written, and a little before it.
    fn advance(&mut self, spans: Vec<Span>, cut: usize, sizes: Sizes) {
        let from = cut.saturating_sub(sizes.context);
        let later = spans.into_iter().filter(|span| span.start >= cut);
        self.carried =
            later.map(|span| Span { start: span.start - from, end: span.end - from, ..span }).collect();
        self.buffer.drain(..from);
        self.done = cut - from;
    }

    /// Reads over the rest of a line. Its end is kept.
    fn skip_line(&mut self, input: &mut dyn Read) -> io::Result<()> {
        let mut piece = vec![0; 64 << 10];
        loop {
            let read = match input.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if let Some(end) = piece[..read].iter().position(|byte| *byte == b'\n') {
                self.buffer.extend(&piece[end..read]);
                return Ok(());
            }
        }
    }
}

fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}
