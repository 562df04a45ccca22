//! Bare hosts of the lab as members of a cluster, and what a vendor carries for them.

use std::process::Command;
use std::sync::Arc;

use longshore_contract::HostRole;
use longshore_lab::{BareHosts, ClusterParts, Kubernetes, Place, cluster_parts};
use longshore_remote::{Destination, NoSecrets, SshConfig, SshHost};
use longshore_runtime::{ClusterSpec, HostFile, Member, MemberSpec, Watch};
use sha2::{Digest as _, Sha256};

pub const REPOSITORY: &str = "registry.example/kubernetes";

/// Shows the lines when a test fails.
pub struct Print;

impl Watch for Print {
    fn line(&self, text: &str) {
        println!("      {text}");
    }

    fn bytes(&self, _: u64, _: u64) {}
}

/// A version of Kubernetes, ready to be brought.
pub struct Carried {
    pub parts: ClusterParts,
    pub files: Vec<HostFile>,
}

impl Carried {
    pub fn of(kubernetes: Kubernetes) -> Self {
        let parts = cluster_parts(&Place::here(), kubernetes, REPOSITORY).expect("the lab has Kubernetes");
        let file = |(name, _, source): &(String, String, std::path::PathBuf)| {
            let bytes = std::fs::read(source).expect("the file can be read");
            let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            HostFile { name: name.clone(), source: source.clone(), digest, size: bytes.len() as u64 }
        };
        let files = parts.files.iter().map(file).collect();
        Self { parts, files }
    }

    /// Gives the images to the hosts' container runtime, as somebody does before a cluster is made.
    pub fn import(&self, hosts: &BareHosts) {
        for host in 0..hosts.count() {
            let archive = hosts.root(host).join("var/tmp/images.tar");
            let tar = Command::new("tar")
                .arg("-C")
                .arg(&self.parts.layout)
                .arg("-cf")
                .arg(&archive)
                .arg(".")
                .status();
            assert!(tar.expect("tar starts").success(), "the images cannot be packed");
            let import = ["ctr", "-n", "k8s.io", "images", "import", "/var/tmp/images.tar"];
            hosts.on_host(host, &import).expect("they are imported");
            std::fs::remove_file(archive).expect("the archive can be removed");
        }
    }

    pub fn spec(&self, members: &[Member]) -> ClusterSpec {
        ClusterSpec {
            name: "tidewater".to_owned(),
            version: self.parts.version.clone(),
            image_repository: REPOSITORY.to_owned(),
            images: self.parts.images.clone(),
            data_directory: "/var/lib/tidewater".to_owned(),
            pod_cidr: "10.244.0.0/17".to_owned(),
            service_cidr: "10.244.128.0/17".to_owned(),
            endpoint: format!("{}:6443", members[0].spec.address),
            names: Vec::new(),
            http_proxy: String::new(),
            https_proxy: String::new(),
            no_proxy: String::new(),
            members: members.iter().map(|member| member.spec.clone()).collect(),
            overrides: String::new(),
        }
    }
}

/// A host, by SSH as root.
pub fn member(hosts: &BareHosts, number: usize, role: HostRole) -> Member {
    let folder = hosts.key().parent().expect("the key lies in a folder").to_owned();
    let file = folder.join(format!("ssh_config{number}"));
    let text = format!(
        "Host host{number}\nHostName {}\nUser root\nIdentityFile {}\nIdentityAgent none\nUserKnownHostsFile {}\n\
         GlobalKnownHostsFile none\nConnectTimeout 10\n",
        hosts.address(number),
        hosts.key().display(),
        hosts.known_hosts().display()
    );
    std::fs::write(&file, text).expect("it can be written");
    let config = SshConfig { files: vec![file], home: folder, ..SshConfig::empty() };
    let name = Destination { host: format!("host{number}"), user: None, port: None };
    let route = config.route(&name).expect("the configuration is good");
    let address = hosts.address(number);
    Member {
        host: Arc::new(SshHost::new(route, Arc::new(NoSecrets))),
        spec: MemberSpec {
            host: address.clone(),
            node: hosts.name(number),
            address: address.parse().expect("it is an address"),
            role,
        },
    }
}
