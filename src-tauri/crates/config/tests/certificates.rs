//! What is made at random: keys and certificates that belong together, and stay.

mod support;

use std::collections::BTreeMap;

use jiff::Timestamp;
use longshore_config::{Values, evaluate};
use support::{bare, config, context, given};

/// One line for everything, because keys take long to make.
const TEMPLATE: &str = r#"
{{repl- $ca := genCA "root" 30 -}}
{{repl- $made := genSignedCert "site.example" (list "127.0.0.1") (list "site.example" "www.site.example") 30 $ca -}}
{{repl- $custom := buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key) -}}
{{repl- $again := genCAWithKey "root" 30 $ca.Key -}}
{{repl- dict "ca" $ca.Cert "key" $ca.Key "cert" $made.Cert "certKey" $made.Key "custom" $custom.Cert "again" $again.Key | toJson -}}
"#;

#[test]
fn certificates_are_signed_by_their_authority() {
    let rendered = bare().render(TEMPLATE).expect("renders");
    let made: BTreeMap<String, String> = serde_json::from_str(&rendered).expect("is JSON");
    for (name, kind) in [("ca", "CERTIFICATE"), ("cert", "CERTIFICATE"), ("key", "RSA PRIVATE KEY")] {
        let text = &made[name];
        assert!(text.starts_with(&format!("-----BEGIN {kind}-----\n")), "{text}");
        assert!(text.ends_with(&format!("-----END {kind}-----\n")), "{text}");
    }
    assert_eq!(made["custom"], made["ca"]);
    assert_eq!(made["again"], made["key"], "the key that was given");
    assert_ne!(made["certKey"], made["key"]);
}

#[test]
fn keys_of_every_kind_are_made() {
    let kinds = [("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY")];
    for (kind, label) in kinds {
        let made = bare().render(&format!("{{{{repl genPrivateKey {kind:?} }}}}")).expect("renders");
        assert!(made.starts_with(&format!("-----BEGIN {label}-----")), "{made}");
    }
    let told = bare().render(r#"{{repl genPrivateKey "xy" }}"#).expect("renders");
    assert_eq!(told, "Unknown type xy");
}

#[test]
fn a_pair_stays_together_and_follows_its_host() {
    let config = config(
        r#"
    - {name: host, type: text, default: site.example}
    - {name: cert, type: textarea, value: '{{repl TLSCert "web" (ConfigOption "host") (list) (list) 30 }}'}
    - {name: key, type: textarea, value: '{{repl TLSKey "web" (ConfigOption "host") (list) (list) 30 }}'}
"#,
    );
    let at = |given: &Values, kept: &BTreeMap<String, String>| {
        let found = evaluate(&config, given, kept, &context(), Timestamp::UNIX_EPOCH).expect("evaluates");
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        found
    };
    let first = at(&Values::new(), &BTreeMap::new());
    let again = at(&Values::new(), &first.generated);
    assert_eq!(again.values(), first.values(), "made once");
    let moved = at(&given(&[("host", "other.example")]), &first.generated);
    assert_ne!(moved.values()["cert"], first.values()["cert"], "made anew for another host");
    assert_ne!(moved.values()["key"], first.values()["key"], "the key as well");
}

#[test]
fn passwords_are_made_and_checked() {
    let made = bare().render(r#"{{repl htpasswd "operator" "pass" }}"#).expect("renders");
    assert!(made.starts_with("operator:$2a$"), "{made}");
    let sealed = r#"{{repl encryptAES "key" "plain" | decryptAES "key" }}"#;
    assert_eq!(bare().render(sealed).expect("renders"), "plain");
    let made = bare().render("{{repl uuidv4 }} {{repl randAlphaNum 7 }}").expect("renders");
    assert_eq!(made.len(), 36 + 1 + 7, "{made}");
}
