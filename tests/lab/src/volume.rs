//! Makes and removes folders that are volumes, in a pod of the provisioner that asks for it: it names the folder by `-p` and
//! what is to be done by `-a`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |option: &str| {
        let at = arguments.iter().position(|argument| argument == option);
        at.and_then(|at| arguments.get(at + 1)).map(String::as_str).unwrap_or_default()
    };
    let (folder, action) = (after("-p"), after("-a"));
    if action == "delete" {
        return match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    fs::create_dir_all(folder)?;
    // Who uses it is not known here.
    fs::set_permissions(folder, Permissions::from_mode(0o777))
}
