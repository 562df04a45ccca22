//! A run's config: the form, values sent, and what becomes of stored ones.

use std::collections::BTreeMap;

use longshore_cluster::record::RevisionContent;
use longshore_config::{Config, Evaluation, RenderedItem, Values, apply_sent, notes, removed};
use longshore_contract::{
    Action, ConfigGroup, ConfigItem, ConfigOption, ConfigRepetition, ConfigView, InstallationSettings,
    ItemNote, PhaseStatusView, Record, RunId, SentValue, State, WireError,
};
use longshore_engine::fold::Folded;
use longshore_engine::runner::Recorder;
use longshore_managers::ConfigContent;

use super::base::{RunBase, source};
use super::create::{namespace, runner};
use super::known::Known;
use super::{Quiet, Runs, RunsError};
use crate::prepare::{Facts, config, config_digest, evaluated};

/// What a form is made from.
pub(super) struct Form {
    pub(super) evaluation: Evaluation,
    pub(super) config: std::sync::Arc<Config>,
    old: Option<Config>,
    stored: Values,
    base: Option<RunBase>,
}

impl Runs {
    pub(super) fn settings(&self, run: &RunId) -> Result<InstallationSettings, RunsError> {
        Ok(self.kept(run, "settings")?.unwrap_or_default())
    }

    pub(super) fn config_content(&self, run: &RunId) -> Result<ConfigContent, RunsError> {
        Ok(self.kept(run, "config")?.unwrap_or_default())
    }

    /// The facts templates are given for this run.
    pub(super) fn facts(&self, run: &RunId, folded: &Folded) -> Result<(Facts, Known), RunsError> {
        let (bundle, release) = self.bundle(folded)?;
        let site = self.site(folded)?;
        let registry = longshore_managers::access::registry(&self.store, &site, &bundle.meta.app_slug)?;
        let namespace = namespace(&site, &bundle.meta.app_slug);
        let facts = Facts::new(&release, &bundle.meta, &namespace, registry.as_ref(), &self.settings(run)?);
        Ok((facts, (bundle, release)))
    }

    /// The form with values that are not stored, and the content it would then have.
    pub(super) async fn form(
        &self,
        run: &RunId,
        sent: &BTreeMap<String, SentValue>,
    ) -> Result<(Form, ConfigContent), RunsError> {
        let folded = self.folded(run).await?;
        let (facts, (bundle, release)) = self.facts(run, &folded)?;
        let stored = self.config_content(run)?;
        let digest = &bundle.release.digest.to_string();
        let (config, evaluator) = self.lately.evaluator(digest, &facts.context, || config(&release))?;
        let mut given = apply_sent(&config, &stored.given, sent).map_err(RunsError::Fields)?;
        let base = self.base_of_run(run)?;
        let inherited = base.as_ref().map(|base| base.settle(&mut given, sent)).unwrap_or_default();
        let mut content = ConfigContent { given, generated: stored.generated.clone(), inherited };
        let evaluation = evaluated(&evaluator, &content, self.now())?;
        content.generated.clone_from(&evaluation.generated);
        let live: Option<RevisionContent> = self.kept(run, "live")?;
        let old = live.and_then(|live| Config::parse(&live.config_spec).ok());
        Ok((Form { evaluation, config, old, stored: stored.given, base }, content))
    }

    /// The form with the stored values.
    ///
    /// # Errors
    /// When the package's Config cannot be evaluated.
    pub async fn config_get(&self, run: &RunId) -> Result<ConfigView, RunsError> {
        self.config_template(run, &BTreeMap::new()).await
    }

    /// The form with values that are not stored.
    ///
    /// # Errors
    /// When a value is for no item, or the package's Config cannot be evaluated.
    pub async fn config_template(
        &self,
        run: &RunId,
        sent: &BTreeMap<String, SentValue>,
    ) -> Result<ConfigView, RunsError> {
        let (form, content) = self.form(run, sent).await?;
        Ok(form.view(&content))
    }

