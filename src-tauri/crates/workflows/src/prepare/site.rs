//! What the site holds now.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_bundle::{BundleRecord, ImageRecord};
use longshore_cluster::record::Installation;
use longshore_cluster::registry::{Registry, missing};
use longshore_cluster::{ApiError, ApiFault, Cluster};
use longshore_contract::{ErrorCode, ImageChange, RegistrySettings, WireError, chain};
use longshore_managers::airgap::push_image;
use longshore_release::Release;

use super::Linux;
use crate::plan::{Held, ImagesWanted};

/// A refusal of the API server while a plan is made.
pub(crate) fn unreadable(what: &str, error: &ApiError) -> WireError {
    let text = format!("{what}: {error}");
    match error.fault {
        ApiFault::Forbidden => {
            WireError::new(ErrorCode::MissingRights, text).hint("Grant the right that is named.")
        }
        ApiFault::Offline | ApiFault::Credential | ApiFault::Throttled => {
            WireError::new(ErrorCode::Unreachable, text)
                .hint("Check that the cluster answers, then try again.")
        }
        _ => WireError::bad_input(text).hint("The package or its config is refused by this cluster."),
    }
}

pub(super) async fn held(
    cluster: Option<&Arc<Cluster>>,
    namespace: &str,
    installed: Option<&Installation>,
) -> Result<Held, WireError> {
    let Some(cluster) = cluster else { return Ok(Held::default()) };
    let live = installed.and_then(Installation::live);
    let slug = installed.map(|record| record.slug.clone()).unwrap_or_default();
    let inventory = cluster.inventory(namespace, &slug).await;
    let inventory =
        inventory.map_err(|error| unreadable("The inventory of plain manifests cannot be read", &error))?;
    Ok(Held {
        cluster_uid: cluster.uid.clone(),
        version: live.map(|live| live.version.clone()),
        revision: installed.map_or(0, |record| record.revision),
        charts: live.map(|live| live.charts.clone()).unwrap_or_default(),
        manifests: inventory.len(),
        extensions: installed.map(|record| record.extensions.clone()).unwrap_or_default(),
    })
}

/// Images of the application: those that a bundle carries for a cluster of its own are none of them.
pub(crate) fn of_application<'a>(
    bundle: &'a BundleRecord,
    release: &Release,
) -> Result<Vec<&'a ImageRecord>, WireError> {
    let cluster = release.own_cluster().map_err(|error| WireError::bad_input(chain(&error)))?;
    let versions = cluster.iter().flat_map(|cluster| &cluster.versions);
    let of_cluster: BTreeSet<&String> = versions.flat_map(|version| &version.images).collect();
    Ok(bundle.images.iter().filter(|image| !of_cluster.contains(&image.reference)).collect())
}

pub(super) async fn images(
    bundle: &BundleRecord,
    release: &Release,
    registry: Option<&RegistrySettings>,
    linux: Option<&Linux>,
) -> Result<ImagesWanted, WireError> {
    let wanted = of_application(bundle, release)?;
    if wanted.is_empty() {
        return Ok(ImagesWanted::default());
    }
    if let (Some(linux), None) = (linux, registry) {
        return Ok(linux.images(&bundle.id, &wanted));
    }
    let settings = registry.ok_or_else(|| {
        WireError::bad_input("The bundle carries images, and the site names no registry for them")
            .hint("Name one with `longshore site update --registry HOST:PORT`.")
            .field("registry", "is needed for a bundle with images")
    })?;
    let unreachable = |error: &dyn std::error::Error| {
        WireError::new(ErrorCode::Unreachable, chain(error))
            .hint("Check the site's registry and its credentials.")
    };
    let opened = Registry::open(settings).await.map_err(|error| unreachable(&error))?;
    let images: Vec<_> = wanted.iter().map(|image| push_image(image, settings)).collect();
    let bytes = missing(&opened, &images).await.map_err(|error| unreachable(&error))?;
    let changes = images.iter().zip(bytes).map(|(image, missing_bytes)| {
        let tag = if image.tag.is_empty() { String::new() } else { format!(":{}", image.tag) };
        ImageChange {
            reference: image.reference.clone(),
            destination: format!("{}/{}{tag}", settings.address, image.repository),
            bytes: image.size(),
            missing_bytes,
        }
    });
    Ok(ImagesWanted {
        bundle: bundle.id.clone(),
        images: changes.collect(),
        pull_secret: !settings.username.is_empty(),
        hosts: Vec::new(),
    })
}
