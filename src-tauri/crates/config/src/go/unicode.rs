//! Classes of characters as Go's `unicode` package has them, which differ from Rust's in the corners:
//! a letter is category L and nothing else, and case mapping never changes the number of characters.

use std::sync::OnceLock;

use regex_syntax::hir::HirKind;

type Ranges = Vec<(char, char)>;

/// The ranges of a Unicode class, from the tables of the regular expression parser.
fn ranges(cell: &'static OnceLock<Ranges>, class: &str) -> &'static Ranges {
    cell.get_or_init(|| {
        let Ok(hir) = regex_syntax::parse(class) else { return Ranges::new() };
        match hir.kind() {
            HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
                class.iter().map(|range| (range.start(), range.end())).collect()
            }
            _ => Ranges::new(),
        }
    })
}

fn holds(ranges: &Ranges, character: char) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= character);
    after > 0 && ranges[after - 1].1 >= character
}

/// Whether it is a letter.
pub(crate) fn is_letter(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    holds(ranges(&CELL, r"\p{L}"), character)
}

/// Whether it is a decimal digit.
pub(crate) fn is_digit(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    holds(ranges(&CELL, r"\p{Nd}"), character)
}

/// Whether it is a number of any kind.
pub(crate) fn is_number(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    holds(ranges(&CELL, r"\p{N}"), character)
}

/// Whether it is punctuation.
pub(crate) fn is_punctuation(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    holds(ranges(&CELL, r"\p{P}"), character)
}

/// Whether it is an upper case letter.
pub(crate) fn is_upper(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    holds(ranges(&CELL, r"\p{Lu}"), character)
}

/// Whether it is a lower case letter.
pub(crate) fn is_lower(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    holds(ranges(&CELL, r"\p{Ll}"), character)
}

/// Whether it is a title case letter.
pub(crate) fn is_title(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    holds(ranges(&CELL, r"\p{Lt}"), character)
}

/// Whether it is white space.
pub(crate) fn is_space(character: char) -> bool {
    match character {
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' => true,
        _ => {
            !character.is_ascii()
                && matches!(
                    character,
                    '\u{1680}' | '\u{2000}'
                        ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
                )
        }
    }
}

/// Whether it has ink: a letter, mark, number, punctuation, symbol or the plain space.
pub(crate) fn is_print(character: char) -> bool {
    static CELL: OnceLock<Ranges> = OnceLock::new();
    if character.is_ascii() {
        return (' '..='~').contains(&character);
    }
    holds(ranges(&CELL, r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"), character)
}

/// Upper case, one character for one.
pub(crate) fn to_upper(character: char) -> char {
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => simple_upper(character),
    }
}

/// Lower case, one character for one.
pub(crate) fn to_lower(character: char) -> char {
    // The only character whose full mapping is longer than its simple one.
    if character == '\u{130}' {
        return 'i';
    }
    let mut mapped = character.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// Title case, one character for one.
pub(crate) fn to_title(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => character,
        _ => to_upper(character),
    }
}

/// Greek letters with iota, whose full mapping is two characters and whose simple one is their title case.
fn simple_upper(character: char) -> char {
    let code = u32::from(character);
    let mapped = match code {
        0x1f80..=0x1faf if code & 8 == 0 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => code,
    };
    char::from_u32(mapped).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::{is_letter, is_print, is_space, to_lower, to_title, to_upper};

    #[test]
    fn classes_are_gos() {
        assert!(is_letter('é') && !is_letter('\u{345}') && !is_letter('Ⅷ'), "category L alone");
        assert!(is_print('é') && !is_print('\u{a0}') && !is_print('\u{200b}'), "no-break space has no ink");
        assert!(is_space('\u{85}') && !is_space('\u{200b}'), "as the Unicode property says");
    }

    #[test]
    fn case_is_one_for_one() {
        assert_eq!((to_upper('ß'), to_upper('ᾳ'), to_lower('İ')), ('ß', 'ᾼ', 'i'), "never longer");
        assert_eq!((to_title('ǆ'), to_title('a'), to_title('ა')), ('ǅ', 'A', 'ა'), "title case");
    }
}
