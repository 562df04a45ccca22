//! The site: registry, proxy, cluster.

use std::collections::BTreeMap;

use crate::go::layout::format;
use crate::go::time::{Time, Zone};
use crate::template::engine::function::{Answer, Call, Function, fixed};
use crate::template::engine::value::{Text, Type, Value};

const S: Type = Type::Text;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("HasLocalRegistry", &[], |call| Ok(Value::Bool(call.world.context.registry.has_local_registry))),
    fixed("LocalRegistryHost", &[], |call| Ok(Value::text(&call.world.context.registry.host))),
    fixed("LocalRegistryAddress", &[], |call| Ok(Value::text(&call.world.context.registry.address))),
    fixed("LocalRegistryNamespace", &[], |call| Ok(Value::text(&call.world.context.registry.namespace))),
    fixed("ImagePullSecretName", &[], |call| {
        Ok(Value::text(&call.world.context.registry.image_pull_secret_name))
    }),
    fixed("LocalRegistryImagePullSecret", &[], |call| {
        Ok(Value::text(&call.world.context.registry.image_pull_secret_value))
    }),
    fixed("HTTPProxy", &[], |call| Ok(Value::text(&call.world.context.proxy.http_proxy))),
    fixed("HTTPSProxy", &[], |call| Ok(Value::text(&call.world.context.proxy.https_proxy))),
    fixed("NoProxy", &[], |call| Ok(Value::text(&call.world.context.proxy.no_proxy))),
    fixed("PrivateCACert", &[], |call| Ok(Value::text(&call.world.context.private_ca_cert))),
    fixed("IsAirgap", &[], |call| Ok(Value::Bool(call.world.context.airgap))),
    fixed("Namespace", &[], |call| Ok(Value::text(call.world.context.namespace()))),
    fixed("NodeCount", &[], |call| Ok(Value::int(i64::from(call.world.context.node_count)))),
    fixed("Distribution", &[], |call| Ok(Value::text(call.world.context.distribution()))),
    fixed("KubernetesVersion", &[], |call| Ok(Value::text(&call.world.context.kubernetes_version))),
    fixed("KubernetesMajorVersion", &[], |call| Ok(Value::text(version_part(call, 0)))),
    fixed("KubernetesMinorVersion", &[], |call| Ok(Value::text(version_part(call, 1)))),
    fixed("KotsVersion", &[], |call| Ok(Value::text(&call.world.context.installer_version))),
    // An object in the cluster cannot be asked for here; upstream gives an empty map without a cluster.
    fixed("Lookup", &[S, S, S, S], |_| Ok(Value::map(BTreeMap::<Text, Value>::new()))),
    fixed("HelmValue", &[S], helm_value),
    fixed("IsKurl", &[], |_| Ok(Value::Bool(false))),
    fixed("KurlString", &[S], |_| Ok(Value::text(""))),
    fixed("KurlInt", &[S], |_| Ok(Value::int(0))),
    fixed("KurlBool", &[S], |_| Ok(Value::Bool(false))),
    fixed("KurlOption", &[S], |_| Ok(Value::text(""))),
    fixed("KurlAll", &[], |_| Ok(Value::text(""))),
    fixed("IdentityServiceEnabled", &[], |_| Ok(Value::Bool(false))),
    fixed("IdentityServiceClientID", &[], |_| Ok(Value::text(""))),
    fixed("IdentityServiceClientSecret", &[], |_| Ok(Value::text(""))),
    fixed("IdentityServiceRoles", &[], |_| Ok(Value::map(BTreeMap::<Text, Value>::new()))),
    fixed("IdentityServiceName", &[], |_| Ok(Value::text(""))),
    fixed("IdentityServicePort", &[], |_| Ok(Value::text(""))),
    fixed("Now", &[], |call| now(call, b"")),
    fixed("NowFmt", &[S], |call| now(call, call.text(0))),
];

fn version_part(call: &Call<'_>, at: usize) -> String {
    let version = call.world.context.kubernetes_version.trim_start_matches('v');
    let part = version.split('.').nth(at).unwrap_or_default();
    part.chars().take_while(char::is_ascii_digit).collect()
}

fn now(call: &Call<'_>, layout: &[u8]) -> Answer {
    let layout = if layout.is_empty() { b"2006-01-02T15:04:05Z07:00" } else { layout };
    call.give(format(&Time::from_timestamp(call.world.now).within(Zone::Utc), layout))
}

/// A value of the chart that is being rendered, by its path.
fn helm_value(call: &Call<'_>) -> Answer {
    let path = call.string(0);
    let path = path.trim_start_matches('.');
    let path = path.strip_prefix("Values.").unwrap_or(path);
    let mut current = call.world.context.helm_values.as_ref();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        current = current.and_then(|value| match part.parse::<usize>() {
            Ok(index) if value.is_array() => value.get(index),
            _ => value.get(part),
        });
    }
    call.give(match current {
        None | Some(serde_json::Value::Null) => Vec::new(),
        Some(serde_json::Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    })
}
