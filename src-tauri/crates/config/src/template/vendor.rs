//! The vendor's functions: config, license, release, installation, and the static ones.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{FuncMap, Value};
use jiff::Timestamp;
use rand::{Rng as _, RngCore as _};
use regex::Regex;

use super::Lookup;
use super::arguments::{Answer, float, int, string, text, wrong};
use crate::context::Context;

/// Class of `RandomString` when none is given.
const CLASS: &str = "[_A-Za-z0-9]";
/// Longest random text a template may ask for.
const RANDOM_MOST: i64 = 1 << 20;

/// Adds them all.
pub(super) fn add(
    functions: &mut FuncMap,
    lookup: &Arc<dyn Lookup>,
    context: &Arc<Context>,
    now: Timestamp,
    generated: &Arc<AtomicBool>,
) {
    config(functions, lookup);
    facts(functions, context);
    license(functions, context);
    strings(functions);
    numbers(functions);
    random(functions, generated);
    let mut add = |name: &str, body: fn(Timestamp, &[Value]) -> Answer| {
        functions.insert(name.into(), Arc::new(move |arguments| body(now, arguments)));
    };
    add("Now", |now, _| Ok(text(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())));
}

fn config(functions: &mut FuncMap, lookup: &Arc<dyn Lookup>) {
    let mut add = |name: &str, body: fn(&dyn Lookup, &[Value]) -> Answer| {
        let lookup = Arc::clone(lookup);
        functions.insert(name.into(), Arc::new(move |arguments| body(lookup.as_ref(), arguments)));
    };
    add("ConfigOption", |lookup, arguments| {
        let found = lookup.option(&string(arguments, 0)?).map_err(wrong)?;
        Ok(text(found.map(|option| option.value).unwrap_or_default()))
    });
    add("ConfigOptionName", |_, arguments| Ok(text(string(arguments, 0)?)));
    add("ConfigOptionData", |lookup, arguments| {
        let found = lookup.option(&string(arguments, 0)?).map_err(wrong)?;
        let decoded =
            STANDARD.decode(found.map(|option| option.value).unwrap_or_default()).unwrap_or_default();
        Ok(text(String::from_utf8_lossy(&decoded)))
    });
    add("ConfigOptionFilename", |lookup, arguments| {
        let found = lookup.option(&string(arguments, 0)?).map_err(wrong)?;
        Ok(text(found.map(|option| option.filename).unwrap_or_default()))
    });
    add("ConfigOptionEquals", |lookup, arguments| {
        let found = lookup.option(&string(arguments, 0)?).map_err(wrong)?;
        let wanted = string(arguments, 1)?;
        Ok(Value::Bool(found.is_some_and(|option| option.value == wanted)))
    });
    // An unknown name is unequal to nothing either: both answers are false for it, as upstream's are.
    add("ConfigOptionNotEquals", |lookup, arguments| {
        let found = lookup.option(&string(arguments, 0)?).map_err(wrong)?;
        let wanted = string(arguments, 1)?;
        Ok(Value::Bool(found.is_some_and(|option| option.value != wanted)))
    });
}

