//! Carrying out templates: text, control structures, templates within templates.

use super::NAME;
use super::ast::{Branch, Command, Node, NodeKind, Pipe};
use super::function::{Fault, Session};
use super::parser::Template;
use super::print::Printer;
use super::value::Value;
use crate::go::{quote, utf8};
use crate::template::world::World;

/// Bytes that a rendered text may have.
const OUTPUT: usize = 16 << 20;
/// Templates within templates. Go allows ten times as many before it says the same.
const DEPTH: usize = 10_000;

/// Where the execution stands, for errors.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'t> {
    Node(&'t Node),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Nothing,
}

/// How an element ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// A failed execution, in Go's words.
pub(super) type Failed = String;

pub(super) struct State<'t> {
    pub(super) template: &'t Template,
    pub(super) world: &'t World,
    pub(super) session: &'t Session,
    pub(super) at: At<'t>,
    pub(super) variables: Vec<(&'t str, Value)>,
    name: &'t str,
    depth: usize,
    out: Vec<u8>,
}

/// Carries out a template over no data.
pub(crate) fn execute(template: &Template, world: &World) -> Result<Vec<u8>, String> {
    let session = Session::default();
    let mut state = State {
        template,
        world,
        session: &session,
        at: At::Nothing,
        variables: vec![("$", Value::Nil)],
        name: NAME,
        depth: 0,
        out: Vec::new(),
    };
    if let Some(nodes) = template.trees.get(NAME) {
        state.walk_all(&Value::Nil, nodes)?;
    }
    Ok(std::mem::take(&mut state.out))
}

