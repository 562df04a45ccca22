//! The template language: Go's text/template, from the text to the rendered bytes.
//!
//! It is a part of its own because nothing else holds Go's rules to the byte: which numbers may be compared,
//! how a verb shows a type it was not made for, where an error is said to stand.

mod ast;
mod builtins;
mod compare;
mod constant;
mod eval;
mod exec;
pub(crate) mod function;
mod lexer;
mod methods;
mod parser;
pub(crate) mod print;
mod printf;
mod token;
pub(crate) mod value;

pub(crate) use ast::{Node, NodeKind, Pipe};
pub(crate) use builtins::BUILTINS;
pub(crate) use exec::execute;
pub(crate) use parser::{Template, parse};

/// What the template is called in errors.
const NAME: &str = "template";
