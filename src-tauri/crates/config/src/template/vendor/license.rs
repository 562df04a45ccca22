//! License and release.

use serde_json::Value as Json;

use crate::context::ReleaseFacts;
use crate::go::json::write_text;
use crate::go::{base, utf8};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Type, Value};

const S: Type = Type::Text;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("LicenseFieldValue", &[S], field),
    fixed("LicenseDockerCfg", &[], docker_config),
    fixed("ChannelName", &[], channel_name),
    fixed("VersionLabel", &[], |call| Ok(Value::text(&release(call)?.version_label))),
    fixed("Sequence", &[], |call| Ok(Value::int64(release(call)?.channel_sequence))),
    fixed("Cursor", &[], |call| Ok(Value::text(known_release(call).cursor))),
    fixed("ReleaseNotes", &[], |call| Ok(Value::text(known_release(call).release_notes))),
    fixed("IsRequired", &[], |call| Ok(Value::Bool(known_release(call).is_required))),
    fixed("ReplicatedRegistryDomain", &[], |call| {
        Ok(Value::text(known_release(call).default_domains.registry()))
    }),
    fixed("ReplicatedProxyDomain", &[], |call| Ok(Value::text(known_release(call).default_domains.proxy()))),
];

fn license<'a>(call: &'a Call<'_>) -> Result<&'a Json, Fault> {
    call.world.context.license.as_ref().ok_or_else(|| "license is nil".into())
}

fn release<'a>(call: &'a Call<'_>) -> Result<&'a ReleaseFacts, Fault> {
    call.world.context.release.as_ref().ok_or_else(|| "release data is nil".into())
}

/// The release, or one of which nothing is known.
fn known_release(call: &Call<'_>) -> ReleaseFacts {
    call.world.context.release.clone().unwrap_or_default()
}

fn text(license: &Json, name: &str) -> String {
    license.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn field(call: &Call<'_>) -> Answer {
    let license = license(call)?;
    let name = call.string(0);
    let text = match name.as_str() {
        "isSnapshotSupported"
        | "isGitOpsSupported"
        | "isSupportBundleUploadSupported"
        | "isEmbeddedClusterMultiNodeEnabled"
        | "isIdentityServiceSupported"
        | "isGeoaxisSupported"
        | "isAirgapSupported"
        | "isSemverRequired" => flag(license, &name),
        "IsDisasterRecoverySupported" => flag(license, "isDisasterRecoverySupported"),
        "licenseSequence" => {
            license.get("licenseSequence").and_then(Json::as_i64).unwrap_or_default().to_string()
        }
        "signature" => {
            let decoded = base::decode64(text(license, "signature").as_bytes()).unwrap_or_default();
            return call.give(decoded);
        }
        "licenseType" | "appSlug" | "channelID" | "channelName" | "customerName" => text(license, &name),
        "licenseID" | "licenseId" => text(license, "licenseID"),
        "endpoint" => with_scheme(release(call)?.default_domains.app()),
        _ => entitlement(license, &name),
    };
    call.give(text.into_bytes())
}

fn flag(license: &Json, name: &str) -> String {
    license.get(name).and_then(Json::as_bool).unwrap_or_default().to_string()
}

fn with_scheme(domain: String) -> String {
    if domain.starts_with("http://") || domain.starts_with("https://") {
        domain
    } else {
        format!("https://{domain}")
    }
}

/// An entitlement's value as Go prints it.
fn entitlement(license: &Json, name: &str) -> String {
    let entitlement = license.get("entitlements").and_then(|all| all.get(name));
    match entitlement.map(|entitlement| entitlement.get("value").unwrap_or(&Json::Null)) {
        None => String::new(),
        Some(Json::Null) => "<nil>".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => match number.as_i64() {
            Some(whole) => whole.to_string(),
            None => utf8::lossy(&crate::go::float::format(number.as_f64().unwrap_or_default(), b'g', -1)),
        },
        Some(other) => other.to_string(),
    }
}

fn docker_config(call: &Call<'_>) -> Answer {
    let license = license(call)?;
    let domains = &release(call)?.default_domains;
    let id = text(license, "licenseID");
    let auth = base::encode64(format!("{id}:{id}").as_bytes());
    let mut hosts = [domains.proxy(), domains.registry()];
    hosts.sort();
    let mut out = b"{\"auths\":{".to_vec();
    let same = hosts[0] == hosts[1];
    for (at, host) in hosts.iter().take(if same { 1 } else { 2 }).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(&mut out, host.as_bytes(), true);
        out.extend(b":{\"auth\":");
        write_text(&mut out, &auth, true);
        out.push(b'}');
    }
    out.extend(b"}}");
    call.give(base::encode64(&out))
}

fn channel_name(call: &Call<'_>) -> Answer {
    let license = license(call)?;
    let id = &release(call)?.channel_id;
    let channels = license.get("channels").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let found = channels.iter().find(|channel| text(channel, "channelID") == *id);
    if let Some(channel) = found {
        return call.give(text(channel, "channelName").into_bytes());
    }
    if text(license, "channelID") == *id {
        return call.give(text(license, "channelName").into_bytes());
    }
    Err(Fault(format!("channel {id} not found in license")))
}
