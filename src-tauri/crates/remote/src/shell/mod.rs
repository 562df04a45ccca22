//! How a script gets to `/bin/sh` unharmed, whatever the login shell is and says, and as root if need be.
//!
//! sshd hands a command line to the user's login shell, which may be csh or fish, may print a greeting first,
//! and may not run anything at all. So the line is one word of letters that all of them read alike; the script
//! says when it has begun, and everything before that is noise. Without that sign the shell ran nothing.

mod drive;
mod launch;
mod scan;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::RemoteError;
use crate::pipe::Pipe;
pub(crate) use drive::{fault, start};
pub(crate) use launch::{Means, Password};

/// Opens channels that run a line by the login shell.
#[async_trait]
pub(crate) trait Opener: Send + Sync {
    /// Name of the host in errors.
    fn host(&self) -> &str;
    /// Runs a line. `pty`: on a terminal that changes no byte.
    async fn open(&self, line: String, pty: bool) -> Result<Pipe, RemoteError>;
}

pub(crate) type Openers = Arc<dyn Opener>;
