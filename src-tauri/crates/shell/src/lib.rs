//! The one place where a shell word is made from text: a crate, so that those who make scripts and those who send
//! commands use the same, and neither needs the other.

/// Characters that no shell treats specially anywhere in a word that starts with one of them.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:@,+-".contains(&byte)
}

/// One word of a POSIX shell that stands for exactly `text`.
///
/// The shell gives the text back byte for byte, whatever it holds. A NUL byte can be in no argument of any
/// program; a command that holds one is refused before it is sent.
pub fn quote(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A command line of words, each [quoted](quote).
pub fn words<I>(words: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    words.into_iter().map(|word| quote(word.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// The shells of this machine that a host may have as `/bin/sh`.
    fn shells() -> Vec<Vec<&'static str>> {
        let candidates: [Vec<&str>; 4] =
            [vec!["/bin/sh"], vec!["/bin/bash", "--posix"], vec!["/bin/dash"], vec!["/bin/busybox", "sh"]];
        candidates.into_iter().filter(|shell| Path::new(shell[0]).exists()).collect()
    }

    /// What the shell makes of a script, NUL after each argument.
    fn run(shell: &[&str], script: &str) -> Vec<u8> {
        let output = Command::new(shell[0])
            .args(&shell[1..])
            .args([OsStr::new("-c"), OsStr::from_bytes(script.as_bytes())])
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("the shell runs");
        assert!(output.status.success(), "{shell:?} refuses {script:?}: {output:?}");
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn every_shell_gives_the_words_back(texts in prop::collection::vec("[^\0]{0,20}", 1..8)) {
            let script = format!("printf '%s\\0' {}", words(&texts));
            let expected: Vec<u8> = texts.iter().flat_map(|text| [text.as_bytes(), b"\0"].concat()).collect();
            for shell in shells() {
                prop_assert_eq!(run(&shell, &script), expected.clone(), "{:?} reads other words", shell);
            }
        }
    }

    #[test]
    fn special_words() {
        let table = [
            ("", "''"),
            ("plain-1.2/x:y@z,+", "plain-1.2/x:y@z,+"),
            ("~", "'~'"),
            ("A=b", "'A=b'"),
            ("it's", r"'it'\''s'"),
            ("a b", "'a b'"),
            ("a\nb", "'a\nb'"),
            ("$(x) `y` \\ !", "'$(x) `y` \\ !'"),
        ];
        for (text, expected) in table {
            assert_eq!(quote(text), expected, "{text:?} is quoted otherwise");
        }
    }
}
