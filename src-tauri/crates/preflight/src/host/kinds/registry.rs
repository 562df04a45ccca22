//! `registryImages`: whether a registry has images, asked from the host.
//!
//! Certificates are verified, unlike upstream: whoever pulls the image later verifies them too, and a password is not
//! shown to a stranger.

use serde_json::{Map, Value, json};

use super::curl::line;
use super::{Asked, Built, Plan, Probe, Stage};
use crate::collect::Refusal;
use crate::values::image::Image;

/// One image: $1 manifest's URL, $2 registry, $3 user and password as curl's configuration.
const SH: &str = r#"
image() {
  if ! has curl; then F 'curl is not on the host'; return; fi
  c='silent
show-error
include
max-time = 10
header = "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json"
'
  ask() { printf '%s%s\n' "$c" "$1" | curl -K - 2>&1; }
  code() { printf '%s\n' "$r" | awk '/^HTTP\// { s = $2 } END { print s }'; }
  u=$3
  if [ -z "$u" ]; then
    for f in "$DOCKER_CONFIG/config.json" "$HOME/.docker/config.json"; do
      [ -r "$f" ] || continue
      b=$(tr -d ' \t\n' <"$f" | sed -n "s|.*\"\(https://\)\{0,1\}$2\(/[^\"]*\)\{0,1\}\":{\"auth\":\"\([^\"]*\)\".*|\3|p")
      [ -z "$b" ] || { u="header = \"Authorization: Basic $b\""; break; }
    done
  fi
  r=$(ask "url = \"$1\"")
  if [ "$(code)" = 401 ]; then
    h=$(printf '%s\n' "$r" | tr -d '\r' | grep -i '^www-authenticate: *bearer' | head -n 1)
    if [ -n "$h" ]; then
      part() { printf '%s\n' "$h" | sed -n "s/.*$1=\"\([^\"]*\)\".*/\1/p"; }
      m=$(part realm)
      case $m in https://* | http://*) ;; *) m= ;; esac
      k=$(ask "$u
get
data-urlencode = \"service=$(part service)\"
data-urlencode = \"scope=$(part scope)\"
url = \"$m\"" | sed -n 's/.*"\(access_\)\{0,1\}token" *: *"\([^"]*\)".*/\2/p' | head -n 1)
      [ -z "$k" ] || u="header = \"Authorization: Bearer $k\""
    fi
    [ -z "$u" ] || r=$(ask "$u
url = \"$1\"")
  fi
  printf '%s\n' "$r" | T answer 20001
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/registry-images", "images", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let user = match asked.text("username") {
        "" => String::new(),
        name => line("user", &format!("{name}:{}", asked.text("password"))),
    };
    let mut images = Vec::new();
    for image in asked.texts("images") {
        let probe = reference(image).map(|(registry, url)| {
            Probe::of("image", SH, vec![url, registry, user.clone()]).within(45, Stage::Waiting)
        });
        images.push((image.to_owned(), probe));
    }
    let file = files(asked).remove(0);
    let probes = images.iter().filter_map(|(_, probe)| probe.clone()).collect();
    Ok(Plan::new(probes, move |facts| {
        let mut found = Map::new();
        for (image, probe) in &images {
            let value = match probe {
                None => json!({ "exists": false, "error": format!("{image:?} is no reference of an image") }),
                Some(probe) => match facts.of(probe) {
                    Ok(told) => answer(&told.text("answer")?),
                    Err(refusal) => return Err(Refusal::Failed(refusal.words().to_owned())),
                },
            };
            found.insert(image.clone(), value);
        }
        Ok(Built::json(file.clone(), &json!({ "images": found })))
    }))
}

/// Registry and URL of a reference's manifest.
fn reference(image: &str) -> Option<(String, String)> {
    let image = Image::of(image)?;
    let scheme = if image.is_local() { "http" } else { "https" };
    let url = format!("{scheme}://{}/v2/{}/manifests/{}", image.host(), image.repository, image.name);
    Some((image.registry, url))
}

fn answer(text: &str) -> Value {
    let status = text
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("HTTP/")?.split_whitespace().nth(1)?.parse::<u16>().ok());
    match status {
        Some(200) => json!({ "exists": true }),
        Some(404) if text.contains("MANIFEST_UNKNOWN") => json!({ "exists": false }),
        Some(404) if !text.contains("NAME_UNKNOWN") && !text.contains("errors") => json!({ "exists": false }),
        Some(status) => {
            let body = text.lines().last().unwrap_or_default().trim();
            json!({ "exists": false, "error": format!("the registry answers {status}: {body}") })
        }
        None => json!({ "exists": false, "error": text.lines().last().unwrap_or("no answer").trim() }),
    }
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn references_are_read_as_docker_reads_them() {
        for (image, url) in [
            ("alpine", "https://registry-1.docker.io/v2/library/alpine/manifests/latest"),
            ("a/b:1.2", "https://registry-1.docker.io/v2/a/b/manifests/1.2"),
            ("reg.example:5000/a/b", "https://reg.example:5000/v2/a/b/manifests/latest"),
            ("localhost:5000/a@sha256:00", "http://localhost:5000/v2/a/manifests/sha256:00"),
        ] {
            assert_eq!(reference(image).map(|(_, url)| url).as_deref(), Some(url), "{image}");
        }
        assert_eq!(reference("a b"), None);
    }
}
