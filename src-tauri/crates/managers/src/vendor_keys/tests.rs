//! Verdicts that are kept say the same as those that are made anew, whatever changes.

use std::collections::BTreeMap;

use longshore_bundle::{Carried, Library, SignatureKind, public_key, secret_key, sign, write_bundle};
use longshore_release::Airgap;
use longshore_store::KeySource;

use super::*;

struct Vendor {
    secret: String,
    public: String,
}

impl Vendor {
    fn new() -> Self {
        let secret = secret_key(None).expect("a key");
        let public = public_key(&secret, None).expect("its public half");
        Self { secret, public }
    }

    /// A signature over a bundle, with the key beside it.
    fn signs(&self, record: &BundleRecord) -> Carried {
        let root = record.root().expect("a list of digests");
        let text = sign(&root, &self.secret, None, "tidewater 1.0.0").expect("it is signed");
        Carried { kind: SignatureKind::Minisign, text, key: Some(self.public.clone()) }
    }

    fn pinned(&self) -> VendorKey {
        let fingerprint = PublicKey::parse(&self.public).expect("a key").fingerprint();
        let (slug, key) = ("tidewater".to_owned(), self.public.clone());
        VendorKey { slug, fingerprint, key, pinned_at: Timestamp(1), pinned_by: "me".to_owned() }
    }
}

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
    record: BundleRecord,
}

impl Place {
    /// A store, and a bundle that nobody signed.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("data"), &KeySource::File).expect("it opens");
        let library = Library::open(&folder.path().join("library")).expect("it opens");
        let meta = Airgap {
            version_label: "1.0.0".to_owned(),
            app_slug: "tidewater".to_owned(),
            format: "docker".to_owned(),
            ..Airgap::default()
        };
        let application = b"apiVersion: kots.io/v1beta1\nkind: Application\nmetadata:\n  name: tidewater\n";
        let files = BTreeMap::from([("application.yaml".to_owned(), application.to_vec())]);
        let mut bundle = Vec::new();
        write_bundle(&mut bundle, &meta, &files, &[]).expect("it is written");
        let path = folder.path().join("tidewater.airgap");
        std::fs::write(&path, bundle).expect("it is written");
        let record = library.import(&path, Timestamp(1), &|_| {}, &|| false).expect("it is imported");
        Self { _folder: folder, store, record }
    }

    fn listed(&self) -> SignatureState {
        listed(&self.store, &self.record).expect("the store answers")
    }

    /// What is listed twice, the second time from what is kept, and judged now.
    #[track_caller]
    fn agreed(&self) -> SignatureState {
        let (made, kept) = (self.listed(), self.listed());
        assert_eq!(made, kept, "a verdict that is kept is the one that was made");
        assert_eq!(made, state(&self.store, &self.record).expect("the store answers"), "and the one of now");
        made
    }

    fn about(&self) -> String {
        let pinned = self.store.vendor_key("tidewater").expect("the store answers");
        about(&self.record.root().expect("a list of digests"), &self.record, pinned.as_ref())
    }
}

#[test]
fn a_list_takes_the_verdict_that_is_kept_and_decisions_do_not() {
    let (mut place, vendor) = (Place::new(), Vendor::new());
    place.record.signatures = vec![vendor.signs(&place.record)];
    assert!(matches!(place.listed(), SignatureState::Signed { pinned: false, .. }), "it is signed");
    let other = SignatureState::Refused { why: "it was kept so".to_owned() };
    place.store.put_verdict(&place.about(), &other).expect("it is kept");
    assert_eq!(place.listed(), other, "nothing is judged again");
    let now = state(&place.store, &place.record).expect("the store answers");
    assert!(matches!(now, SignatureState::Signed { .. }), "what a run asks is judged now: {now:?}");
    assert_eq!(
        require(&place.store, &place.record, "site", false),
        Ok(()),
        "and so is what may be installed"
    );
}

#[test]
fn pins_change_what_is_listed_at_once() {
    let (mut place, vendor, other) = (Place::new(), Vendor::new(), Vendor::new());
    place.record.signatures = vec![vendor.signs(&place.record)];
    assert!(matches!(place.agreed(), SignatureState::Signed { pinned: false, .. }), "no key is pinned");
    place.store.pin_vendor_key(&vendor.pinned()).expect("it is pinned");
    assert!(matches!(place.agreed(), SignatureState::Signed { pinned: true, .. }), "its key is");
    place.store.pin_vendor_key(&other.pinned()).expect("it is pinned");
    assert!(matches!(place.agreed(), SignatureState::OtherKey { .. }), "another's is");
    place.store.remove_vendor_key("tidewater").expect("it is forgotten");
    assert!(matches!(place.agreed(), SignatureState::Signed { pinned: false, .. }), "none is again");
}

#[test]
fn what_is_changed_in_a_record_is_judged_anew() {
    let (mut place, vendor) = (Place::new(), Vendor::new());
    place.record.signatures = vec![vendor.signs(&place.record)];
    place.store.pin_vendor_key(&vendor.pinned()).expect("it is pinned");
    let sound = place.record.clone();
    assert!(matches!(place.agreed(), SignatureState::Signed { pinned: true, .. }), "it is signed");

    place.record.release.size += 1;
    assert!(matches!(place.agreed(), SignatureState::Refused { .. }), "its content is another");
    place.record = sound.clone();
    let stranger = Vendor::new().signs(&place.record);
    place.record.signatures = vec![stranger];
    assert!(matches!(place.agreed(), SignatureState::OtherKey { .. }), "somebody else signed it");
    place.record = sound.clone();
    let text = &mut place.record.signatures[0].text;
    *text = text.replace("tidewater 1.0.0", "tidewater 9.0.0");
    assert!(matches!(place.agreed(), SignatureState::Refused { .. }), "it says what its signer did not");
    place.record = sound;
    assert!(matches!(place.agreed(), SignatureState::Signed { pinned: true, .. }), "as it was");
}

#[test]
fn a_bundle_without_a_signature_is_unsigned_whatever_is_kept() {
    let (mut place, vendor) = (Place::new(), Vendor::new());
    place.record.signatures = vec![vendor.signs(&place.record)];
    let signed = place.agreed();
    place.record.signatures.clear();
    place.store.put_verdict(&place.about(), &signed).expect("it is kept");
    assert_eq!(place.agreed(), SignatureState::Unsigned, "nobody signed it");
    place.record.signatures = vec![vendor.signs(&place.record)];
    place.record.airgap = None;
    assert_eq!(place.agreed(), SignatureState::Unsigned, "there is nothing that could be signed");
}

#[test]
fn parts_cannot_be_shifted_into_each_other() {
    let (mut place, vendor) = (Place::new(), Vendor::new());
    let signature = vendor.signs(&place.record);
    let root = place.record.root().expect("a list of digests");
    place.record.signatures = vec![signature.clone()];
    let one = about(&root, &place.record, None);
    place.record.signatures = vec![Carried { key: None, ..signature.clone() }];
    let without = about(&root, &place.record, None);
    place.record.signatures =
        vec![Carried { text: format!("{}key", signature.text), key: None, ..signature }];
    let shifted = about(&root, &place.record, Some(&vendor.pinned()));
    assert!(one != without && without != shifted && one != shifted, "each is about something else");
}
