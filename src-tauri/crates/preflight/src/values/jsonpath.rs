//! The JSONPath dialect of kubectl, with missing keys allowed: `{.items[?(@.kind=="Pod")].metadata.name}`.
//!
//! Upstream prints every part of the template as JSON and reads the first back, so only the first part counts;
//! a path without braces is plain text. Numbers of a document are floats to it and never equal a whole number
//! written in a filter.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

/// Bytes a path may have.
const LENGTH: usize = 10_000;

/// A step of a path.
#[derive(Debug, Clone)]
enum Step {
    Text(String),
    Field(String),
    Slice([Option<i64>; 3], bool),
    Filter(Vec<Step>, String, Vec<Step>),
    Literal(Value),
    Wildcard,
    Descend,
    Union(Vec<Vec<Step>>),
    Keyword(String),
}

/// What the first part of a template gives: a list, or the only element of one.
pub(crate) fn find(document: &Value, template: &str) -> Result<Value, String> {
    let parts = parse(template)?;
    let mut here = document.clone();
    for part in &parts {
        if let Some((Step::Keyword(keyword), path)) = part.split_first() {
            if keyword != "range" {
                return Err(format!("{keyword} cannot stand at the beginning of a JSONPath"));
            }
            // Of a range only the first round is read back.
            here = walk(vec![here], path)?.into_iter().next().unwrap_or(Value::Null);
            continue;
        }
        let mut found = walk(vec![here], part)?;
        return Ok(if found.len() == 1 { found.remove(0) } else { Value::Array(found) });
    }
    Err(format!("the JSONPath {template:?} is empty"))
}

fn parse(template: &str) -> Result<Vec<Vec<Step>>, String> {
    if template.len() > LENGTH {
        return Err("the JSONPath is too long".to_owned());
    }
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        match rest.split_once('{') {
            None => {
                parts.push(vec![Step::Text(rest.to_owned())]);
                break;
            }
            Some((text, after)) => {
                if !text.is_empty() {
                    parts.push(vec![Step::Text(text.to_owned())]);
                }
                let mut reader = Reader { rest: after };
                parts.push(reader.action()?);
                rest = reader.rest;
            }
        }
    }
    Ok(parts)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Reads up to and including the closing brace.
    fn action(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        loop {
            let first = self
                .rest
                .chars()
                .next()
                .filter(|c| !"\r\n".contains(*c))
                .ok_or("a brace of the JSONPath is not closed")?;
            if self.eat("}") {
                return Ok(steps);
            }
            if self.eat("[?(") {
                steps.push(self.filter()?);
            } else if self.eat("..") {
                if matches!(steps.last(), Some(Step::Descend)) {
                    return Err("the JSONPath descends twice".to_owned());
                }
                steps.push(Step::Descend);
                if self.rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                    steps.push(self.field());
                }
            } else if self.eat(" ") || self.eat("@") || self.eat("$") {
            } else if self.eat("[") {
                self.bracket(&mut steps)?;
            } else if self.eat(".") {
                steps.push(self.field());
            } else {
                steps.push(self.literal(first)?);
            }
        }
    }

    fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take(&mut self, length: usize) -> &str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn literal(&mut self, first: char) -> Result<Step, String> {
        match first {
            '"' | '\'' => {
                self.rest = &self.rest[1..];
                let end = unescaped(self.rest, first).ok_or("a text of the JSONPath has no end")?;
                let text = self.take(end).replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\");
                self.rest = &self.rest[1..];
                Ok(Step::Text(text))
            }
            '+' | '-' | '0'..='9' => {
                let end = self.rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.');
                let text = self.take(end.map_or(self.rest.len(), |end| end + 1)).to_owned();
                let whole = super::number::integer(&text).map(|whole| json!(whole));
                let value = whole.or_else(|| super::number::float(&text).map(|float| json!(float)));
                value.map(Step::Literal).ok_or_else(|| format!("{text:?} is no number"))
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                let end = self.rest.find(terminates).unwrap_or(self.rest.len());
                Ok(match self.take(end) {
                    "true" => Step::Literal(json!(true)),
                    "false" => Step::Literal(json!(false)),
                    word => Step::Keyword(word.to_owned()),
                })
            }
            other => Err(format!("{other:?} has no meaning in a JSONPath")),
        }
    }

    fn field(&mut self) -> Step {
        let mut end = 0;
        let mut escaped = false;
        for (at, letter) in self.rest.char_indices() {
            if !escaped && terminates(letter) {
                break;
            }
            escaped = !escaped && letter == '\\';
            end = at + letter.len_utf8();
        }
        match self.take(end) {
            "*" => Step::Wildcard,
            name => Step::Field(name.replace('\\', "")),
        }
    }

    fn bracket(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        let end = self.rest.find([']', '\n']).filter(|end| self.rest[*end..].starts_with(']'));
        let end = end.ok_or("a bracket of the JSONPath is not closed")?;
        let inside = self.take(end).to_owned();
        self.rest = &self.rest[1..];
        let parts: Vec<&str> = inside.split(',').collect();
        if parts.len() == 1 {
            steps.push(element(&inside)?);
            return Ok(());
        }
        let union = parts.iter().map(|part| element(part.trim_matches(' ')).map(|step| vec![step]));
        steps.push(Step::Union(union.collect::<Result<_, _>>()?));
        Ok(())
    }

    fn filter(&mut self) -> Result<Step, String> {
        let mut quote = None;
        let mut closed = false;
        let mut before = ' ';
        let mut end = None;
        for (at, letter) in self.rest.char_indices() {
            match letter {
                '\n' => break,
                '"' | '\'' if quote.is_none() => quote = Some(letter),
                '"' | '\'' if before != '\\' && quote == Some(letter) => closed = true,
                ')' if quote.is_some() == closed => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
            before = letter;
        }
        let inside = self.take(end.ok_or("a filter of the JSONPath is not closed")?).to_owned();
        if !self.eat(")]") {
            return Err("a filter of the JSONPath ends with )]".to_owned());
        }
        let Some(found) = COMPARISON.as_ref().and_then(|form| form.captures(&inside)) else {
            return Ok(Step::Filter(whole(&inside)?, "exists".to_owned(), Vec::new()));
        };
        Ok(Step::Filter(whole(&found[1])?, found[2].to_owned(), whole(&found[3])?))
    }
}

