//! Go's `path` package: slashes only, nothing of the machine.

/// The shortest path that means the same.
pub(crate) fn clean(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let rooted = path[0] == b'/';
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut out = if rooted { b"/".to_vec() } else { Vec::new() };
    out.extend(parts.join(&b'/'));
    if out.is_empty() { b".".to_vec() } else { out }
}

/// The last part.
pub(crate) fn base(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let trimmed = &path[..end];
    let start = trimmed.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    if trimmed.is_empty() { b"/".to_vec() } else { trimmed[start..].to_vec() }
}

/// All but the last part, cleaned.
pub(crate) fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    clean(&path[..end])
}

/// What follows the last dot of the last part, with the dot.
pub(crate) fn ext(path: &[u8]) -> Vec<u8> {
    let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    let last = &path[start..];
    last.iter().rposition(|byte| *byte == b'.').map_or(Vec::new(), |at| last[at..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::{base, clean, dir, ext};

    #[test]
    fn paths_are_those_of_go() {
        for (given, cleaned) in [
            ("", "."),
            ("a//b/../c/.", "a/c"),
            ("/../a", "/a"),
            ("../../x", "../../x"),
            ("/", "/"),
            ("a/..", "."),
        ] {
            assert_eq!(clean(given.as_bytes()), cleaned.as_bytes(), "clean {given}");
        }
        assert_eq!((base(b"a/b/"), base(b"//"), base(b"")), (b"b".to_vec(), b"/".to_vec(), b".".to_vec()));
        assert_eq!((dir(b"/a"), dir(b"a"), dir(b"a/b/")), (b"/".to_vec(), b".".to_vec(), b"a/b".to_vec()));
        assert_eq!((ext(b"a.b/c"), ext(b"x.tar.gz")), (Vec::new(), b".gz".to_vec()));
    }
}
