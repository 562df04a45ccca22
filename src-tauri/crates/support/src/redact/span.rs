//! Places that are taken out of a text, and how they become one list without overlaps.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::MASK;

/// Whose rule found a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// One of ours or of upstream's defaults, by name.
    Own(&'static str),
    /// A removal of a vendor's spec, by its place in the redactor's list of names.
    Vendor(usize),
}

/// What stands in a place afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// The mask.
    Mask,
    /// The mask in double quotes: a plain `***` would begin an alias in YAML and be no value in JSON.
    Quoted,
    /// Nothing.
    Drop,
}

/// A place: bytes from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) rule: Rule,
    pub(crate) style: Style,
}

impl Span {
    /// A place that is masked by a rule of ours.
    pub(crate) fn own(start: usize, end: usize, rule: &'static str) -> Self {
        Self { start, end, rule: Rule::Own(rule), style: Style::Mask }
    }
}

static MASKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new([MASK]).ok());

/// Sorts and joins places, and leaves alone what is masked already: redacting twice has to be redacting once.
///
/// Places that touch become one, and take in the masks that they touch; two masks side by side would be read as one
/// long value the next time.
pub(crate) fn settled(text: &[u8], mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end && span.end <= text.len());
    if spans.is_empty() {
        return spans;
    }
    let masks = masks(text);
    spans.iter_mut().filter(|span| span.style != Style::Drop).for_each(|span| trim(text, span));
    spans.retain(|span| span.start < span.end && !done(text, &masks, span));
    for span in &mut spans {
        absorb(&masks, span);
    }
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end), span.rule));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start < last.end || (span.start == last.end && span.style == last.style) => {
                last.end = last.end.max(span.end);
                // What one rule drops and another masks is masked: nobody should think it was never there.
                last.style = if last.style == Style::Drop { span.style } else { last.style };
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// Begins of the masks in a text.
fn masks(text: &[u8]) -> Vec<usize> {
    MASKS.as_ref().map(|masks| masks.find_iter(text).map(|found| found.start()).collect()).unwrap_or_default()
}

/// Blanks at the ends of a value are no part of it.
fn trim(text: &[u8], span: &mut Span) {
    let value = &text[span.start..span.end];
    let rest = value.trim_ascii_start();
    span.start += value.len() - rest.len();
    span.end = span.start + rest.trim_ascii_end().len();
}

/// Whether a place lies within a mask, or has nothing besides masks that could be a secret.
fn done(text: &[u8], masks: &[usize], span: &Span) -> bool {
    let mut at = span.start;
    let first = masks.partition_point(|begin| begin + MASK.len() <= span.start);
    let mut any = false;
    for begin in &masks[first..] {
        if *begin >= span.end {
            break;
        }
        any = true;
        if at < *begin && text[at..*begin].iter().any(|byte| tells(*byte)) {
            return false;
        }
        at = begin + MASK.len();
    }
    any && (at >= span.end || !text[at..span.end].iter().any(|byte| tells(*byte)))
}

/// Whether a byte may tell something.
fn tells(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Makes a place reach over the masks that it overlaps or touches.
fn absorb(masks: &[usize], span: &mut Span) {
    if span.style == Style::Drop {
        return;
    }
    let mut before = masks.partition_point(|begin| *begin < span.start);
    while before > 0 && masks[before - 1] + MASK.len() >= span.start {
        before -= 1;
        span.start = span.start.min(masks[before]);
    }
    let mut after = masks.partition_point(|begin| *begin < span.end);
    if after > 0 {
        span.end = span.end.max(masks[after - 1] + MASK.len());
    }
    while after < masks.len() && masks[after] <= span.end {
        span.end = span.end.max(masks[after] + MASK.len());
        after += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str, places: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let spans = places.iter().map(|(start, end)| Span::own(*start, *end, "r")).collect();
        settled(text.as_bytes(), spans).iter().map(|span| (span.start, span.end)).collect()
    }

    #[test]
    fn places_become_one_list() {
        for (text, places, settled) in [
            ("abcdefgh", &[(4, 6), (0, 2)][..], &[(0, 2), (4, 6)][..]),
            ("abcdefgh", &[(0, 4), (2, 6)], &[(0, 6)]),
            ("abcdefgh", &[(0, 2), (2, 4)], &[(0, 4)]),
            ("abcdefgh", &[(3, 3), (7, 9)], &[]),
            ("a***HIDDEN***b", &[(1, 13)], &[]),
            ("a***HIDDEN***b", &[(4, 10)], &[]),
            ("a***HIDDEN***b", &[(0, 1)], &[(0, 13)]),
            ("a***HIDDEN***b", &[(13, 14)], &[(1, 14)]),
            ("a***HIDDEN***b", &[(0, 5)], &[(0, 13)]),
            ("a***HIDDEN***b", &[(0, 14)], &[(0, 14)]),
            ("a***HIDDEN******HIDDEN***b", &[(0, 1)], &[(0, 25)]),
            ("***HIDDEN***, ***HIDDEN***", &[(0, 26)], &[]),
            (" ab  c", &[(0, 4)], &[(1, 3)]),
        ] {
            assert_eq!(spans(text, places), settled, "{places:?} in {text}");
        }
    }
}
