//! Bases on a real store: put, checked, followed, forgotten.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use longshore_bundle::Library;
use longshore_cluster::helm::Helm;
use longshore_contract::{
    AppEvent, BaseAssignRequest, BaseId, BasePutRequest, InstalledApp, KubeconfigSource, KubernetesSite,
    SentValue, SiteId, Target, Timestamp, WireError,
};
use longshore_engine::port::Journal;
use longshore_store::{BaseRow, KeySource, SiteRow, Store};
use longshore_workflows::bases::{BaseContent, Bases};
use longshore_workflows::runs::Runs;

const SPEC: &str = "spec: {groups: [{name: g, items: [
    {name: mail, type: text, title: E-mail, validation: {regex: {pattern: '@', message: An e-mail address.}}},
    {name: size, type: dropdown, items: [{name: small}, {name: large}]},
    {name: pw, type: password, required: true},
    {name: ca, type: file}]}]}";

struct World {
    bases: Bases,
    store: Arc<Store>,
    heard: Arc<Mutex<usize>>,
}

fn world(folder: &Path) -> World {
    let store = Arc::new(Store::open(folder, &KeySource::File).expect("a store opens"));
    let library = Arc::new(Library::open(&folder.join("library")).expect("a library opens"));
    let heard = Arc::new(Mutex::new(0));
    let told = Arc::clone(&heard);
    let announce: Arc<dyn Fn(AppEvent) + Send + Sync> =
        Arc::new(move |_| *told.lock().expect("nobody panicked") += 1);
    let helm = Helm { binary: folder.join("helm"), scratch: folder.join("scratch") };
    let journal = Arc::clone(&store) as Arc<dyn Journal>;
    let runs = Runs::new(Arc::clone(&store), journal, Arc::clone(&library), helm, Arc::clone(&announce));
    World { bases: Bases::new(Arc::clone(&store), library, runs, announce), store, heard }
}

fn request(base: Option<&str>, values: &[(&str, &str)]) -> BasePutRequest {
    let set = |value: &str| {
        let (value, none) = (value.to_owned(), String::new());
        SentValue::Set { value, filename: none.clone(), repeatable_item: none }
    };
    BasePutRequest {
        base: base.map(BaseId::from),
        name: None,
        slug: None,
        bundle: None,
        replace: false,
        content: None,
        values: values.iter().map(|(name, value)| ((*name).to_owned(), set(value))).collect(),
    }
}

/// A base whose form is known.
fn known(world: &World) {
    let row = BaseRow {
        id: BaseId::from("b1"),
        name: "emea".to_owned(),
        slug: "tide".to_owned(),
        values: 0,
        changed_at: Timestamp(1),
        changed_by: "first@desk".to_owned(),
    };
    let content = BaseContent {
        config_spec: SPEC.to_owned(),
        version: "1.0.0".to_owned(),
        slug: "tide".to_owned(),
        values: BTreeMap::new(),
    };
    let text = serde_json::to_vec(&content).expect("it is JSON");
    world.store.put_base(&row, &text).expect("it is kept");
}

fn site(world: &World, name: &str, installed: Option<&str>) -> SiteId {
    let app = |slug: &str| InstalledApp {
        slug: slug.to_owned(),
        title: String::new(),
        icon: String::new(),
        version: "1.0.0".to_owned(),
        channel: String::new(),
        namespace: slug.to_owned(),
        revision: 1,
        at: Timestamp(1),
    };
    let kubernetes = KubernetesSite {
        kubeconfig: KubeconfigSource::Environment,
        context: "c".to_owned(),
        namespace: String::new(),
        cluster_uid: String::new(),
        registry: None,
    };
    let id = SiteId::from(format!("id-{name}").as_str());
    let row = SiteRow {
        installed: installed.map(app),
        ..SiteRow::new(id, name.to_owned(), Target::Kubernetes, kubernetes)
    };
    world.store.put_site(&row).expect("it is kept");
    row.id
}

fn fields(error: &WireError) -> Vec<&str> {
    error.fields.iter().map(|field| field.field.as_str()).collect()
}

#[test]
fn values_are_checked_together_and_nothing_is_stored_when_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(folder.path());
    known(&world);
    let wrong = request(
        Some("emea"),
        &[("mail", "nobody"), ("size", "huge"), ("gone", "1"), ("pw", "s3cr3t-canary")],
    );
    let error = world.bases.put("me@here", &wrong).expect_err("they are refused");
    assert_eq!(fields(&error), ["gone"], "what is no item at all is told first");
    let wrong = request(Some("emea"), &[("mail", "nobody"), ("size", "huge"), ("pw", "s3cr3t-canary")]);
    let error = world.bases.put("me@here", &wrong).expect_err("they are refused");
    assert_eq!(fields(&error), ["mail", "size"], "all of them at once");
    let view = world.bases.get(&BaseId::from("b1")).expect("it is there");
    assert!(view.values.is_empty(), "nothing was stored");
    assert_eq!(*world.heard.lock().expect("nobody panicked"), 0, "and nobody was told of a change");
}

