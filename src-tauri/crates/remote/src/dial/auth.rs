//! Logging in, in OpenSSH's order: keys, then questions, then the password.

use secrecy::{ExposeSecret as _, SecretString};
use ssh2::{KeyboardInteractivePrompt, Prompt, Session};

use super::{Confidant, agent, files};
use crate::config::Target;
use crate::error::{AuthRefusal, RemoteError};
use crate::secrets::Ask;
use crate::session::is_broken;

/// A login under way.
pub(super) struct Login<'a> {
    pub session: &'a Session,
    pub target: &'a Target,
    pub confidant: &'a Confidant,
    pub refused: Vec<AuthRefusal>,
    /// Tries that sshd counts.
    pub tries: usize,
}

/// The session broke while we logged in.
pub(super) struct Broken(pub ssh2::Error);

/// Whether a way led in.
pub(super) type Tried = Result<bool, Broken>;

pub(super) const NOT_ACCEPTED: &str = "not accepted by the host";

/// Logs in, or says of each way why it did not lead in.
pub(super) fn log_in(session: &Session, target: &Target, confidant: &Confidant) -> Result<(), RemoteError> {
    let mut login = Login { session, target, confidant, refused: Vec::new(), tries: 0 };
    match login.all_ways() {
        Ok(true) => Ok(()),
        Ok(false) => Err(login.error("give it one of your public keys, or enter the right password")),
        // sshd hangs up after MaxAuthTries, and an agent with many keys uses them up.
        Err(Broken(_)) if login.tries > 1 => Err(login.error(
            "sshd closed the connection after these: name the right key by IdentityFile and set IdentitiesOnly",
        )),
        Err(Broken(error)) => Err(RemoteError::LinkLost {
            host: target.alias.clone(),
            during: "logging in".to_owned(),
            why: error.message().to_owned(),
        }),
    }
}

impl Login<'_> {
    fn error(&mut self, hint: &'static str) -> RemoteError {
        RemoteError::Authentication {
            host: self.target.alias.clone(),
            user: self.target.user.clone(),
            refused: std::mem::take(&mut self.refused),
            hint,
        }
    }

    pub(super) fn refuse(&mut self, method: impl Into<String>, why: impl Into<String>) {
        let method = self.confidant.redactor.said(method.into().as_bytes());
        self.refused.push(AuthRefusal { method, why: why.into() });
    }

    /// Counts a try and says what came of it.
    pub(super) fn outcome(&mut self, method: String, result: Result<(), ssh2::Error>, why: &str) -> Tried {
        self.tries += 1;
        match result {
            Ok(()) => Ok(true),
            Err(error) => {
                self.refuse(method, why);
                // The library has one number for a key that is refused and for an answer that never came.
                let hung_up = is_broken(&error) || error.message().starts_with("Waiting for");
                if hung_up { Err(Broken(error)) } else { Ok(false) }
            }
        }
    }

    fn offered(&mut self) -> Result<Vec<String>, Broken> {
        match self.session.auth_methods(&self.target.user) {
            Ok(methods) => Ok(methods.split(',').map(str::to_owned).collect()),
            Err(_) if self.session.authenticated() => Ok(Vec::new()),
            Err(error) => Err(Broken(error)),
        }
    }

    fn all_ways(&mut self) -> Tried {
        let mut offered = self.offered()?;
        if self.session.authenticated() {
            return Ok(true);
        }
        let has = |offered: &[String], method: &str| offered.iter().any(|offered| offered == method);
        if has(&offered, "publickey") {
            let tried = self.tries;
            if agent::and_files(self)? {
                return Ok(true);
            }
            // A key may have been the first of two things that the host demands.
            if self.tries > tried && offered.len() == 1 {
                offered = self.offered()?;
            }
        } else {
            files::not_offered(self);
        }
        if has(&offered, "keyboard-interactive") && self.questions()? {
            return Ok(true);
        }
        if has(&offered, "password") {
            return self.password();
        }
        if !has(&offered, "keyboard-interactive") {
            self.refuse("password", "not offered by the host");
        }
        Ok(false)
    }

    fn password(&mut self) -> Tried {
        let ask = Ask::Password { user: self.target.user.clone(), host: self.target.alias.clone() };
        let Some(password) = self.ask(&ask) else {
            self.refuse("password", "none was given");
            return Ok(false);
        };
        let result = self.session.userauth_password(&self.target.user, password.expose_secret());
        self.outcome("password".to_owned(), result, NOT_ACCEPTED)
    }

    fn questions(&mut self) -> Tried {
        let mut answers = Answers { target: self.target, confidant: self.confidant, unanswered: false };
        let result = self.session.userauth_keyboard_interactive(&self.target.user, &mut answers);
        let why = if answers.unanswered { "a question was not answered" } else { NOT_ACCEPTED };
        self.outcome("keyboard-interactive".to_owned(), result, why)
    }

    pub(super) fn ask(&self, ask: &Ask) -> Option<SecretString> {
        let secret = self.confidant.secrets.ask(ask)?;
        self.confidant.redactor.learn(&secret);
        Some(secret)
    }
}

/// Answers the host's questions.
struct Answers<'a> {
    target: &'a Target,
    confidant: &'a Confidant,
    unanswered: bool,
}

impl Answers<'_> {
    fn answer(&mut self, instructions: &str, prompt: &Prompt<'_>) -> String {
        let redactor = &self.confidant.redactor;
        let ask = Ask::Challenge {
            user: self.target.user.clone(),
            host: self.target.alias.clone(),
            instructions: redactor.said(instructions.as_bytes()),
            prompt: redactor.said(prompt.text.as_bytes()),
            echo: prompt.echo,
        };
        let Some(secret) = self.confidant.secrets.ask(&ask) else {
            self.unanswered = true;
            return String::new();
        };
        if !prompt.echo {
            redactor.learn(&secret);
        }
        secret.expose_secret().to_owned()
    }
}

impl KeyboardInteractivePrompt for Answers<'_> {
    fn prompt(&mut self, _: &str, instructions: &str, prompts: &[Prompt<'_>]) -> Vec<String> {
        prompts.iter().map(|prompt| self.answer(instructions, prompt)).collect()
    }
}
