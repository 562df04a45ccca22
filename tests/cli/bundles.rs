//! What a vendor and an operator do with bundles: made, signed, verified, compared, pushed, written, moved.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use longshore_lab::fleet::Fleet;
use longshore_lab::{Lab, Place};
use serde_json::{Value, json};

use crate::operator::{Operator, bundle, target};

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A release's files and an OCI image layout with one image, as a vendor has them.
pub(super) struct Vendor {
    folder: tempfile::TempDir,
}

const IMAGE: &str = "registry.tidewater.example/web:1";

impl Vendor {
    fn new() -> Self {
        Self::with_layers(1, 70_000)
    }

    /// One whose image has so many layers of so many bytes.
    pub(super) fn with_layers(count: usize, size: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        longshore_sample::write_release("1.0.0", &folder.path().join("release"))
            .expect("its files are written");
        let vendor = Self { folder };
        vendor.layout(count, size);
        vendor
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an image by hand, so that no code of ours is on both sides.
    fn layout(&self, count: usize, size: usize) {
        let blobs = self.at("layout/blobs/sha256");
        fs::create_dir_all(&blobs).expect("made");
        let keep = |content: &[u8]| -> Value {
            let path = self.at("blob");
            fs::write(&path, content).expect("written");
            let said = Command::new("sha256sum").arg(&path).output().expect("it is hashed");
            let hex = String::from_utf8_lossy(&said.stdout)[..64].to_owned();
            fs::rename(&path, blobs.join(&hex)).expect("put there");
            json!({ "digest": format!("sha256:{hex}"), "size": content.len() })
        };
        let typed = |kind: &str, mut blob: Value| {
            blob["mediaType"] = format!("application/vnd.oci.image.{kind}").into();
            blob
        };
        // Of their own each time: registries and hosts remember those of earlier runs.
        let mut layers = Vec::new();
        for at in 0..count {
            let own = format!("{at} {:?}", SystemTime::now());
            layers.push(keep(&own.bytes().cycle().take(size).collect::<Vec<u8>>()));
        }
        let diffs: Vec<&Value> = layers.iter().map(|layer| &layer["digest"]).collect();
        let config = json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diffs } });
        let config = keep(config.to_string().as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": typed("config.v1+json", config),
            "layers": layers.into_iter().map(|layer| typed("layer.v1.tar", layer)).collect::<Vec<_>>(),
        });
        let mut manifest = typed("manifest.v1+json", keep(manifest.to_string().as_bytes()));
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": IMAGE });
        let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
        fs::write(self.at("layout/index.json"), index.to_string()).expect("written");
        fs::write(self.at("layout/oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("written");
    }

    pub(super) fn create(&self, operator: &Operator, to: &str, more: &[&str]) -> PathBuf {
        let file = self.at(to);
        let image = format!("{IMAGE}=oci:{}", text(&self.at("layout")));
        let (release, to) = (text(&self.at("release")), text(&file));
        let mut words = vec!["bundle", "create", &release, "--to", &to, "--image", &image];
        words.extend([
            "--app",
            "tidewater",
            "--release-version",
            "1.0.0",
            "--channel",
            "Stable",
            "--cursor",
            "1",
        ]);
        words.extend(more);
        operator.ok(&words);
        file
    }

    fn key(&self, operator: &Operator, name: &str) -> (String, String) {
        let file = text(&self.at(name));
        let made = operator.json(&["key", "generate", &file]);
        (file, made["fingerprint"].as_str().expect("it has a fingerprint").to_owned())
    }
}

fn signature(operator: &Operator, file: &Path) -> Value {
    operator.json(&["bundle", "show", &text(file)])["summary"]["signature"].clone()
}

#[test]
fn the_same_parts_make_the_same_bundle_and_what_it_carries_comes_out_again() {
    let (operator, vendor) = (Operator::new("creator"), Vendor::new());
    let (one, other) =
        (vendor.create(&operator, "one.airgap", &[]), vendor.create(&operator, "other.airgap", &[]));
    assert_eq!(fs::read(&one).expect("reads"), fs::read(&other).expect("reads"), "byte for byte");
    let detail = operator.json(&["bundle", "show", &text(&one)]);
    assert_eq!(detail["images"][0]["reference"], IMAGE, "{detail}");
    assert_eq!(detail["summary"]["version"], "1.0.0", "{detail}");
    let again = vendor.at("again.airgap");
    let id = detail["summary"]["id"].as_str().expect("it has an id");
    let written = operator.json(&["bundle", "export", id, "--to", &text(&again)]);
    assert_eq!(
        fs::read(&one).expect("reads"),
        fs::read(&again).expect("reads"),
        "written again it is the same file"
    );
    let said = Command::new("sha256sum").arg(&again).output().expect("it is hashed");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(
        written["outcome"]["sha256"].as_str(),
        said.split_whitespace().next(),
        "as it is said: {written}"
    );
    let refused = operator.run(&["bundle", "export", id, "--to", &text(&again)]);
    assert_eq!(refused.code, 2, "a file that is there is not overwritten: {}", refused.all());
    assert!(refused.all().contains("is there already"), "{}", refused.all());
}