fn facts(functions: &mut FuncMap, context: &Arc<Context>) {
    let mut add = |name: &str, body: fn(&Context) -> Value| {
        let context = Arc::clone(context);
        functions.insert(name.into(), Arc::new(move |_| Ok(body(&context))));
    };
    add("ChannelName", |c| text(c.release.channel_slug.clone()));
    add("VersionLabel", |c| text(c.release.version_label.clone()));
    add("Sequence", |c| Value::Int(c.release.channel_sequence));
    add("Cursor", |c| text(c.release.cursor.clone()));
    add("ReleaseNotes", |c| text(c.release.release_notes.clone()));
    add("HTTPProxy", |c| text(c.proxy.http_proxy.clone()));
    add("HTTPSProxy", |c| text(c.proxy.https_proxy.clone()));
    add("NoProxy", |c| text(c.proxy.no_proxy.clone()));
    add("PrivateCACert", |c| text(c.private_ca_cert.clone()));
    add("IsAirgap", |c| Value::Bool(c.airgap));
    add("Namespace", |c| text(c.namespace.clone()));
    add("Distribution", |_| text("embedded-cluster"));
    add("NodeCount", |c| Value::Int(i64::from(c.node_count)));
    add("IsKurl", |_| Value::Bool(false));
    add("HasLocalRegistry", |c| Value::Bool(c.registry.has_local_registry));
    add("LocalRegistryHost", |c| text(c.registry.host.clone()));
    add("LocalRegistryAddress", |c| text(c.registry.address.clone()));
    add("LocalRegistryNamespace", |c| text(c.registry.namespace.clone()));
    add("LocalRegistryImagePullSecret", |c| text(c.registry.image_pull_secret_value.clone()));
    add("ImagePullSecretName", |c| text(c.registry.image_pull_secret_name.clone()));
}

fn license(functions: &mut FuncMap, context: &Arc<Context>) {
    let context = Arc::clone(context);
    let field = move |arguments: &[Value]| -> Answer {
        let name = string(arguments, 0)?;
        let Some(license) = &context.license else { return Ok(text("")) };
        let name = if name == "licenseId" { "licenseID" } else { name.as_str() };
        let entitlement = || license.get("entitlements")?.get(name)?.get("value");
        let found = license.get(name).filter(|value| !value.is_object()).or_else(entitlement);
        Ok(match found {
            None | Some(serde_json::Value::Null) => text(""),
            Some(serde_json::Value::String(found)) => text(found.clone()),
            Some(serde_json::Value::Bool(found)) => Value::Bool(*found),
            Some(found) => text(found.to_string()),
        })
    };
    functions.insert("LicenseFieldValue".into(), Arc::new(field));
}

fn strings(functions: &mut FuncMap) {
    let mut add = |name: &str, body: fn(&[Value]) -> Answer| {
        functions.insert(name.into(), Arc::new(body));
    };
    add("ToLower", |a| Ok(text(string(a, 0)?.to_lowercase())));
    add("ToUpper", |a| Ok(text(string(a, 0)?.to_uppercase())));
    add("TrimSpace", |a| Ok(text(string(a, 0)?.trim())));
    add("Trim", |a| {
        let whole = string(a, 0)?;
        let cut = if a.len() > 1 { string(a, 1)? } else { " \t\n\r".to_owned() };
        Ok(text(whole.trim_matches(|c| cut.contains(c))))
    });
    add("Split", |a| {
        let (whole, separator) = (string(a, 0)?, string(a, 1)?);
        Ok(Value::List(whole.split(&separator).map(text).collect()))
    });
    add("Base64Encode", |a| Ok(text(STANDARD.encode(string(a, 0)?))));
    add("Base64Decode", |a| {
        let decoded = STANDARD.decode(string(a, 0)?).unwrap_or_default();
        Ok(text(String::from_utf8_lossy(&decoded)))
    });
    add("UrlEncode", |a| Ok(text(percent(&string(a, 0)?, true))));
    add("UrlPathEscape", |a| Ok(text(percent(&string(a, 0)?, false))));
    add("YamlEscape", |a| {
        // A JSON string is a YAML double-quoted scalar.
        let quoted = serde_json::to_string(&string(a, 0)?).map_err(|error| wrong(error.to_string()))?;
        Ok(text(quoted))
    });
}

