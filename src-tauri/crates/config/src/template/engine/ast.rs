//! Parsed templates. Each node knows where it stands, and shows itself as Go does in errors.

use std::fmt::{self, Display, Formatter};

use super::function::Function;
use super::value::Text;

/// A number with every kind of number it can be taken as.
#[derive(Debug, Clone, Default)]
pub(crate) struct Number {
    /// As a signed whole number.
    pub int: Option<i64>,
    /// As an unsigned whole number.
    pub uint: Option<u64>,
    /// As a number with a fraction.
    pub float: Option<f64>,
    /// As a complex number; set for imaginary constants only.
    pub complex: Option<(f64, f64)>,
    /// As it was written.
    pub text: String,
}

/// An element of a template.
#[derive(Debug)]
pub(crate) struct Node {
    /// Offset in bytes.
    pub at: usize,
    /// What it is.
    pub kind: NodeKind,
}

/// Kinds of nodes.
#[derive(Debug)]
pub(crate) enum NodeKind {
    /// Text between actions.
    Raw(Text),
    /// A pipeline whose value is written.
    Action(Pipe),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `if`.
    If(Branch),
    /// `range`.
    Range(Branch),
    /// `with`.
    With(Branch),
    /// `template`.
    Template(String, Option<Pipe>),
    /// A boolean.
    Bool(bool),
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// A number.
    Number(Number),
    /// A text: as it was written, and what it means.
    Text(String, Text),
    /// A function.
    Function(&'static Function),
    /// `.Field.Field`.
    Field(Vec<String>),
    /// `$x.Field`.
    Variable(Vec<String>),
    /// Something with fields behind it.
    Chain(Box<Node>, Vec<String>),
    /// A pipeline in parentheses.
    Pipe(Pipe),
    /// `end`, which only the parser sees.
    End,
    /// `else`, which only the parser sees.
    Else,
}

/// A pipeline.
#[derive(Debug)]
pub(crate) struct Pipe {
    /// Offset in bytes.
    pub at: usize,
    /// Whether variables are assigned instead of declared.
    pub assigns: bool,
    /// Variables.
    pub variables: Vec<String>,
    /// Commands.
    pub commands: Vec<Command>,
}

/// A command: something and its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    /// Offset in bytes.
    pub at: usize,
    /// What is called, and its arguments.
    pub arguments: Vec<Node>,
}

/// A control structure.
#[derive(Debug)]
pub(crate) struct Branch {
    /// What it depends on.
    pub pipe: Pipe,
    /// What is done then.
    pub body: Vec<Node>,
    /// What is done otherwise.
    pub otherwise: Option<Vec<Node>>,
}

fn fields(f: &mut Formatter<'_>, fields: &[String]) -> fmt::Result {
    fields.iter().try_for_each(|field| write!(f, ".{field}"))
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            NodeKind::Raw(text) => f.write_str(&crate::go::utf8::lossy(&crate::go::quote::quoted(text))),
            NodeKind::Action(pipe) => write!(f, "{{{{{pipe}}}}}"),
            NodeKind::Break => f.write_str("{{break}}"),
            NodeKind::Continue => f.write_str("{{continue}}"),
            NodeKind::If(branch) => write!(f, "{{{{if {}}}}}", branch.pipe),
            NodeKind::Range(branch) => write!(f, "{{{{range {}}}}}", branch.pipe),
            NodeKind::With(branch) => write!(f, "{{{{with {}}}}}", branch.pipe),
            NodeKind::Template(name, pipe) => {
                let name = crate::go::utf8::lossy(&crate::go::quote::quoted(name.as_bytes()));
                write!(f, "{{{{template {name}")?;
                if let Some(pipe) = pipe {
                    write!(f, " {pipe}")?;
                }
                f.write_str("}}")
            }
            NodeKind::Bool(yes) => write!(f, "{yes}"),
            NodeKind::Dot => f.write_str("."),
            NodeKind::Nil => f.write_str("nil"),
            NodeKind::Number(number) => f.write_str(&number.text),
            NodeKind::Text(quoted, _) => f.write_str(quoted),
            NodeKind::Function(function) => f.write_str(function.name),
            NodeKind::Field(names) => fields(f, names),
            NodeKind::Variable(names) => f.write_str(&names.join(".")),
            NodeKind::Chain(node, names) => {
                match &node.kind {
                    NodeKind::Pipe(pipe) => write!(f, "({pipe})")?,
                    _ => write!(f, "{node}")?,
                }
                fields(f, names)
            }
            NodeKind::Pipe(pipe) => write!(f, "{pipe}"),
            NodeKind::End => f.write_str("{{end}}"),
            NodeKind::Else => f.write_str("{{else}}"),
        }
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let operator = if self.assigns { "=" } else { ":=" };
            write!(f, "{} {operator} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            write!(f, "{}{command}", if index > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, argument) in self.arguments.iter().enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            match &argument.kind {
                NodeKind::Pipe(pipe) => write!(f, "({pipe})")?,
                _ => write!(f, "{argument}")?,
            }
        }
        Ok(())
    }
}
