//! From tokens to templates.

use std::collections::HashMap;

use super::ast::{Branch, Command, Node, NodeKind, Pipe};
use super::function::Function;
use super::lexer::Lexer;
use super::token::{Kind, Token};
use super::{NAME, constant};
use crate::go::unquote::unquote;
use crate::go::{quote, utf8};

/// Control structures and parentheses within each other. Go allows more of the latter; nobody writes them.
const NESTING: usize = 1_000;

/// A parsed text: the template itself and those it defines, by name.
#[derive(Debug, Default)]
pub(crate) struct Template {
    /// The text, for the places of errors.
    pub source: String,
    /// Templates by name.
    pub trees: HashMap<String, Vec<Node>>,
}

/// Finds functions by name.
pub(crate) type Functions<'f> = &'f dyn Fn(&str) -> Option<&'static Function>;

struct Parser<'a> {
    lexer: Lexer<'a>,
    tokens: [Token; 3],
    peeked: usize,
    functions: Functions<'a>,
    trees: HashMap<String, Vec<Node>>,
    variables: Vec<String>,
    action_line: usize,
    ranges: usize,
    depth: usize,
}

type Parsed<T> = Result<T, String>;

/// Parses a text whose actions stand between `{{repl` and `}}`.
pub(crate) fn parse(source: String, functions: Functions<'_>) -> Parsed<Template> {
    let none = || Token { kind: Kind::Eof, at: 0, text: String::new(), line: 0 };
    let mut parser = Parser {
        lexer: Lexer::new(&source),
        tokens: [none(), none(), none()],
        peeked: 0,
        functions,
        trees: HashMap::new(),
        variables: vec!["$".to_owned()],
        action_line: 0,
        ranges: 0,
        depth: 0,
    };
    let root = parser.top_level()?;
    parser.add(NAME.to_owned(), root)?;
    let trees = parser.trees;
    Ok(Template { source, trees })
}

fn quoted(text: &str) -> String {
    utf8::lossy(&quote::quoted(text.as_bytes()))
}

/// Whether there is nothing but white space.
fn is_empty(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match &node.kind {
        NodeKind::Raw(text) => crate::go::text::trim_space(text).is_empty(),
        _ => false,
    })
}

