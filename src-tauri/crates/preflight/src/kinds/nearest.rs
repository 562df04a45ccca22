//! What a misspelt name was probably meant to be.

/// The known name closest to another, if it is close enough to be meant.
pub(crate) fn nearest_of<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let most = (lower.chars().count() / 3).max(1);
    known
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove, replace or swap with the next one.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (at, letter) in left.iter().enumerate() {
        let mut row = vec![at + 1];
        for (other, candidate) in right.iter().enumerate() {
            let replaced = rows[at][other] + usize::from(letter != candidate);
            let mut least = replaced.min(rows[at][other + 1] + 1).min(row[other] + 1);
            let swapped = at > 0 && other > 0 && *letter == right[other - 1] && left[at - 1] == *candidate;
            if swapped {
                least = least.min(rows[at - 1][other - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names() {
        let known = ["memory", "diskUsage", "hostOS", "kernelModules"];
        for (name, nearest) in [
            ("memmory", Some("memory")),
            ("diskusage", Some("diskUsage")),
            ("hostos", Some("hostOS")),
            ("kernalModules", Some("kernelModules")),
            ("something", None),
        ] {
            assert_eq!(nearest_of(name, known.into_iter()), nearest, "{name}");
        }
    }
}
