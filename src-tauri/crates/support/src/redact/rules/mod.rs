//! What secrets look like. Every rule names the words it begins at; one automaton looks for all of them at once, and a
//! rule only ever sees the places where one of its words is.

mod headers;
mod keyed;
mod names;
mod pairs;
mod pem;
mod scan;
mod secrets;
mod tokens;
mod urls;

use super::span::Span;

pub(crate) use secrets::{json as secret_objects, yaml as secret_manifests};

/// A word that was found, and the text around it.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'t> {
    pub(crate) text: &'t [u8],
    /// Where the word begins.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
}

/// What a rule makes of a word.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    /// The places it takes out.
    Places(fn(&Sight<'_>, &mut Vec<Span>)),
    /// The text may hold Secrets of Kubernetes, if this says so.
    Secrets(fn(&Sight<'_>) -> bool),
}

/// All words, in lower case, and what becomes of each.
pub(crate) fn table() -> Vec<(&'static str, Sign)> {
    let rules: &[(&[&'static str], Sign)] = &[
        (names::WORDS, Sign::Places(keyed::find)),
        (keyed::OTHERS, Sign::Places(keyed::others)),
        (pairs::WORDS, Sign::Places(pairs::find)),
        (pairs::CEPH, Sign::Places(pairs::ceph)),
        (urls::SCHEME, Sign::Places(urls::find)),
        (urls::SOCKET, Sign::Places(urls::socket)),
        (urls::DSN, Sign::Places(urls::dsn)),
        (headers::AUTHORIZATION, Sign::Places(headers::authorization)),
        (headers::BEARER, Sign::Places(headers::bearer)),
        (headers::BASIC, Sign::Places(headers::basic)),
        (headers::COOKIE, Sign::Places(headers::cookie)),
        (pem::BEGIN, Sign::Places(pem::begin)),
        (pem::END, Sign::Places(pem::end)),
        (secrets::WORDS, Sign::Secrets(secrets::sign)),
    ];
    let rules = rules.iter().copied();
    let shapes = tokens::SHAPES.iter().map(|shape| (shape.words, Sign::Places(tokens::find)));
    rules.chain(shapes).flat_map(|(words, sign)| words.iter().map(move |word| (*word, sign))).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use crate::Redactor;

    static REDACTOR: LazyLock<Redactor> =
        LazyLock::new(|| Redactor::new::<&str>(&[], &[]).expect("it is made"));

    /// A text becomes another, and that itself.
    #[track_caller]
    pub fn masks(text: &str, masked: &str) {
        let (once, report) = REDACTOR.text("logs/a.log", text);
        assert_eq!(once, masked, "{text}");
        assert_eq!(REDACTOR.text("logs/a.log", &once).0, once, "a second time changes {text}");
        assert!(report.count() > 0, "it is not told that something was taken out of {text}");
    }

    /// A text stays as it is.
    #[track_caller]
    pub fn keeps(text: &str) {
        let (once, report) = REDACTOR.text("logs/a.log", text);
        assert_eq!(once, text, "it is harmless");
        assert_eq!(report.count(), 0, "nothing was taken out of {text}");
    }
}
