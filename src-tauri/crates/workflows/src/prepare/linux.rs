//! What a plan for Linux hosts is made from besides what every plan is.

use std::collections::BTreeMap;

use longshore_bundle::ImageRecord;
use longshore_contract::ImageChange;
use longshore_managers::linux::ClusterContent;

use crate::plan::{ClusterWanted, ImagesWanted};

/// The cluster of a site of Linux hosts, before and after a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Linux {
    /// What steps on its hosts work by.
    pub content: ClusterContent,
    /// What the run makes or changes of it; `None` when it stays.
    pub wanted: Option<ClusterWanted>,
    /// Hosts to which the application's images go by themselves, each with the bytes that it lacks of them.
    pub hosts: BTreeMap<String, u64>,
}

impl Linux {
    /// Name of a host's node.
    fn node(&self, host: &str) -> String {
        let mut members = self.content.spec.members.iter();
        members.find(|member| member.host == host).map(|member| member.node.clone()).unwrap_or_default()
    }

    /// Images straight to the hosts. Of what several hosts lack, most is the same, and goes to each.
    pub(super) fn images(&self, bundle: &str, images: &[&ImageRecord]) -> ImagesWanted {
        let mut missing: u64 = self.hosts.values().sum();
        let changes = images.iter().map(|image| {
            // What hosts lack is known over all images: it is told with the first.
            let missing_bytes = std::mem::take(&mut missing);
            ImageChange {
                reference: image.reference.clone(),
                destination: image.reference.clone(),
                bytes: image.size(),
                missing_bytes,
            }
        });
        ImagesWanted {
            bundle: bundle.to_owned(),
            images: changes.collect(),
            pull_secret: false,
            hosts: self.hosts.keys().map(|host| (host.clone(), self.node(host))).collect(),
        }
    }
}
