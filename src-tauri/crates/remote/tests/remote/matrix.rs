//! Authentication × privilege × the host's key: what each combination comes to, each error as it is read.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use longshore_remote::{Command, FixedSecrets, Host as _, RemoteError, Secrets, SshHost};

use crate::lab::{Lab, PASSWORD, keygen};

/// A way to log in: lines for ssh_config, and the password.
const LOGINS: [(&str, &str, Option<&str>); 5] = [
    ("key", "", None),
    ("no key", "IdentityFile none", None),
    ("key that is not let in", "IdentityFile DIR/stranger", None),
    ("password", "IdentityFile none", Some(PASSWORD)),
    ("wrong password", "IdentityFile none", Some("wrong horse")),
];
/// A user, and the password for becoming root.
const RIGHTS: [(&str, Option<&str>); 9] = [
    ("root", None),
    ("free", None),
    ("asked", Some(PASSWORD)),
    ("asked", Some("wrong horse")),
    ("asked", None),
    ("seated", Some(PASSWORD)),
    ("doasasked", Some("wrong horse")),
    ("doasasked", Some(PASSWORD)),
    ("plain", Some(PASSWORD)),
];
#[derive(Clone, Copy, Debug)]
enum Key {
    Known,
    Unknown,
    Forbidden,
    Authority,
    Changed,
    Revoked,
}
const KEYS: [Key; 6] = [Key::Known, Key::Unknown, Key::Forbidden, Key::Authority, Key::Changed, Key::Revoked];

/// Writes known_hosts so that the host's key is in that state.
fn known_hosts(lab: &Lab, key: Key) {
    let read = |name: &str| std::fs::read_to_string(lab.path(name)).expect("it is there");
    let name = format!("[127.0.0.1]:{}", lab.port);
    let own = format!("{name} {}", read("host.pub"));
    let other = format!("{name} {}", read("stranger.pub"));
    let text = match key {
        Key::Known => own,
        Key::Unknown | Key::Forbidden => format!("# {own}"),
        Key::Authority => format!("@cert-authority {other}"),
        Key::Changed => format!("# a comment\n{other}"),
        Key::Revoked => format!("{own}@revoked * {}", read("host.pub")),
    };
    std::fs::write(lab.path("known_hosts"), text).expect("it can be written");
}

async fn outcome(host: &SshHost) -> Result<String, RemoteError> {
    let finished = host.run(&Command::script("id -u").as_root(), 100).await?;
    Ok(format!("uid {}", finished.stdout().trim()))
}

/// One combination: who, and what comes of it.
#[derive(Clone, Copy)]
struct Case {
    key: Key,
    login: (&'static str, &'static str, Option<&'static str>),
    user: &'static str,
    root: Option<&'static str>,
}

impl Case {
    fn host(self, lab: &Lab) -> SshHost {
        let (login, more, password) = self.login;
        let strict = if matches!(self.key, Key::Forbidden) { "yes" } else { "ask" };
        let more = more.replace("DIR", &lab.directory.path().display().to_string());
        let more = format!("{more}\nIdentitiesOnly yes\nStrictHostKeyChecking {strict}");
        let mut route = lab.route(self.user, &more);
        // The lab's own key is configured behind the one that is tried.
        route.hops[0].identity_files.truncate(usize::from(login.starts_with("key")));
        let secret = |text: Option<&str>| text.map(|text| text.to_owned().into());
        let secrets = FixedSecrets { password: secret(password), root: secret(self.root), passphrase: None };
        SshHost::new(route, Arc::new(Separate(secrets)))
    }

    /// Two lines of the table. Who does not get in shows no difference in rights.
    async fn line(self, lab: &Lab) -> String {
        let (key, login) = (self.key, self.login.0);
        let (who, text) = match outcome(&self.host(lab)).await {
            Err(error) if !matches!(error, RemoteError::Privilege { .. }) => {
                let text = lab.stable(&error.to_string()).replace(&format!("{}@lab", self.user), "USER@lab");
                ("anybody".to_owned(), text)
            }
            result => {
                let root = match self.root {
                    None => "no password",
                    Some(PASSWORD) => "the password",
                    Some(_) => "a wrong password",
                };
                let text = result.unwrap_or_else(|error| lab.stable(&error.to_string()));
                (format!("{} with {root} for root", self.user), text)
            }
        };
        assert!(!text.contains(PASSWORD) && !text.contains("wrong horse"), "a password is told: {text}");
        format!("{key:?} | {login} | {who}\n    {text}\n")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_combination_has_its_words() {
    let lab = Lab::with("PasswordAuthentication yes");
    keygen(&lab.path("stranger"), "ed25519", "", &[]);
    let mut table = String::new();
    for key in KEYS {
        known_hosts(&lab, key);
        let cases = LOGINS.into_iter().flat_map(|login| {
            // root has no password in the lab.
            let rights = RIGHTS.into_iter().filter(move |(user, _)| *user != "root" || login.2.is_none());
            rights.map(move |(user, root)| Case { key, login, user, root })
        });
        // PAM takes its time to say no: side by side they wait together.
        let mut lines = stream::iter(cases.map(|case| case.line(&lab))).buffered(8);
        while let Some(line) = lines.next().await {
            if !table.contains(&line) {
                table.push_str(&line);
            }
        }
    }
    insta::assert_snapshot!("matrix", table);
}

/// The password for logging in is not tried for becoming root.
struct Separate(FixedSecrets);

impl Secrets for Separate {
    fn ask(&self, ask: &longshore_remote::Ask) -> Option<secrecy::SecretString> {
        match ask {
            longshore_remote::Ask::Root { .. } => self.0.root.clone(),
            other => self.0.ask(other),
        }
    }
}