impl<'t> State<'t> {
    /// Go's sentence for a failure here.
    pub(super) fn fail<T>(&self, message: impl AsRef<str>) -> Result<T, Failed> {
        let name = utf8::lossy(&quote::quoted(self.name.as_bytes()));
        let (at, context) = match self.at {
            At::Nothing => return Err(format!("template: {}: {}", self.name, message.as_ref())),
            At::Node(node) => (node.at, node.to_string()),
            At::Pipe(pipe) => (pipe.at, pipe.to_string()),
            At::Command(command) => (command.at, command.to_string()),
        };
        let before = &self.template.source.as_bytes()[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = at - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Err(format!(
            "template: {NAME}:{line}:{column}: executing {name} at <{context}>: {}",
            message.as_ref()
        ))
    }

    pub(super) fn check<T>(&self, outcome: Result<T, Fault>) -> Result<T, Failed> {
        outcome.or_else(|fault| self.fail(fault.0))
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Failed> {
        if self.out.len() + text.len() > OUTPUT {
            return self.fail(format!("the rendered text would have more than {} MiB", OUTPUT >> 20));
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    fn walk_all(&mut self, dot: &Value, nodes: &'t [Node]) -> Result<Flow, Failed> {
        for node in nodes {
            let flow = self.walk(dot, node)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn walk(&mut self, dot: &Value, node: &'t Node) -> Result<Flow, Failed> {
        self.at = At::Node(node);
        self.check(self.session.step(1))?;
        match &node.kind {
            NodeKind::Raw(text) => self.write(text)?,
            NodeKind::Action(pipe) => {
                let value = self.pipeline(dot, Some(pipe))?;
                if pipe.variables.is_empty() {
                    self.at = At::Node(node);
                    self.print(&value)?;
                }
            }
            NodeKind::Break => return Ok(Flow::Break),
            NodeKind::Continue => return Ok(Flow::Continue),
            NodeKind::If(branch) => return self.grown(|state| state.branch(dot, branch, false)),
            NodeKind::With(branch) => return self.grown(|state| state.branch(dot, branch, true)),
            NodeKind::Range(branch) => return self.grown(|state| state.range(dot, node, branch)),
            NodeKind::Template(name, pipe) => {
                self.grown(|state| state.template(dot, node, name, pipe.as_ref()))?;
            }
            _ => return self.fail(format!("unknown node: {node}")),
        }
        Ok(Flow::On)
    }

    fn grown<T>(&mut self, what: impl FnOnce(&mut Self) -> T) -> T {
        stacker::maybe_grow(128 << 10, 1 << 20, || what(self))
    }

    fn print(&mut self, value: &Value) -> Result<(), Failed> {
        match value {
            Value::Nil => self.write(b"<no value>"),
            Value::Text(text) => self.write(text),
            _ => {
                let mut printer = Printer::new();
                printer.print(std::slice::from_ref(value));
                let text = self.check(printer.finish())?;
                self.write(&text)
            }
        }
    }

    fn branch(&mut self, dot: &Value, branch: &'t Branch, is_with: bool) -> Result<Flow, Failed> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, Some(&branch.pipe))?;
        let flow = if value.is_true() {
            self.walk_all(if is_with { &value } else { dot }, &branch.body)?
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk_all(dot, otherwise)?
        } else {
            Flow::On
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Value, node: &'t Node, range: &'t Branch) -> Result<Flow, Failed> {
        let before = self.variables.len();
        let value = self.pipeline(dot, Some(&range.pipe))?;
        let mark = self.variables.len();
        let ran = self.iterate(&value, node, range, mark)?;
        let mut flow = Flow::On;
        if !ran && let Some(otherwise) = &range.otherwise {
            flow = self.walk_all(dot, otherwise)?;
        }
        self.variables.truncate(before);
        Ok(flow)
    }

    /// Whether there was anything to go through.
    fn iterate(
        &mut self,
        over: &Value,
        node: &'t Node,
        range: &'t Branch,
        mark: usize,
    ) -> Result<bool, Failed> {
        let count = match over {
            Value::Int(_, number) => u64::try_from(*number).unwrap_or(0),
            Value::Uint(_, number) => *number,
            Value::List(list) => return self.over_list(list, range, mark),
            Value::Map(map) => {
                let entries: Vec<_> =
                    map.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                let ran = !entries.is_empty();
                for (key, value) in entries {
                    if !self.turn(Value::Text(key), value, range, mark)? {
                        break;
                    }
                }
                return Ok(ran);
            }
            Value::Nil => return Ok(false),
            _ => {
                let mut printer = Printer::new();
                printer.print(std::slice::from_ref(over));
                let shown = self.check(printer.finish())?;
                return self.fail(format!("range can't iterate over {}", utf8::lossy(&shown)));
            }
        };
        if range.pipe.variables.len() > 1 {
            self.at = At::Node(node);
            return self.fail(format!("can't use {count} to iterate over more than one variable"));
        }
        for number in 0..count {
            let item = match over {
                Value::Uint(unsigned, _) => Value::Uint(*unsigned, number),
                Value::Int(signed, _) => Value::Int(*signed, number as i64),
                _ => Value::Nil,
            };
            if !self.turn(Value::Nil, item, range, mark)? {
                break;
            }
        }
        Ok(count > 0)
    }

    fn over_list(
        &mut self,
        list: &std::rc::Rc<super::value::List>,
        range: &'t Branch,
        mark: usize,
    ) -> Result<bool, Failed> {
        let length = list.items.borrow().len();
        for index in 0..length {
            let Some(item) = list.items.borrow().get(index).cloned() else { break };
            if !self.turn(Value::int(index as i64), item, range, mark)? {
                break;
            }
        }
        Ok(length > 0)
    }

    /// One turn; false when it ended the loop.
    fn turn(&mut self, index: Value, item: Value, range: &'t Branch, mark: usize) -> Result<bool, Failed> {
        self.check(self.session.step(1))?;
        let names = &range.pipe.variables;
        if range.pipe.assigns {
            match names.as_slice() {
                [one] => self.assign(one, item.clone())?,
                [first, second, ..] => {
                    self.assign(first, index)?;
                    self.assign(second, item.clone())?;
                }
                [] => {}
            }
        } else {
            let top = self.variables.len();
            if !names.is_empty() {
                self.variables[top - 1].1 = item.clone();
            }
            if names.len() > 1 {
                self.variables[top - 2].1 = index;
            }
        }
        let flow = self.walk_all(&item, &range.body)?;
        self.variables.truncate(mark);
        Ok(flow != Flow::Break)
    }

    pub(super) fn assign(&mut self, name: &str, value: Value) -> Result<(), Failed> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, held)) => {
                *held = value;
                Ok(())
            }
            None => self.fail(format!("undefined variable: {name}")),
        }
    }

    fn template(
        &mut self,
        dot: &Value,
        node: &'t Node,
        name: &'t str,
        pipe: Option<&'t Pipe>,
    ) -> Result<(), Failed> {
        let Some((name, nodes)) = self.template.trees.get_key_value(name) else {
            let name = utf8::lossy(&quote::quoted(name.as_bytes()));
            return self.fail(format!("template {name} not defined"));
        };
        if self.depth >= DEPTH {
            return self.fail(format!("exceeded maximum template depth ({DEPTH})"));
        }
        let dot = self.pipeline(dot, pipe)?;
        // A template sees no variables of the one that calls it.
        let variables = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let outer = std::mem::replace(&mut self.name, name);
        self.depth += 1;
        self.walk_all(&dot, nodes)?;
        self.depth -= 1;
        (self.name, self.variables, self.at) = (outer, variables, At::Node(node));
        Ok(())
    }
}
