//! Files of a runtime to a host, under a folder of their version: what is there with the right digest is not sent, and
//! what is equal is sent once.

use std::collections::{BTreeMap, BTreeSet};

use longshore_remote::{Host, Source, Upload, upload};

use crate::ask::Asking;
use crate::script::{BASE, Script};
use crate::{HostFile, RuntimeError, Watch};

const BRINGING: Asking<'_> =
    Asking { what: "Bringing the cluster's files", hint: "Look at the host's disk and try again." };

/// The digest of each file that is there, a line each.
const PROBE: &str = r#"
umask 022
h() {
  if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r; else sha256sum; fi
}
mkdir -p "$to/bin" "$to/cni" || exit 1
while read -r name; do
  [ -f "$to/$name" ] || continue
  digest=$(h <"$to/$name") || exit 1
  echo "${digest%% *} $name"
done
"#;

/// Names that stand for one file become links to it. Where SELinux watches, programs are labelled as such. All of it is
/// on the disk at the end: what is noted of the host afterwards holds after a power cut, too.
const LINK: &str = r#"
while read -r from name; do
  ln -f "$to/$from" "$to/$name.part" && mv -f "$to/$name.part" "$to/$name" || exit 1
done
if [ -e /sys/fs/selinux/enforce ] && command -v chcon >/dev/null; then chcon -R -t bin_t "$to/bin" "$to/cni" || exit 1; fi
sync -f "$to" 2>/dev/null || sync
"#;

/// Where a file lies below its version's folder.
pub(crate) fn place(name: &str) -> String {
    if name.starts_with("cni/") { name.to_owned() } else { format!("bin/{name}") }
}

/// A name that could lead out of its folder is nobody's program.
pub(crate) fn check(host: &dyn Host, files: &[HostFile]) -> Result<(), RuntimeError> {
    for file in files {
        let plain = file.name.strip_prefix("cni/").unwrap_or(&file.name);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if plain.is_empty() || plain.starts_with('.') || !plain.bytes().all(fits) {
            let why = format!("{:?} is no name of a program", file.name);
            return Err(BRINGING.failed(host, why));
        }
    }
    Ok(())
}

/// What is to be sent, and what becomes a link to something else: path to path.
fn sort<'a>(
    files: &'a [HostFile],
    there: &BTreeSet<(String, String)>,
) -> (Vec<&'a HostFile>, Vec<(String, String)>) {
    let mut first: BTreeMap<&str, String> = BTreeMap::new();
    for file in files {
        if there.contains(&(file.digest.clone(), place(&file.name))) {
            first.entry(&file.digest).or_insert_with(|| place(&file.name));
        }
    }
    let (mut send, mut links) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| !there.contains(&(file.digest.clone(), place(&file.name)))) {
        if let Some(path) = first.get(file.digest.as_str()) {
            links.push((path.clone(), place(&file.name)));
        } else {
            first.insert(&file.digest, place(&file.name));
            send.push(file);
        }
    }
    (send, links)
}

/// Bytes of files, equal ones once.
fn size(files: &[HostFile]) -> u64 {
    files.iter().map(|file| (file.digest.as_str(), file.size)).collect::<BTreeMap<_, _>>().values().sum()
}

/// Brings files into the folder of a version.
pub(crate) async fn bring(
    host: &dyn Host,
    version: &str,
    files: &[HostFile],
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let to = format!("{BASE}/{version}");
    let names: String = files.iter().map(|file| place(&file.name) + "\n").collect();
    let answer = BRINGING.root(host, Script::new().value("to", &to).piece(PROBE).text(), names).await?;
    let there = answer.stdout().lines().filter_map(|line| line.split_once(' ').map(owned)).collect();
    let (send, links) = sort(files, &there);
    let total = size(files);
    let mut done = total - send.iter().map(|file| file.size).sum::<u64>();
    watch.bytes(done, total);
    for file in send {
        let order = Upload {
            source: Source::File(file.source.clone()),
            to: format!("{to}/{}", place(&file.name)),
            mode: 0o755,
            root: true,
        };
        upload(host, &order, &|bytes| watch.bytes(done + bytes, total)).await?;
        done += file.size;
    }
    let lines: String = links.iter().map(|(from, name)| format!("{from} {name}\n")).collect();
    BRINGING.root(host, Script::new().value("to", &to).piece(LINK).text(), lines).await?;
    watch.bytes(total, total);
    Ok(())
}

fn owned((digest, name): (&str, &str)) -> (String, String) {
    (digest.to_owned(), name.to_owned())
}
