//! `certificatesCollection`: chains of certificates in files.

use serde_json::{Map, Value, json};
use x509_parser::prelude::{FromDer, GeneralName, Pem, X509Certificate, X509Name};

use super::{Asked, Built, Found, Plan, Probe, files as small};

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/certificatesCollection", "certificatesCollection", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let paths: Vec<String> = asked.texts("paths").into_iter().map(str::to_owned).collect();
    let texts: Vec<&str> = paths.iter().map(String::as_str).collect();
    let probe: Probe = small(&texts);
    let (file, at) = (files(asked).remove(0), asked.setting.at);
    Ok(Plan::new(vec![probe], move |facts| {
        let mut unprivileged = Vec::new();
        let mut all = Vec::new();
        for path in &paths {
            let chain = match facts.file(path)? {
                Found::Text(text) => chain(&text, at.0),
                Found::Absent => Err("cert-missing"),
                // Upstream calls that missing too; a reader has to know better.
                Found::Denied => {
                    unprivileged.push(format!("the certificate {path}"));
                    Err("cert-missing")
                }
            };
            let mut found = Map::new();
            found.insert("certificatePath".to_owned(), json!(path));
            let message = match chain {
                Ok(chain) => {
                    found.insert("certificateChain".to_owned(), Value::Array(chain));
                    "cert-valid"
                }
                Err(message) => message,
            };
            found.insert("message".to_owned(), json!(message));
            all.push(Value::Object(found));
        }
        let all = if all.is_empty() { Value::Null } else { Value::Array(all) };
        Ok(Built { unprivileged, ..Built::json(file.clone(), &all) })
    }))
}

fn chain(text: &str, now: i64) -> Result<Vec<Value>, &'static str> {
    let mut chain = Vec::new();
    for pem in Pem::iter_from_buffer(text.as_bytes()).filter_map(Result::ok) {
        if pem.label == "CERTIFICATE" {
            chain.push(certificate(&pem.contents, now).ok_or("cert-invalid")?);
        }
    }
    if chain.is_empty() { Err("cert-invalid") } else { Ok(chain) }
}

fn certificate(der: &[u8], now: i64) -> Option<Value> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let time = |seconds: i64| jiff::Timestamp::from_second(seconds).ok().map(|time| time.to_string());
    let (from, until) =
        (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let names = certificate.subject_alternative_name().ok().flatten();
    let names: Vec<&str> = names
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(*name),
            _ => None,
        })
        .collect();
    let authority = certificate.basic_constraints().ok().flatten().is_some_and(|found| found.value.ca);
    Some(json!({
        "certificate": "",
        "subject": shown(certificate.subject()),
        "subjectAlternativeNames": if names.is_empty() { Value::Null } else { json!(names) },
        "issuer": shown(certificate.issuer()),
        "notAfter": time(until)?,
        "notBefore": time(from)?,
        "isValid": now < until * 1000 && now > from * 1000,
        "isCA": authority,
    }))
}

/// Parts of a name in the order in which Go shows them: the reverse of the one in which it writes them.
const PARTS: &[(&str, &str)] = &[
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.3", "CN"),
    ("2.5.4.17", "POSTALCODE"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.8", "ST"),
    ("2.5.4.7", "L"),
    ("2.5.4.11", "OU"),
    ("2.5.4.10", "O"),
    ("2.5.4.6", "C"),
];

fn shown(name: &X509Name<'_>) -> String {
    let attributes: Vec<(String, String)> = name
        .iter_attributes()
        .map(|attribute| {
            let value = attribute
                .as_str()
                .map_or_else(|_| String::from_utf8_lossy(attribute.as_slice()).into_owned(), str::to_owned);
            (attribute.attr_type().to_id_string(), value)
        })
        .collect();
    let part = |(id, label): &(&str, &str)| {
        let mut values: Vec<String> = attributes
            .iter()
            .filter(|(found, _)| found == id)
            .map(|(_, value)| format!("{label}={}", escaped(value)))
            .collect();
        // Of these there is one only.
        if matches!(*label, "CN" | "SERIALNUMBER") && values.len() > 1 {
            values.drain(..values.len() - 1);
        }
        (!values.is_empty()).then(|| values.join("+"))
    };
    PARTS.iter().filter_map(part).collect::<Vec<_>>().join(",")
}

fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::new();
    for (at, c) in value.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';')
            || (at == 0 && c == '#')
            || (c == ' ' && (at == 0 || at == last));
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