    /// Checks and stores values.
    ///
    /// # Errors
    /// With every refused field at once; nothing is stored then.
    pub async fn config_set(
        &self,
        who: &str,
        run: &RunId,
        sent: &BTreeMap<String, SentValue>,
    ) -> Result<ConfigView, RunsError> {
        let folded = self.folded(run).await?;
        if folded.state != State::ApplicationConfiguring {
            self.allow(run, &folded, Action::Configure, "changing the config")?;
        }
        let (form, content) = self.form(run, sent).await?;
        if !form.evaluation.errors.is_empty() {
            return Err(RunsError::Fields(form.evaluation.errors));
        }
        let digest = config_digest(&content);
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, &Quiet, run).await.map_err(runner)?;
        let entered = |state| Record::StateEntered { state, failure: None };
        if folded.state != State::ApplicationConfiguring {
            recorder.record(entered(State::ApplicationConfiguring)).await.map_err(runner)?;
        }
        self.keep(run, "config", &content)?;
        recorder.record(Record::ConfigAccepted { digest, who: who.to_owned() }).await.map_err(runner)?;
        recorder.record(entered(State::ApplicationConfigured)).await.map_err(runner)?;
        self.moved(run).await;
        Ok(form.view(&content))
    }

    /// The installation settings.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn installation(&self, run: &RunId) -> Result<InstallationSettings, RunsError> {
        let folded = self.folded(run).await?;
        let mut settings = self.settings(run)?;
        if settings.namespace.is_empty() {
            settings.namespace = namespace(&self.site(&folded)?, &folded.release.slug);
        }
        Ok(settings)
    }

    /// Checks and stores installation settings.
    ///
    /// # Errors
    /// With every refused field at once.
    pub async fn set_installation(
        &self,
        run: &RunId,
        settings: &InstallationSettings,
    ) -> Result<PhaseStatusView, RunsError> {
        let folded = self.folded(run).await?;
        if folded.state != State::InstallationConfiguring {
            self.allow(run, &folded, Action::ConfigureInstallation, "changing the installation settings")?;
        }
        let site = self.site(&folded)?;
        let expected = namespace(&site, &folded.release.slug);
        if !settings.namespace.is_empty() && settings.namespace != expected {
            return Err(WireError::bad_input(format!("This site's namespace is {expected}"))
                .field("namespace", format!("is {expected} for this site; change it on the site"))
                .into());
        }
        for (field, value) in [("httpProxy", &settings.http_proxy), ("httpsProxy", &settings.https_proxy)] {
            if !value.is_empty() && !value.contains("://") {
                return Err(WireError::bad_input("A proxy is no URL")
                    .field(field, "must be a URL: http://host:port")
                    .into());
            }
        }
        self.keep(run, "settings", settings)?;
        let mut recorder =
            Recorder::open(self.journal.as_ref(), &self.clock, &Quiet, run).await.map_err(runner)?;
        for state in [State::InstallationConfiguring, State::InstallationConfigured] {
            if recorder.folded().state != state {
                recorder.record(Record::StateEntered { state, failure: None }).await.map_err(runner)?;
            }
        }
        self.moved(run).await;
        self.installation_status(run).await
    }

    /// Status of the installation settings.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn installation_status(&self, run: &RunId) -> Result<PhaseStatusView, RunsError> {
        let folded = self.folded(run).await?;
        let status = match folded.state {
            State::New
            | State::ApplicationConfiguring
            | State::ApplicationConfigured
            | State::ApplicationConfigurationFailed => "Pending",
            State::InstallationConfiguring => "Running",
            State::InstallationConfigurationFailed => "Failed",
            _ => "Succeeded",
        };
        Ok(PhaseStatusView {
            status: status.to_owned(),
            description: String::new(),
            last_updated: folded.updated_at,
            state: folded.state,
            run: run.clone(),
        })
    }
}

impl Form {
    fn view(&self, content: &ConfigContent) -> ConfigView {
        let notes = match &self.old {
            Some(old) => notes(old, &self.config, &self.evaluation, &self.stored),
            None => BTreeMap::new(),
        };
        let groups = self.evaluation.groups.iter().map(|group| ConfigGroup {
            name: group.name.clone(),
            title: group.title.clone(),
            description: group.description.clone(),
            items: group
                .items
                .iter()
                .filter(|rendered| !rendered.off && !is_hidden(rendered))
                .map(|rendered| self.item(rendered, content, notes.get(&rendered.item.name).copied()))
                .collect(),
        });
        let removed = self.old.as_ref().map(|old| removed(old, &self.config)).unwrap_or_default();
        let groups = groups.filter(|group| !group.items.is_empty()).collect();
        let base = self.base.as_ref().map(|base| base.base.clone());
        ConfigView { groups, errors: self.evaluation.errors.clone(), removed, base }
    }

    /// What the base says of an item, as far as it is told.
    fn base_value(&self, item: &longshore_config::Item) -> Option<String> {
        let value = self.base.as_ref()?.values.get(&item.name)?;
        Some(match item.kind.as_str() {
            "password" => String::new(),
            "file" => value.filename.clone(),
            _ => value.value.clone(),
        })
    }

    fn item(&self, rendered: &RenderedItem, content: &ConfigContent, note: Option<ItemNote>) -> ConfigItem {
        let item = &rendered.item;
        let secret = item.kind == "password";
        let is_set = content.given.contains_key(&item.name) || content.generated.contains_key(&item.name);
        let error = self.evaluation.errors.iter().find(|error| error.field == item.name);
        let shown = |text: &str| if secret { String::new() } else { text.to_owned() };
        ConfigItem {
            name: item.name.clone(),
            kind: item.kind.clone(),
            title: item.title.clone(),
            help_text: item.help_text.clone(),
            value: if item.kind == "file" { String::new() } else { shown(&rendered.effective.shown) },
            default: shown(&rendered.effective.default),
            filename: rendered.effective.filename.clone(),
            is_set,
            source: source(content, &item.name),
            base_value: self.base_value(item),
            required: item.required,
            readonly: item.readonly,
            recommended: item.recommended,
            affix: item.affix.clone(),
            options: item
                .items
                .iter()
                .map(|option| ConfigOption { name: option.name.clone(), title: option.title.clone() })
                .collect(),
            repeatable: item.repeatable,
            minimum_count: u32::try_from(item.minimum_count).unwrap_or_default(),
            repetitions: rendered
                .repetitions
                .iter()
                .map(|one| ConfigRepetition {
                    name: one.name.clone(),
                    value: shown(&one.value),
                    is_set: one.by_person,
                })
                .collect(),
            note,
            error: error.map(|error| error.message.clone()),
        }
    }
}

fn is_hidden(rendered: &RenderedItem) -> bool {
    rendered.item.hidden
}