#[test]
fn a_bundle_for_linux_sites_carries_what_its_cluster_names() {
    let (operator, vendor) = (Operator::new("clustered"), Vendor::new());
    let document = format!(
        "apiVersion: longshore.dev/v1beta1\nkind: Cluster\nspec:\n  kubeadm:\n    imageRepository: k8s.example\n    \
         versions: [{{ version: v1.35.4, images: ['{IMAGE}'], files: [{{ name: kubelet, path: cluster/kubelet }}] }}]\n"
    );
    fs::write(vendor.at("release/cluster.yaml"), document).expect("written");
    let (release, to) = (text(&vendor.at("release")), text(&vendor.at("refused.airgap")));
    let image = format!("{IMAGE}=oci:{}", text(&vendor.at("layout")));
    let words = ["bundle", "create", &release, "--to", &to, "--image", &image, "--app", "tidewater"];
    let refused = operator.run(&[&words[..], &["--release-version", "1.0.0"]].concat());
    assert_ne!(refused.code, 0, "it lacks a file: {}", refused.all());
    assert!(refused.all().contains("file kubelet as cluster/kubelet"), "it is named: {}", refused.all());

    fs::write(vendor.at("kubelet"), "not really").expect("written");
    let named = format!("cluster/kubelet={}", text(&vendor.at("kubelet")));
    let file = vendor.create(&operator, "clustered.airgap", &["--host-file", &named]);
    let detail = operator.json(&["bundle", "show", &text(&file)]);
    let cluster = json!({ "runtime": "kubeadm", "versions": ["v1.35.4"], "files": 1, "bytes": 10 });
    assert_eq!(detail["cluster"], cluster, "the bundle says what it brings: {detail}");
    let shown = operator.ok(&["bundle", "show", &text(&file)]);
    assert!(shown.out.contains("cluster kubeadm v1.35.4  1 files for hosts"), "{}", shown.all());
}

#[test]
fn the_first_signed_bundle_pins_its_key_and_another_one_is_never_taken() {
    let (operator, vendor) = (Operator::with_site("pinning"), Vendor::new());
    let (key, fingerprint) = vendor.key(&operator, "vendor.key");
    let signed = vendor.create(&operator, "signed.airgap", &["--key", &key]);
    let state = signature(&operator, &signed);
    assert_eq!(
        state,
        json!({ "type": "signed", "fingerprint": fingerprint, "comment": "tidewater 1.0.0", "pinned": true })
    );
    let keys = operator.json(&["key", "list"]);
    assert_eq!(keys["keys"][0]["fingerprint"], fingerprint, "the key came with it: {keys}");
    assert_eq!(operator.run(&["bundle", "verify", &text(&signed), "--signed"]).code, 0, "all of it is sound");

    let (other, stranger) = vendor.key(&operator, "other.key");
    let forged = vendor.create(&operator, "forged.airgap", &["--key", &other, "--required"]);
    let state = signature(&operator, &forged);
    assert_eq!(state, json!({ "type": "otherKey", "fingerprint": stranger, "pinned": fingerprint }));
    let refused = operator.run(&["install", "site", "--bundle", &text(&forged), "--yes"]);
    assert_eq!(refused.code, 9, "it is not installed: {}", refused.all());
    assert!(refused.all().contains(&stranger) && refused.all().contains(&fingerprint), "{}", refused.all());
    assert_eq!(operator.run(&["bundle", "verify", &text(&forged)]).code, 3, "and verifying says so");

    let refused =
        operator.run(&["key", "pin", "tidewater", "--bundle", &text(&forged), "--fingerprint", &fingerprint]);
    assert!(refused.all().contains("is not that of the key"), "a fingerprint is compared: {}", refused.all());
    operator.ok(&["key", "pin", "tidewater", "--bundle", &text(&forged), "--fingerprint", &stranger]);
    assert_eq!(signature(&operator, &forged)["pinned"], true, "once a person says so it is");
    assert_eq!(signature(&operator, &signed)["type"], "otherKey", "and the other one is not any more");
    operator.ok(&["key", "remove", "tidewater"]);
    let listed = operator.json(&["bundle", "list"]);
    let states =
        listed["bundles"].as_array().into_iter().flatten().map(|bundle| &bundle["signature"]["pinned"]);
    assert!(states.into_iter().all(|pinned| pinned == false), "forgotten, none is: {listed}");
    assert_eq!(
        signature(&operator, &signed)["pinned"],
        true,
        "and the next one that is imported pins its own"
    );
    let twice = vendor.create(&operator, "twice.airgap", &["--key", &other]);
    let state = signature(&operator, &twice);
    assert_eq!(state["fingerprint"], fingerprint, "what the vendor signed others may sign, too: {state}");
    assert_eq!(state["pinned"], true, "{state}");
}

