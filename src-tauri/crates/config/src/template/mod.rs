//! Templates: `{{repl … }}` and `repl{{ … }}` over Go's text/template, with sprig's and the vendor's functions.
//!
//! Both delimiters make one template: the second form is turned into the first before anything is parsed.
//! Values that people typed are never templates.

pub(crate) mod engine;
mod references;
pub(crate) mod sprig;
mod vendor;
pub(crate) mod world;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;

use crate::context::Context;
use crate::go;
use engine::function::Function;
use engine::{BUILTINS, Template};
pub(crate) use references::references;
pub use world::Lookup;
use world::World;

/// Bytes that the text of one template may have.
const SOURCE: usize = 4 << 20;
/// Parsed templates that are kept.
const KEPT: usize = 4_096;

/// A template that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template fails: {0}")]
pub struct TemplateFailure(pub String);

/// Parsed templates by their text. Shared by engines that render the same package again and again.
#[derive(Debug, Default)]
pub struct Templates(Mutex<HashMap<String, Result<Arc<Template>, String>>>);

impl Templates {
    pub(crate) fn parse(&self, text: &str) -> Result<Arc<Template>, TemplateFailure> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return known.clone().map_err(TemplateFailure);
        }
        let parsed = parse(text).map(Arc::new);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(text.to_owned(), parsed.clone());
        parsed.map_err(TemplateFailure)
    }
}

fn parse(text: &str) -> Result<Template, String> {
    if text.len() > SOURCE {
        return Err(format!("the template has more than {} MiB", SOURCE >> 20));
    }
    engine::parse(text.replace("repl{{", "{{repl"), &|name| functions().get(name).copied())
}

/// Every function by its name; the vendor's before sprig's before the language's own.
fn functions() -> &'static HashMap<&'static str, &'static Function> {
    static CELL: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    CELL.get_or_init(|| {
        let tables =
            [BUILTINS].into_iter().chain(sprig::TABLES.iter().copied()).chain(vendor::TABLES.iter().copied());
        tables.flatten().map(|function| (function.name, function)).collect()
    })
}

/// Renders templates with one set of facts.
#[derive(Clone)]
pub struct Engine {
    world: Arc<World>,
    templates: Arc<Templates>,
}

impl Engine {
    /// An engine over config values, facts and the present time.
    pub fn new(lookup: &Arc<dyn Lookup>, context: &Arc<Context>, now: Timestamp) -> Self {
        Self::with_templates(lookup, context, now, Arc::default())
    }

    /// The same over templates that were parsed before.
    pub fn with_templates(
        lookup: &Arc<dyn Lookup>,
        context: &Arc<Context>,
        now: Timestamp,
        templates: Arc<Templates>,
    ) -> Self {
        let world = World::new(Arc::clone(lookup), Arc::clone(context), now);
        Self { world: Arc::new(world), templates }
    }

    /// Renders a text.
    ///
    /// # Errors
    /// When the template does not parse, fails, grows past its limits or gives what is no UTF-8.
    pub fn render(&self, text: &str) -> Result<String, TemplateFailure> {
        if !is_template(text) {
            return Ok(text.to_owned());
        }
        String::from_utf8(self.render_bytes(text)?)
            .map_err(|_| TemplateFailure("the rendered text is not UTF-8".to_owned()))
    }

    /// Renders a text that need not come out as UTF-8.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_bytes(&self, text: &str) -> Result<Vec<u8>, TemplateFailure> {
        if !is_template(text) {
            return Ok(text.as_bytes().to_vec());
        }
        let template = self.templates.parse(text)?;
        engine::execute(&template, &self.world).map_err(TemplateFailure)
    }

    /// Renders a text; what is no UTF-8 in it is replaced, as it is when values are stored.
    pub(crate) fn render_lossy(&self, text: &str) -> Result<String, TemplateFailure> {
        Ok(go::utf8::lossy(&self.render_bytes(text)?))
    }

    /// Whether something rendered since the last call made a random value, which must then be kept.
    pub(crate) fn take_generated(&self) -> bool {
        self.world.take_random()
    }

    /// Puts back what [`Engine::take_generated`] took.
    pub(crate) fn mark_generated(&self) {
        self.world.made_random();
    }
}

/// Whether there is anything to render.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{repl") || text.contains("repl{{")
}
