//! Keys of vendors: whose signature on a bundle is taken for the vendor's.
//!
//! A vendor has no name in a bundle, so a key is pinned for an application. The first signed bundle of it pins the
//! key that came along, as the first contact with a host does its key; whoever wants to know more compares the
//! fingerprint with what the vendor tells. Another key later is never taken by itself.

use std::fmt::Write as _;

use longshore_bundle::{BundleRecord, Digest, NoKey, PublicKey, Signature, check};
use longshore_contract::{
    ErrorCode, SignatureState, Timestamp, VendorKey, VendorKeyList, VendorKeyPinRequest, WireError,
};
use longshore_store::{Store, StoreError};

fn broken(error: StoreError) -> WireError {
    WireError::internal(&error)
}

/// The keys that signatures are held against at an import.
///
/// # Errors
/// When the store fails.
pub fn known(store: &Store) -> Result<Vec<PublicKey>, StoreError> {
    Ok(store.vendor_keys()?.iter().filter_map(|key| PublicKey::parse(&key.key).ok()).collect())
}

/// Whether somebody vouches for a bundle, and whether that is who is pinned for its application; judged now.
///
/// # Errors
/// When the store fails.
pub fn state(store: &Store, record: &BundleRecord) -> Result<SignatureState, StoreError> {
    let pinned = store.vendor_key(&record.meta.app_slug)?;
    let Some(root) = record.root() else { return Ok(SignatureState::Unsigned) };
    Ok(judge(&root, record, pinned.as_ref()))
}

/// The same for a list: judged once, and kept with the digest of all that it depends on. What is decided by a signature
/// asks [`state`].
///
/// # Errors
/// When the store fails.
pub fn listed(store: &Store, record: &BundleRecord) -> Result<SignatureState, StoreError> {
    let Some(root) = record.root().filter(|_| !record.signatures.is_empty()) else {
        return Ok(SignatureState::Unsigned);
    };
    let pinned = store.vendor_key(&record.meta.app_slug)?;
    let about = about(&root, record, pinned.as_ref());
    if let Some(known) = store.verdict(&about)? {
        return Ok(known);
    }
    let state = judge(&root, record, pinned.as_ref());
    // Another process may be writing for long; the next list keeps it.
    if let Err(error) = store.put_verdict(&about, &state) {
        tracing::warn!(error = %longshore_contract::chain(&error), "a verdict could not be kept");
    }
    Ok(state)
}

/// Changes whenever signatures are judged by other rules, so that verdicts by older ones are no longer found.
const RULES: &str = "1";

/// The digest of all that a verdict depends on: the rules, the text that is signed, each signature and its key, and the
/// key that is pinned. Each part goes in behind its length, so no two ways to put them together are alike.
fn about(root: &str, record: &BundleRecord, pinned: Option<&VendorKey>) -> String {
    let mut parts = vec![RULES, root];
    for signature in &record.signatures {
        let key = signature.key.as_deref();
        parts.extend([
            signature.kind.suffix(),
            signature.text.as_str(),
            if key.is_some() { "key" } else { "" },
        ]);
        parts.extend(key);
    }
    parts.extend(
        pinned.iter().flat_map(|pinned| ["pinned", pinned.fingerprint.as_str(), pinned.key.as_str()]),
    );
    let mut text = String::new();
    for part in parts {
        let _ = write!(text, "{} {part}", part.len());
    }
    Digest::of(text.as_bytes()).to_string()
}

fn judge(root: &str, record: &BundleRecord, pinned: Option<&VendorKey>) -> SignatureState {
    let keys: Vec<PublicKey> =
        pinned.and_then(|pinned| PublicKey::parse(&pinned.key).ok()).into_iter().collect();
    // A bundle may carry several signatures: one that does not fit outweighs all, the pinned key's the others.
    let weight = |state: &SignatureState| match state {
        SignatureState::Unsigned => 0,
        SignatureState::Unknown { .. } => 1,
        SignatureState::OtherKey { .. } => 2,
        SignatureState::Signed { pinned, .. } => 3 + u8::from(*pinned),
        SignatureState::Refused { .. } => 5,
    };
    let states = record.signatures.iter().map(|signature| match check(root, signature, &keys) {
        Signature::Unsigned => SignatureState::Unsigned,
        Signature::Unknown { key, .. } => SignatureState::Unknown { key },
        Signature::Refused { why } => SignatureState::Refused { why },
        Signature::Signed { fingerprint, trusted_comment: comment, .. } => match pinned {
            None => SignatureState::Signed { fingerprint, comment, pinned: false },
            Some(pinned) if pinned.fingerprint == fingerprint => {
                SignatureState::Signed { fingerprint, comment, pinned: true }
            }
            Some(pinned) => SignatureState::OtherKey { fingerprint, pinned: pinned.fingerprint.clone() },
        },
    });
    states.max_by_key(weight).unwrap_or(SignatureState::Unsigned)
}

/// The key that came with a bundle and that its signature was made with.
fn carried(record: &BundleRecord) -> Option<(PublicKey, String)> {
    let root = record.root()?;
    record.signatures.iter().find_map(|signature| {
        let text = signature.key.as_ref()?;
        let key = PublicKey::parse(text).ok()?;
        let fits = matches!(check(&root, signature, &[]), Signature::Signed { .. });
        fits.then(|| (key, text.clone()))
    })
}

