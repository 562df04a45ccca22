//! Licenses that come with releases, judged by what the settings ask of them.

use longshore_contract::{
    ErrorCode, FieldError, LicenseSignature, LicenseView, Settings, Timestamp, WireError, chain,
};
use longshore_release::license::{
    GlobalKey, LicenseError, Policy, Signed, Standing, Trust, check_key, judge,
};
use longshore_release::{Airgap, License, Release};
use longshore_store::Store;

fn policy(settings: &Settings) -> Policy {
    let keys = &settings.licenses.trusted_keys;
    let more = keys.iter().map(|key| GlobalKey { id: key.id.clone(), pem: key.pem.clone() });
    Policy { trust: Trust::with(more.collect()), signature_required: settings.licenses.signature_required }
}

fn instant(now: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(now.0).unwrap_or_default()
}

/// How the license of a release stands; nothing when none came along.
///
/// # Errors
/// `NotAdmissible` with the reason when nothing may be installed under it.
pub fn judged(
    store: &Store,
    meta: &Airgap,
    release: &Release,
    now: Timestamp,
) -> Result<Option<Standing>, WireError> {
    let Some(license) = &release.license else { return Ok(None) };
    let settings = store.settings().map_err(|error| WireError::internal(&error))?;
    let standing = judge(license, meta, &policy(&settings), instant(now));
    standing.map(Some).map_err(|error| refusal(&error))
}

fn refusal(error: &LicenseError) -> WireError {
    let hint = match error {
        LicenseError::Missing => "Have the vendor sign it, or accept unsigned licenses in the settings.",
        LicenseError::UnknownKey(_) => {
            "When the vendor signs licenses by itself, add its key to the settings, once you know that it is its own."
        }
        LicenseError::Unreadable(_) | LicenseError::Invalid(_) | LicenseError::Changed { .. } => {
            "Get the license, or the bundle it is in, from the vendor again; it must not be edited."
        }
        LicenseError::Expired(_) | LicenseError::Expiry(_) => "Ask the vendor for a new license.",
        LicenseError::OtherApplication { .. } | LicenseError::OtherChannel { .. } => {
            "Get the bundle that this license is for, or a license for this one."
        }
    };
    WireError::new(ErrorCode::NotAdmissible, chain(error)).hint(hint)
}

/// The license of a release as it is shown: how it stands now, or why nothing can be installed under it.
pub fn view(license: &License, meta: &Airgap, settings: &Settings, now: Timestamp) -> LicenseView {
    let judged = judge(license, meta, &policy(settings), instant(now));
    let text = |path: &[&str]| {
        let mut value = Some(&license.spec);
        for name in path {
            value = value.and_then(|value| value.get(*name));
        }
        value.and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let (signature, problem, warnings) = match judged {
        Ok(Standing { signed: Signed::Signed, warnings, .. }) => {
            (LicenseSignature::Signed, String::new(), warnings)
        }
        Ok(Standing { warnings, .. }) => (LicenseSignature::Unsigned, String::new(), warnings),
        Err(error) => (signature_of(license, settings), chain(&error), Vec::new()),
    };
    LicenseView {
        customer: license.customer_name.clone(),
        kind: text(&["licenseType"]),
        signature,
        expires_at: text(&["entitlements", "expires_at", "value"]),
        problem,
        warnings,
    }
}

/// How it is signed, whatever else is against it.
fn signature_of(license: &License, settings: &Settings) -> LicenseSignature {
    match longshore_release::license::verify(license, &policy(settings).trust) {
        Ok(Signed::Signed) => LicenseSignature::Signed,
        Ok(Signed::Unsigned) => LicenseSignature::Unsigned,
        Err(_) => LicenseSignature::Refused,
    }
}

/// What is wrong with keys in the settings, by field.
pub fn refused_keys(settings: &Settings) -> Vec<FieldError> {
    let keys = settings.licenses.trusted_keys.iter().enumerate();
    keys.filter_map(|(at, key)| {
        let (field, message) = if key.id.trim().is_empty() {
            ("id", "must not be empty: licenses name the key by it".to_owned())
        } else if Trust::pinned().find(&key.id).is_some() {
            ("id", "is that of a pinned key".to_owned())
        } else {
            ("pem", chain(&check_key(&key.pem).err()?))
        };
        Some(FieldError { field: format!("licenses.trustedKeys.{at}.{field}"), message })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use longshore_contract::{LicenseSettings, LicenseSignature, Settings, Timestamp, TrustedKey};
    use longshore_release::{Airgap, License};

    use super::{refused_keys, view};

    fn license(signature: &str) -> License {
        let spec =
            format!("{{appSlug: tide, licenseType: trial, licenseID: s3cr3t, signature: {signature:?}}}");
        let spec = serde_norway::from_str(&spec).expect("it is YAML");
        License { app_slug: "tide".into(), customer_name: "Quay".into(), spec, ..License::default() }
    }

    #[test]
    fn a_view_says_how_a_license_stands_and_not_its_id() {
        let meta = Airgap { app_slug: "tide".into(), ..Airgap::default() };
        let seen = view(&license(""), &meta, &Settings::default(), Timestamp(0));
        assert_eq!((seen.signature, seen.problem.as_str()), (LicenseSignature::Unsigned, ""));
        assert_eq!((seen.customer.as_str(), seen.kind.as_str()), ("Quay", "trial"));
        let licenses = LicenseSettings { signature_required: true, trusted_keys: Vec::new() };
        let strict = Settings { licenses, ..Settings::default() };
        let refused = view(&license(""), &meta, &strict, Timestamp(0));
        assert!(refused.problem.contains("no signature"), "{}", refused.problem);
        let broken = view(&license("bm90IGpzb24="), &meta, &Settings::default(), Timestamp(0));
        assert_eq!(broken.signature, LicenseSignature::Refused, "a wrong signature is not the same as none");
        let told = serde_json::to_string(&[seen, refused, broken]).expect("it is JSON");
        assert!(!told.contains("s3cr3t"), "{told}");
    }

    #[test]
    fn keys_are_checked_before_they_are_kept() {
        let key = |id: &str, pem: &str| TrustedKey { id: id.to_owned(), pem: pem.to_owned() };
        let keys = vec![key("", "x"), key("bdee56560cfb43c9b28bf98eacafa646", "x"), key("ours", "no key")];
        let licenses = LicenseSettings { signature_required: false, trusted_keys: keys };
        let refused = refused_keys(&Settings { licenses, ..Settings::default() });
        let fields: Vec<_> = refused.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            ["licenses.trustedKeys.0.id", "licenses.trustedKeys.1.id", "licenses.trustedKeys.2.pem"]
        );
    }
}
