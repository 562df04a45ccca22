//! A host's containerd, spoken to by the `ctr` that comes with it: what it has, and what is given to it.
//!
//! Blobs lie in a folder of their own until the image they belong to is whole, as an OCI image layout; containerd
//! reads that as one stream, checks each digest and keeps what it did not have. Only what is sure to run on the host is
//! unpacked, too: the runtime does that when a pod first wants an image, and the rest would take its room twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use longshore_bundle::{BlobRecord, Digest};
use longshore_remote::{Command, Host, RemoteError, Source, Upload, upload};

use super::images::Wanted;

/// Folder on a host for blobs that are not in its containerd yet. What a push that was stopped leaves there, the next
/// one goes on with.
pub(super) const STAGING: &str = "/var/lib/longshore/images";
/// Bytes of an answer that are kept: a host with a thousand images has some ten thousand blobs.
const ANSWER: usize = 16 << 20;

/// `c`: containerd's client for the images that Kubernetes runs. k0s, k3s and RKE2 carry their own.
const CLIENT: &str = r#"LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
if [ -S /run/k0s/containerd.sock ] && command -v k0s >/dev/null 2>&1; then c() { k0s ctr -n k8s.io "$@"; }
elif [ -S /run/k3s/containerd/containerd.sock ] && command -v k3s >/dev/null 2>&1; then c() { k3s ctr -n k8s.io "$@"; }
elif [ -S /run/k3s/containerd/containerd.sock ] && [ -x /var/lib/rancher/rke2/bin/ctr ]; then
c() { /var/lib/rancher/rke2/bin/ctr -a /run/k3s/containerd/containerd.sock -n k8s.io "$@"; }
elif [ -S /run/containerd/containerd.sock ] && command -v ctr >/dev/null 2>&1; then c() { ctr -n k8s.io "$@"; }
elif command -v ctr >/dev/null 2>&1; then echo 'containerd does not run there' >&2; exit 1
else echo 'there is no containerd' >&2; exit 1
fi
"#;

/// Why a host does not take images.
#[derive(Debug, thiserror::Error)]
pub(super) enum HostFault {
    /// The way there, or a file that goes over it.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// Its containerd, in words.
    #[error("{host}: {why}")]
    Containerd {
        /// The host.
        host: String,
        /// What happened.
        why: String,
        /// What to do.
        hint: &'static str,
    },
}

/// What a host has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Has {
    /// Its machine, as `uname -m` names it.
    pub(super) machine: String,
    /// Bytes free for what is staged.
    pub(super) free: u64,
    /// Digests of blobs in its containerd.
    blobs: BTreeSet<String>,
    /// Names of images, each with the digest it stands for.
    images: BTreeMap<String, String>,
}

impl Has {
    fn understood(answer: &str) -> Self {
        let mut has = Self::default();
        for line in answer.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("machine") => words.next().unwrap_or_default().clone_into(&mut has.machine),
                Some("free") => {
                    has.free =
                        words.next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default() * 1024;
                }
                Some("blob") => has.blobs.extend(words.next().map(str::to_owned)),
                // REF TYPE DIGEST …
                Some("image") => {
                    if let (Some(name), Some(digest)) = (words.next(), words.nth(1)) {
                        has.images.insert(name.to_owned(), digest.to_owned());
                    }
                }
                _ => {}
            }
        }
        has
    }

    /// Blobs of an image that it does not have.
    pub(super) fn lacks<'a>(&self, image: &'a Wanted) -> Vec<&'a BlobRecord> {
        image.blobs.iter().filter(|blob| !self.blobs.contains(&blob.digest.to_string())).collect()
    }

    /// Whether it has an image whole, under its name.
    pub(super) fn holds(&self, image: &Wanted) -> bool {
        self.images.get(&image.name).is_some_and(|digest| *digest == image.top.to_string())
            && self.lacks(image).is_empty()
    }

    /// Notes that it has an image now.
    pub(super) fn learn(&mut self, image: &Wanted) {
        self.blobs.extend(image.blobs.iter().map(|blob| blob.digest.to_string()));
        self.images.insert(image.name.clone(), image.top.to_string());
    }
}

