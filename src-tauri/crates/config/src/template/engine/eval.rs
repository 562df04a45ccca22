//! Evaluation of pipelines, commands, fields and arguments.

use super::ast::{Command, Node, NodeKind, Number, Pipe};
use super::exec::{At, Failed, State};
use super::function::{Call, Function, Special};
use super::methods;
use super::value::{Type, Unsigned, Value};

/// Where the arguments of a call come from: nodes, and the value of the command before in the pipeline.
#[derive(Clone, Copy)]
struct Given<'t, 'v> {
    nodes: &'t [Node],
    last: Option<&'v Value>,
}

impl Given<'_, '_> {
    fn is_any(&self) -> bool {
        !self.nodes.is_empty() || self.last.is_some()
    }
}

const NONE: Given<'static, 'static> = Given { nodes: &[], last: None };

impl<'t> State<'t> {
    /// The value of a pipeline; its variables are declared or assigned.
    pub(super) fn pipeline(&mut self, dot: &Value, pipe: Option<&'t Pipe>) -> Result<Value, Failed> {
        let Some(pipe) = pipe else { return Ok(Value::Nil) };
        self.at = At::Pipe(pipe);
        let mut value: Option<Value> = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value.as_ref())?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(&mut self, dot: &Value, command: &'t Command, last: Option<&Value>) -> Result<Value, Failed> {
        let first = &command.arguments[0];
        let given = Given { nodes: &command.arguments[1..], last };
        match &first.kind {
            NodeKind::Function(function) => {
                self.at = At::Node(first);
                return self.call(dot, function, At::Command(command), Value::Nil, given);
            }
            NodeKind::Field(_) | NodeKind::Chain(..) | NodeKind::Variable(_) => {
                return self.with_fields(dot, first, given);
            }
            NodeKind::Pipe(pipe) => {
                self.no_arguments(first, given)?;
                return self.nested(dot, pipe);
            }
            _ => {}
        }
        self.at = At::Node(first);
        self.no_arguments(first, given)?;
        match &first.kind {
            NodeKind::Nil => self.fail("nil is not a command"),
            _ => self.constant(dot, first),
        }
    }

