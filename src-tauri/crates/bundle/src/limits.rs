//! What a bundle may ask of the machine that reads it.

/// Bounds of an import. The defaults leave room above the largest bundles that are known (30 GB, single layers
/// of 5 GB, some hundred images) and keep memory below what a laptop does not notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Members, those of archives inside the bundle among them.
    pub members: usize,
    /// Blobs, and as many tags.
    pub blobs: usize,
    /// Images.
    pub images: usize,
    /// Files for hosts.
    pub files: usize,
    /// Bytes of a member's name.
    pub name: usize,
    /// Bytes of `airgap.yaml`, of a manifest, of an image's config.
    pub small: u64,
    /// Bytes of the release archive.
    pub release: u64,
    /// Bytes of the release archive once unpacked; each chart in it may have as many.
    pub release_unpacked: u64,
    /// Bytes of any other member.
    pub member: u64,
    /// Bytes a bundle may unpack to, whatever its own size.
    pub unpacked: u64,
    /// Bytes it may unpack to besides, for each of its own bytes. Gzip reaches 1032 on zeros; images stay below 20.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 1_000_000,
            blobs: 200_000,
            images: 10_000,
            files: 10_000,
            name: 1024,
            small: 4 << 20,
            release: 64 << 20,
            release_unpacked: 128 << 20,
            member: 128 << 30,
            unpacked: 256 << 20,
            ratio: 100,
        }
    }
}

impl Limits {
    /// Bytes that a bundle of `size` bytes may unpack to.
    pub fn unpacked_of(&self, size: u64) -> u64 {
        self.unpacked.saturating_add(size.saturating_mul(self.ratio))
    }
}
