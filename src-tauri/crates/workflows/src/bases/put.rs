//! Changing a base: from a document, by single values, from what a site has.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use longshore_config::{Config, Value, Values, apply_sent, import_values};
use longshore_contract::{
    AppEvent, BaseId, BasePutRequest, BaseTakeRequest, BaseView, FieldError, SentValue, WireError, chain,
};
use longshore_store::{BaseRow, StoreError};

use super::content::BaseContent;
use super::{Bases, broken};

/// Characters that a name may have.
const NAME: usize = 100;

impl Bases {
    /// Makes a base or changes one.
    ///
    /// # Errors
    /// With every refused field at once; nothing is stored then.
    pub fn put(&self, who: &str, request: &BasePutRequest) -> Result<BaseView, WireError> {
        let (mut row, mut content) = match &request.base {
            Some(base) => self.read(base)?,
            None => fresh(request.slug.as_deref().unwrap_or_default()),
        };
        let mut refused = self.head(&mut row, request)?;
        content.slug.clone_from(&row.slug);
        self.learn_form(&mut content, request)?;
        let sent = sent(request)?;
        let before = if request.replace { unchanged(&content, &sent) } else { content.given() };
        let config = content.config();
        let applied = match &config {
            Some(config) => apply_sent(config, &before, &sent),
            None => Ok(applied_unseen(&before, &sent)),
        };
        match applied {
            Ok(values) => content.replace(values, self.runs.now(), who),
            Err(errors) => refused.extend(errors),
        }
        if let Some(config) = &config {
            let errors = content.errors(config, self.runs.now());
            refused.extend(errors.into_iter().filter(|error| {
                matches!(sent.get(&error.field), Some(SentValue::Set { .. } | SentValue::File { .. }))
            }));
        }
        if !refused.is_empty() {
            return Err(refusal(refused));
        }
        self.write(who, row, &content)
    }

    /// Takes the values that a site has now.
    ///
    /// # Errors
    /// When the site does not answer, nothing is installed there, or it is another application than the base's.
    pub async fn take(&self, who: &str, request: &BaseTakeRequest) -> Result<BaseView, WireError> {
        let site = self.site(&request.site)?;
        let present = self.present(&site).await?.ok_or_else(|| {
            WireError::not_found(format!(
                "Nothing is installed on {} that values could be taken of",
                site.name
            ))
        })?;
        let (mut row, mut content) = match &request.base {
            Some(base) => self.read(base)?,
            None => fresh(&present.slug),
        };
        if row.slug != present.slug {
            let text = format!("{} runs {}, and this base is for {}", site.name, present.slug, row.slug);
            return Err(WireError::bad_input(text).field("site", format!("does not run {}", row.slug)));
        }
        let named = BasePutRequest { name: request.name.clone(), ..nothing(request.base.clone()) };
        let refused = self.head(&mut row, &named)?;
        if !refused.is_empty() {
            return Err(refusal(refused));
        }
        let config = Config::parse(&present.config_spec).unwrap_or_default();
        let mut values = content.given();
        for name in &request.items {
            if !present.content.given.contains_key(name) {
                let text = format!("{} has no value for {name} that somebody gave", site.name);
                return Err(WireError::bad_input(text).field("items", format!("{name} is not given there")));
            }
        }
        values.extend(present.content.given.into_iter().filter(|(name, value)| {
            let item = config.item(name).or_else(|| config.item(&value.repeatable_item));
            let asked = request.items.is_empty() || request.items.contains(name);
            let secret = item.is_none_or(|item| item.kind == "password");
            asked && item.is_some() && (!secret || request.passwords)
        }));
        (content.config_spec, content.version, content.slug) =
            (present.config_spec, present.version, present.slug);
        content.replace(values, self.runs.now(), who);
        self.write(who, row, &content)
    }

