//! `diskUsage`: the file system at a path, or at what there is of it.

use serde_json::json;

use super::{Asked, Built, Plan, Probe};

/// The path may be made later by the installation; the nearest folder above it tells where it will be.
const SH: &str = r#"
usage() {
  p=$1 n=0
  while [ ! -e "$R$p" ] && [ "$p" != / ] && [ "$n" -lt 50 ]; do
    case $p in */*) p=${p%/*} ;; *) p= ;; esac
    p=${p:-/} n=$((n + 1))
  done
  V at "$p"
  if s=$(stat -f -c '%S %b %f' "$R$p"); then V blocks "$s"
  else V kilobytes "$(df -P -k "$R$p" | awk 'NR > 1 { print $(NF - 4), $(NF - 3) }')"; fi
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/diskUsage", "diskUsage", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let path = asked.text("path");
    if !path.starts_with('/') {
        return Err(format!("path: {path:?} does not begin at the root of the file system"));
    }
    let path = if path == "/" { path } else { path.trim_end_matches('/') };
    let probe = Probe::of("usage", SH, vec![path.to_owned()]);
    let file = files(asked).remove(0);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.of(&probe)?;
        let numbers = |name: &str| -> Option<Vec<u64>> {
            told.value(name).ok()?.split(' ').map(|part| part.parse().ok()).collect()
        };
        let (total, used) = match (numbers("blocks").as_deref(), numbers("kilobytes").as_deref()) {
            (Some(&[size, all, free]), _) => {
                (all.checked_mul(size), all.saturating_sub(free).checked_mul(size))
            }
            (_, Some(&[all, used])) => (all.checked_mul(1024), used.checked_mul(1024)),
            _ => (None, None),
        };
        let (Some(total), Some(used)) = (total, used) else {
            return Err(format!("neither stat nor df tells the size of {}", told.value("at")?).into());
        };
        Ok(Built::json(file.clone(), &json!({ "total_bytes": total, "used_bytes": used })))
    }))
}
