//! Rendering one text of a Config.
//!
//! Upstream renders the whole document as text and reads it again, so that what a template gives in a text
//! without quotes is read as YAML: `repl{{ ConfigOption "n" }}` that gives `0` switches off, the same in
//! quotes does not. Here each text is rendered on its own, so that no value can break the document, and read
//! again only where upstream would have read a bare word.

use crate::model::Scalar;
use crate::template::is_template;
use crate::yaml::write::is_bare;
use crate::yaml::{Node, Shape as _, parse};

/// What a bare rendered text is read as; `None` when it can only be taken literally.
fn reread(source: &str, rendered: &str) -> Option<Node> {
    if !is_template(source) || !is_bare(source) || rendered.contains('\n') {
        return None;
    }
    match parse(&format!("k: {rendered}")).ok()? {
        Node::Map(fields) if fields.len() == 1 => fields.into_values().next(),
        _ => None,
    }
}

/// A text.
pub(super) fn text(source: &str, rendered: String) -> String {
    match reread(source, &rendered) {
        Some(
            node @ (Node::Null
            | Node::Bool(_)
            | Node::Int(_)
            | Node::Uint(_)
            | Node::Float(_)
            | Node::Text(_)),
        ) => String::read(&node, "").unwrap_or(rendered),
        _ => rendered,
    }
}

/// A condition.
pub(super) fn when(source: &str, rendered: String) -> String {
    match reread(source, &rendered) {
        Some(Node::Bool(yes)) => yes.to_string(),
        Some(Node::Int(0)) => "false".to_owned(),
        Some(Node::Int(1)) => "true".to_owned(),
        Some(Node::Null) => String::new(),
        Some(Node::Text(text)) => text,
        _ => rendered,
    }
}

/// A value that may be a bare boolean.
pub(super) fn scalar(source: &str, rendered: String) -> Scalar {
    match reread(source, &rendered) {
        Some(Node::Bool(yes)) => Scalar::Bool(yes),
        Some(Node::Null) => Scalar::Bool(false),
        Some(Node::Text(text)) => Scalar::Text(text),
        _ => Scalar::Text(rendered),
    }
}

#[cfg(test)]
mod tests {
    use super::{text, when};

    #[test]
    fn bare_texts_are_read_again() {
        let (bare, quoted) = ("repl{{ ConfigOption \"n\" }}", "{{repl ConfigOption \"n\" }}");
        assert_eq!((when(bare, "0".into()), when(quoted, "0".into())), ("false".into(), "0".into()));
        assert_eq!((text(bare, "yes".into()), text(quoted, "yes".into())), ("true".into(), "yes".into()));
        assert_eq!(text(bare, "it's: x".into()), "it's: x", "what would break the document is literal");
        assert_eq!(text(quoted, "it's".into()), "it's");
    }
}
