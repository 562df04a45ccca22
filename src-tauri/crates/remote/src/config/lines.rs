//! Lines, keywords and words of an `ssh_config`.

/// A line's keyword in lower case, and the rest of the line behind blanks and one `=`. `None` for a comment.
pub(super) fn keyword(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start_matches([' ', '\t']).trim_end_matches([' ', '\t', '\r', '\n', '\u{c}']);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (word, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => line.split_at(line.find([' ', '\t', '=']).unwrap_or(line.len())),
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start_matches([' ', '\t']);
    Some((word.to_ascii_lowercase(), rest))
}

/// Words of a line: quotes of both kinds, `\` before a quote, a blank or itself, `#` starts a comment.
/// `None` if a quote has no end.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut characters = text.chars().peekable();
    loop {
        while characters.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
        match characters.peek() {
            None | Some('#') => return Some(words),
            Some(_) => {}
        }
        let mut word = String::new();
        let mut quote = None;
        while let Some(character) = characters.next() {
            match character {
                '\\' => {
                    let escaped = characters.next_if(|&next| {
                        matches!(next, '\'' | '"' | '\\') || (quote.is_none() && next == ' ')
                    });
                    word.push(escaped.unwrap_or('\\'));
                }
                ' ' | '\t' if quote.is_none() => break,
                '\'' | '"' if quote.is_none() => quote = Some(character),
                _ if quote == Some(character) => quote = None,
                _ => word.push(character),
            }
        }
        if quote.is_some() {
            return None;
        }
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords() {
        let table = [
            ("Port 22", Some(("port", "22"))),
            ("  Port=22 ", Some(("port", "22"))),
            ("Port = 22\r", Some(("port", "22"))),
            ("# Port 22", None),
            ("", None),
            ("Port", Some(("port", ""))),
        ];
        for (line, expected) in table {
            let expected = expected.map(|(keyword, rest): (&str, &str)| (keyword.to_owned(), rest));
            assert_eq!(keyword(line), expected, "{line:?} is read otherwise");
        }
    }

    #[test]
    fn words_of_a_line() {
        let table: [(&str, Option<&[&str]>); 7] = [
            ("a b", Some(&["a", "b"])),
            ("\"a b\" c # d", Some(&["a b", "c"])),
            ("a\\ b 'c d'e", Some(&["a b", "c de"])),
            ("a#b", Some(&["a#b"])),
            ("\"\"", Some(&[""])),
            ("\"a", None),
            ("\\\"a\\n", Some(&["\"a\\n"])),
        ];
        for (line, expected) in table {
            let expected = expected.map(|words| words.iter().map(|&word| word.to_owned()).collect());
            assert_eq!(words(line), expected, "{line:?} is read otherwise");
        }
    }
}