/// Pins the key that came with a bundle when it is the first signed one of its application.
///
/// # Errors
/// When the store fails.
pub fn pin_first(store: &Store, record: &BundleRecord, now: Timestamp) -> Result<(), StoreError> {
    let slug = &record.meta.app_slug;
    if slug.is_empty() || store.vendor_key(slug)?.is_some() {
        return Ok(());
    }
    let Some((key, text)) = carried(record) else { return Ok(()) };
    let fingerprint = key.fingerprint();
    let pinned_by = String::new();
    store.pin_first_vendor_key(&VendorKey {
        slug: slug.clone(),
        fingerprint,
        key: text,
        pinned_at: now,
        pinned_by,
    })?;
    Ok(())
}

/// Whether a bundle may be installed on a site, as far as signatures go.
///
/// # Errors
/// `NotAdmissible` when its signature does not fit, is another's than the pinned one, or is wanted and not there.
pub fn require(store: &Store, record: &BundleRecord, site: &str, required: bool) -> Result<(), WireError> {
    let (slug, version) = (&record.meta.app_slug, &record.meta.version_label);
    let not = |text: String, hint: &str| Err(WireError::new(ErrorCode::NotAdmissible, text).hint(hint));
    match state(store, record).map_err(broken)? {
        SignatureState::Signed { pinned: true, .. } => Ok(()),
        SignatureState::Refused { why } => not(
            format!("The signature of {slug} {version} does not fit its bundle: {why}"),
            "Get the bundle again from its vendor.",
        ),
        SignatureState::OtherKey { fingerprint, pinned } => not(
            format!(
                "{slug} {version} is signed with the key {fingerprint}, and the key of its vendor is {pinned}"
            ),
            "Ask the vendor by another way whether its key has changed. If it has, pin the new one: `longshore key pin`.",
        ),
        _ if !required => Ok(()),
        SignatureState::Signed { fingerprint, .. } => not(
            format!(
                "{site} takes signed bundles only, and no key is pinned for {slug}: {version} is signed with {fingerprint}"
            ),
            "Compare the fingerprint with what the vendor tells, then pin the key: `longshore key pin`.",
        ),
        SignatureState::Unknown { key } => not(
            format!(
                "{site} takes signed bundles only, and the key {key} that signed {slug} {version} is not known"
            ),
            "Get the vendor's public key and pin it: `longshore key pin`.",
        ),
        SignatureState::Unsigned => not(
            format!("{site} takes signed bundles only, and the bundle of {slug} {version} is not signed"),
            "Get a signed bundle from the vendor, or no longer require signatures for the site.",
        ),
    }
}

/// All pinned keys.
///
/// # Errors
/// When the store fails.
pub fn list(store: &Store) -> Result<VendorKeyList, WireError> {
    Ok(VendorKeyList { keys: store.vendor_keys().map_err(broken)? })
}

/// Pins a key, one that is given or the one that came with a bundle.
///
/// # Errors
/// When it is no key, has another fingerprint than the vendor tells, or the bundle is of another application.
pub fn pin(
    store: &Store,
    request: &VendorKeyPinRequest,
    bundle: Option<&BundleRecord>,
    who: &str,
    now: Timestamp,
) -> Result<VendorKeyList, WireError> {
    let slug = request.slug.trim();
    let field = |name: &str, why: &str| {
        WireError::bad_input(format!("The key cannot be pinned: its {name} {why}")).field(name, why)
    };
    if slug.is_empty() {
        return Err(field("slug", "is missing"));
    }
    let (key, text) = match (&request.key, bundle) {
        (Some(text), _) => {
            let key = PublicKey::parse(text).map_err(|error: NoKey| field("key", &error.to_string()))?;
            (key, text.trim().to_owned())
        }
        (None, Some(record)) if record.meta.app_slug != slug => {
            let why = format!("is of {}, not of {slug}", record.meta.app_slug);
            return Err(field("bundle", &why));
        }
        (None, Some(record)) => carried(record)
            .ok_or_else(|| field("bundle", "carries no key with which a fitting signature was made"))?,
        (None, None) => return Err(field("key", "is missing")),
    };
    let fingerprint = key.fingerprint();
    let told = request.fingerprint.trim();
    let told = told.strip_prefix("sha256:").unwrap_or(told).replace(':', "").to_lowercase();
    if !told.is_empty() && fingerprint != format!("sha256:{told}") {
        let why = format!("is not that of the key, which is {fingerprint}");
        return Err(field("fingerprint", &why));
    }
    let (slug, pinned_by) = (slug.to_owned(), who.to_owned());
    store
        .pin_vendor_key(&VendorKey { slug, fingerprint, key: text, pinned_at: now, pinned_by })
        .and_then(|()| store.remove_verdicts())
        .map_err(broken)?;
    list(store)
}

/// Forgets the key of an application.
///
/// # Errors
/// When none is pinned for it.
pub fn remove(store: &Store, slug: &str) -> Result<VendorKeyList, WireError> {
    if !store.remove_vendor_key(slug).map_err(broken)? {
        return Err(WireError::not_found(format!("No key is pinned for {slug}"))
            .hint("`longshore key list` shows those that are."));
    }
    store.remove_verdicts().map_err(broken)?;
    list(store)
}

#[cfg(test)]
mod tests;
