//! Whether a release may be installed under a license, and until when.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::error::LicenseError;
use super::keys::Trust;
use super::signature::{Signed, verify};
use crate::meta::{Airgap, License};

/// Days before the end of a license from which on one is warned.
pub const WARNING_DAYS: i64 = 30;

/// What is asked of licenses here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Keys that are believed.
    pub trust: Trust,
    /// Refuses licenses without a signature. A vendor who packages for nobody's service has none, so they are
    /// accepted, and told as unsigned, unless an operator wants otherwise.
    pub signature_required: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { trust: Trust::pinned(), signature_required: false }
    }
}

/// How an accepted license stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is signed.
    pub signed: Signed,
    /// When it ends; never, when not given.
    pub expires_at: Option<Timestamp>,
    /// What there is to know though it is accepted, sentences.
    pub warnings: Vec<String>,
}

/// Judges a license for a release.
///
/// # Errors
/// The first reason against it: signature, application, channel, end.
pub fn judge(
    license: &License,
    meta: &Airgap,
    policy: &Policy,
    now: Timestamp,
) -> Result<Standing, LicenseError> {
    let signed = verify(license, &policy.trust)?;
    if signed == Signed::Unsigned && policy.signature_required {
        return Err(LicenseError::Missing);
    }
    if differ(&license.app_slug, &meta.app_slug) {
        let (license, found) = (license.app_slug.clone(), meta.app_slug.clone());
        return Err(LicenseError::OtherApplication { license, found });
    }
    channel(license, meta)?;
    let expires_at = expiry(license)?;
    if let Some(end) = expires_at.filter(|end| *end <= now) {
        return Err(LicenseError::Expired(date(end)));
    }
    let mut warnings = Vec::new();
    if let Some(end) = expires_at.filter(|end| end.duration_since(now) <= days(WARNING_DAYS)) {
        let left = end.duration_since(now).as_hours() / 24;
        let when = match left {
            0 => "within a day".to_owned(),
            1 => "in 1 day".to_owned(),
            many => format!("in {many} days"),
        };
        warnings.push(format!("The license expires {when}, on {}; ask the vendor for a new one.", date(end)));
    }
    Ok(Standing { signed, expires_at, warnings })
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn differ(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

/// The release's channel must be among those listed; licenses of old list none and name one.
fn channel(license: &License, meta: &Airgap) -> Result<(), LicenseError> {
    if meta.channel_id.is_empty() {
        return Ok(());
    }
    let named = |id: &str, name: &str| {
        if name.is_empty() { id.to_owned() } else { format!("{name} ({id})") }
    };
    let mut allowed: Vec<(String, String)> =
        license.channels.iter().map(|one| (one.channel_id.clone(), one.channel_name.clone())).collect();
    if allowed.is_empty() && !license.channel_id.is_empty() {
        allowed.push((license.channel_id.clone(), license.channel_name.clone()));
    }
    if allowed.is_empty() || allowed.iter().any(|(id, _)| *id == meta.channel_id) {
        return Ok(());
    }
    Err(LicenseError::OtherChannel {
        found: named(&meta.channel_id, &meta.channel_name),
        allowed: allowed.iter().map(|(id, name)| named(id, name)).collect(),
    })
}

/// The end of a license: its entitlement `expires_at`, RFC 3339; empty for never.
fn expiry(license: &License) -> Result<Option<Timestamp>, LicenseError> {
    let spec = serde_json::to_value(&license.spec).unwrap_or_default();
    let value = spec.pointer("/entitlements/expires_at/value").and_then(Value::as_str).unwrap_or_default();
    if value.trim().is_empty() {
        return Ok(None);
    }
    value.trim().parse().map(Some).map_err(|_| LicenseError::Expiry(value.to_owned()))
}
