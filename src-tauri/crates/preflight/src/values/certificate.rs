//! Certificates in PEM, shown as Go shows them.

use serde_json::{Value, json};
use x509_parser::prelude::{FromDer, GeneralName, Pem, X509Certificate, X509Name};

/// A chain in PEM, as upstream shows it; `now` in milliseconds. Keys and other things between are passed over.
pub(crate) fn chain(text: &str, now: i64) -> Result<Vec<Value>, &'static str> {
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
