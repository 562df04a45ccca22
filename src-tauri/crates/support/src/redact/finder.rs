//! Finds all places of a text in one pass over it, and in the texts within it.

use std::cell::Cell;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::RedactError;
use super::encoded::{self, Said};
use super::known::{self, Place};
use super::rules::{self, Sight, Sign};
use super::span::{Rule, Span, Style, settled};
use super::view::views;

/// Levels of texts within texts that are looked at: a manifest in an annotation in a log line, and base64 in it.
const DEPTH: usize = 5;
/// Bytes that compressed values of one text are unpacked to. What is beyond that counts as secret.
const UNPACKED: usize = 64 << 20;

/// Letters of words of which the automaton takes its fastest form.
const DENSE: usize = 64 << 10;

const KNOWN: &str = "known secrets";
const ENCODED: &str = "secrets in base64";

/// What a word of the automaton stands for.
enum Word {
    Rule(Sign),
    Known(Vec<u8>, Place, Rule),
}

/// The words of all rules, and what becomes of each.
pub(crate) struct Finder {
    automaton: AhoCorasick,
    words: Vec<Word>,
}

/// What is looked at, and how deep.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// Which of the vendors' literal values count in this file.
    pub(crate) active: &'a dyn Fn(usize) -> bool,
    depth: usize,
    unpacked: &'a Cell<usize>,
}

impl Finder {
    /// Knows the caller's secrets, and vendors' values by the places of their names.
    pub(crate) fn new(secrets: &[Vec<u8>], values: &[(Vec<u8>, usize)]) -> Result<Self, RedactError> {
        let (mut patterns, mut words) = (Vec::new(), Vec::new());
        for (word, sign) in rules::table() {
            patterns.push(word.as_bytes().to_vec());
            words.push(Word::Rule(sign));
        }
        let own = secrets.iter().flat_map(|secret| known::forms(secret)).map(|form| (form, Rule::Own(KNOWN)));
        let vendor = values.iter().map(|(value, name)| ((value.clone(), Place::Any), Rule::Vendor(*name)));
        for ((form, place), rule) in own.chain(vendor).filter(|((form, _), _)| !form.is_empty()) {
            patterns.push(form.clone());
            words.push(Word::Known(form, place, rule));
        }
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
        // The fastest form takes some hundred bytes for each letter.
        if patterns.iter().map(Vec::len).sum::<usize>() < DENSE {
            builder.kind(Some(AhoCorasickKind::DFA));
        }
        let automaton = builder.build(patterns).map_err(|_| RedactError::TooMany)?;
        Ok(Self { automaton, words })
    }

    /// All places of a text, not sorted.
    pub(crate) fn find(&self, text: &[u8], active: &dyn Fn(usize) -> bool) -> Vec<Span> {
        self.within(text, Scope { active, depth: 0, unpacked: &Cell::new(UNPACKED) })
    }

    fn within(&self, text: &[u8], scope: Scope<'_>) -> Vec<Span> {
        let mut out = self.plain(text, scope);
        if scope.depth < DEPTH {
            let scope = Scope { depth: scope.depth + 1, ..scope };
            views(text, &mut |view| {
                for span in settled(&view.text, self.within(&view.text, scope)) {
                    let (start, end) = view.outer(span.start, span.end);
                    out.push(Span { start, end, style: unquoted(span.style), ..span });
                }
            });
            self.encoded(text, scope, &mut out);
        }
        out
    }

    /// What lies in the text as it is.
    fn plain(&self, text: &[u8], scope: Scope<'_>) -> Vec<Span> {
        let mut out = Vec::new();
        let mut secrets = false;
        for hit in self.automaton.find_overlapping_iter(text) {
            let sight = Sight { text, start: hit.start(), end: hit.end() };
            match &self.words[hit.pattern().as_usize()] {
                Word::Rule(Sign::Places(find)) => find(&sight, &mut out),
                Word::Rule(Sign::Secrets(sign)) => secrets = secrets || sign(&sight),
                Word::Known(form, place, rule) => {
                    let counts = known::counts(text, sight.start, sight.end, form, *place);
                    if counts && !matches!(rule, Rule::Vendor(name) if !(scope.active)(*name)) {
                        let whole = *place == Place::Encoded;
                        let range = if whole {
                            encoded::around(text, sight.start, sight.end)
                        } else {
                            sight.start..sight.end
                        };
                        out.push(Span {
                            start: range.start,
                            end: range.end,
                            rule: *rule,
                            style: Style::Mask,
                        });
                    }
                }
            }
        }
        if secrets {
            out.extend(rules::secret_objects(text));
            out.extend(rules::secret_manifests(text));
        }
        out
    }

    /// Values in base64 that say something secret. What is found already needs no second look.
    fn encoded(&self, text: &[u8], scope: Scope<'_>, out: &mut Vec<Span>) {
        let mut known: Vec<Range<usize>> = out.iter().map(|span| span.start..span.end).collect();
        known.sort_by_key(|range| range.start);
        let mut at = 0;
        for value in encoded::values(text) {
            let Some((first, last)) = value.runs.first().zip(value.runs.last()) else { continue };
            while known.get(at).is_some_and(|range| range.end < last.end) {
                at += 1;
            }
            if known.get(at).is_some_and(|range| range.start <= first.start && last.end <= range.end) {
                continue;
            }
            let secret = match value.said(text, scope.unpacked) {
                None => false,
                Some(Said::Secret) => true,
                Some(Said::Text(said)) => !settled(&said, self.within(&said, scope)).is_empty(),
            };
            if secret {
                out.extend(value.runs.iter().map(|run| Span::own(run.start, run.end, ENCODED)));
            }
        }
    }
}

/// Quotes inside of a text that is quoted itself would end it.
fn unquoted(style: Style) -> Style {
    if style == Style::Quoted { Style::Mask } else { style }
}
