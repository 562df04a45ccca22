//! An image with a shell and a few programs, made on the lab's host of its own files.

use std::sync::Mutex;

use anyhow::{Result, anyhow};

use crate::Lab;

/// The image; the kubelet never pulls it.
pub const IMAGE: &str = "lab.longshore.example/tools:1";

/// Programs of the host with the libraries they need, as an archive that containerd imports.
const SCRIPT: &str = r#"set -e
d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && cd "$d"
mkdir -p root/bin root/lib64 root/etc root/tmp
echo tools > root/etc/tools.conf
for p in sh cat echo find ls sleep tar true false; do
  f=$(command -v $p) || continue
  case $f in /*) ;; *) f=/bin/$p ;; esac
  cp -L "$f" root/bin/$p
  ldd "$f" | tr ' \t' '\n\n' | grep '^/' | while read -r l; do mkdir -p "root${l%/*}" && cp -L "$l" "root$l"; done
done
tar -C root -cf layer.tar .
s=$(sha256sum layer.tar | cut -d' ' -f1)
printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$s" > config.json
printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" > manifest.json
tar -cf image.tar config.json manifest.json layer.tar
ctr -n k8s.io images import image.tar"#;

/// Brings the image to the lab, once in a process.
///
/// # Errors
/// When it cannot be made or imported.
pub fn bring(lab: &Lab) -> Result<()> {
    static BROUGHT: Mutex<bool> = Mutex::new(false);
    let mut brought = BROUGHT.lock().map_err(|_| anyhow!("bringing the image failed before"))?;
    if !*brought {
        lab.on_host(&["sh", "-c", SCRIPT, "sh", IMAGE])?;
        *brought = true;
    }
    Ok(())
}
