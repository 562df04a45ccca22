//! Ways to root.

use std::sync::Arc;

use longshore_remote::{Command, Exit, FixedSecrets, Host as _, Privilege, SshHost};

use crate::lab::{Lab, PASSWORD};

const LIMIT: usize = 1024 * 1024;

async fn is_root(host: &SshHost) {
    let script = "id -u; printf 'to stderr' >&2; printf '\\0\\377\\r\\n'; cat; exit 5";
    let finished =
        host.run(&Command::script(script).stdin("given\n").as_root(), LIMIT).await.expect("it runs");
    assert_eq!(finished.exit, Exit::Status(5), "the status comes through");
    assert_eq!(finished.output.stdout, b"0\n\0\xff\r\ngiven\n", "output is unchanged and alone");
    assert_eq!(finished.stderr(), "to stderr", "standard error is unchanged and alone");
    let silent = host.run(&Command::script("cat; exit 0").as_root(), LIMIT).await.expect("it runs");
    assert_eq!(silent.stdout(), "", "there is no input");
    let user = host.run(&Command::script("id -u"), LIMIT).await.expect("it runs");
    assert_eq!(user.stdout() == "0\n", host.target().user == "root", "not everything is done as root");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_is_found_and_works() {
    let lab = Lab::start();
    let table = [
        ("root", Privilege::Root),
        ("free", Privilege::Sudo { password: false, terminal: false }),
        ("asked", Privilege::Sudo { password: true, terminal: false }),
        ("seatedfree", Privilege::Sudo { password: false, terminal: true }),
        ("seated", Privilege::Sudo { password: true, terminal: true }),
        ("doasfree", Privilege::Doas { password: false }),
        ("doasasked", Privilege::Doas { password: true }),
    ];
    for (user, expected) in table {
        let host = lab.host(user);
        let privilege = host.privilege().await;
        assert_eq!(privilege.map_err(|error| error.to_string()), Ok(expected), "the way of {user}");
        is_root(&host).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_seen_nowhere() {
    let lab = Lab::start();
    for user in ["asked", "seated", "doasasked"] {
        let host = lab.host(user);
        // What runs while the password is asked for, and what the command itself can see of how it came about.
        let script = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '; cat";
        let finished = host.run(&Command::script(script).as_root(), 8 * LIMIT).await.expect("it runs");
        let seen = String::from_utf8_lossy(&finished.output.stdout).into_owned();
        assert!(seen.contains("/bin/sh -c"), "the command lines are not there to be looked at");
        assert!(!seen.contains(PASSWORD), "{user}: the password is in an argument or a variable");
        assert!(!finished.stdout().contains(PASSWORD), "{user}: the password came into the input");
        let echo = host.run(&Command::script(format!("echo '{PASSWORD}'")), LIMIT).await.expect("it runs");
        assert_eq!(echo.stdout(), "[hidden]\n", "{user}: a text for a reader shows the password");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_passwords() {
    let lab = Lab::with("PasswordAuthentication yes");
    let secrets = FixedSecrets { root: Some(PASSWORD.to_owned().into()), ..FixedSecrets::default() };
    let host = lab.host_with("asked", "", Arc::new(secrets));
    assert_eq!(
        host.privilege().await.map_err(|error| error.to_string()),
        Ok(Privilege::Sudo { password: true, terminal: false }),
        "the key lets us in and the other secret makes us root"
    );
}