    /// Name and application of a base; what is wrong with them.
    fn head(&self, row: &mut BaseRow, request: &BasePutRequest) -> Result<Vec<FieldError>, WireError> {
        let mut refused = Vec::new();
        let mut refuse = |field: &str, message: &str| {
            refused.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        if let Some(name) = &request.name {
            name.trim().clone_into(&mut row.name);
        }
        if row.name.is_empty() {
            refuse("name", "must not be empty");
        } else if row.name.chars().count() > NAME {
            refuse("name", "must not be longer than 100 characters");
        }
        let named = self.store.base(&row.name).map_err(|error| broken(&error))?;
        if named.is_some_and(|(other, _)| other.id != row.id) {
            refuse("name", "is taken");
        }
        if row.slug.is_empty() {
            refuse("slug", "must not be empty: it says which application the values are for");
        } else if request.slug.as_ref().is_some_and(|slug| *slug != row.slug) {
            refuse("slug", "is fixed: make another base for another application");
        }
        Ok(refused)
    }

    /// The form that values are checked against: that of the named bundle, of the newest one of the application, or
    /// the one that is remembered.
    fn learn_form(&self, content: &mut BaseContent, request: &BasePutRequest) -> Result<(), WireError> {
        let id = if let Some(bundle) = &request.bundle {
            Some(bundle.0.clone())
        } else {
            let bundles = self.library.bundles().map_err(|error| WireError::internal(&error))?;
            bundles.into_iter().find(|bundle| bundle.meta.app_slug == content.slug).map(|bundle| bundle.id)
        };
        let Some(id) = id else { return Ok(()) };
        let (bundle, release) = self.runs.bundle_by_id(&id)?;
        if bundle.meta.app_slug != content.slug {
            let text =
                format!("The bundle is of {}, and this base is for {}", bundle.meta.app_slug, content.slug);
            return Err(WireError::bad_input(text).field("bundle", format!("is not of {}", content.slug)));
        }
        content.config_spec =
            release.config.as_ref().map(|document| document.text.clone()).unwrap_or_default();
        content.version.clone_from(&bundle.meta.version_label);
        Ok(())
    }

    fn write(&self, who: &str, mut row: BaseRow, content: &BaseContent) -> Result<BaseView, WireError> {
        row.values = u32::try_from(content.values.len()).unwrap_or(u32::MAX);
        row.changed_at = self.runs.now();
        who.clone_into(&mut row.changed_by);
        let text = serde_json::to_vec(content).map_err(|error| WireError::internal(&error))?;
        self.store.put_base(&row, &text).map_err(|error| match error {
            StoreError::NameTaken(_) => WireError::bad_input(chain(&error)).field("name", "is taken"),
            other => broken(&other),
        })?;
        (self.announce)(AppEvent::BaseChanged { base: row.id.clone() });
        self.view(&row, content)
    }
}

fn fresh(slug: &str) -> (BaseRow, BaseContent) {
    let row = BaseRow {
        id: BaseId(format!("{:016x}", rand::random::<u64>())),
        name: String::new(),
        slug: slug.to_owned(),
        values: 0,
        changed_at: longshore_contract::Timestamp::default(),
        changed_by: String::new(),
    };
    (row, BaseContent { slug: slug.to_owned(), ..BaseContent::default() })
}

fn nothing(base: Option<BaseId>) -> BasePutRequest {
    let (name, slug, bundle, content) = (None, None, None, None);
    BasePutRequest { base, name, slug, bundle, replace: false, content, values: BTreeMap::new() }
}

fn refusal(fields: Vec<FieldError>) -> WireError {
    let text = match fields.len() {
        1 => "One value of the base was refused".to_owned(),
        many => format!("{many} values of the base were refused"),
    };
    WireError { fields, ..WireError::bad_input(text).hint("Nothing was stored.") }
}

/// The document's values, with the single ones over them.
fn sent(request: &BasePutRequest) -> Result<BTreeMap<String, SentValue>, WireError> {
    let mut sent = BTreeMap::new();
    if let Some(content) = &request.content {
        let values = import_values(content).map_err(|error| {
            WireError::bad_input(format!("This is no ConfigValues document: {}", chain(&error)))
                .field("content", "must be a ConfigValues document")
                .hint("It needs kind: ConfigValues, and values under spec.values.")
        })?;
        sent.extend(values.into_iter().map(|(name, value)| {
            let Value { value, filename, repeatable_item } = value;
            (name, SentValue::Set { value, filename, repeatable_item })
        }));
    }
    sent.extend(request.values.clone());
    Ok(sent)
}

/// Of the values there are, those that a replacement names as unchanged.
fn unchanged(content: &BaseContent, sent: &BTreeMap<String, SentValue>) -> Values {
    let mut values = content.given();
    values.retain(|name, _| sent.get(name) == Some(&SentValue::Unchanged));
    values
}

/// Values for an application of which no release is known: nothing can be said against them yet.
fn applied_unseen(before: &Values, sent: &BTreeMap<String, SentValue>) -> Values {
    let mut values = before.clone();
    for (name, sent) in sent {
        match sent.clone() {
            SentValue::Set { value, filename, repeatable_item } => {
                values.insert(name.clone(), Value { value, filename, repeatable_item });
            }
            SentValue::File { content, filename } => {
                // Of what type the item is shows later; a text that is one is not kept in base64.
                let text = STANDARD.decode(&content).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let value = match text {
                    Some(text) if filename.is_empty() => text.trim_end_matches(['\r', '\n']).to_owned(),
                    _ => content,
                };
                values.insert(name.clone(), Value { value, filename, ..Value::default() });
            }
            SentValue::Unchanged => {}
            SentValue::Clear => {
                values.remove(name);
            }
        }
    }
    values
}