    fn nested(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<Value, Failed> {
        stacker::maybe_grow(128 << 10, 1 << 20, || self.pipeline(dot, Some(pipe)))
    }

    fn no_arguments(&self, first: &Node, given: Given<'_, '_>) -> Result<(), Failed> {
        if given.is_any() {
            self.fail(format!("can't give argument to non-function {first}"))
        } else {
            Ok(())
        }
    }

    fn constant(&mut self, dot: &Value, node: &'t Node) -> Result<Value, Failed> {
        match &node.kind {
            NodeKind::Bool(yes) => Ok(Value::Bool(*yes)),
            NodeKind::Dot => Ok(dot.clone()),
            NodeKind::Number(number) => self.ideal(node, number),
            NodeKind::Text(_, text) => Ok(Value::Text(text.clone())),
            _ => self.fail(format!("can't evaluate command {:?}", node.to_string())),
        }
    }

    /// A number whose type only its spelling tells.
    fn ideal(&mut self, node: &'t Node, number: &Number) -> Result<Value, Failed> {
        self.at = At::Node(node);
        if let Some((real, imaginary)) = number.complex {
            return Ok(Value::Complex(real, imaginary));
        }
        let text = &number.text;
        let prefix = text.as_bytes();
        let is_hex = prefix.len() > 2 && prefix[0] == b'0' && matches!(prefix[1], b'x' | b'X');
        let is_hex_int = is_hex && !text.contains(['p', 'P']);
        if let Some(float) = number.float
            && !is_hex_int
            && !text.starts_with('\'')
            && text.contains(['.', 'e', 'E', 'p', 'P'])
        {
            return Ok(Value::Float(float));
        }
        match number.int {
            Some(int) => Ok(Value::int(int)),
            None => self.fail(format!("{text} overflows int")),
        }
    }

    /// Fields of the data, of a variable or of anything in parentheses.
    fn with_fields(&mut self, dot: &Value, node: &'t Node, given: Given<'t, '_>) -> Result<Value, Failed> {
        self.at = At::Node(node);
        let (receiver, names): (Value, &'t [String]) = match &node.kind {
            NodeKind::Field(names) => (dot.clone(), names),
            NodeKind::Variable(names) => {
                let known = self.variables.iter().rev().find(|(known, _)| *known == names[0]);
                let Some((_, value)) = known else {
                    return self.fail(format!("undefined variable: {}", names[0]));
                };
                let value = value.clone();
                if names.len() == 1 {
                    self.no_arguments(node, given)?;
                    return Ok(value);
                }
                (value, &names[1..])
            }
            NodeKind::Chain(inner, names) => {
                if matches!(inner.kind, NodeKind::Nil) {
                    return self.fail(format!("indirection through explicit nil in {node}"));
                }
                (self.argument(dot, Type::Any, inner)?, names)
            }
            _ => return self.fail(format!("can't evaluate command {:?}", node.to_string())),
        };
        let (last, before) = names.split_last().ok_or("a field without a name")?;
        let mut receiver = receiver;
        for name in before {
            receiver = self.field(dot, name, node, NONE, &receiver)?;
        }
        self.field(dot, last, node, given, &receiver)
    }

    fn field(
        &mut self,
        dot: &Value,
        name: &str,
        node: &'t Node,
        given: Given<'t, '_>,
        receiver: &Value,
    ) -> Result<Value, Failed> {
        let Some(kind) = receiver.kind() else { return Ok(Value::Nil) };
        if let Some(method) = methods::find(kind, name) {
            return self.call(dot, method, At::Node(node), receiver.clone(), given);
        }
        match receiver {
            Value::Map(map) => {
                if given.is_any() {
                    return self.fail(format!("{name} is not a method but has arguments"));
                }
                Ok(map.entries.borrow().get(name.as_bytes()).cloned().unwrap_or(Value::Nil))
            }
            Value::Certificate(certificate) if matches!(name, "Cert" | "Key") => {
                if given.is_any() {
                    return self.fail(format!("{name} has arguments but cannot be invoked as function"));
                }
                Ok(Value::Text(if name == "Cert" { &certificate.cert } else { &certificate.key }.clone()))
            }
            _ => self.fail(format!("can't evaluate field {name} in type {}", kind.name())),
        }
    }

    fn call(
        &mut self,
        dot: &Value,
        function: &'static Function,
        caller: At<'t>,
        receiver: Value,
        given: Given<'t, '_>,
    ) -> Result<Value, Failed> {
        self.check(self.session.step(1))?;
        let (name, count) = (function.name, given.nodes.len() + usize::from(given.last.is_some()));
        let fixed = function.takes.len();
        match function.rest {
            Some(_) if count < fixed => {
                let nodes = given.nodes.len();
                return self
                    .fail(format!("wrong number of args for {name}: want at least {fixed} got {nodes}"));
            }
            None if count != fixed => {
                return self.fail(format!("wrong number of args for {name}: want {fixed} got {count}"));
            }
            _ => {}
        }
        if function.special != Special::None {
            return self.short_circuit(dot, function, given);
        }
        let kind = |at: usize| function.takes.get(at).copied().or(function.rest).unwrap_or(Type::Any);
        let mut arguments = Vec::with_capacity(count);
        for (at, node) in given.nodes.iter().enumerate() {
            arguments.push(self.argument(dot, kind(at), node)?);
        }
        if let Some(last) = given.last {
            arguments.push(self.validated(last.clone(), kind(count - 1))?);
        }
        let call = Call { receiver, arguments, world: self.world, session: self.session };
        (function.run)(&call).or_else(|fault| {
            self.at = caller;
            self.fail(format!("error calling {name}: {}", fault.0))
        })
    }

    fn short_circuit(
        &mut self,
        dot: &Value,
        function: &Function,
        given: Given<'t, '_>,
    ) -> Result<Value, Failed> {
        let ends_with = function.special == Special::Or;
        let mut value = Value::Nil;
        for node in given.nodes {
            value = self.argument(dot, Type::Reflect, node)?;
            if value.is_true() == ends_with {
                return Ok(value);
            }
        }
        Ok(given.last.cloned().unwrap_or(value))
    }

    /// Checks that a value may be given where `kind` is taken.
    fn validated(&self, value: Value, kind: Type) -> Result<Value, Failed> {
        if matches!(kind, Type::Any | Type::Reflect) {
            return Ok(value);
        }
        let Some(found) = value.kind() else {
            if kind.can_be_nil() {
                return Ok(kind.nil());
            }
            return self.fail(format!("invalid value; expected {}", kind.name()));
        };
        // One indirection is made where that helps.
        if kind == Type::Version(false)
            && let Value::Version(version, true) = value
        {
            return Ok(Value::Version(version, false));
        }
        if found == kind {
            return Ok(value);
        }
        self.fail(format!("wrong type for value; expected {}; got {}", kind.name(), found.name()))
    }

    fn argument(&mut self, dot: &Value, kind: Type, node: &'t Node) -> Result<Value, Failed> {
        self.at = At::Node(node);
        let value = match &node.kind {
            NodeKind::Dot => dot.clone(),
            NodeKind::Nil if kind.can_be_nil() => return Ok(kind.nil()),
            NodeKind::Nil => return self.fail(format!("cannot assign nil to {}", kind.name())),
            NodeKind::Field(_) | NodeKind::Variable(_) | NodeKind::Chain(..) => {
                self.with_fields(dot, node, NONE)?
            }
            NodeKind::Pipe(pipe) => self.nested(dot, pipe)?,
            NodeKind::Function(function) => self.call(dot, function, At::Node(node), Value::Nil, NONE)?,
            _ => return self.literal(dot, kind, node),
        };
        self.validated(value, kind)
    }

    /// A constant where a certain type is taken.
    fn literal(&mut self, dot: &Value, kind: Type, node: &'t Node) -> Result<Value, Failed> {
        let number = match &node.kind {
            NodeKind::Number(number) => Some(number),
            _ => None,
        };
        let found = match kind {
            Type::Any | Type::Reflect => return self.constant(dot, node),
            Type::Bool => match &node.kind {
                NodeKind::Bool(yes) => Ok(Value::Bool(*yes)),
                _ => Err("bool"),
            },
            Type::Text => match &node.kind {
                NodeKind::Text(_, text) => Ok(Value::Text(text.clone())),
                _ => Err("string"),
            },
            Type::Signed(signed) => {
                number.and_then(|number| number.int).map(|int| Value::Int(signed, int)).ok_or("integer")
            }
            Type::Unsigned(unsigned) => unsigned_number(number, unsigned).ok_or("unsigned integer"),
            Type::Uint32 => unsigned_number(number, Unsigned::Long).ok_or("unsigned integer"),
            Type::Float => number.and_then(|number| number.float).map(Value::Float).ok_or("float"),
            Type::Complex => number
                .and_then(|number| number.complex)
                .map(|(real, imaginary)| Value::Complex(real, imaginary))
                .ok_or("complex"),
            _ => return self.fail(format!("can't handle {node} for arg of type {}", kind.name())),
        };
        found.or_else(|expected| self.fail(format!("expected {expected}; found {node}")))
    }
}

fn unsigned_number(number: Option<&Number>, unsigned: Unsigned) -> Option<Value> {
    number.and_then(|number| number.uint).map(|uint| Value::Uint(unsigned, uint))
}
