//! References of images, as Docker reads them.

/// Docker's own registry, as references mean it that name none.
pub(crate) const DOCKER: &str = "index.docker.io";

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// `host[:port]`, as logins name it.
    pub(crate) registry: String,
    pub(crate) repository: String,
    /// Tag or digest.
    pub(crate) name: String,
}

impl Image {
    /// Reads one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "./:_-@".contains(c);
        if text.is_empty() || !text.chars().all(plain) {
            return None;
        }
        let (registry, path) = match text.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (if first == "docker.io" { DOCKER } else { first }, rest.to_owned())
            }
            Some(_) => (DOCKER, text.to_owned()),
            None => (DOCKER, format!("library/{text}")),
        };
        let (repository, name) = match path.split_once('@') {
            // A digest counts more than a tag beside it.
            Some((path, digest)) => (path.split(':').next().unwrap_or(path).to_owned(), digest.to_owned()),
            None => match path.rsplit_once(':') {
                Some((path, tag)) if !tag.contains('/') => (path.to_owned(), tag.to_owned()),
                _ => (path.clone(), "latest".to_owned()),
            },
        };
        Some(Self { registry: registry.to_owned(), repository, name })
    }

    /// `host[:port]` to ask at.
    pub(crate) fn host(&self) -> &str {
        if self.registry == DOCKER { "registry-1.docker.io" } else { &self.registry }
    }

    /// Whether it is on this machine, where registries are without TLS, as their clients see it.
    pub(crate) fn is_local(&self) -> bool {
        let host = self.registry.split(':').next().unwrap_or_default();
        host == "localhost" || host == "127.0.0.1"
    }

    /// Whether it is on this machine or in a private network, where upstream's client speaks without TLS.
    pub(crate) fn is_near(&self) -> bool {
        let host = self.registry.rsplit_once(':').map_or(self.registry.as_str(), |(host, _)| host);
        let address: Option<std::net::Ipv4Addr> = host.parse().ok();
        self.is_local()
            || host.ends_with(".localhost")
            || host.ends_with(".local")
            || address.is_some_and(|address| address.is_private() || address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_docker_reads_them() {
        for (text, host, repository, name, near) in [
            ("alpine", "registry-1.docker.io", "library/alpine", "latest", false),
            ("a/b:1.2", "registry-1.docker.io", "a/b", "1.2", false),
            ("docker.io/a/b", "registry-1.docker.io", "a/b", "latest", false),
            ("reg.example:5000/a/b", "reg.example:5000", "a/b", "latest", false),
            ("localhost:5000/a@sha256:00", "localhost:5000", "a", "sha256:00", true),
            ("10.2.3.4:5000/a/b:1@sha256:00", "10.2.3.4:5000", "a/b", "sha256:00", true),
        ] {
            let image = Image::of(text).expect(text);
            let found = (image.host(), image.repository.as_str(), image.name.as_str(), image.is_near());
            assert_eq!(found, (host, repository, name, near), "{text}");
        }
        assert_eq!(Image::of("a b"), None);
    }
}
