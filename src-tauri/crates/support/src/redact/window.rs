//! A file passes through a window: as much of it as fits is looked at as a whole, and what is surely done is written.
//!
//! Most files fit whole. Of a larger one the window's end is looked at once more together with what follows, so a
//! secret or an object is seen whole as long as it fits into the overlap. How the bytes arrive plays no part.
//!
//! Masks may stand where they make another value of what is around them. So their surroundings are looked at again
//! until nothing is found any more; then redacting twice is redacting once.

use std::io::{self, Read, Write};
use std::ops::Range;

use super::MASK;
use super::report::Report;
use super::span::{Rule, Span, Style, settled};

/// Times that surroundings of masks are looked at again. Texts that need more are made for it.
const ROUNDS: usize = 6;
/// Bytes around a mask that are looked at again, unless three lines are fewer.
const AROUND: usize = 8 << 10;

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

/// What is looked at, seen from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of the file.
    Whole,
    /// A part of it, for the first time.
    Window,
    /// The surroundings of a mask.
    Again,
}

/// What finds places in a text.
pub(crate) trait Find {
    /// Places in a text.
    fn find(&self, text: &[u8], part: Part, report: &mut Report) -> Vec<Span>;
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
    let mut window = Window { buffer: Vec::new(), done: 0, line: 1, lost: Vec::new(), first: true };
    loop {
        let ended = window.fill(input, sizes)?;
        let open = window.mask(find, ended, report);
        let cut = if ended { Some(window.buffer.len()) } else { window.cut(open, sizes) };
        if cut.is_none() {
            report
                .note("A line holds a secret longer than can be looked at; the rest of the line is left out");
            window.close(find, open, report);
        }
        let end = cut.unwrap_or(window.buffer.len());
        output.write_all(&window.buffer[window.done..end])?;
        if ended {
            return Ok(());
        }
        window.advance(end, sizes);
        if cut.is_none() {
            window.skip_line(input)?;
        }
    }
}

struct Window {
    buffer: Vec<u8>,
    /// Bytes at its beginning that are written already.
    done: usize,
    /// Line of the first byte that is not.
    line: u64,
    /// Places of masks that took ends of lines with them, and how many.
    lost: Vec<(usize, u64)>,
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

    /// Puts masks in place of what is found. What reaches to the window's end may go on after it, and is given back.
    fn mask(&mut self, find: &dyn Find, ended: bool, report: &mut Report) -> Option<Span> {
        let part = if self.first && ended { Part::Whole } else { Part::Window };
        self.first = false;
        let mut spans = find.find(&self.buffer, part, report);
        let mut open = None;
        for _ in 0..ROUNDS {
            for span in &mut spans {
                span.start = span.start.max(self.done);
            }
            spans.retain(|span| span.end > self.done);
            spans = settled(&self.buffer, spans);
            open = spans.pop_if(|last| !ended && self.buffer[last.end..].trim_ascii_start().is_empty());
            let before = self.buffer.len();
            if spans.is_empty() {
                break;
            }
            let masks = self.apply(find, &spans, report);
            spans = Vec::new();
            for range in self.around(&masks) {
                let found = find.find(&self.buffer[range.clone()], Part::Again, report);
                let found = found.into_iter();
                spans.extend(found.map(|span| Span {
                    start: span.start + range.start,
                    end: span.end + range.start,
                    ..span
                }));
            }
            // What is open lies where it lay, seen from the end.
            let now = self.buffer.len();
            open = open.map(|span| Span {
                start: now - (before - span.start),
                end: now - (before - span.end),
                ..span
            });
            spans.extend(open);
        }
        open
    }

    /// Puts masks in place of spans, tells of them, and says where they are.
    fn apply(&mut self, find: &dyn Find, spans: &[Span], report: &mut Report) -> Vec<usize> {
        let mut fresh = Vec::with_capacity(self.buffer.len());
        let mut masks = Vec::with_capacity(spans.len());
        let mut lost = Vec::new();
        let (mut at, mut line, mut known) = (0, self.line, self.lost.iter().peekable());
        for span in spans {
            let counted = at.max(self.done)..span.start;
            line += lines(&self.buffer[counted]);
            while let Some((place, count)) = known.next_if(|(place, _)| *place <= span.start) {
                lost.push((place + fresh.len() - at.min(*place), *count));
                line += count;
            }
            fresh.extend(&self.buffer[at..span.start]);
            report.add(find.name(span.rule), line);
            masks.push(fresh.len());
            match span.style {
                Style::Mask => fresh.extend(MASK.as_bytes()),
                Style::Quoted => fresh.extend(format!("\"{MASK}\"").as_bytes()),
                Style::Drop => {}
            }
            let mut gone = lines(&self.buffer[span.start..span.end]);
            while let Some((_, count)) = known.next_if(|(place, _)| *place < span.end) {
                gone += count;
            }
            if gone > 0 {
                lost.push((fresh.len(), gone));
            }
            line += gone;
            at = span.end;
        }
        lost.extend(known.map(|(place, count)| (place + fresh.len() - at, *count)));
        fresh.extend(&self.buffer[at..]);
        self.lost = lost;
        self.buffer = fresh;
        masks
    }

    /// What is around masks, three lines to either side at the most.
    fn around(&self, masks: &[usize]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for mask in masks {
            let before = &self.buffer[mask.saturating_sub(AROUND)..*mask];
            let start = before.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').nth(3);
            let start = mask - before.len() + start.map_or(0, |(at, _)| at + 1);
            let after = &self.buffer[*mask..self.buffer.len().min(mask + AROUND)];
            let end = after.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(3);
            let end = mask + end.map_or(after.len(), |(at, _)| at + 1);
            match ranges.last_mut() {
                Some(last) if start <= last.end => last.end = end.max(last.end),
                _ => ranges.push(start..end),
            }
        }
        ranges
    }

    /// The end of a line before the overlap, or if a line fills all of it a blank, or simply there; never in what is
    /// open. None if that fills the whole window.
    fn cut(&self, open: Option<Span>, sizes: Sizes) -> Option<usize> {
        let target =
            self.buffer.len().saturating_sub(sizes.overlap).max(self.done + 1).min(self.buffer.len());
        let head = &self.buffer[self.done..target];
        let near = &head[head.len().saturating_sub(sizes.overlap.max(1024))..];
        let line = near.iter().rposition(|byte| *byte == b'\n');
        let back = line.or_else(|| near.iter().rposition(u8::is_ascii_whitespace));
        let at = back.map_or(target, |back| target - near.len() + back + 1);
        match open {
            Some(span) if span.start < at => (span.start > self.done).then_some(span.start),
            _ => Some(at),
        }
    }

    /// Masks what is open, as its end will not be seen.
    fn close(&mut self, find: &dyn Find, open: Option<Span>, report: &mut Report) {
        let spans: Vec<Span> = open.into_iter().collect();
        self.apply(find, &spans, report);
    }

    /// Keeps what is not written, and a little before it.
    fn advance(&mut self, end: usize, sizes: Sizes) {
        self.line += lines(&self.buffer[self.done..end]);
        self.line += self.lost.iter().filter(|(place, _)| *place <= end).map(|(_, count)| count).sum::<u64>();
        let from = end.saturating_sub(sizes.context);
        self.lost.retain(|(place, _)| *place > end);
        self.lost.iter_mut().for_each(|(place, _)| *place -= from);
        self.buffer.drain(..from);
        self.done = end - from;
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
