//! Where an operator's data is and how it is opened: asked the same way by every shell.

use std::path::PathBuf;

use clap::Args;
use longshore_contract::WireError;
use longshore_store::KeySource;

use super::Options;

/// Folder, helm and key, as arguments or from the environment.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder that holds sites, runs and bundles.
    #[arg(long, global = true, env = "LONGSHORE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// The helm binary.
    #[arg(long, global = true, env = "LONGSHORE_HELM", value_name = "FILE")]
    helm: Option<PathBuf>,
    /// File with the passphrase of the encrypted store; without it a key file in the data folder is used.
    #[arg(long, global = true, env = "LONGSHORE_PASSPHRASE_FILE", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Place {
    /// How the application is opened here.
    ///
    /// # Errors
    /// When there is no folder to keep data in, or the passphrase cannot be read.
    pub fn options(&self) -> Result<Options, WireError> {
        Ok(Options { data: self.folder()?, key: self.key()?, helm: self.helm.clone() })
    }

    fn folder(&self) -> Result<PathBuf, WireError> {
        let default = || dirs::data_dir().map(|folder| folder.join("longshore"));
        self.data.clone().or_else(default).ok_or_else(|| {
            WireError::bad_input("There is no home folder to keep data in").hint("Name a folder with --data.")
        })
    }

    fn key(&self) -> Result<KeySource, WireError> {
        let Some(path) = &self.passphrase_file else { return Ok(KeySource::File) };
        let text = std::fs::read_to_string(path).map_err(|error| {
            WireError::bad_input(format!("{} cannot be read: {error}", path.display()))
                .hint("It holds the passphrase that the data folder was made with, on one line.")
        })?;
        Ok(KeySource::Passphrase(text.trim_end_matches(['\r', '\n']).to_owned().into()))
    }
}
