//! Templates: `{{repl … }}` and `repl{{ … }}` over Go's text/template, with the vendor's functions.

mod arguments;
mod sprig;
mod vendor;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gotmpl::{FuncMap, Template, Value};
use jiff::Timestamp;

use crate::context::Context;
use crate::evaluate::Effective;

/// Bytes a rendered text may have.
const OUTPUT: usize = 16 << 20;
/// Turns all loops of one text may make together.
const TURNS: u64 = 1_000_000;

/// Where templates find config values.
pub trait Lookup: Send + Sync {
    /// The effective value of an item; `None` for an unknown name.
    ///
    /// # Errors
    /// When the item's own template fails, or leads back to where it came from.
    fn option(&self, name: &str) -> Result<Option<Effective>, String>;
}

/// A template that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template fails: {0}")]
pub struct TemplateFailure(pub String);

/// Renders templates with one set of facts.
#[derive(Clone)]
pub struct Engine {
    functions: FuncMap,
    generated: Arc<AtomicBool>,
}

impl Engine {
    /// An engine over config values, facts and the present time.
    pub fn new(lookup: &Arc<dyn Lookup>, context: &Arc<Context>, now: Timestamp) -> Self {
        let generated = Arc::new(AtomicBool::new(false));
        let mut functions = FuncMap::new();
        sprig::add(&mut functions, &generated);
        vendor::add(&mut functions, lookup, context, now, &generated);
        Self { functions, generated }
    }

    /// Renders a text.
    ///
    /// # Errors
    /// When the template does not parse, fails, or grows past its limits.
    pub fn render(&self, text: &str) -> Result<String, TemplateFailure> {
        if !text.contains("repl") {
            return Ok(text.to_owned());
        }
        let failed = |error: gotmpl::TemplateError| TemplateFailure(error.to_string());
        let source = text.replace("repl{{", "{{repl");
        let template = Template::new("template")
            .delims("{{repl", "}}")
            .max_range_iters(TURNS)
            .funcs(self.functions.clone())
            .parse(&source)
            .map_err(failed)?;
        let mut out = Bounded(String::new());
        template.execute_fmt(&mut out, &Value::Nil).map_err(failed)?;
        Ok(out.0)
    }

    /// Whether something rendered since the last call made a random value, which must then be kept.
    pub(crate) fn take_generated(&self) -> bool {
        self.generated.swap(false, Ordering::SeqCst)
    }
}

/// Refuses to grow without end.
struct Bounded(String);

impl std::fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if self.0.len() + text.len() > OUTPUT {
            return Err(std::fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}