impl Parser<'_> {
    fn next(&mut self) -> Token {
        if self.peeked > 0 {
            self.peeked -= 1;
        } else {
            self.tokens[0] = self.lexer.next();
        }
        self.tokens[self.peeked].clone()
    }

    fn backup(&mut self) {
        self.peeked += 1;
    }

    fn backup2(&mut self, first: Token) {
        self.tokens[1] = first;
        self.peeked = 2;
    }

    fn backup3(&mut self, first: Token, second: Token) {
        self.tokens[1] = second;
        self.tokens[2] = first;
        self.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        if self.peeked > 0 {
            return self.tokens[self.peeked - 1].clone();
        }
        self.peeked = 1;
        self.tokens[0] = self.lexer.next();
        self.tokens[0].clone()
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn error<T>(&self, message: impl AsRef<str>) -> Parsed<T> {
        Err(format!("template: {NAME}:{}: {}", self.tokens[0].line, message.as_ref()))
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return self.error(format!("unexpected {token} in {context}"));
        }
        let mut extra = String::new();
        if self.action_line != 0 && self.action_line != token.line {
            let what = if token.text.ends_with(" action") { "" } else { " in action" };
            extra = format!("{what} started at {NAME}:{}", self.action_line);
        }
        self.error(format!("{token}{extra}"))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    fn add(&mut self, name: String, nodes: Vec<Node>) -> Parsed<()> {
        match self.trees.get(&name) {
            Some(known) if !is_empty(known) => {
                if is_empty(&nodes) {
                    return Ok(());
                }
                self.error(format!("template: multiple definition of template {}", quoted(&name)))
            }
            _ => {
                self.trees.insert(name, nodes);
                Ok(())
            }
        }
    }

    fn deeper<T>(&mut self, what: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= NESTING {
            return self.error("max expression depth exceeded");
        }
        self.depth += 1;
        let found = stacker::maybe_grow(128 << 10, 1 << 20, || what(self));
        self.depth -= 1;
        found
    }

    fn top_level(&mut self) -> Parsed<Vec<Node>> {
        let mut nodes = Vec::new();
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim {
                let delimiter = self.next();
                if self.next_non_space().kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.backup2(delimiter);
            }
            let node = self.text_or_action()?;
            if matches!(node.kind, NodeKind::End | NodeKind::Else) {
                return self.error(format!("unexpected {node}"));
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn definition(&mut self) -> Parsed<()> {
        let context = "define clause";
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(&token, context);
        }
        let name = self.unquoted(&token.text)?;
        self.expect(Kind::RightDelim, context)?;
        let nodes = self.nested(context)?;
        self.add(utf8::lossy(&name), nodes)
    }

    /// A body that sees no variables of its surroundings.
    fn nested(&mut self, context: &str) -> Parsed<Vec<Node>> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (nodes, end) = self.items()?;
        (self.variables, self.ranges) = (variables, ranges);
        if !matches!(end.kind, NodeKind::End) {
            return self.error(format!("unexpected {end} in {context}"));
        }
        Ok(nodes)
    }

    fn unquoted(&self, text: &str) -> Parsed<Vec<u8>> {
        match unquote(text.as_bytes()) {
            Some(text) => Ok(text),
            None => self.error("invalid syntax"),
        }
    }

    /// Items up to `end` or `else`, which is given separately.
    fn items(&mut self) -> Parsed<(Vec<Node>, Node)> {
        self.deeper(|parser| {
            let mut nodes = Vec::new();
            while parser.peek_non_space().kind != Kind::Eof {
                let node = parser.text_or_action()?;
                if matches!(node.kind, NodeKind::End | NodeKind::Else) {
                    return Ok((nodes, node));
                }
                nodes.push(node);
            }
            parser.error("unexpected EOF")
        })
    }

    fn text_or_action(&mut self) -> Parsed<Node> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Node { at: token.at, kind: NodeKind::Raw(token.text.as_bytes().into()) }),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let node = self.action()?;
                self.action_line = 0;
                Ok(node)
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Node> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Block => self.block(),
            Kind::Break => self.leave(&token, "{{break}}", NodeKind::Break),
            Kind::Continue => self.leave(&token, "{{continue}}", NodeKind::Continue),
            Kind::Else => self.otherwise(),
            Kind::End => {
                let at = self.expect(Kind::RightDelim, "end")?.at;
                Ok(Node { at, kind: NodeKind::End })
            }
            Kind::If => self.control("if", NodeKind::If),
            Kind::Range => self.control("range", NodeKind::Range),
            Kind::With => self.control("with", NodeKind::With),
            Kind::Template => self.template(),
            _ => {
                self.backup();
                let at = self.peek().at;
                let pipe = self.pipeline("command", Kind::RightDelim)?;
                Ok(Node { at, kind: NodeKind::Action(pipe) })
            }
        }
    }

    fn leave(&mut self, keyword: &Token, context: &str, kind: NodeKind) -> Parsed<Node> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelim {
            return self.unexpected(&token, context);
        }
        if self.ranges == 0 {
            return self.error(format!("{context} outside {{{{range}}}}"));
        }
        Ok(Node { at: keyword.at, kind })
    }

    fn otherwise(&mut self) -> Parsed<Node> {
        let peeked = self.peek_non_space();
        if matches!(peeked.kind, Kind::If | Kind::With) {
            return Ok(Node { at: peeked.at, kind: NodeKind::Else });
        }
        let at = self.expect(Kind::RightDelim, "else")?.at;
        Ok(Node { at, kind: NodeKind::Else })
    }

    fn control(&mut self, context: &str, make: fn(Branch) -> NodeKind) -> Parsed<Node> {
        let variables = self.variables.len();
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let is_range = usize::from(context == "range");
        self.ranges += is_range;
        let (body, end) = self.items()?;
        self.ranges -= is_range;
        let otherwise = match end.kind {
            NodeKind::Else => Some(self.alternative(context)?),
            _ => None,
        };
        self.variables.truncate(variables);
        Ok(Node { at: pipe.at, kind: make(Branch { pipe, body, otherwise }) })
    }

    /// What follows an `else`; `else if` and `else with` share the one `end`.
    fn alternative(&mut self, context: &str) -> Parsed<Vec<Node>> {
        let chained: Option<fn(Branch) -> NodeKind> = match (context, self.peek().kind) {
            ("if", Kind::If) => Some(NodeKind::If),
            ("with", Kind::With) => Some(NodeKind::With),
            _ => None,
        };
        if let Some(make) = chained {
            self.next();
            return Ok(vec![self.deeper(|parser| parser.control(context, make))?]);
        }
        let (nodes, end) = self.items()?;
        if !matches!(end.kind, NodeKind::End) {
            return self.error(format!("expected end; found {end}"));
        }
        Ok(nodes)
    }

    fn block(&mut self) -> Parsed<Node> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let nodes = self.nested(context)?;
        self.add(name.clone(), nodes)?;
        Ok(Node { at: token.at, kind: NodeKind::Template(name, Some(pipe)) })
    }

    fn template(&mut self) -> Parsed<Node> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let mut pipe = None;
        if self.next_non_space().kind != Kind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(context, Kind::RightDelim)?);
        }
        Ok(Node { at: token.at, kind: NodeKind::Template(name, pipe) })
    }

    fn template_name(&mut self, token: &Token, context: &str) -> Parsed<String> {
        match token.kind {
            Kind::String | Kind::RawString => Ok(utf8::lossy(&self.unquoted(&token.text)?)),
            _ => self.unexpected(token, context),
        }
    }

    fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let at = self.peek_non_space().at;
        let mut pipe = Pipe { at, assigns: false, variables: Vec::new(), commands: Vec::new() };
        while self.declaration(&mut pipe, context)? {}
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    return Ok(pipe);
                }
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.backup();
                    pipe.commands.push(self.command()?);
                }
                _ => return self.unexpected(&token, context),
            }
        }
    }

    /// A variable that is declared or assigned; true when a second one may follow.
    fn declaration(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<bool> {
        let variable = self.peek_non_space();
        if variable.kind != Kind::Variable {
            return Ok(false);
        }
        self.next();
        // A space between the variable and what follows it must not get lost when both are put back.
        let after = self.peek();
        let next = self.peek_non_space();
        match next.kind {
            Kind::Assign | Kind::Declare => {
                pipe.assigns = next.kind == Kind::Assign;
                self.next_non_space();
                pipe.variables.push(variable.text.clone());
                self.variables.push(variable.text);
                Ok(false)
            }
            Kind::Char if next.text == "," => {
                self.next_non_space();
                pipe.variables.push(variable.text.clone());
                self.variables.push(variable.text);
                if context != "range" || pipe.variables.len() >= 2 {
                    return self.error(format!("too many declarations in {context}"));
                }
                match self.peek_non_space().kind {
                    Kind::Variable | Kind::RightDelim | Kind::RightParen => Ok(true),
                    _ => self.error("range can only initialize variables"),
                }
            }
            _ => {
                if after.kind == Kind::Space {
                    self.backup3(variable, after);
                } else {
                    self.backup2(variable);
                }
                Ok(false)
            }
        }
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Parsed<()> {
        if pipe.commands.is_empty() {
            return self.error(format!("missing value for {context}"));
        }
        for (index, command) in pipe.commands.iter().enumerate().skip(1) {
            let is_constant = matches!(
                command.arguments[0].kind,
                NodeKind::Bool(_) | NodeKind::Dot | NodeKind::Nil | NodeKind::Number(_) | NodeKind::Text(..)
            );
            if is_constant {
                return self.error(format!("non executable command in pipeline stage {}", index + 1));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Command> {
        let mut command = Command { at: self.peek_non_space().at, arguments: Vec::new() };
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                command.arguments.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.backup(),
                Kind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if command.arguments.is_empty() {
            return self.error("empty command");
        }
        Ok(command)
    }

    fn operand(&mut self) -> Parsed<Option<Node>> {
        let Some(node) = self.term()? else { return Ok(None) };
        let first = self.peek();
        if first.kind != Kind::Field {
            return Ok(Some(node));
        }
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.next().text.trim_start_matches('.').to_owned());
        }
        let at = first.at;
        let kind = match node.kind {
            NodeKind::Field(mut names) => {
                names.extend(fields);
                NodeKind::Field(names)
            }
            NodeKind::Variable(mut names) => {
                names.extend(fields);
                NodeKind::Variable(names)
            }
            NodeKind::Bool(_) | NodeKind::Text(..) | NodeKind::Number(_) | NodeKind::Nil | NodeKind::Dot => {
                return self.error(format!("unexpected . after term {}", quoted(&node.to_string())));
            }
            _ => NodeKind::Chain(Box::new(node), fields),
        };
        Ok(Some(Node { at, kind }))
    }

    fn term(&mut self) -> Parsed<Option<Node>> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => match (self.functions)(&token.text) {
                Some(function) => NodeKind::Function(function),
                None => return self.error(format!("function {} not defined", quoted(&token.text))),
            },
            Kind::Dot => NodeKind::Dot,
            Kind::Nil => NodeKind::Nil,
            Kind::Variable => {
                if !self.variables.contains(&token.text) {
                    return self.error(format!("undefined variable {}", quoted(&token.text)));
                }
                NodeKind::Variable(vec![token.text.clone()])
            }
            Kind::Field => NodeKind::Field(vec![token.text.trim_start_matches('.').to_owned()]),
            Kind::Bool => NodeKind::Bool(token.text == "true"),
            Kind::CharConstant => NodeKind::Number(self.read(constant::character(&token.text))?),
            Kind::Complex => NodeKind::Number(self.read(constant::complex(&token.text))?),
            Kind::Number => NodeKind::Number(self.read(constant::number(&token.text))?),
            Kind::LeftParen => NodeKind::Pipe(
                self.deeper(|parser| parser.pipeline("parenthesized pipeline", Kind::RightParen))?,
            ),
            Kind::String | Kind::RawString => {
                let text = self.unquoted(&token.text)?;
                NodeKind::Text(token.text.clone(), text.into())
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        let at = match &kind {
            NodeKind::Pipe(pipe) => pipe.at,
            _ => token.at,
        };
        Ok(Some(Node { at, kind }))
    }

    fn read<T>(&self, found: Result<T, String>) -> Parsed<T> {
        found.or_else(|message| self.error(message))
    }
}
