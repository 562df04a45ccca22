//! Files to a host, the container runtime, and the ways between hosts' pods.

use longshore_contract::HostRole;

use super::files::{Containers, lines, routes_unit};
use super::{config, known, role, script};
use crate::admit::free;
use crate::ask::Asking;
use crate::bring::{bring, check};
use crate::note::Note;
use crate::script::Script;
use crate::survey::Survey;
use crate::{ClusterSpec, HostFile, Member, RuntimeError, RuntimeKind, Standing, Watch};

const PLACING: Asking<'_> = Asking {
    what: "Preparing the container runtime",
    hint: "Look at what the host's journal says of containerd, and try again.",
};
const CONNECTING: Asking<'_> = Asking {
    what: "Making ways to the other hosts' pods",
    hint: "Check that the hosts reach each other by the addresses they have in the cluster.",
};
/// What makes a container runtime.
const CONTAINERS: [&str; 4] = ["containerd", "containerd-shim-runc-v2", "ctr", "runc"];
const PROGRAMS: [&str; 3] = ["kubeadm", "kubelet", "kubectl"];

/// Files that this host gets. One with a container runtime of its own gets no second one.
fn choose(member: &Member, files: &[HostFile], ours: bool) -> Result<Vec<HostFile>, RuntimeError> {
    let is_containers = |file: &&HostFile| CONTAINERS.contains(&file.name.as_str());
    let chosen: Vec<HostFile> = files
        .iter()
        .filter(|file| ours || !is_containers(file))
        .filter(|file| !file.name.starts_with("k0s"))
        .cloned()
        .collect();
    let mut wanted = PROGRAMS.to_vec();
    if ours {
        wanted.extend(CONTAINERS);
    }
    let lacking: Vec<&str> =
        wanted.into_iter().filter(|name| chosen.iter().all(|file| file.name != *name)).collect();
    if lacking.is_empty() {
        return Ok(chosen);
    }
    let containers = lacking.iter().any(|name| CONTAINERS.contains(name));
    let hint = if containers {
        "Install containerd as a service on the host, or choose a release that brings it."
    } else {
        "Choose a release that brings Kubernetes."
    };
    let asking = Asking { what: "Bringing the cluster's files", hint };
    let why = if containers {
        format!(
            "the release does not bring {}, and the host has no containerd as a service",
            lacking.join(", ")
        )
    } else {
        format!("the release does not bring {}", lacking.join(", "))
    };
    Err(asking.failed(&*member.host, why))
}

/// Folder of the network's plugins: ours where they are brought, else the one that the host's containerd looks in.
fn plugins(files: &[HostFile], survey: &Survey, ours: bool) -> String {
    let brought = files.iter().any(|file| file.name.starts_with("cni/"));
    let theirs = survey.containerd.get("bin_dir").filter(|_| !brought && !ours);
    theirs.map_or("/opt/cni/bin", String::as_str).to_owned()
}

pub(super) async fn place(
    member: &Member,
    spec: &ClusterSpec,
    files: &[HostFile],
    watch: &dyn Watch,
) -> Result<(), RuntimeError> {
    let host = &*member.host;
    let (mut survey, standing) = known(member, spec).await?;
    config::check(spec, member, &survey)?;
    check(host, files)?;
    let noted = survey.note.clone();
    let mut note = noted.unwrap_or_else(|| Note::begin(RuntimeKind::Kubeadm, member, spec, &survey));
    let files = choose(member, files, note.containerd)?;
    if survey.note.is_none() {
        free(member, &survey, &[], spec.api_port())?;
        note.write(host).await?;
    }
    bring(host, &spec.version, &files, watch).await?;
    survey.note = Some(note.clone());
    let containers = Containers {
        ours: note.containerd,
        plugins: plugins(&files, &survey, note.containerd),
        survey: &survey,
        spec,
    };
    let stage = Script::new().value("version", &spec.version).piece(include_str!("scripts/stage.sh"));
    PLACING.root(host, stage.text(), lines(&containers.files())).await?;
    if !matches!(standing, Standing::Joined { .. }) {
        let start = script(member, spec, &survey, role(member))
            .value("plugins", &containers.plugins)
            .piece(include_str!("scripts/place.sh"));
        PLACING.root(host, start.text(), "").await?;
    }
    note.version.clone_from(&spec.version);
    note.write(host).await
}

/// A node's part of the pods' addresses and its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    node: String,
    subnet: String,
    address: String,
}

fn ways(text: &str) -> Vec<Way> {
    let way = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Way { node: words.next()?, subnet: words.next()?, address: words.next()? })
    };
    text.lines().filter_map(way).filter(|way| way.subnet.contains('/')).collect()
}

/// Gives every host the ways to the pods of the others.
pub(super) async fn connect(members: &[Member], spec: &ClusterSpec) -> Result<(), RuntimeError> {
    let Some(controller) = members.iter().find(|member| member.spec.role == HostRole::Controller) else {
        return Ok(());
    };
    let list = Script::new().value("version", &spec.version).piece(
        "path='{range .items[*]}{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type==\"InternalIP\")].address}{\"\\n\"}{end}'\n\
         /usr/local/bin/kubectl --cache-dir \"$base/cache\" --kubeconfig /etc/kubernetes/admin.conf --request-timeout=30s get nodes -o \"jsonpath=$path\"\n",
    );
    let ways = ways(&CONNECTING.root(&*controller.host, list.text(), "").await?.stdout());
    let connecting = members.iter().map(|member| {
        let others = ways.iter().filter(|way| way.node != member.spec.node);
        let routes: Vec<String> = others.map(|way| format!("{}={}", way.subnet, way.address)).collect();
        let text = Script::new()
            .value("routes", routes.join(" "))
            .value("keeper", include_str!("scripts/routes.sh"))
            .value("unit", routes_unit())
            .piece(include_str!("scripts/connect.sh"))
            .text();
        CONNECTING.root(&*member.host, text, "")
    });
    futures::future::try_join_all(connecting).await.map(drop)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ways_are_read(
            nodes in prop::collection::vec(("[a-z][a-z0-9-]{0,8}", any::<[u8; 4]>(), any::<[u8; 4]>()), 0..5),
        ) {
            let expected: Vec<Way> = nodes
                .into_iter()
                .map(|(node, [a, b, c, _], [d, e, f, g])| Way {
                    node,
                    subnet: format!("{a}.{b}.{c}.0/24"),
                    address: format!("{d}.{e}.{f}.{g}"),
                })
                .collect();
            let text: String =
                expected.iter().map(|way| format!("{} {} {}\n", way.node, way.subnet, way.address)).collect();
            prop_assert_eq!(ways(&text), expected);
        }

        #[test]
        fn any_text_is_read(text in ".{0,120}") {
            let _ = ways(&text);
        }
    }

    #[test]
    fn a_node_without_its_part_is_left_out() {
        assert_eq!(
            ways("one  10.0.0.1\ntwo 10.244.1.0/24 10.0.0.2\n").len(),
            1,
            "one has no addresses for pods yet"
        );
    }
}
