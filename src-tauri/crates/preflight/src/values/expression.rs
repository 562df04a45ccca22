//! The expressions of HTTP checks: `statusCode >= 200 && statusCode < 300`, `statusCode in (200, 201)`.
//!
//! Upstream hands them to a general evaluator with one variable. This reads the same tokens with the same
//! precedence over numbers, texts, booleans and lists; times, functions and accessors need more than one
//! variable to be of use and are refused.

use super::number;
use super::pattern;

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Bool(bool),
    /// What stands in parentheses with commas.
    List(Vec<Value>),
    /// No value: what `?` gives when it does not hold.
    Nothing,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Value(Value),
    Variable(String),
    Symbol(String),
    Open,
    Close,
    Comma,
}

#[derive(Debug)]
enum Node {
    Value(Value),
    Variable(String),
    Prefix(String, Box<Node>),
    Infix(String, Box<Node>, Box<Node>),
    List(Vec<Node>),
}

/// An expression that parses.
#[derive(Debug)]
pub(crate) struct Expression(Node);

/// Infix symbols by precedence, weakest first.
const LEVELS: &[&[&str]] = &[
    &["?", ":", "??"],
    &["||"],
    &["&&"],
    &["==", "!=", ">", "<", ">=", "<=", "=~", "!~", "in"],
    &["&", "|", "^"],
    &[">>", "<<"],
    &["+", "-"],
    &["*", "/", "%"],
    &["**"],
];
/// Parentheses and operators an expression may have.
const DEPTH: usize = 100;
const PREFIXES: &[&str] = &["-", "!", "~"];

impl Expression {
    /// Reads one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        if tokens.iter().filter(|token| matches!(token, Token::Open | Token::Symbol(_))).count() > DEPTH {
            return Err("the expression is too long".to_owned());
        }
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let node = parser.level(0)?;
        if parser.at < tokens.len() {
            return Err(format!("the expression {text:?} goes on where it should end"));
        }
        Ok(Self(node))
    }

    /// What it comes to with one variable.
    pub(crate) fn evaluate(&self, name: &str, value: f64) -> Result<Value, String> {
        evaluate(&self.0, &|asked| (asked == name).then_some(value))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = token(first, rest, prefix_may_follow(tokens.last()))?;
        tokens.push(token);
        rest = after.trim_start();
    }
    if tokens.is_empty() { Err("the expression is empty".to_owned()) } else { Ok(tokens) }
}

fn prefix_may_follow(last: Option<&Token>) -> bool {
    !matches!(last, Some(Token::Value(_) | Token::Variable(_) | Token::Close))
}

fn token(first: char, rest: &str, prefix: bool) -> Result<(Token, &str), String> {
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    Ok(match first {
        '(' => (Token::Open, &rest[1..]),
        ')' => (Token::Close, &rest[1..]),
        ',' => (Token::Comma, &rest[1..]),
        '\'' | '"' => {
            let end = rest[1..].find(['\'', '"']).ok_or("a text in the expression has no end")?;
            (Token::Value(Value::Text(rest[1..=end].to_owned())), &rest[end + 2..])
        }
        '[' => {
            let end = rest.find(']').ok_or("a bracket in the expression has no end")?;
            (Token::Variable(rest[1..end].to_owned()), &rest[end + 1..])
        }
        '0'..='9' | '.' => {
            let end = until(|c| !c.is_ascii_digit() && c != '.');
            let hexadecimal = rest.strip_prefix("0x").map(|digits| {
                let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
                (u64::from_str_radix(&digits[..end], 16).ok().map(|value| value as f64), &digits[end..])
            });
            let (value, rest) = hexadecimal.unwrap_or_else(|| (number::float(&rest[..end]), &rest[end..]));
            let value = value.ok_or_else(|| format!("{rest:?} begins with no number"))?;
            (Token::Value(Value::Number(value)), rest)
        }
        letter if letter.is_alphabetic() => {
            let end = until(|c| !c.is_alphanumeric() && c != '_' && c != '.');
            (word(&rest[..end])?, &rest[end..])
        }
        _ => symbol(rest, prefix)?,
    })
}

