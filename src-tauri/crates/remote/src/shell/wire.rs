//! One command line that sh, csh and fish read alike.

/// Characters that stand for themselves between single quotes in every shell, and between double quotes and
/// in the argument of `printf %b` in sh.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" _@%+=:,./-;(){}<>&|*?[]#~^".contains(&byte)
}

/// A line by which any login shell runs `script` in `/bin/sh`.
///
/// csh ends a quoted word at a newline and replaces `!` even there; fish reads `\'` and `\\` there. What either
/// could misread is written as octal numbers, which `printf` of sh turns back.
pub(super) fn wire(script: &str) -> String {
    let mut encoded = String::with_capacity(script.len() * 2);
    for byte in script.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("\\0{byte:03o}"));
        }
    }
    // `exec` is known to all of them, and without a shell in between sshd sees by which signal it ends.
    format!("exec /bin/sh -c 'eval \"$(printf %b \"{encoded}\")\"'")
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;
    use longshore_shell::quote;

    fn login_shells() -> Vec<&'static str> {
        let shells = ["/bin/sh", "/bin/bash", "/bin/csh", "/usr/bin/fish", "/bin/busybox"];
        shells.into_iter().filter(|shell| Path::new(shell).exists()).collect()
    }

    fn run(shell: &str, line: &str) -> (Vec<u8>, bool) {
        let mut command = Command::new(shell);
        if shell.ends_with("busybox") {
            command.arg("sh");
        }
        let output = command.args(["-c", line]).env("HOME", "/nonexistent").output().expect("the shell runs");
        (output.stdout, output.status.success())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn every_login_shell_hands_the_script_on(text in "[^\0]{0,40}") {
            let script = format!("printf %s {}\n", quote(&text));
            for shell in login_shells() {
                let (stdout, success) = run(shell, &wire(&script));
                prop_assert!(success, "{shell} refuses the line for {text:?}");
                prop_assert_eq!(&stdout, text.as_bytes(), "{} changes the script", shell);
            }
        }
    }

    #[test]
    fn the_status_comes_through() {
        for shell in login_shells() {
            let output = Command::new(shell)
                .args(if shell.ends_with("busybox") { vec!["sh", "-c"] } else { vec!["-c"] })
                .arg(wire("exit 7"))
                .status();
            assert_eq!(output.expect("the shell runs").code(), Some(7), "{shell} loses the status");
        }
    }
}
