//! `certificate`: whether a certificate and a key belong together.
//!
//! The key never leaves the host: its public half is made there, by the host's own openssl, and compared here.

use super::{Asked, Built, Plan, Probe, Refusal};

const SH: &str = r#"
keypair() {
  c=$R$1 k=$R$2
  for f in "$c" "$k"; do
    if [ ! -e "$f" ]; then V verdict missing; return; fi
    if [ ! -r "$f" ]; then V denied "${f#"$R"}"; return; fi
  done
  if ! grep -q -e '-----BEGIN CERTIFICATE-----' "$c"; then
    if grep -q -e '-----BEGIN .*PRIVATE KEY-----' "$c"; then V verdict switched; else V verdict invalid; fi
    return
  fi
  if ! grep -q -e '-----BEGIN .*PRIVATE KEY-----' "$k"; then
    if grep -q -e '-----BEGIN CERTIFICATE-----' "$k"; then V verdict switched; else V verdict invalid; fi
    return
  fi
  if grep -q ENCRYPTED "$k"; then V verdict encrypted; return; fi
  if ! has openssl; then F 'openssl is not on the host, and the key is not taken from it'; return; fi
  openssl x509 -in "$c" -noout -pubkey | T certificate 20001
  openssl pkey -in "$k" -pubout -passin pass: | T key 20001
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/certificate", "certificate", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let paths = ["certificatePath", "keyPath"].map(|field| asked.text(field).to_owned());
    for (field, path) in ["certificatePath", "keyPath"].iter().zip(&paths) {
        if !path.starts_with('/') {
            return Err(format!("{field}: {path:?} does not begin at the root of the file system"));
        }
    }
    let probe = Probe::of("keypair", SH, paths.to_vec());
    let file = files(asked).remove(0);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        let denied = told.value("denied")?;
        if !denied.is_empty() {
            return Err(Refusal::Forbidden(format!("{denied} can only be read by root")));
        }
        let verdict = match told.value("verdict")? {
            "" => compared(&told.text("certificate")?, &told.text("key")?),
            verdict => verdict,
        };
        let files = vec![(file.clone(), format!("key-pair-{verdict}").into_bytes())];
        Ok(Built { files, ..Built::default() })
    }))
}

/// Keys of two kinds are no mismatch upstream, but invalid.
fn compared(certificate: &str, key: &str) -> &'static str {
    let key_of = |text: &str| -> String {
        let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("-----BEGIN PUBLIC KEY"));
        lines.skip(1).take_while(|line| !line.starts_with("-----END")).collect()
    };
    let (certificate, key) = (key_of(certificate), key_of(key));
    if certificate.is_empty() || key.is_empty() {
        return "invalid";
    }
    match (certificate == key, algorithm(&certificate) == algorithm(&key)) {
        (true, _) => "valid",
        (false, true) => "mismatch",
        (false, false) => "invalid",
    }
}

/// The name of a public key's algorithm.
fn algorithm(key: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let key = base64::engine::general_purpose::STANDARD.decode(key).ok()?;
    let at = key.iter().position(|byte| *byte == 6)?;
    let length = usize::from(*key.get(at + 1)?);
    Some(key.get(at + 2..at + 2 + length)?.to_vec())
}
