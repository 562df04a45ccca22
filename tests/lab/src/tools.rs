//! An image with a shell and a few programs, made on the lab's host of its own files.

use std::sync::Mutex;

use anyhow::{Result, anyhow};

use crate::Lab;

/// The image; the kubelet never pulls it.
pub const IMAGE: &str = "lab.longshore.example/tools:1";

/// Programs of the host with the libraries they need, as an archive that containerd imports. The host has no wget and the
/// cluster no DNS: a script asks, and finds services where the kubelet tells each pod that they are.
const SCRIPT: &str = r#"set -e
d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && cd "$d"
mkdir -p root/bin root/lib64 root/etc root/tmp
echo tools > root/etc/tools.conf
for p in sh bash cat echo find ls sleep tar true false; do
  f=$(command -v $p) || continue
  case $f in /*) ;; *) f=/bin/$p ;; esac
  cp -L "$f" root/bin/$p
  ldd "$f" | tr ' \t' '\n\n' | grep '^/' | while read -r l; do mkdir -p "root${l%/*}" && cp -L "$l" "root$l"; done
done
cat > root/bin/wget <<'END'
#!/bin/bash
rest=${@: -1}; rest=${rest#http://}; host=${rest%%/*}; name=${host%%.*}; name=${name^^}; place=${name//-/_}_SERVICE_HOST
exec 3<>"/dev/tcp/${!place}/${host##*:}" || exit 4
printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "${rest#*/}" "$host" >&3
read -r _ status _ <&3
while IFS= read -r line <&3 && [ "$line" != $'\r' ]; do :; done
[ "$status" = 200 ] || { echo "wget: server returned error: $status" >&2; exit 1; }
cat <&3
END
chmod 755 root/bin/wget
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
