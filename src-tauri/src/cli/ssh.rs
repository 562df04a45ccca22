//! How hosts are entered: flags, and the question about a key that nobody knows yet.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use longshore_contract::WireError;
use serde_json::{Value, json};

use super::args::{Output, file};

#[derive(Debug, Args)]
pub(super) struct SshArguments {
    /// ssh_config instead of the user's own and the system's; `none` for none at all.
    #[arg(long, value_name = "FILE")]
    ssh_config: Option<String>,
    /// Key file; may be given several times.
    #[arg(long = "identity", short = 'i', value_name = "FILE")]
    identities: Vec<String>,
    /// known_hosts file instead of the configured ones.
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<String>,
    /// Fingerprint (SHA256:…) of an unknown host key that was compared and is accepted.
    #[arg(long = "accept-host-key", value_name = "FINGERPRINT")]
    accepted_keys: Vec<String>,
    /// File with the password for logging in.
    #[arg(long, value_name = "FILE")]
    ssh_password_file: Option<PathBuf>,
    /// File with the passphrase of the key files.
    #[arg(long, value_name = "FILE")]
    key_passphrase_file: Option<PathBuf>,
    /// File with the password for becoming root; the one for logging in when not given.
    #[arg(long, value_name = "FILE")]
    sudo_password_file: Option<PathBuf>,
    /// Does not become root; facts that only root has are told as such. `--as-user=false` takes it back.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    as_user: Option<bool>,
}

impl SshArguments {
    /// Refuses flags that nothing would come of, because no host is named that they are for.
    pub(super) fn only_with_hosts(&self, named: bool) -> Result<(), WireError> {
        match self.given()?.first() {
            Some((flag, _, _)) if !named => {
                Err(WireError::bad_input("The way to hosts is given without the hosts")
                    .field(*flag, "needs --host, --hosts-file or --from-ssh-config"))
            }
            _ => Ok(()),
        }
    }

    /// As the command list takes them.
    pub(super) fn settings(&self) -> Result<Value, WireError> {
        self.over(json!({}))
    }

    /// The settings that a site has, with what is given here in their place. A list replaces the whole list.
    pub(super) fn over(&self, mut settings: Value) -> Result<Value, WireError> {
        for (_, name, value) in self.given()? {
            settings[name] = value;
        }
        Ok(settings)
    }

    /// Flags that were given: each with its name in the command list and its value there.
    fn given(&self) -> Result<Vec<(&'static str, &'static str, Value)>, WireError> {
        let secret = |path: &Option<PathBuf>| -> Result<Option<Value>, WireError> {
            let text = path.as_ref().map(file).transpose()?;
            Ok(text.map(|text| Value::from(text.trim_end_matches(['\r', '\n']))))
        };
        let list = |all: &[String]| (!all.is_empty()).then(|| json!(all));
        let all = [
            ("ssh-config", "config", self.ssh_config.clone().map(Value::from)),
            ("identity", "identities", list(&self.identities)),
            ("known-hosts", "knownHosts", self.known_hosts.clone().map(Value::from)),
            ("accept-host-key", "acceptedKeys", list(&self.accepted_keys)),
            ("ssh-password-file", "password", secret(&self.ssh_password_file)?),
            ("key-passphrase-file", "passphrase", secret(&self.key_passphrase_file)?),
            ("sudo-password-file", "rootPassword", secret(&self.sudo_password_file)?),
            ("as-user", "asUser", self.as_user.map(Value::from)),
        ];
        Ok(all.into_iter().filter_map(|(flag, name, value)| Some((flag, name, value?))).collect())
    }
}

/// Unknown keys, each with the host that offers it, that a person at the terminal accepts.
pub(super) fn accepted<'a>(
    output: Output,
    unknown: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<String>, WireError> {
    if output == Output::Json || !std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let (mut accepted, mut asked) = (Vec::new(), BTreeSet::new());
    for (host, key) in unknown.filter(|(_, key)| !key.is_empty()) {
        if !asked.insert(key) {
            continue;
        }
        eprint!("{host}: its key is not known: {key}. Accept it? [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(|error| WireError::bad_input(format!("The answer cannot be read: {error}")))?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            accepted.push(key.to_owned());
        }
    }
    Ok(accepted)
}
