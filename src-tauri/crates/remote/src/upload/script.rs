//! The scripts of an upload, of plain POSIX sh.

use super::Upload;
use super::segment::{BLOCK, SEGMENT};
use longshore_shell::quote;

/// `h`: the SHA-256 of its input as the first word, by whichever tool is there. The fastest is asked first:
/// OpenSSL uses what processors have for it, coreutils does not.
pub(crate) const DIGEST: &str = "\
h() {
if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r
elif command -v sha256sum >/dev/null 2>&1; then sha256sum
elif command -v shasum >/dev/null 2>&1; then shasum -a 256
elif command -v busybox >/dev/null 2>&1; then busybox sha256sum
else echo 'no program for SHA-256: openssl, sha256sum, shasum or busybox is wanted' >&2; return 127
fi
}
";

/// Names: `$t` the file, `$p` what it is called until it is whole.
fn names(to: &str) -> String {
    format!("t={}\np=$t.part\numask 077\nLC_ALL=C\nexport LC_ALL\n", quote(to))
}

fn place(upload: &Upload) -> String {
    format!("chmod {:o} \"$p\" && mv -f \"$p\" \"$t\"", upload.mode)
}

/// Everything for a small file, which comes as input.
pub(super) fn whole(upload: &Upload, digest: &str) -> String {
    format!(
        "{DIGEST}{}cat >\"$p\" || exit 1\nx=$(h <\"$p\") || exit 1\n\
         [ \"${{x%% *}}\" = {digest} ] || {{ echo \"its digest is ${{x%% *}} there and {digest} here\" >&2; exit 1; }}\n{}",
        names(&upload.to),
        place(upload)
    )
}

/// Says what is there of an earlier try and how much is free.
pub(super) fn probe(to: &str) -> String {
    let count = SEGMENT / BLOCK;
    format!(
        "{DIGEST}{}h </dev/null >/dev/null || exit 1\n\
         [ -d \"$t\" ] && {{ echo 'it is a directory' >&2; exit 1; }}\n\
         d=${{t%/*}}\n[ \"$d\" = \"$t\" ] && d=.\n\
         echo \"free $(df -Pk \"${{d:-/}}\" 2>/dev/null | tail -n 1)\"\n\
         if [ -f \"$p\" ]; then\ns=$(wc -c <\"$p\") || exit 1\ns=$((s))\necho \"size $s\"\ni=0\n\
         while [ $((i*{SEGMENT})) -lt $s ]; do\n\
         x=$(dd if=\"$p\" bs={BLOCK} skip=$((i*{count})) count={count} 2>/dev/null | h)\n\
         echo \"segment ${{x%% *}}\"\ni=$((i+1))\ndone\nelse : >\"$p\" || exit 1\nfi",
        names(to)
    )
}

/// Writes a segment, which comes as input, and says its digest as it is on the disk's side.
pub(super) fn segment(to: &str, index: u64, length: u64) -> String {
    let seek = index * (SEGMENT / BLOCK);
    let count = length.div_ceil(BLOCK);
    // Whole blocks need nobody to cut them: one process less that all bytes go through.
    let cut = if length.is_multiple_of(BLOCK) { String::new() } else { format!("head -c {length} | ") };
    format!(
        "{DIGEST}{}e=$(dd of=\"$p\" bs={BLOCK} seek={seek} conv=notrunc 2>&1) || {{ echo \"$e\" >&2; exit 1; }}\n\
         x=$(dd if=\"$p\" bs={BLOCK} skip={seek} count={count} 2>/dev/null | {cut}h) || exit 1\n\
         echo \"${{x%% *}}\"",
        names(to)
    )
}

/// Gives the whole file its name. What an earlier, longer file left behind its end is cut off.
pub(super) fn finish(upload: &Upload, size: u64) -> String {
    // After a lost answer the file may be in its place already.
    format!(
        "{}if [ ! -f \"$p\" ] && [ -f \"$t\" ] && [ $(($(wc -c <\"$t\"))) -eq {size} ]; then exit 0; fi\n\
         s=$(wc -c <\"$p\") || exit 1\n\
         [ $((s)) -gt {size} ] && {{ dd of=\"$p\" bs=1 seek={size} count=0 2>/dev/null || exit 1; }}\n\
         [ $(($(wc -c <\"$p\"))) -eq {size} ] || {{ echo 'somebody else wrote to it' >&2; exit 1; }}\n{}",
        names(&upload.to),
        place(upload)
    )
}