/// Escapes as Go's `url.QueryEscape` (`+` for space) or `url.PathEscape`.
fn percent(whole: &str, query: bool) -> String {
    let mut escaped = String::new();
    for byte in whole.bytes() {
        let kept =
            byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || (!query && b"$&+=:@".contains(&byte));
        match byte {
            b' ' if query => escaped.push('+'),
            _ if kept => escaped.push(char::from(byte)),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

fn numbers(functions: &mut FuncMap) {
    let mut add = |name: &str, body: fn(&[Value]) -> Answer| {
        functions.insert(name.into(), Arc::new(body));
    };
    add("Add", |a| arithmetic(a, i64::checked_add, |x, y| x + y));
    add("Sub", |a| arithmetic(a, i64::checked_sub, |x, y| x - y));
    add("Mult", |a| arithmetic(a, i64::checked_mul, |x, y| x * y));
    add("Div", |a| arithmetic(a, i64::checked_div, |x, y| x / y));
    add("ParseBool", |a| {
        Ok(Value::Bool(matches!(string(a, 0)?.as_str(), "1" | "t" | "T" | "TRUE" | "true" | "True")))
    });
    add("ParseFloat", |a| Ok(Value::Float(string(a, 0)?.parse().unwrap_or(0.0))));
    add("ParseInt", |a| {
        let radix = if a.len() > 1 { u32::try_from(int(a, 1)?).unwrap_or(10) } else { 10 };
        let radix = if (2..=36).contains(&radix) { radix } else { 10 };
        Ok(Value::Int(i64::from_str_radix(&string(a, 0)?, radix).unwrap_or(0)))
    });
    add("ParseUint", |a| Ok(Value::Uint(string(a, 0)?.parse().unwrap_or(0))));
    add("HumanSize", |a| Ok(text(human_size(float(a, 0)?))));
}

fn arithmetic(a: &[Value], whole: fn(i64, i64) -> Option<i64>, broken: fn(f64, f64) -> f64) -> Answer {
    if matches!((a.first(), a.get(1)), (Some(Value::Float(_)), _) | (_, Some(Value::Float(_)))) {
        return Ok(Value::Float(broken(float(a, 0)?, float(a, 1)?)));
    }
    whole(int(a, 0)?, int(a, 1)?).map(Value::Int).ok_or_else(|| wrong("the result is no number"))
}

/// As docker's `units.HumanSize`: four significant digits, powers of 1000.
fn human_size(mut size: f64) -> String {
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"].into_iter();
    let mut unit = units.next().unwrap_or("B");
    while size >= 1000.0 {
        let Some(next) = units.next() else { break };
        unit = next;
        size /= 1000.0;
    }
    let digits = if size >= 1000.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else {
        3
    };
    let mut number = format!("{size:.digits$}");
    if number.contains('.') {
        number = number.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    format!("{number}{unit}")
}

fn random(functions: &mut FuncMap, generated: &Arc<AtomicBool>) {
    let mark = Arc::clone(generated);
    let body = move |arguments: &[Value]| -> Answer {
        mark.store(true, Ordering::SeqCst);
        let length = length(arguments)?;
        let class = if arguments.len() > 1 { string(arguments, 1)? } else { CLASS.to_owned() };
        let class =
            Regex::new(&class).map_err(|error| wrong(format!("{class} is no character class: {error}")))?;
        let letters: Vec<char> =
            (0u8..128).map(char::from).filter(|c| class.is_match(&c.to_string())).collect();
        if letters.is_empty() {
            return Ok(text(""));
        }
        let mut random = rand::rng();
        Ok(text((0..length).map(|_| letters[random.random_range(0..letters.len())]).collect::<String>()))
    };
    functions.insert("RandomString".into(), Arc::new(body));
    let mark = Arc::clone(generated);
    let body = move |arguments: &[Value]| -> Answer {
        mark.store(true, Ordering::SeqCst);
        let mut bytes = vec![0u8; length(arguments)?];
        rand::rng().fill_bytes(&mut bytes);
        Ok(text(STANDARD.encode(bytes)))
    };
    functions.insert("RandomBytes".into(), Arc::new(body));
}

fn length(arguments: &[Value]) -> Result<usize, gotmpl::TemplateError> {
    let length = int(arguments, 0)?;
    if !(0..=RANDOM_MOST).contains(&length) {
        return Err(wrong(format!("a random text of length {length} is too long")));
    }
    Ok(usize::try_from(length).unwrap_or(0))
}