#[test]
fn a_view_says_who_set_what_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(folder.path());
    known(&world);
    let first = request(Some("emea"), &[("pw", "s3cr3t-canary"), ("mail", "ops@tide"), ("ca", "Y2FuYXJ5")]);
    world.bases.put("first@here", &first).expect("it is taken");
    let second = request(Some("emea"), &[("mail", "ops@tide"), ("size", "large")]);
    let view = world.bases.put("second@here", &second).expect("it is taken");
    let told = serde_json::to_string(&view).expect("it is JSON");
    assert!(!told.contains("s3cr3t-canary") && !told.contains("Y2FuYXJ5"), "{told}");
    let who: Vec<_> =
        view.values.iter().map(|value| (value.name.as_str(), value.changed_by.as_str())).collect();
    let wanted =
        [("mail", "first@here"), ("size", "second@here"), ("pw", "first@here"), ("ca", "first@here")];
    assert_eq!(who, wanted, "in the order of the form; who sends the same value again did not change it");
    assert_eq!((view.release.as_str(), view.summary.values), ("1.0.0", 4));
    assert!(view.notes.is_empty(), "what a base leaves open is for the sites to say");
    let database = std::fs::read(folder.path().join("longshore.db")).expect("it is there");
    let log = std::fs::read(folder.path().join("longshore.db-wal")).unwrap_or_default();
    let bytes = [database, log].concat();
    assert!(!bytes.windows(13).any(|bytes| bytes == b"s3cr3t-canary"), "values are encrypted at rest");
    let replaced = BasePutRequest { replace: true, ..request(Some("b1"), &[("size", "small")]) };
    let replaced = BasePutRequest {
        values: replaced.values.into_iter().chain([("pw".to_owned(), SentValue::Unchanged)]).collect(),
        ..replaced
    };
    let view = world.bases.put("third@here", &replaced).expect("it is taken");
    let names: Vec<_> = view.values.iter().map(|value| value.name.as_str()).collect();
    assert_eq!(names, ["size", "pw"], "what a replacement does not name is gone, what is unchanged stays");
}

#[test]
fn a_base_of_an_application_that_was_never_seen_shows_nothing_of_its_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(folder.path());
    let mut new = request(None, &[("anything", "s3cr3t-canary")]);
    let error = world.bases.put("me@here", &new).expect_err("it needs a name and an application");
    assert_eq!(fields(&error), ["name", "slug"]);
    (new.name, new.slug) = (Some("lab".to_owned()), Some("tide".to_owned()));
    new.content = Some("kind: ConfigValues\nspec: {values: {mail: {value: s3cr3t-canary}}}\n".to_owned());
    let view = world.bases.put("me@here", &new).expect("nothing can be said against it");
    let told = serde_json::to_string(&view).expect("it is JSON");
    assert!(!told.contains("s3cr3t-canary"), "which of them are passwords is not known: {told}");
    assert_eq!((view.release.as_str(), view.values.len()), ("", 2));
    let error = world.bases.put("me@here", &new).expect_err("the name is another's");
    assert_eq!(fields(&error), ["name"]);
    let no_document =
        BasePutRequest { content: Some("kind: Config".to_owned()), ..request(Some("lab"), &[]) };
    let error = world.bases.put("me@here", &no_document).expect_err("it is no ConfigValues");
    assert_eq!(fields(&error), ["content"]);
}

#[test]
fn a_site_follows_one_base_of_an_application() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(folder.path());
    known(&world);
    let mut other = request(None, &[]);
    (other.name, other.slug) = (Some("apac".to_owned()), Some("tide".to_owned()));
    world.bases.put("me@here", &other).expect("it is made");
    let (north, south) = (site(&world, "north", None), site(&world, "south", Some("tide")));
    site(&world, "elsewhere", Some("harbor"));
    let assign = |base: &str, sites: &[&str]| {
        let sites = sites.iter().map(|site| SiteId::from(*site)).collect();
        world.bases.assign(&BaseAssignRequest { base: BaseId::from(base), sites })
    };
    let error = assign("emea", &["north", "elsewhere", "nowhere"]).expect_err("two of them cannot");
    assert_eq!(error.fields.len(), 2, "both are told: {error:?}");
    assert!(world.store.base_of(&north, "tide").expect("reads").is_none(), "and none follows it then");
    assign("emea", &["north", "south"]).expect("they can");
    let view = assign("apac", &["south"]).expect("it can");
    assert_eq!(view.summary.sites.len(), 1);
    let followed = world.store.base_of(&south, "tide").expect("reads").expect("follows one");
    assert_eq!(followed.0.name, "apac", "in place of the one before");
    assert!(world.store.base_of(&south, "harbor").expect("reads").is_none(), "for its application only");
    let list = world.bases.list().expect("lists");
    let names: Vec<_> = list.bases.iter().map(|base| (base.name.as_str(), base.sites.len())).collect();
    assert_eq!(names, [("apac", 1), ("emea", 1)]);
    world.store.remove_site(&north).expect("it is removed");
    world.bases.remove(&BaseId::from("apac")).expect("it is removed");
    assert!(
        world.store.base_of(&south, "tide").expect("reads").is_none(),
        "a base that is gone is not followed"
    );
    let left = world.bases.list().expect("lists");
    assert_eq!((left.bases.len(), left.bases[0].sites.len()), (1, 0), "a site that is gone follows nothing");
    assert!(world.bases.get(&BaseId::from("apac")).is_err());
}
