//! Images and registries, rewritten for where they are pulled from.

use crate::template::engine::function::{Answer, Call, Function, fixed, variadic};
use crate::template::engine::value::{Type, Value};

const S: Type = Type::Text;
const B: Type = Type::Bool;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("LocalImageName", &[S], |call| {
        let registry = &call.world.context.registry;
        let image = call.string(0);
        if registry.host.is_empty() {
            return call.give(image.into_bytes());
        }
        let image = Image::parse(&image);
        let parts = [registry.host.as_str(), &registry.namespace, &image.last_with_version()];
        call.give(joined(&parts).into_bytes())
    }),
    variadic("ReplicatedImageName", &[S], B, image_name),
    variadic("ReplicatedImageRegistry", &[S], B, image_registry),
];

fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

/// An image by its parts.
struct Image {
    host: String,
    path: String,
    tag: String,
    digest: String,
}

impl Image {
    /// Reads an image's name; without a host it is Docker Hub's.
    fn parse(image: &str) -> Self {
        let (name, digest) = image.split_once('@').unwrap_or((image, ""));
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match name[slash..].rfind(':') {
            Some(colon) => (&name[..slash + colon], &name[slash + colon + 1..]),
            None => (name, ""),
        };
        let (host, path) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
            _ => ("docker.io", name),
        };
        let is_library = host == "docker.io" && !path.contains('/');
        let path = if is_library { format!("library/{path}") } else { path.to_owned() };
        Self { host: host.to_owned(), path, tag: tag.to_owned(), digest: digest.to_owned() }
    }

    /// Tag or digest; a digest says more than a tag beside it.
    fn version(&self) -> String {
        match (self.tag.as_str(), self.digest.as_str()) {
            ("", "") => ":latest".to_owned(),
            (tag, "") => format!(":{tag}"),
            (_, digest) => format!("@{digest}"),
        }
    }

    fn last_with_version(&self) -> String {
        let last = self.path.rsplit('/').next().unwrap_or(&self.path);
        format!("{last}{}", self.version())
    }
}

/// Where images come from at this site.
enum Source {
    /// A registry of the site: address with namespace.
    Site(String),
    /// The vendor's proxy: its host and the application.
    Proxy(String, String),
    /// Where they have always been.
    Unchanged,
}

fn source(call: &Call<'_>) -> Source {
    let context = &call.world.context;
    if context.registry.has_local_registry {
        return Source::Site(joined(&[&context.registry.host, &context.registry.namespace]));
    }
    // Images that came in a bundle, and to no registry, lie on the hosts under the names that they have always had.
    if context.airgap {
        return Source::Unchanged;
    }
    let Some(release) = &context.release else { return Source::Unchanged };
    if call.bool(1) || release.app_slug.is_empty() {
        return Source::Unchanged;
    }
    Source::Proxy(release.default_domains.proxy(), release.app_slug.clone())
}

/// What is left of an image once the vendor's proxy is taken off it.
fn behind_proxy(call: &Call<'_>, image: &str) -> String {
    let Some(release) = &call.world.context.release else { return image.to_owned() };
    let prefix = format!("{}/proxy/{}/", release.default_domains.proxy(), release.app_slug);
    image.strip_prefix(&prefix).unwrap_or(image).to_owned()
}

fn image_name(call: &Call<'_>) -> Answer {
    let given = call.string(0);
    let name = match source(call) {
        Source::Site(address) => {
            let given = behind_proxy(call, &given);
            let (name, digest) = given.split_once('@').unwrap_or((&given, ""));
            let image = Image::parse(name);
            // Only hosts are dropped; a path that was left out stays left out.
            let path = name.strip_prefix(&format!("{}/", image.host)).unwrap_or(name);
            let digest = if digest.is_empty() { String::new() } else { format!("@{digest}") };
            format!("{}{digest}", joined(&[&address, path]))
        }
        Source::Proxy(host, _) if given.starts_with(&format!("{host}/")) => given,
        Source::Proxy(host, slug) => format!("{host}/proxy/{slug}/{given}"),
        Source::Unchanged => given,
    };
    call.give(name.into_bytes())
}

fn image_registry(call: &Call<'_>) -> Answer {
    let given = call.string(0);
    let name = match source(call) {
        Source::Site(address) => address,
        Source::Proxy(host, _) if given == host || given.starts_with(&format!("{host}/")) => given,
        Source::Proxy(host, slug) => format!("{host}/proxy/{slug}/{given}"),
        Source::Unchanged => given,
    };
    Ok(Value::text(name))
}
