//! Which config items a template asks for by name.

use super::engine::{Node, NodeKind, Pipe, Template};

/// A call that names a config item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The function.
    pub function: &'static str,
    /// The item.
    pub item: String,
}

const ASKING: [&str; 7] = [
    "ConfigOption",
    "ConfigOptionName",
    "ConfigOptionIndex",
    "ConfigOptionData",
    "ConfigOptionFilename",
    "ConfigOptionEquals",
    "ConfigOptionNotEquals",
];

/// The items that the template names as constants. Names that are put together are known only when it runs.
pub(crate) fn references(template: &Template) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut names: Vec<_> = template.trees.keys().collect();
    names.sort();
    for name in names {
        all(&template.trees[name], &mut found);
    }
    found
}

fn all(nodes: &[Node], found: &mut Vec<Reference>) {
    stacker::maybe_grow(64 << 10, 1 << 20, || nodes.iter().for_each(|node| one(node, found)));
}

fn one(node: &Node, found: &mut Vec<Reference>) {
    match &node.kind {
        NodeKind::Action(inner) | NodeKind::Pipe(inner) | NodeKind::Template(_, Some(inner)) => {
            pipe(inner, found);
        }
        NodeKind::If(branch) | NodeKind::Range(branch) | NodeKind::With(branch) => {
            pipe(&branch.pipe, found);
            all(&branch.body, found);
            all(branch.otherwise.as_deref().unwrap_or_default(), found);
        }
        NodeKind::Chain(inner, _) => one(inner, found),
        _ => {}
    }
}

fn pipe(pipe: &Pipe, found: &mut Vec<Reference>) {
    for (at, command) in pipe.commands.iter().enumerate() {
        let arguments = &command.arguments;
        if let NodeKind::Function(function) = &arguments[0].kind
            && ASKING.contains(&function.name)
        {
            // The name is the first argument, or what comes through the pipe when there is none.
            let before =
                at.checked_sub(1).and_then(|before| pipe.commands[before].arguments.as_slice().first());
            let named = arguments.get(1).or(before.filter(|_| arguments.len() == 1));
            if let Some(NodeKind::Text(_, text)) = named.map(|node| &node.kind) {
                found.push(Reference { function: function.name, item: crate::go::utf8::lossy(text) });
            }
        }
        all(arguments, found);
    }
}
