//! Functions over texts.

use gotmpl::Value;

use super::{Function, argument, integer, items, list, shown, string, text, wrong};
use crate::values::pattern;

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("upper", |a| Ok(string(text(a, 0)?.to_uppercase()))),
    ("lower", |a| Ok(string(text(a, 0)?.to_lowercase()))),
    ("title", |a| Ok(string(titled(&text(a, 0)?)))),
    ("untitle", |a| Ok(string(first_letter(&text(a, 0)?, |letter| letter.to_lowercase().collect())))),
    ("trim", |a| Ok(string(text(a, 0)?.trim()))),
    ("trimAll", |a| {
        Ok(string(text(a, 1)?.trim_matches(|letter| text(a, 0).is_ok_and(|set| set.contains(letter)))))
    }),
    ("trimSuffix", |a| {
        let whole = text(a, 1)?;
        Ok(string(whole.strip_suffix(&text(a, 0)?).unwrap_or(&whole)))
    }),
    ("trimPrefix", |a| {
        let whole = text(a, 1)?;
        Ok(string(whole.strip_prefix(&text(a, 0)?).unwrap_or(&whole)))
    }),
    ("nospace", |a| Ok(string(text(a, 0)?.replace(char::is_whitespace, "")))),
    ("replace", |a| Ok(string(text(a, 2)?.replace(&text(a, 0)?, &text(a, 1)?)))),
    ("contains", |a| Ok(Value::Bool(text(a, 1)?.contains(&text(a, 0)?)))),
    ("hasPrefix", |a| Ok(Value::Bool(text(a, 1)?.starts_with(&text(a, 0)?)))),
    ("hasSuffix", |a| Ok(Value::Bool(text(a, 1)?.ends_with(&text(a, 0)?)))),
    ("repeat", |a| {
        Ok(string(text(a, 1)?.repeat(usize::try_from(integer(a, 0)?.clamp(0, 1000)).unwrap_or(0))))
    }),
    ("quote", |a| Ok(string(wrapped(a, |part| format!("{part:?}"))))),
    ("squote", |a| Ok(string(wrapped(a, |part| format!("'{part}'"))))),
    ("cat", |a| Ok(string(wrapped(a, str::to_owned)))),
    ("indent", |a| Ok(string(indented(a)?))),
    ("nindent", |a| Ok(string(format!("\n{}", indented(a)?)))),
    ("trunc", |a| Ok(string(truncated(integer(a, 0)?, &text(a, 1)?)))),
    ("substr", |a| {
        let whole = text(a, 2)?;
        let (start, end) = (integer(a, 0)?.max(0) as usize, integer(a, 1)?);
        let end = usize::try_from(end).unwrap_or(whole.len()).min(whole.len());
        Ok(string(whole.get(start.min(end)..end).unwrap_or_default()))
    }),
    ("swapcase", |a| {
        let swap = |letter: char| {
            if letter.is_uppercase() {
                letter.to_lowercase().to_string()
            } else {
                letter.to_uppercase().to_string()
            }
        };
        Ok(string(text(a, 0)?.chars().map(swap).collect::<String>()))
    }),
    ("snakecase", |a| Ok(string(words(&text(a, 0)?).join("_").to_lowercase()))),
    ("kebabcase", |a| Ok(string(words(&text(a, 0)?).join("-").to_lowercase()))),
    ("camelcase", |a| {
        let capital = |word: &String| first_letter(word, |letter| letter.to_uppercase().collect());
        Ok(string(words(&text(a, 0)?).iter().map(capital).collect::<String>()))
    }),
    ("abbrev", |a| {
        let (size, whole) = (integer(a, 0)?, text(a, 1)?);
        let size = usize::try_from(size).ok().filter(|size| *size >= 4 && *size < whole.chars().count());
        Ok(string(
            size.map_or(whole.clone(), |size| whole.chars().take(size - 3).collect::<String>() + "..."),
        ))
    }),
    ("base", |a| Ok(string(text(a, 0)?.trim_end_matches('/').rsplit('/').next().unwrap_or_default()))),
    ("dir", |a| Ok(string(text(a, 0)?.rsplit_once('/').map_or(".", |(folder, _)| folder)))),
    ("ext", |a| {
        Ok(string(
            text(a, 0)?
                .rfind('.')
                .map_or(String::new(), |at| text(a, 0).map_or(String::new(), |t| t[at..].to_owned())),
        ))
    }),
    ("toString", |a| Ok(string(text(a, 0)?))),
    ("plural", |a| Ok(argument(a, usize::from(integer(a, 2)? != 1))?.clone())),
    ("join", |a| {
        let separator = text(a, 0)?;
        let parts = items(a, 1).unwrap_or_else(|_| a.get(1).cloned().into_iter().collect());
        let there = parts.iter().filter(|part| **part != Value::Nil);
        Ok(string(there.map(shown).collect::<Vec<_>>().join(&separator)))
    }),
    ("regexMatch", |a| Ok(Value::Bool(compiled(a)?.is_match(text(a, 1)?.as_bytes())))),
    ("regexFind", |a| {
        let whole = text(a, 1)?;
        let found = compiled(a)?.find(whole.as_bytes()).map(|found| found.as_bytes().to_vec());
        Ok(string(String::from_utf8_lossy(&found.unwrap_or_default())))
    }),
    ("regexFindAll", |a| {
        let (whole, most) = (text(a, 1)?, usize::try_from(integer(a, 2)?).unwrap_or(usize::MAX));
        let regex = compiled(a)?;
        let found = regex.find_iter(whole.as_bytes()).take(most);
        Ok(list(found.map(|found| string(String::from_utf8_lossy(found.as_bytes())))))
    }),
    ("regexSplit", |a| {
        let (whole, most) = (text(a, 1)?, usize::try_from(integer(a, 2)?).unwrap_or(usize::MAX));
        let regex = compiled(a)?;
        let parts = regex.splitn(whole.as_bytes(), most);
        Ok(list(parts.map(|part| string(String::from_utf8_lossy(part)))))
    }),
    ("regexQuoteMeta", |a| Ok(string(regex::escape(&text(a, 0)?)))),
    ("regexReplaceAll", |a| {
        let replacement = text(a, 2)?;
        let replaced = compiled(a)?.replace_all(text(a, 1)?.as_bytes(), replacement.as_bytes()).into_owned();
        Ok(string(String::from_utf8_lossy(&replaced)))
    }),
];

