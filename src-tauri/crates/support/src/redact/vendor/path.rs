//! Paths such as `spec.users.*.key`: what lies there is masked, the rest of the file stays as it is.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place, StrInput};

use crate::redact::span::{Rule, Span, Style};

/// Levels that a document may be nested.
const DEPTH: usize = 100;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Every member.
    Any,
    /// The member of this name, or of this place in a list.
    Named(String),
}

/// The steps of a path; `None` if one is empty.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let step = |step: &str| match step {
        "" => None,
        "*" => Some(Step::Any),
        name => Some(Step::Named(name.to_owned())),
    };
    path.split('.').map(step).collect()
}

/// A path that leads on from a node, and whose it is.
#[derive(Clone, Copy)]
struct Way<'a> {
    name: usize,
    steps: &'a [Step],
}

/// Places that paths lead to.
///
/// # Errors
/// With the line from which on the text is no YAML; what lies before it has been found.
pub(super) fn find(text: &[u8], paths: &[(usize, &[Step])], out: &mut Vec<Span>) -> Result<(), usize> {
    let (text, broken) = match std::str::from_utf8(text) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = &text[..error.valid_up_to()];
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            (std::str::from_utf8(valid).unwrap_or_default(), Some(line))
        }
    };
    let ways: Vec<Way<'_>> = paths.iter().map(|(name, steps)| Way { name: *name, steps }).collect();
    let mut walk = Walk {
        parser: Parser::new_from_str(text),
        offsets: offsets(text),
        text,
        scalars: Vec::new(),
        anchors: HashMap::new(),
        out,
    };
    walk.documents(&ways)?;
    broken.map_or(Ok(()), Err)
}

/// Where each letter begins, unless letters are bytes.
fn offsets(text: &str) -> Option<Vec<u32>> {
    if text.is_ascii() { None } else { Some(text.char_indices().map(|(at, _)| at as u32).collect()) }
}

struct Walk<'a, 'o> {
    parser: Parser<'a, StrInput<'a>>,
    offsets: Option<Vec<u32>>,
    text: &'a str,
    /// Places of all values so far.
    scalars: Vec<Range<usize>>,
    /// Which of them a name stands for.
    anchors: HashMap<usize, Range<usize>>,
    out: &'o mut Vec<Span>,
}

impl<'a> Walk<'a, '_> {
    fn next(&mut self) -> Result<(Event<'a>, Place), usize> {
        match self.parser.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(error.marker().line()),
            None => Ok((Event::StreamEnd, Place::default())),
        }
    }

    fn documents(&mut self, ways: &[Way<'_>]) -> Result<(), usize> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentStart(_), _) => {
                    let (event, place) = self.next()?;
                    self.node(event, place, ways, 0)?;
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, place: Place, ways: &[Way<'_>], depth: usize) -> Result<(), usize> {
        if depth > DEPTH {
            return Err(place.start.line());
        }
        let first = self.scalars.len();
        let anchor = match event {
            Event::Alias(id) => {
                let known = self.anchors.get(&id).cloned().unwrap_or(0..0);
                for at in known {
                    if let Some(range) = self.scalars.get(at).cloned() {
                        self.take(range, ways);
                    }
                }
                return Ok(());
            }
            Event::Scalar(_, style, anchor, _) => {
                let range = self.scalar(place, style);
                self.scalars.push(range.clone());
                self.take(range, ways);
                anchor
            }
            Event::SequenceStart(anchor, _) => {
                self.sequence(ways, depth)?;
                anchor
            }
            Event::MappingStart(anchor, _) => {
                self.mapping(ways, depth)?;
                anchor
            }
            _ => 0,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, first..self.scalars.len());
        }
        Ok(())
    }

    fn sequence(&mut self, ways: &[Way<'_>], depth: usize) -> Result<(), usize> {
        for place in 0.. {
            let (event, span) = self.next()?;
            match event {
                Event::SequenceEnd => break,
                Event::StreamEnd => return Err(span.start.line()),
                event => self.node(event, span, &onward(ways, &place.to_string()), depth + 1)?,
            }
        }
        Ok(())
    }

    fn mapping(&mut self, ways: &[Way<'_>], depth: usize) -> Result<(), usize> {
        loop {
            let (event, span) = self.next()?;
            let key = match &event {
                Event::MappingEnd => return Ok(()),
                Event::StreamEnd => return Err(span.start.line()),
                Event::Scalar(text, ..) => text.to_string(),
                _ => String::new(),
            };
            // A key is no value, neither here nor where a name stands for the map.
            let values = self.scalars.len();
            self.node(event, span, &[], depth + 1)?;
            self.scalars.truncate(values);
            let (event, span) = self.next()?;
            self.node(event, span, &onward(ways, &key), depth + 1)?;
        }
    }

    /// Masks a value if a path ends here.
    fn take(&mut self, range: Range<usize>, ways: &[Way<'_>]) {
        let Some(way) = ways.iter().find(|way| way.steps.is_empty()) else { return };
        let quote = self.text.as_bytes().get(range.start).filter(|byte| matches!(byte, b'"' | b'\''));
        let inner =
            quote.filter(|quote| range.len() > 1 && self.text.as_bytes().get(range.end - 1) == Some(quote));
        let (start, end, style) = match inner {
            Some(_) => (range.start + 1, range.end - 1, Style::Mask),
            None => (range.start, range.end, Style::Quoted),
        };
        self.out.push(Span { start, end, rule: Rule::Vendor(way.name), style });
    }

    /// Bytes of a value, without the ends of lines after it.
    fn scalar(&self, place: Place, style: ScalarStyle) -> Range<usize> {
        let (start, mut end) = (self.byte(place.start.index()), self.byte(place.end.index()));
        let bytes = self.text.as_bytes();
        if let Some(quote) = bytes.get(start).filter(|byte| matches!(byte, b'"' | b'\'')) {
            return start..closed(bytes, start, *quote).min(end);
        }
        while end > start && bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        // A block's place may begin after its mark; all between the mark and it belongs to the value.
        let mark =
            if block { bytes[..start].iter().rposition(|byte| matches!(byte, b'|' | b'>')) } else { None };
        let begins = block && bytes.get(start).is_some_and(|byte| matches!(byte, b'|' | b'>'));
        match mark {
            Some(mark) if !begins && start - mark < 1024 => mark..end.max(mark),
            _ => start..end.max(start),
        }
    }

    fn byte(&self, letter: usize) -> usize {
        let at = self
            .offsets
            .as_ref()
            .map_or(letter, |all| all.get(letter).map_or(self.text.len(), |at| *at as usize));
        at.min(self.text.len())
    }
}

/// The end of a quoted value; the parser's own reaches over comments after it.
fn closed(text: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        let doubled = quote == b'\'' && text.get(at + 1) == Some(&quote);
        match text[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && doubled => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The paths that lead on through a member. One that has ended leads everywhere below.
fn onward<'w>(ways: &[Way<'w>], member: &str) -> Vec<Way<'w>> {
    let next = |way: &Way<'w>| match way.steps.split_first() {
        None => Some(*way),
        Some((step, rest)) => {
            let fits = match step {
                Step::Any => true,
                Step::Named(name) => name == member,
            };
            fits.then_some(Way { steps: rest, ..*way })
        }
    };
    ways.iter().filter_map(next).collect()
}
