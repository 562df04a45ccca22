//! Secrets that the caller knows, and the forms in which they may turn up.
//!
//! What JSON, shells and URLs make of a secret is seen through views of the text. Here are the forms that no view
//! shows: base64 in each of the three places that a secret may have within a longer text, hexadecimal digits, quotes
//! doubled as YAML and shells do it, and what XML makes of it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Fewer bytes are found everywhere, so they are not looked for.
const SHORTEST: usize = 4;
/// Fewer bytes count only as a word of their own.
const WORD: usize = 8;
/// Letters of base64 that are sure enough to be looked for.
const LETTERS: usize = 8;

/// How a form has to lie in a text to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Anywhere.
    Any,
    /// Not inside a word.
    Word,
    /// Within base64, all of which goes.
    Encoded,
    /// Anywhere, letters of either case.
    Digits,
}

/// Every form of a secret.
pub(crate) fn forms(secret: &[u8]) -> BTreeSet<(Vec<u8>, Place)> {
    let mut forms = BTreeSet::new();
    if secret.len() < SHORTEST {
        return forms;
    }
    let place = if secret.len() < WORD { Place::Word } else { Place::Any };
    forms.insert((secret.to_vec(), place));
    for (quote, quoted) in [("'", "''"), ("'", "'\\''"), ("\"", "\"\"")] {
        forms.insert((replaced(secret, quote, quoted), place));
    }
    let mut xml = secret.to_vec();
    for (letter, name) in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")] {
        xml = replaced(&xml, letter, name);
        forms.insert((xml.clone(), place));
    }
    for apostrophe in ["&#39;", "&apos;"] {
        forms.insert((replaced(&xml, "'", apostrophe), place));
    }
    if secret.len() >= WORD {
        forms.insert((
            secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
            Place::Digits,
        ));
    }
    forms.extend(encoded(secret).into_iter().map(|form| (form, Place::Encoded)));
    forms.extend(long_lines(secret).map(|line| (line, Place::Any)));
    forms
}

/// The letters of base64 that depend on the secret alone, after none, one and two bytes of something else.
fn encoded(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(secret);
        let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for letters in [STANDARD.encode(&bytes), URL_SAFE.encode(&bytes)] {
            let sure = letters.as_bytes().get(first..end).unwrap_or_default();
            if sure.len() >= LETTERS {
                forms.push(sure.to_vec());
            }
        }
    }
    forms
}

/// Lines of a secret that has several, each a secret by itself: they are indented where the secret is part of YAML.
fn long_lines(secret: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let several = secret.contains(&b'\n');
    let lines = secret.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines
        .filter(move |line| {
            several && line.len() >= 20 && !line.contains(&b' ') && !line.starts_with(b"-----")
        })
        .map(<[u8]>::to_vec)
}

fn replaced(text: &[u8], from: &str, to: &str) -> Vec<u8> {
    let from = from.as_bytes()[0];
    let bytes = text.iter().flat_map(|byte| if *byte == from { to.as_bytes().to_vec() } else { vec![*byte] });
    bytes.collect()
}

/// Whether a form that was found at a place counts there.
pub(crate) fn counts(text: &[u8], start: usize, end: usize, form: &[u8], place: Place) -> bool {
    match place {
        Place::Digits => true,
        Place::Any | Place::Encoded => &text[start..end] == form,
        Place::Word => {
            let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            &text[start..end] == form
                && !word(start.checked_sub(1).map(|before| &text[before]))
                && !word(text.get(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_it_lies_in_base64() {
        let secret = b"Tidewater-17!";
        for before in 0..9 {
            for after in 0..4 {
                let text = [&b"xxxxxxxxx"[..before], secret, &b"yyy"[..after]].concat();
                let encoded = STANDARD.encode(text);
                let found = forms(secret).into_iter().any(|(form, place)| {
                    place == Place::Encoded && encoded.contains(std::str::from_utf8(&form).expect("letters"))
                });
                assert!(found, "{before} bytes before, {after} after");
            }
        }
    }

    #[test]
    fn forms_of_a_secret() {
        let texts = |secret: &str| -> Vec<String> {
            forms(secret.as_bytes())
                .into_iter()
                .map(|(form, _)| String::from_utf8_lossy(&form).into_owned())
                .collect()
        };
        assert!(texts("abc").is_empty(), "three letters are everywhere");
        for form in ["it's <a>", "it''s <a>", "it's &lt;a&gt;", "it&#39;s &lt;a&gt;", "69742773203c613e"] {
            assert!(texts("it's <a>").contains(&form.to_owned()), "{form}");
        }
        let lines = "-----BEGIN X-----\nMIIEvQIBADANBgkqhkiG9w0B\nshort\n";
        assert!(texts(lines).contains(&"MIIEvQIBADANBgkqhkiG9w0B".to_owned()));
    }
}