fn word(word: &str) -> Result<Token, String> {
    Ok(match word {
        "true" => Token::Value(Value::Bool(true)),
        "false" => Token::Value(Value::Bool(false)),
        "in" | "IN" => Token::Symbol("in".to_owned()),
        word if word.contains('.') => return Err(format!("{word}: there is only statusCode here")),
        word => Token::Variable(word.to_owned()),
    })
}

/// A run of signs is one symbol, so `==-1` is none.
fn symbol(rest: &str, prefix: bool) -> Result<(Token, &str), String> {
    let end = rest
        .find(|c: char| c.is_alphanumeric() || c.is_whitespace() || "()'\"[],".contains(c))
        .unwrap_or(rest.len())
        .max(1);
    let found = rest.get(..end).ok_or("the expression holds a sign that is no operator")?;
    let known = LEVELS.iter().any(|level| level.contains(&found)) || (prefix && PREFIXES.contains(&found));
    if !known {
        return Err(format!("{found:?} is no operator"));
    }
    Ok((Token::Symbol(found.to_owned()), &rest[end..]))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn next_symbol(&self, among: &[&str]) -> Option<String> {
        match self.tokens.get(self.at) {
            Some(Token::Symbol(symbol)) if among.contains(&symbol.as_str()) => Some(symbol.clone()),
            _ => None,
        }
    }

    fn level(&mut self, level: usize) -> Result<Node, String> {
        let Some(symbols) = LEVELS.get(level) else { return self.prefix() };
        let mut left = self.level(level + 1)?;
        while let Some(symbol) = self.next_symbol(symbols) {
            self.at += 1;
            let right = match self.tokens.get(self.at) {
                // A single value in parentheses is a list of one here.
                Some(Token::Open) if symbol == "in" => {
                    self.at += 1;
                    Node::List(self.parenthesised()?)
                }
                _ => self.level(level + 1)?,
            };
            left = Node::Infix(symbol, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Node, String> {
        if let Some(symbol) = self.next_symbol(PREFIXES) {
            self.at += 1;
            return Ok(Node::Prefix(symbol, Box::new(self.prefix()?)));
        }
        let token =
            self.tokens.get(self.at).cloned().ok_or("the expression ends where a value should follow")?;
        self.at += 1;
        match token {
            Token::Value(value) => Ok(Node::Value(value)),
            Token::Variable(name) => Ok(Node::Variable(name)),
            Token::Open => {
                let mut items = self.parenthesised()?;
                Ok(if items.len() == 1 { items.remove(0) } else { Node::List(items) })
            }
            other => Err(format!("{other:?} stands where a value should")),
        }
    }

    fn parenthesised(&mut self) -> Result<Vec<Node>, String> {
        let mut items = Vec::new();
        loop {
            items.push(self.level(0)?);
            let token = self.tokens.get(self.at).cloned();
            self.at += 1;
            match token {
                Some(Token::Comma) => {}
                Some(Token::Close) => break,
                _ => return Err("a parenthesis of the expression is not closed".to_owned()),
            }
        }
        Ok(items)
    }
}

fn evaluate(node: &Node, variable: &dyn Fn(&str) -> Option<f64>) -> Result<Value, String> {
    match node {
        Node::Value(value) => Ok(value.clone()),
        Node::Variable(name) => variable(name)
            .map(Value::Number)
            .ok_or_else(|| format!("{name} is unknown; statusCode is the only name here")),
        Node::List(items) => {
            items.iter().map(|item| evaluate(item, variable)).collect::<Result<_, _>>().map(Value::List)
        }
        Node::Prefix(symbol, node) => match (symbol.as_str(), evaluate(node, variable)?) {
            ("-", Value::Number(value)) => Ok(Value::Number(-value)),
            ("!", Value::Bool(value)) => Ok(Value::Bool(!value)),
            ("~", Value::Number(value)) => Ok(Value::Number(!(value as i64) as f64)),
            (symbol, value) => Err(format!("{symbol} does not go before {value:?}")),
        },
        Node::Infix(symbol, left, right) => {
            let left = evaluate(left, variable)?;
            match (symbol.as_str(), &left) {
                ("&&", Value::Bool(false)) | ("||", Value::Bool(true)) => Ok(left),
                ("?", Value::Bool(false)) => Ok(Value::Nothing),
                (":" | "??", left) if *left != Value::Nothing => Ok(left.clone()),
                _ => infix(symbol, left, evaluate(right, variable)?),
            }
        }
    }
}

fn infix(symbol: &str, left: Value, right: Value) -> Result<Value, String> {
    Ok(match (symbol, left, right) {
        ("==", left, right) => Value::Bool(left == right),
        ("!=", left, right) => Value::Bool(left != right),
        ("&&" | "||", Value::Bool(_), Value::Bool(right)) => Value::Bool(right),
        ("?", Value::Bool(true), right) | (":" | "??", Value::Nothing, right) => right,
        ("in", left, Value::List(items)) => Value::Bool(items.contains(&left)),
        ("<" | "<=" | ">" | ">=", Value::Number(left), Value::Number(right)) => {
            ordered(symbol, &left, &right)
        }
        ("<" | "<=" | ">" | ">=", Value::Text(left), Value::Text(right)) => ordered(symbol, &left, &right),
        ("=~" | "!~", Value::Text(left), Value::Text(right)) => {
            Value::Bool(pattern::compile(&right)?.is_match(left.as_bytes()) == (symbol == "=~"))
        }
        ("+", Value::Text(left), right) => Value::Text(left + &plain(&right)),
        ("+", left, Value::Text(right)) => Value::Text(plain(&left) + &right),
        (symbol, Value::Number(left), Value::Number(right)) => {
            Value::Number(arithmetic(symbol, left, right)?)
        }
        (symbol, left, right) => return Err(format!("{symbol} does not go between {left:?} and {right:?}")),
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(value) => number::shown(*value),
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Nothing => "<nil>".to_owned(),
    }
}

fn ordered<T: PartialOrd>(symbol: &str, left: &T, right: &T) -> Value {
    Value::Bool(match symbol {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    })
}

fn arithmetic(symbol: &str, left: f64, right: f64) -> Result<f64, String> {
    let shift = |right: f64| u32::try_from(right as u64).unwrap_or(u32::MAX);
    Ok(match symbol {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        "**" => left.powf(right),
        "&" => (left as i64 & right as i64) as f64,
        "|" => (left as i64 | right as i64) as f64,
        "^" => (left as i64 ^ right as i64) as f64,
        "<<" => (left as u64).checked_shl(shift(right)).unwrap_or(0) as f64,
        ">>" => (left as u64).checked_shr(shift(right)).unwrap_or(0) as f64,
        _ => return Err(format!("{symbol} does not go between numbers")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (text, holds) in [
            ("statusCode == 200", true),
            ("statusCode==200", true),
            ("statusCode >= 200 && statusCode < 300", true),
            ("statusCode in (200, 201)", true),
            ("!(statusCode == 404) || false", true),
            ("statusCode != 200", false),
            ("statusCode in (200)", true),
            ("[statusCode] + 1 == 201", true),
            ("statusCode > 100 ? true : false", true),
            ("statusCode / 100 == 2", true),
            ("'a' < 'b'", true),
        ] {
            let value = Expression::parse(text).expect(text).evaluate("statusCode", 200.0);
            assert_eq!(value, Ok(Value::Bool(holds)), "{text}");
        }
        for text in
            ["", "statusCode ==", "statusCode === 200", "(statusCode", "a.b == 1", "statusCode = 200", "1 1"]
        {
            assert!(Expression::parse(text).is_err(), "{text:?} does not parse");
        }
        for text in ["code == 200", "statusCode =~ '2..'", "statusCode && true", "statusCode in 200"] {
            let value = Expression::parse(text).expect(text).evaluate("statusCode", 200.0);
            assert!(value.is_err(), "{text} cannot be evaluated");
        }
    }
}
