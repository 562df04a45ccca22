//! Where links lead. They are followed by name only, so one that leads out of the bundle leads nowhere.

use std::collections::BTreeMap;

/// Links that are followed one after another.
const HOPS: usize = 16;

/// The name of a member in its one form; none when it leads out.
pub(super) fn clean(name: &str) -> Option<String> {
    let leads_out = name.starts_with('/') || name.contains('\\') || name.split('/').any(|part| part == "..");
    (!leads_out).then(|| joined("", name)).flatten()
}

/// A path seen from a folder; none when it leads out.
pub(super) fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The path that a path is another name of, by the links of a bundle; itself if there is none on its way.
pub(super) fn resolved(path: &str, links: &BTreeMap<String, String>) -> Option<String> {
    let mut path = path.to_owned();
    for _ in 0..HOPS {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        let link =
            ends.map(|end| &path[..end]).find_map(|name| links.get(name).map(|target| (name.len(), target)));
        let Some((length, target)) = link else { return Some(path) };
        path = joined(target, path.get(length + 1..).unwrap_or_default())?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_inside() {
        let links: BTreeMap<String, String> =
            [("a/l", "b/f"), ("d", "b"), ("x", "y"), ("y", "x"), ("l2", "a/l")]
                .map(|(from, to)| (from.to_owned(), to.to_owned()))
                .into();
        for (path, leads) in [
            ("a/l", Some("b/f")),
            ("d/f", Some("b/f")),
            ("l2", Some("b/f")),
            ("x", None),
            ("b/f", Some("b/f")),
        ] {
            assert_eq!(resolved(path, &links).as_deref(), leads, "{path}");
        }
        assert_eq!(joined("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(joined("a", "../../c"), None);
        assert_eq!(joined("a", "/c"), None);
        assert_eq!(clean("./a//b").as_deref(), Some("a/b"));
        assert_eq!(clean("a/../b"), None);
    }
}
