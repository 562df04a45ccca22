//! What a controller gives to a host that is to join, and how it is read out of what kubeadm prints.

use longshore_contract::HostRole;
use longshore_remote::Host;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::ask::Asking;
use crate::script::Script;
use crate::{ClusterSpec, Invitation, Member, RuntimeError};

const INVITING: Asking<'_> = Asking {
    what: "Asking for an invitation",
    hint: "Check that the cluster's API server answers on this controller, and try again.",
};
/// An invitation is for the run that asks for it. The certificates are given out for two hours as well.
const CREATE: &str = "\
KUBECONFIG=/etc/kubernetes/admin.conf
export KUBECONFIG
/usr/local/bin/kubeadm token create --ttl 2h0m0s --print-join-command
";
const UPLOAD: &str = "\
printf 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: %s\n' \"$version\" >\"$base/certificates.yaml\"
/usr/local/bin/kubeadm init phase upload-certs --upload-certs --config \"$base/certificates.yaml\"
status=$?
rm -f \"$base/certificates.yaml\"
exit $status
";

/// A bootstrap token with what goes with it. A secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    /// `abcdef.0123456789abcdef`.
    pub secret: String,
    /// Hashes of the cluster's authority, `sha256:…`.
    pub hashes: Vec<String>,
    /// The key of the certificates that another controller fetches; empty for workers.
    #[serde(default)]
    pub certificate_key: String,
}

impl Token {
    /// Keeps it out of every text about a host.
    pub(crate) fn hide(&self, host: &dyn Host) {
        for secret in [&self.secret, &self.certificate_key] {
            host.redactor().learn(&SecretString::from(secret.clone()));
        }
    }
}

/// Asks a controller.
pub(super) async fn invite(
    controller: &Member,
    spec: &ClusterSpec,
    role: HostRole,
) -> Result<Invitation, RuntimeError> {
    let host = &*controller.host;
    let created = INVITING.root(host, Script::new().piece(CREATE).text(), "").await?;
    // Not the text for readers, from which secrets are taken.
    let said = String::from_utf8_lossy(&created.output.stdout);
    let unread = || INVITING.failed(host, "kubeadm printed no invitation");
    let mut token = of_join_command(&said).ok_or_else(unread)?;
    if role == HostRole::Controller {
        let script = Script::new().value("version", &spec.version).piece(UPLOAD).text();
        let uploaded = INVITING.root(host, script, "").await?;
        let said = String::from_utf8_lossy(&uploaded.output.stdout);
        token.certificate_key = certificate_key(&said).ok_or_else(unread)?;
    }
    token.hide(host);
    let content = serde_json::to_string(&token).map_err(|error| INVITING.failed(host, error.to_string()))?;
    Ok(Invitation { content })
}

fn hexadecimal(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_token(text: &str) -> bool {
    let part = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split_once('.').is_some_and(|(id, secret)| part(id, 6) && part(secret, 16))
}

/// Reads `kubeadm join HOST --token T --discovery-token-ca-cert-hash sha256:H …`, among whatever else is printed.
pub(crate) fn of_join_command(text: &str) -> Option<Token> {
    let line = text.lines().find(|line| line.trim_start().starts_with("kubeadm join "))?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let after = |name: &'static str| {
        words.windows(2).filter(move |pair| pair[0] == name).map(|pair| pair[1].to_owned())
    };
    let token = after("--token").next().filter(|token| is_token(token))?;
    let is_hash = |hash: &String| hash.strip_prefix("sha256:").is_some_and(hexadecimal);
    let hashes: Vec<String> = after("--discovery-token-ca-cert-hash").filter(is_hash).collect();
    (!hashes.is_empty()).then(|| Token { secret: token, hashes, certificate_key: String::new() })
}

/// The key that `kubeadm init phase upload-certs` prints in a line of its own.
pub(crate) fn certificate_key(text: &str) -> Option<String> {
    text.lines().map(str::trim).find(|line| hexadecimal(line)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_join_command_is_read(
            token in "[a-z0-9]{6}\\.[a-z0-9]{16}",
            hashes in prop::collection::vec("sha256:[0-9a-f]{64}", 1..3),
            noise in "[a-z \n]{0,40}",
        ) {
            let flags: String =
                hashes.iter().map(|hash| format!("--discovery-token-ca-cert-hash {hash} ")).collect();
            let text = format!("{noise}\nkubeadm join 10.0.0.1:6443 --token {token} {flags}\n{noise}");
            let read = of_join_command(&text).expect("it is a join command");
            prop_assert_eq!(read.secret, token);
            prop_assert_eq!(read.hashes, hashes);
        }

        #[test]
        fn any_text_is_read(text in ".{0,120}") {
            let _ = of_join_command(&text);
            prop_assert_eq!(certificate_key(&text), None, "no text of that length holds a key");
        }

        #[test]
        fn a_key_is_found(key in "[0-9a-f]{64}", noise in "[g-z]{0,30}") {
            let text = format!("[upload-certs] {noise}\n[upload-certs] Using certificate key:\n{key}\n");
            prop_assert_eq!(certificate_key(&text), Some(key));
        }
    }

    #[test]
    fn what_is_no_invitation() {
        let hash = format!("sha256:{}", "a".repeat(64));
        let table = [
            "error: no token",
            "kubeadm join 10.0.0.1:6443",
            "kubeadm join 10.0.0.1:6443 --token short --discovery-token-ca-cert-hash",
            &format!(
                "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789ABCDEF --discovery-token-ca-cert-hash {hash}"
            ),
            "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:12",
        ];
        for text in table {
            assert!(of_join_command(text).is_none(), "{text:?} is read as an invitation");
        }
    }
}
