//! Debian's registry as a process of its own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use longshore_cluster::registry::PushImage;
use longshore_contract::RegistrySettings;

use crate::images::Library;

pub struct Docker {
    pub address: String,
    pub folder: tempfile::TempDir,
    process: Child,
}

impl Docker {
    /// Starts it; `more` is appended to its configuration.
    pub fn start(more: &str) -> Self {
        Self::start_with(|_| more.to_owned())
    }

    /// Starts it with a configuration that names files in its folder.
    pub fn start_with(more: impl FnOnce(&std::path::Path) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let address = format!("127.0.0.1:{port}");
        let config = format!(
            "version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    \
             rootdirectory: {}\n  delete:\n    enabled: true\nhttp:\n  addr: {address}\n  secret: always-the-same\n{}",
            folder.path().join("data").display(),
            more(folder.path()),
        );
        fs::write(folder.path().join("config.yml"), config).expect("its configuration");
        let process = process(&folder.path().join("config.yml"), &folder.path().join("log"));
        let mut docker = Self { address, folder, process };
        docker.answers();
        docker
    }

    fn answers(&mut self) {
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(&self.address).is_err() {
            let ended = self.process.try_wait().expect("its state");
            assert!(
                ended.is_none() && Instant::now() < until,
                "docker-registry does not answer: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill().expect("it ends");
        self.process.wait().expect("it has ended");
    }

    pub fn start_again(&mut self) {
        self.process = process(&self.folder.path().join("config.yml"), &self.folder.path().join("log"));
        self.answers();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data/docker/registry/v2")
    }

    /// That all of these images is there, byte for byte, in the registry's own files.
    pub fn holds(&self, library: &Library, images: &[PushImage]) {
        let file = |digest: &str| {
            let hex = digest.trim_start_matches("sha256:");
            fs::read(self.data().join(format!("blobs/sha256/{}/{hex}/data", &hex[..2]))).unwrap_or_default()
        };
        for image in images {
            let repository = self.data().join("repositories").join(&image.repository);
            for blob in image.blobs() {
                let link = repository
                    .join(format!("_layers/sha256/{}/link", blob.digest.trim_start_matches("sha256:")));
                assert!(link.exists(), "{} is in {}", blob.digest, image.repository);
                assert!(file(&blob.digest) == library.read(&blob.digest), "{} is what was sent", blob.digest);
            }
            for manifest in &image.manifests {
                let digest = &manifest.blob.digest;
                assert!(file(digest) == library.read(digest), "manifest {digest} is byte-equal");
            }
            let top = &image.manifests.last().expect("a manifest").blob.digest;
            let tag = repository.join(format!("_manifests/tags/{}/current/link", image.tag));
            assert_eq!(fs::read_to_string(tag).expect("the tag"), *top, "the tag is at the last manifest");
        }
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn process(config: &std::path::Path, log: &std::path::Path) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(log).expect("its log");
    let mut command = Command::new("docker-registry");
    command.arg("serve").arg(config).stdout(Stdio::null()).stderr(log).env("OTEL_TRACES_EXPORTER", "none");
    command.spawn().expect("docker-registry is needed on the PATH: install Debian's package of that name")
}

/// Settings for a registry that speaks plain HTTP.
pub fn plain(address: &str) -> RegistrySettings {
    RegistrySettings {
        address: address.to_owned(),
        push_address: None,
        namespace: String::new(),
        username: String::new(),
        password: None,
        insecure: true,
        ca: String::new(),
    }
}
