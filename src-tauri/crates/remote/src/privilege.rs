//! By what a user becomes root: found out once, in one round trip where no password is wanted.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::dial::Confidant;
use crate::error::{PrivilegeFault, RemoteError};
use crate::host::{Captured, Command, Sink as _, Stream};
use crate::process::{Event, Process};
use crate::secrets::Ask;
use crate::shell::{self, Means, Openers, Password};

/// By what a user becomes root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privilege {
    /// The user is root.
    Root,
    /// By sudo.
    Sudo {
        /// It wants the user's password.
        password: bool,
        /// It insists on a terminal.
        terminal: bool,
    },
    /// By doas.
    Doas {
        /// It wants the user's password.
        password: bool,
    },
}

/// Asks each tool whether it lets us without a password. What a tool says stays on its line.
const PROBE: &str = "\
if [ \"$(id -u)\" = 0 ]; then echo root; exit 0; fi
for tool in sudo doas; do
command -v $tool >/dev/null 2>&1 || continue
said=$(LC_ALL=C $tool -n true 2>&1 </dev/null) && { echo \"$tool yes\"; continue; }
printf '%s no %s\\n' $tool \"$(printf %s \"$said\" | tr '\\n' ' ')\"
done
exit 0";

/// What is known of a host's ways to root.
pub(crate) struct Rights {
    pub confidant: Confidant,
    pub user: String,
    known: Mutex<Option<(Privilege, Means)>>,
}

impl Rights {
    pub(crate) fn new(confidant: Confidant, user: String) -> Self {
        Self { confidant, user, known: Mutex::default() }
    }

    /// Starts a command with the rights it wants.
    pub(crate) async fn start(&self, opener: &Openers, command: &Command) -> Result<Process, RemoteError> {
        let means = if command.root { self.root(opener).await?.1 } else { Means::User };
        shell::start(opener, command, &means, &self.confidant.redactor).await
    }

    /// By what the user becomes root, found out if it is not known yet.
    pub(crate) async fn root(&self, opener: &Openers) -> Result<(Privilege, Means), RemoteError> {
        let mut known = self.known.lock().await;
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let found = self.find(opener).await?;
        *known = Some(found.clone());
        Ok(found)
    }

    async fn find(&self, opener: &Openers) -> Result<(Privilege, Means), RemoteError> {
        let answer = said(
            shell::start(opener, &Command::script(PROBE), &Means::User, &self.confidant.redactor).await?,
        );
        let answer = answer.await?;
        if answer.lines().any(|line| line == "root") {
            return Ok((Privilege::Root, Means::User));
        }
        if answer.lines().any(|line| line == "sudo yes") {
            let means = Means::Sudo { password: None, terminal: false };
            return Ok((Privilege::Sudo { password: false, terminal: false }, means));
        }
        if answer.lines().any(|line| line == "doas yes") {
            return Ok((Privilege::Doas { password: false }, Means::Doas { password: None }));
        }
        let mut failed = PrivilegeFault::NoTool;
        for (tool, why) in answer.lines().filter_map(|line| line.split_once(" no ")) {
            let result =
                if tool == "sudo" { self.sudo(opener, why).await } else { self.doas(opener, why).await };
            match result {
                Ok(found) => return Ok(found),
                Err(RemoteError::Privilege { fault, .. }) if failed == PrivilegeFault::NoTool => {
                    failed = fault;
                }
                Err(RemoteError::Privilege { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(RemoteError::Privilege { host: opener.host().to_owned(), fault: failed })
    }

    /// sudo said no without a password: for want of a password, of a terminal, or of a rule.
    async fn sudo(&self, opener: &Openers, why: &str) -> Result<(Privilege, Means), RemoteError> {
        let mut terminal = false;
        let mut fault = shell::fault("sudo", why, 0);
        if let Some(PrivilegeFault::NoTerminal { .. }) = fault {
            terminal = true;
            match self.attempt(opener, Means::Sudo { password: None, terminal }).await {
                Ok(means) => return Ok((Privilege::Sudo { password: false, terminal }, means)),
                Err(RemoteError::Privilege { fault: told, .. }) => fault = Some(told),
                Err(error) => return Err(error),
            }
        }
        let fault = fault.unwrap_or(PrivilegeFault::NotAllowed { tool: "sudo", said: why.trim().to_owned() });
        if !matches!(fault, PrivilegeFault::PasswordWanted { .. }) {
            return Err(RemoteError::Privilege { host: opener.host().to_owned(), fault });
        }
        let password = self.password(opener, "sudo").await?;
        let means = Means::Sudo { password: Some(password.clone()), terminal };
        let means = match self.attempt(opener, means).await {
            Err(RemoteError::Privilege { fault: PrivilegeFault::NoTerminal { .. }, .. }) if !terminal => {
                terminal = true;
                self.attempt(opener, Means::Sudo { password: Some(password), terminal }).await?
            }
            other => other?,
        };
        Ok((Privilege::Sudo { password: true, terminal }, means))
    }

    async fn doas(&self, opener: &Openers, why: &str) -> Result<(Privilege, Means), RemoteError> {
        let fault = shell::fault("doas", why, 0);
        if !matches!(fault, Some(PrivilegeFault::PasswordWanted { .. })) {
            let fault =
                fault.unwrap_or(PrivilegeFault::NotAllowed { tool: "doas", said: why.trim().to_owned() });
            return Err(RemoteError::Privilege { host: opener.host().to_owned(), fault });
        }
        let password = self.password(opener, "doas").await?;
        let means = self.attempt(opener, Means::Doas { password: Some(password) }).await?;
        Ok((Privilege::Doas { password: true }, means))
    }

    /// Runs nothing by these means, and gives them back if that works.
    async fn attempt(&self, opener: &Openers, means: Means) -> Result<Means, RemoteError> {
        said(shell::start(opener, &Command::script(":"), &means, &self.confidant.redactor).await?).await?;
        Ok(means)
    }

    async fn password(&self, opener: &Openers, tool: &'static str) -> Result<Password, RemoteError> {
        let ask = Ask::Root { user: self.user.clone(), host: opener.host().to_owned() };
        let secrets = Arc::clone(&self.confidant.secrets);
        let secret: Option<SecretString> =
            tokio::task::spawn_blocking(move || secrets.ask(&ask)).await.ok().flatten();
        let Some(secret) = secret else {
            let fault = PrivilegeFault::PasswordWanted { tool };
            return Err(RemoteError::Privilege { host: opener.host().to_owned(), fault });
        };
        self.confidant.redactor.learn(&secret);
        Ok(Password { secret })
    }
}

/// What a short command says on standard output.
async fn said(mut process: Process) -> Result<String, RemoteError> {
    let mut output = Captured::new(64 * 1024, &crate::redact::Redactor::default());
    loop {
        match process.next().await? {
            Event::Stdout(piece) => output.piece(Stream::Stdout, &piece),
            Event::Stderr(_) => {}
            Event::Ended(_) => return Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        }
    }
}