fn compiled(arguments: &[Value]) -> gotmpl::Result<regex::bytes::Regex> {
    pattern::compile(&text(arguments, 0)?).map_err(wrong)
}

fn wrapped(arguments: &[Value], wrap: impl Fn(&str) -> String) -> String {
    let parts = arguments.iter().filter(|part| **part != Value::Nil).map(|part| wrap(&part.to_string()));
    parts.collect::<Vec<_>>().join(" ")
}

fn indented(arguments: &[Value]) -> gotmpl::Result<String> {
    let pad = " ".repeat(usize::try_from(integer(arguments, 0)?.clamp(0, 1000)).unwrap_or(0));
    Ok(format!("{pad}{}", text(arguments, 1)?.replace('\n', &format!("\n{pad}"))))
}

fn truncated(length: i64, text: &str) -> String {
    let size = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    if size >= text.len() {
        return text.to_owned();
    }
    let kept = if length < 0 { &text.as_bytes()[text.len() - size..] } else { &text.as_bytes()[..size] };
    String::from_utf8_lossy(kept).into_owned()
}

fn titled(text: &str) -> String {
    let words: Vec<String> =
        text.split(' ').map(|word| first_letter(word, |letter| letter.to_uppercase().collect())).collect();
    words.join(" ")
}

fn first_letter(word: &str, change: impl Fn(char) -> String) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| change(first) + letters.as_str())
}

/// The words of a name, wherever its letters change their case or something else stands between them.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let starts = letter.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if !letter.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter);
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}
