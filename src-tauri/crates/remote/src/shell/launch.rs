//! From a command to the line that runs it and the words that show how far it has come.

use bytes::Bytes;
use secrecy::SecretString;

use super::wire::wire;
use crate::host::{Command, Stdin};
use longshore_shell::quote;

/// A line longer than this goes as input: the library and the host's kernel both bound a command line.
const LINE: usize = 24 * 1024;

/// A password and where it is asked for.
#[derive(Clone)]
pub(crate) struct Password {
    pub secret: SecretString,
}

/// By what a command gets its rights.
#[derive(Clone)]
pub(crate) enum Means {
    /// As the user who is logged in.
    User,
    /// `sudo`; on a terminal if it insists.
    Sudo { password: Option<Password>, terminal: bool },
    /// `doas`, which asks for a password on a terminal only.
    Doas { password: Option<Password> },
}

impl Means {
    /// Whether it needs a terminal.
    pub(super) fn pty(&self) -> bool {
        matches!(self, Self::Sudo { terminal: true, .. } | Self::Doas { password: Some(_) })
    }

    pub(super) fn password(&self) -> Option<&Password> {
        match self {
            Self::User => None,
            Self::Sudo { password, .. } | Self::Doas { password } => password.as_ref(),
        }
    }

    pub(super) fn tool(&self) -> Option<&'static str> {
        match self {
            Self::User => None,
            Self::Sudo { .. } => Some("sudo"),
            Self::Doas { .. } => Some("doas"),
        }
    }
}

/// Everything to run a command.
pub(super) struct Launch {
    pub line: String,
    pub pty: bool,
    /// Goes into the input before anything of the command's own.
    pub first: Bytes,
    /// Said on both streams when the script begins; on standard output with its process number.
    pub begun: String,
    /// Said on a terminal when the script has ended, with its status and its standard error.
    pub ended: String,
    /// What sudo says when it wants the password.
    pub prompt: String,
}

fn sign() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// A sign as two words, so that a shell that shows what it runs does not show the sign.
fn halves(sign: &str) -> String {
    let (first, second) = sign.split_at(sign.len() / 2);
    format!("{first} {second}")
}

impl Launch {
    pub(super) fn new(command: &Command, means: &Means) -> Self {
        let (begun, ended, prompt) = (sign(), sign(), sign());
        let (mut script, mut first) = (command.script.clone(), Bytes::new());
        if wire(&script).len() > LINE {
            let length = script.len();
            // `dd` one byte at a time takes nothing that belongs to the command; `cat` is for when nothing follows.
            let read = if has_input(&command.stdin) || means.pty() {
                format!("dd bs=1 count={length} 2>/dev/null")
            } else {
                "cat".to_owned()
            };
            first = Bytes::from(script);
            script = format!("eval \"$({read})\"");
        }
        let pty = means.pty();
        let body = if pty { on_terminal(&script, &command.stdin, &ended, !first.is_empty()) } else { script };
        let signs = halves(&begun);
        let to_stderr = if pty { String::new() } else { format!("printf '%s%s\\n' {signs} >&2\n") };
        let inner = format!("printf '%s%s %s\\n' {signs} $$\n{to_stderr}{body}\n");
        let line = match means {
            Means::User => inner,
            Means::Sudo { password: None, .. } => {
                format!("exec env LC_ALL=C sudo -n -- /bin/sh -c {}", quote(&inner))
            }
            Means::Sudo { password: Some(_), .. } => {
                format!("exec env LC_ALL=C sudo -S -p {prompt} -- /bin/sh -c {}", quote(&inner))
            }
            Means::Doas { password: None } => {
                format!("exec env LC_ALL=C doas -n /bin/sh -c {}", quote(&inner))
            }
            Means::Doas { password: Some(_) } => {
                format!("exec env LC_ALL=C doas /bin/sh -c {}", quote(&inner))
            }
        };
        Self { line: wire(&line), pty, first, begun, ended, prompt }
    }
}

fn has_input(stdin: &Stdin) -> bool {
    match stdin {
        Stdin::Given(bytes) => !bytes.is_empty(),
        Stdin::Fed(length) => *length > 0,
    }
}

fn length(stdin: &Stdin) -> u64 {
    match stdin {
        Stdin::Given(bytes) => bytes.len() as u64,
        Stdin::Fed(length) => *length,
    }
}

/// On a terminal there is one stream and no end of input: standard error is kept to the end, and input is
/// taken by its length.
fn on_terminal(script: &str, stdin: &Stdin, ended: &str, script_in_input: bool) -> String {
    let (prepare, script) = if script_in_input {
        (format!("s={}\n", script.strip_prefix("eval ").unwrap_or(script)), "eval \"$s\"".to_owned())
    } else {
        (String::new(), format!("eval {}", quote(script)))
    };
    let run = match length(stdin) {
        0 => format!("{script} </dev/null"),
        length => format!("head -c {length} | {{ {script}\n}}"),
    };
    let signs = halves(ended);
    format!(
        "{prepare}{{ e=$({{ {run}\n}} 2>&1 >&3 3>&-); r=$?; }} 3>&1\n\
         printf '%s%s %s\\n%s' {signs} \"$r\" \"$e\"\nexit \"$r\""
    )
}
