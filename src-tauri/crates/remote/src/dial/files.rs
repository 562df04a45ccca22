//! Key files.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::auth::{Login, NOT_ACCEPTED, Tried};
use crate::key::is_encrypted;
use crate::secrets::Ask;

/// Only the host can have it so.
pub(super) fn not_offered(login: &mut Login<'_>) {
    login.refuse("keys", "not offered by the host");
}

/// Tries one file.
pub(super) fn one(login: &mut Login<'_>, file: &Path) -> Tried {
    let method = format!("key {}", file.display());
    let text = match readable(file) {
        Ok(text) => text,
        // OpenSSH's usual files are tried if they are there; who names a file wants to know.
        Err(why) => {
            if login.target.identity_files_named || file.exists() {
                login.refuse(method, why);
            }
            return Ok(false);
        }
    };
    let encrypted = is_encrypted(&text);
    let passphrase = if encrypted { login.ask(&Ask::Passphrase { file: file.to_owned() }) } else { None };
    if encrypted && passphrase.is_none() {
        login.refuse(method, "its passphrase was not given");
        return Ok(false);
    }
    let passphrase = passphrase.as_ref().map(secrecy::ExposeSecret::expose_secret);
    let result = login.session.userauth_pubkey_file(&login.target.user, None, file, passphrase);
    let why = match &result {
        Err(error) if is_of_file(error) && encrypted => "its passphrase is wrong",
        Err(error) if is_of_file(error) => "it holds no private key that can be used",
        _ => NOT_ACCEPTED,
    };
    login.outcome(method, result, why)
}

/// Whether the library could not read the key, before the host was asked.
fn is_of_file(error: &ssh2::Error) -> bool {
    matches!(error.code(), ssh2::ErrorCode::Session(-16 | -33 | -34 | -48))
}

/// The file's text, unless it is missing or others can read it, which OpenSSH refuses as well.
fn readable(file: &Path) -> Result<String, String> {
    let why = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("it cannot be read: {error}"),
    };
    let metadata = file.metadata().map_err(why)?;
    if metadata.uid() == rustix::process::getuid().as_raw() && metadata.mode() & 0o077 != 0 {
        return Err(format!("others may read it, its mode is {:o}", metadata.mode() & 0o777));
    }
    Ok(String::from_utf8_lossy(&std::fs::read(file).map_err(why)?).into_owned())
}