/// Runs a script as root that wants containerd's client.
async fn ask(host: &dyn Host, script: String, input: Vec<u8>) -> Result<String, HostFault> {
    let command = Command::script(format!("{CLIENT}{script}")).stdin(input).as_root().idempotent();
    let finished = host.run(&command, ANSWER).await?;
    if finished.exit.is_success() {
        return Ok(finished.stdout());
    }
    let said = host.redactor().said(&finished.output.stderr);
    let why = if said.is_empty() { format!("the command ended with {}", finished.exit) } else { said };
    Err(HostFault::Containerd { host: host.name().to_owned(), hint: hint(&why), why })
}

fn hint(why: &str) -> &'static str {
    if why.contains("no space left") || why.contains("No space left") {
        "Free some space there, then push again to go on."
    } else if why.contains("containerd") {
        "Install or start containerd there, or push to a registry."
    } else {
        "Look at the host's containerd, then push again."
    }
}

/// Asks what is there.
pub(super) async fn has(host: &dyn Host) -> Result<Has, HostFault> {
    let script = format!(
        "mkdir -p {STAGING} && chmod 700 {STAGING} || exit 1\n\
         echo \"machine $(uname -m)\"\n\
         echo \"free $(df -Pk {STAGING} | tail -n 1 | {{ read -r a b c d e; echo \"$d\"; }})\"\n\
         l=$(c content ls -q) || exit 1\nprintf '%s\\n' \"$l\" | sed 's/^/blob /'\n\
         l=$(c images ls) || exit 1\nprintf '%s\\n' \"$l\" | sed -e 1d -e 's/^/image /'"
    );
    Ok(Has::understood(&ask(host, script, Vec::new()).await?))
}

/// Hexadecimal digits below a folder of ours: nothing in it wants quoting.
fn folder(image: &Wanted) -> String {
    format!("{STAGING}/{}", image.top.hex())
}

/// Makes the folder of an image.
pub(super) async fn begin(host: &dyn Host, image: &Wanted) -> Result<(), HostFault> {
    ask(host, format!("mkdir -p {}/blobs/sha256", folder(image)), Vec::new()).await.map(drop)
}

/// Brings a blob into the folder of its image; gives the bytes that went over the link.
pub(super) async fn bring(
    host: &dyn Host,
    image: &Wanted,
    digest: &Digest,
    from: PathBuf,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<u64, HostFault> {
    let to = format!("{}/blobs/sha256/{}", folder(image), digest.hex());
    let file = Upload { source: Source::File(from), to, mode: 0o600, root: true };
    Ok(upload(host, &file, progress).await?.sent)
}

/// Gives an image, whose missing blobs are in its folder, to containerd, and removes the folder.
pub(super) async fn give(host: &dyn Host, image: &Wanted) -> Result<(), HostFault> {
    let script = format!(
        "cd {} || exit 1\ncat >index.json && echo '{{\"imageLayoutVersion\":\"1.0.0\"}}' >oci-layout || exit 1\n\
         rm -f blobs/sha256/*.part\n\
         e=$(tar -cf - oci-layout index.json blobs | c images import --no-unpack - 2>&1) || {{ echo \"$e\" >&2; exit 1; }}\n\
         cd / && rm -rf {}",
        folder(image),
        folder(image)
    );
    ask(host, script, image.index.clone()).await.map(drop)
}

/// Unpacks an image, so that its first pod need not wait for that. Where it is not possible it is left to the runtime,
/// which knows the snapshotter it is configured with and says what is wrong.
pub(super) async fn unpack(host: &dyn Host, image: &Wanted) -> Result<(), HostFault> {
    ask(host, format!("c snapshots unpack {} >/dev/null 2>&1; :", image.top), Vec::new()).await.map(drop)
}

/// Removes the folder for what is staged, unless another push has something in it.
pub(super) async fn end(host: &dyn Host) -> Result<(), HostFault> {
    let script = format!("rmdir {STAGING} 2>/dev/null && rmdir /var/lib/longshore 2>/dev/null; :");
    ask(host, script, Vec::new()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::Has;

    #[test]
    fn an_answer_is_understood() {
        let has = Has::understood(
            "machine x86_64\nfree 1000\nblob sha256:aa\nblob sha256:bb\n\
             image docker.io/library/web:1 application/vnd.oci.image.manifest.v1+json sha256:aa 1.2 MiB linux/amd64 -\n",
        );
        assert_eq!((has.machine.as_str(), has.free, has.blobs.len()), ("x86_64", 1_024_000, 2));
        assert_eq!(has.images["docker.io/library/web:1"], "sha256:aa");
    }
}
