//! Quoting for a POSIX shell.

/// A word that means exactly this text to `sh`. NUL cannot be in a word and is left out.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sh_reads_back_what_was_quoted(text in "[^\0]{0,40}") {
            let script = format!("printf %s {}", quoted(&text));
            let said = std::process::Command::new("sh").arg("-c").arg(script).output().expect("sh runs");
            prop_assert_eq!(String::from_utf8_lossy(&said.stdout), text);
        }
    }
}