static COMPARISON: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^([^!<>=]+)([!<>=]+)(.+?)$").ok());
static SLICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$").ok());

fn whole(text: &str) -> Result<Vec<Step>, String> {
    let braced = format!("{text}}}");
    Reader { rest: &braced }.action()
}

fn terminates(letter: char) -> bool {
    " \t\r\n.,[]$@{}".contains(letter)
}

fn unescaped(text: &str, quote: char) -> Option<usize> {
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        if letter == quote && before != '\\' {
            return Some(at);
        }
        before = letter;
    }
    None
}

/// What stands in brackets: a quoted key, a position or a slice.
fn element(inside: &str) -> Result<Step, String> {
    if let Some(key) =
        inside.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')).filter(|key| !key.contains('\''))
    {
        let mut reader = Reader { rest: key };
        return Ok(reader.field());
    }
    let text = if inside == "*" { ":" } else { inside };
    let wrong = || format!("{inside:?} is no position in a list");
    let found = SLICE.as_ref().and_then(|form| form.captures(text)).ok_or_else(wrong)?;
    let number = |at: usize| -> Result<Option<i64>, String> {
        match found.get(at).map(|group| group.as_str().trim_start_matches(':')) {
            None | Some("") => Ok(None),
            Some(digits) => super::number::integer(digits).map(Some).ok_or_else(wrong),
        }
    };
    let (start, end, step) = (number(1)?, number(2)?, number(3)?);
    match found.get(2) {
        // A single position is a slice of one.
        None => Ok(Step::Slice([start, Some(start.unwrap_or(0) + 1), step], true)),
        Some(_) => Ok(Step::Slice([start, end, step], false)),
    }
}

fn walk(input: Vec<Value>, steps: &[Step]) -> Result<Vec<Value>, String> {
    steps.iter().try_fold(input, |here, step| match step {
        Step::Text(text) => Ok(vec![json!(text)]),
        Step::Literal(value) => Ok(vec![value.clone(); here.len()]),
        Step::Field(name) => {
            Ok(here.iter().filter_map(|value| value.as_object()?.get(name).cloned()).collect())
        }
        Step::Wildcard => Ok(here.iter().flat_map(children).collect()),
        Step::Descend => Ok(here.iter().flat_map(descend).collect()),
        Step::Slice(bounds, single) => slices(&here, *bounds, *single),
        Step::Union(paths) => {
            Ok(paths.iter().map(|path| walk(here.clone(), path)).collect::<Result<Vec<_>, _>>()?.concat())
        }
        Step::Filter(left, operator, right) => filtered(&here, left, operator, right),
        Step::Keyword(word) => Err(format!("{word} has no meaning in a JSONPath")),
    })
}

fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => members.values().cloned().collect(),
        Value::Array(items) => items.clone(),
        Value::String(text) => text.bytes().map(|byte| json!(byte)).collect(),
        _ => Vec::new(),
    }
}

/// A value that has children, and all such values below it.
fn descend(value: &Value) -> Vec<Value> {
    let children = children(value);
    if children.is_empty() {
        return Vec::new();
    }
    let mut found = vec![value.clone()];
    found.extend(children.iter().flat_map(descend));
    found
}

fn slices(here: &[Value], bounds: [Option<i64>; 3], single: bool) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for value in here.iter().filter(|value| !value.is_null()) {
        let items = value.as_array().ok_or("what a bracket of the JSONPath follows is no list")?;
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let start = bounds[0].unwrap_or(0);
        let start = if start < 0 { start + length } else { start };
        let end = bounds[1].unwrap_or(length);
        let end = if end < 0 || (end == 0 && single) { end + length } else { end };
        if start == end {
            return Ok(found);
        }
        if start < 0 || start >= length || end < 0 || end > length || start > end {
            return Err(format!("the positions {start} to {end} lie outside a list of {length}"));
        }
        let step = bounds[2].unwrap_or(1);
        let step = usize::try_from(step).ok().filter(|step| *step > 0).ok_or("a step must be above zero")?;
        let (start, end) = (start as usize, end as usize);
        found.extend(items[start..end].iter().step_by(step).cloned());
    }
    Ok(found)
}

fn filtered(here: &[Value], left: &[Step], operator: &str, right: &[Step]) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for value in here {
        let items = value.as_array().ok_or("what a filter of the JSONPath follows is no list")?;
        for item in items {
            let lefts = walk(vec![item.clone()], left);
            if operator == "exists" {
                if lefts.is_ok_and(|lefts| !lefts.is_empty()) {
                    found.push(item.clone());
                }
                continue;
            }
            let (lefts, rights) = (lefts?, walk(vec![item.clone()], right)?);
            match (lefts.as_slice(), rights.as_slice()) {
                ([], _) | (_, []) => {}
                ([one], [other]) => {
                    if compare(one, operator, other)? {
                        found.push(item.clone());
                    }
                }
                _ => return Err("a filter of the JSONPath compares one value with one".to_owned()),
            }
        }
    }
    Ok(found)
}

fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
    let order = match (left, right) {
        (Value::String(left), Value::String(right)) => left.partial_cmp(right),
        (Value::Number(left), Value::Number(right)) if right.is_f64() => {
            left.as_f64().partial_cmp(&right.as_f64())
        }
        (Value::Bool(left), Value::Bool(right)) if matches!(operator, "==" | "!=") => left.partial_cmp(right),
        _ => return Err(format!("{left} and {right} cannot be compared in a JSONPath")),
    };
    let order = order.ok_or("a value of the JSONPath cannot be compared")?;
    Ok(match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => return Err(format!("{operator} is no operator of a JSONPath filter")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let document = json!({ "items": [
            { "name": "a", "kind": "Pod", "n": 1.5 },
            { "name": "b", "kind": "Node", "labels": { "x.y/z": "q" } },
        ], "one": [7] });
        for (path, found) in [
            ("{.items[*].name}", json!(["a", "b"])),
            ("{.items[0].name}", json!("a")),
            ("{.items[-1].name}", json!("b")),
            ("{.items[0:2].name}", json!(["a", "b"])),
            ("{.items[?(@.kind==\"Pod\")].name}", json!("a")),
            ("{.items[?(@.n>1.0)].name}", json!("a")),
            ("{.items[?(@.labels)].name}", json!("b")),
            ("{.items[1].labels.x\\.y/z}", json!("q")),
            ("{.items[1].labels['x\\.y/z']}", json!("q")),
            ("{..name}", json!(["a", "b"])),
            ("{.nope}", json!([])),
            ("{.one}", json!([7])),
            ("{.items[0]['name','kind']}", json!(["a", "Pod"])),
            (".items", json!(".items")),
            ("{range .items[*]}{.name}{end}", json!("a")),
        ] {
            assert_eq!(find(&document, path), Ok(found), "{path}");
        }
        for path in ["", "{.items[9]}", "{.items", "{.items[?(@.n>1)]}", "{.one.[x]}", "{end}"] {
            assert!(find(&document, path).is_err(), "{path:?} gives nothing");
        }
    }
}