#[test]
fn a_site_may_take_signed_bundles_only() {
    let (operator, vendor) = (Operator::with_site("signed-only"), Vendor::new());
    let unsigned = vendor.create(&operator, "unsigned.airgap", &[]);
    operator.ok(&["site", "update", "site", "--signed-only"]);
    let refused = operator.run(&["install", "site", "--bundle", &text(&unsigned), "--yes"]);
    assert_eq!(refused.code, 9, "{}", refused.all());
    assert!(refused.all().contains("takes signed bundles only"), "{}", refused.all());
    let (key, _) = vendor.key(&operator, "vendor.key");
    operator.ok(&["bundle", "sign", &text(&unsigned), "--key", &key]);
    assert_eq!(signature(&operator, &unsigned)["pinned"], true, "signed beside it and imported again it is");
    let planned = operator.run(&["install", "site", "--bundle", &text(&unsigned), "--plan-only"]);
    assert!(!planned.all().contains("takes signed bundles only"), "{}", planned.all());
    operator.ok(&["site", "update", "site", "--signed-only=false"]);
}

#[test]
fn a_release_tells_what_it_changes_against_another_and_against_a_site() {
    let operator = Operator::with_site("comparer");
    let (old, new) = (text(&bundle("1.0.0")), text(&bundle("1.1.0")));
    let diff = operator.json(&["bundle", "diff", &new, "--from", &old]);
    assert_eq!(
        (diff["from"]["version"].as_str(), diff["to"]["version"].as_str()),
        (Some("1.0.0"), Some("1.1.0"))
    );
    let names = |field: &str| -> Vec<String> {
        let list = diff[field].as_array().into_iter().flatten();
        list.map(|change| change["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert!(names("charts").contains(&"tidewater-cache".to_owned()), "a chart is added: {diff}");
    assert!(names("charts").contains(&"tidewater-legacy".to_owned()), "and one is gone: {diff}");
    assert!(diff["bytesToMove"].as_u64() > Some(0), "{diff}");
    assert!(diff["config"]["newlyRequired"].as_array().is_some_and(|names| !names.is_empty()), "{diff}");
    assert_eq!(diff["renderedProblem"], "", "{diff}");
    let rendered = names("rendered");
    let whole = |name: &String| name.contains(' ') && name.contains("tidewater-cache");
    assert!(rendered.iter().any(whole), "objects of the new chart: {rendered:?}");
    let same = operator.json(&["bundle", "diff", &new, "--from", &new]);
    assert_eq!(same["rendered"].as_array().map(Vec::len), Some(0), "what is generated is kept: {same}");
    let words = operator.ok(&["bundle", "diff", &new, "--from", &old, "--texts"]).out;
    assert!(words.contains("+ tidewater-cache") && words.contains("- tidewater-legacy"), "{words}");
    let nothing = operator.run(&["bundle", "diff", &new, "--site", "site"]);
    assert!(nothing.all().contains("Nothing is known to be installed"), "{}", nothing.all());
}

#[test]
fn images_go_to_a_registry_once() {
    let (operator, vendor) = (Operator::with_site("pusher"), Vendor::new());
    let file = vendor.create(&operator, "pushed.airgap", &[]);
    let registry = operator.lab.registry();
    let namespace = operator.namespace.name.clone();
    let push = || {
        let file = text(&file);
        let words = ["bundle", "push", &file, "--registry", &registry, "--registry-insecure"];
        operator.json(&[&words[..], &["--registry-namespace", &namespace]].concat())
    };
    let first = push();
    assert_eq!(first["outcome"]["images"], 1, "{first}");
    assert!(first["outcome"]["sent"].as_u64() > Some(70_000), "all of it: {first}");
    assert_eq!(push()["outcome"]["sent"], 0, "what is there is not sent again");

    // From the registry, into a library that knows nothing of it, comes the same image: the same bundle.
    let other = Operator::new("puller");
    let (release, pulled) = (text(&vendor.at("release")), vendor.at("pulled.airgap"));
    let make = |image: &str, to: &Path| {
        let to = text(to);
        let words = ["bundle", "create", &release, "--to", &to, "--image", image, "--registry", &registry];
        let meta =
            ["--app", "tidewater", "--release-version", "1.0.0", "--channel", "Stable", "--cursor", "1"];
        other.run(&[&words[..], &["--registry-insecure"], &meta].concat())
    };
    let said = make(&format!("{IMAGE}=registry:{registry}/{namespace}/web:1"), &pulled);
    assert_eq!(said.code, 0, "{}", said.all());
    let same = fs::read(&pulled).expect("reads") == fs::read(&file).expect("reads");
    assert!(same, "byte for byte what was made of the image layout");
    let said = make(&format!("{IMAGE}=registry:{registry}/{namespace}/web:2"), &vendor.at("none.airgap"));
    assert_ne!(said.code, 0, "{}", said.all());
    assert!(said.err.contains(&format!("{namespace}/web:2")), "it names the image: {}", said.all());
    let said = make(&format!("{IMAGE}=registry:../web"), &vendor.at("none.airgap"));
    assert!(said.err.contains("no reference of an image"), "{}", said.all());
    let left = fs::read_dir(vendor.folder.path()).expect("it is there").flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().contains("longshore-images"));
    assert_eq!(left.count(), 0, "nothing is left beside it");

    let elsewhere =
        operator.run(&["bundle", "push", &text(&file), "--registry", "127.0.0.1:1", "--registry-insecure"]);
    assert_eq!(elsewhere.code, 4, "{}", elsewhere.all());
    assert!(elsewhere.all().contains("127.0.0.1:1"), "{}", elsewhere.all());
}

#[test]
fn the_library_is_verified_healed_cleaned_and_moved() {
    let operator = Operator::new("librarian");
    let file = text(&bundle("1.0.0"));
    operator.ok(&["bundle", "import", &file]);
    let sound = operator.json(&["bundle", "verify"]);
    assert_eq!(sound["outcome"]["findings"], json!([]), "{sound}");
    let blobs = operator.data.path().join("library/blobs/sha256");
    let folder = fs::read_dir(&blobs).expect("lists").flatten().next().expect("there is one").path();
    let blob = fs::read_dir(folder).expect("lists").flatten().next().expect("there is one").path();
    fs::write(&blob, "damaged").expect("written");
    let damaged = operator.run(&["bundle", "verify", "--repair"]);
    assert_eq!(damaged.code, 3, "{}", damaged.all());
    assert!(damaged.all().contains("is damaged") && damaged.all().contains("Removed 1"), "{}", damaged.all());
    operator.ok(&["bundle", "import", &file]);
    assert_eq!(operator.run(&["bundle", "verify"]).code, 0, "importing it again brings it back");
    fs::create_dir_all(blobs.join("aa")).expect("made");
    fs::write(blobs.join("aa").join(format!("aa{}", "0".repeat(62))), "left").expect("written");
    assert_eq!(
        operator.json(&["bundle", "collect", "--dry-run"])["bytes"],
        4,
        "what no bundle needs is told"
    );
    assert_eq!(operator.json(&["bundle", "collect"])["removed"], true, "and removed");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let to = elsewhere.path().join("library");
    operator.ok(&["bundle", "move", &text(&to)]);
    assert!(to.join("bundles").is_dir(), "it is there now");
    assert_eq!(operator.run(&["bundle", "verify"]).code, 0, "and found from where it was");
}

/// Flags that enter the lab's host as an account.
fn way(account: &str) -> Vec<String> {
    let login = Lab::shared().login();
    let (key, known) = (text(&login.key), text(&login.known_hosts));
    let at = format!("{account}@{}", login.address);
    let words = ["--host", &at, "--ssh-config", "none", "-i", &key, "--known-hosts", &known];
    words.map(str::to_owned).to_vec()
}

#[test]
fn images_go_straight_into_the_containerd_of_a_host() {
    let (operator, vendor, lab) = (Operator::new("carrier"), Vendor::new(), Lab::shared());
    let on_host = |line: &str| lab.on_host(&["sh", "-c", line]).expect("the host does it");
    let file = text(&vendor.create(&operator, "one.airgap", &[]));
    let push = |file: &str, account: &str| {
        let mut words = vec!["bundle".to_owned(), "push".to_owned(), file.to_owned()];
        words.extend(way(account));
        words
    };
    let json = |words: &[String]| operator.json(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let first = json(&push(&file, "root"))["outcome"].clone();
    assert_eq!(first["images"], 1, "{first}");
    assert_eq!(first["sent"], first["size"], "the host had nothing of it: {first}");
    let again = json(&push(&file, "pilot"))["outcome"].clone();
    assert_eq!(again["sent"], 0, "by sudo, and all of it is there: {again}");
    assert_eq!(on_host(&format!("ctr -n k8s.io images ls -q name=={IMAGE}")).trim(), IMAGE);
    assert_eq!(on_host("ls -d /var/lib/longshore 2>/dev/null || true").trim(), "", "nothing is left staged");

    // One blob is gone, as after a broken disk: it alone is sent again.
    let read = |name: &str| -> Value {
        let text = fs::read(vendor.at(&format!("layout/{name}"))).expect("reads");
        serde_json::from_slice(&text).expect("JSON")
    };
    let hex = |part: &Value| part["digest"].as_str().expect("a digest").replace("sha256:", "");
    let manifest = read(&format!("blobs/sha256/{}", hex(&read("index.json")["manifests"][0])));
    let layer = &manifest["layers"][0];
    on_host(&format!("ctr -n k8s.io content rm sha256:{}", hex(layer)));
    let healed = json(&push(&file, "root"))["outcome"].clone();
    assert_eq!(healed["sent"], layer["size"], "{healed}");

    let said = operator.run(&push(&file, "visitor").iter().map(String::as_str).collect::<Vec<_>>());
    assert_ne!(said.code, 0, "{}", said.all());
    assert!(said.err.contains("takes images from root alone"), "{}", said.all());

    // What a vendor built runs there, though no registry knows it. The kubelet has never seen it: what it once pulled
    // from a registry it would want to pull again.
    let name = "registry.tidewater.example/afloat:1";
    let (file, mark) = (vendor.at("afloat.airgap"), format!("{:?}", SystemTime::now()));
    longshore_sample::build_marked(&file, &target().join("sample"), name, &mark).expect("it is built");
    json(&push(&text(&file), "root"));
    let space = lab.namespace("carrier");
    let (pod, image) = (format!("-n={}", space.name), format!("--image={name}"));
    lab.kubectl(&["create", "namespace", &space.name]).expect("made");
    lab.kubectl(&["wait", &pod, "--for=create", "serviceaccount/default", "--timeout=60s"])
        .expect("it is there");
    lab.kubectl(&["run", "afloat", &pod, &image, "--image-pull-policy=Never"]).expect("made");
    lab.kubectl(&["wait", &pod, "--for=condition=Ready", "pod/afloat", "--timeout=90s"]).expect("it runs");
}

#[test]
fn hosts_that_cannot_take_images_say_why() {
    let (operator, vendor) = (Operator::new("aground"), Vendor::new());
    let file = text(&vendor.create(&operator, "one.airgap", &[]));
    let mut fleet = Fleet::begin(&Place::here()).expect("a fleet");
    let host = fleet.host(22).expect("a host");
    fleet.wire(None, host).expect("a wire");
    fleet.start(host).expect("sshd");
    let (key, known) = (text(&fleet.key()), text(&fleet.known_hosts().expect("known hosts")));
    let at = format!("root@{}", fleet.address(host));
    let words =
        ["bundle", "push", &file, "--host", &at, "--host", "root@127.0.0.1:1", "--ssh-config", "none"];
    let mut words = words.to_vec();
    words.extend(["-i", &key, "--known-hosts", &known]);
    let said = operator.run(&words);
    assert_ne!(said.code, 0, "{}", said.all());
    assert!(said.err.contains("2 of 2 hosts did not get the images"), "{}", said.all());
    assert!(said.err.contains("containerd does not run there"), "the one says why: {}", said.all());
    assert!(said.err.contains("127.0.0.1:1"), "and the other does: {}", said.all());
}
