//! What is on a host before anything is done to it, asked in one round trip.

use std::collections::{BTreeMap, BTreeSet};

use longshore_remote::Host;

use crate::ask::Asking;
use crate::note::{self, Note};
use crate::script::{BASE, Script};
use crate::{RuntimeError, RuntimeKind, Standing};

/// Bit of CAP_SYS_RESOURCE, of `linux/capability.h`.
const SYS_RESOURCE: u32 = 24;
const LOOKING: Asking<'_> = Asking {
    what: "Looking for Kubernetes",
    hint: "Check that systemd runs on the host and that the user may become root.",
};

/// Facts of a host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Survey {
    /// What is noted there of a cluster of ours.
    pub note: Option<Note>,
    /// Whether it got as far as being part of a cluster.
    pub joined: bool,
    /// Units of any Kubernetes and of containerd; whether we wrote them.
    pub units: BTreeMap<String, bool>,
    /// Programs of any Kubernetes; whether they are ours.
    pub programs: BTreeMap<String, bool>,
    /// What kubeadm writes, where it is there.
    pub paths: Vec<String>,
    /// The program that the kubelet's process runs.
    pub running: Option<String>,
    /// The program that the kubelet's name leads to.
    pub link: Option<String>,
    /// TCP ports that something listens on.
    pub listens: BTreeSet<u16>,
    /// Version of cgroups, 1 or 2.
    pub cgroup: u8,
    /// Whether processes there may have CAP_SYS_RESOURCE.
    pub resource: bool,
    /// Whether AppArmor's profiles can be loaded.
    pub apparmor: bool,
    /// Whether there is swap.
    pub swap: bool,
    /// Whether the kernel's configuration can be read.
    pub kernel_config: bool,
    /// Whether the limit of connections that are tracked cannot be set.
    pub conntrack_fixed: bool,
    /// Programs that a cluster needs and that are not there.
    pub lacks: Vec<String>,
    /// Paths that come and go with a cluster and are there.
    pub there: Vec<String>,
    /// What the host's containerd is set to.
    pub containerd: BTreeMap<String, String>,
}

impl Survey {
    /// Asks the host. `data` is the folder that the cluster's data are to lie in.
    pub(crate) async fn take(host: &dyn Host, data: &str) -> Result<Self, RuntimeError> {
        let script = Script::new().value("data", data).piece(include_str!("scripts/survey.sh")).text();
        let finished = LOOKING.root(host, script, "").await?;
        let mut survey = Self::parse(&finished.stdout());
        let noted = finished.stdout().lines().find_map(|line| line.strip_prefix("note ").map(str::to_owned));
        survey.note = noted.map(|text| note::read(host, &text)).transpose()?;
        Ok(survey)
    }

    /// All but the note. What is not understood is left out: a newer script says more.
    fn parse(text: &str) -> Self {
        let mut survey = Self::default();
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            survey.fact(word, rest);
        }
        survey
    }

    fn fact(&mut self, word: &str, rest: &str) {
        let named = || rest.rsplit_once(' ').map(|(name, whose)| (name.to_owned(), whose == "ours"));
        match word {
            "joined" => self.joined = true,
            "unit" => self.units.extend(named()),
            "program" => self.programs.extend(named()),
            "path" => self.paths.push(rest.to_owned()),
            "running" => self.running = Some(rest.to_owned()),
            "link" => self.link = Some(rest.to_owned()),
            "listens" => self.listens.extend(u16::from_str_radix(rest, 16).ok()),
            "cgroup" => self.cgroup = rest.parse().unwrap_or_default(),
            "capabilities" => {
                self.resource = u64::from_str_radix(rest, 16).is_ok_and(|set| set >> SYS_RESOURCE & 1 == 1);
            }
            "apparmor" => self.apparmor = true,
            "swap" => self.swap = true,
            "kernel-config" => self.kernel_config = true,
            "conntrack-fixed" => self.conntrack_fixed = true,
            "lacks" => self.lacks.push(rest.to_owned()),
            "there" => self.there.push(rest.to_owned()),
            "containerd" => {
                if let Some((name, value)) = rest.split_once(' ') {
                    let value = value.trim().trim_matches(['"', '\'']).to_owned();
                    // A later section's `root` is a plugin's own: the first is containerd's.
                    self.containerd.entry(name.to_owned()).or_insert(value);
                }
            }
            _ => {}
        }
    }

    /// The containerd that the host had before us, as a service.
    pub(crate) fn has_containerd(&self) -> bool {
        self.units.get("containerd") == Some(&false)
    }

    /// A Kubernetes that `kind` did not bring, in a sentence.
    pub(crate) fn foreign(&self, kind: RuntimeKind) -> Option<String> {
        let noted = self.note.as_ref().map(|note| note.runtime);
        if let Some(other) = noted.filter(|noted| *noted != kind) {
            return Some(format!("a cluster that Longshore made with {other} is on it"));
        }
        // k0s writes its units itself, and they bear no mark of ours.
        let own = |name: &str| {
            noted == Some(RuntimeKind::K0s) && name.rsplit('/').next().unwrap_or(name).starts_with("k0s")
        };
        let others = |(name, ours): &(&String, &bool)| !**ours && !own(name) && *name != "containerd";
        let mut found: Vec<String> =
            self.units.iter().filter(others).map(|(name, _)| format!("{name}.service")).collect();
        found.extend(self.programs.iter().filter(others).map(|(path, _)| path.clone()));
        if noted != Some(RuntimeKind::Kubeadm) {
            found.extend(self.paths.iter().cloned());
        }
        let (last, rest) = found.split_last()?;
        let verb = if rest.is_empty() { "was" } else { "were" };
        let list = if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) };
        Some(format!("{list} {verb} not brought by Longshore"))
    }

    /// Where the host stands. A note without a version is of files that have not all arrived.
    pub(crate) fn standing(&self, kind: RuntimeKind) -> Standing {
        if let Some(what) = self.foreign(kind) {
            return Standing::Foreign { what };
        }
        let Some(note) = &self.note else { return Standing::Nothing };
        if note.version.is_empty() {
            return Standing::Nothing;
        }
        if !self.joined {
            return Standing::Placed { version: note.version.clone() };
        }
        let program = self.running.as_deref().or(self.link.as_deref());
        Standing::Joined {
            version: program.and_then(version_of).unwrap_or(&note.version).to_owned(),
            placed: note.version.clone(),
            role: note.role,
            running: self.running.is_some(),
        }
    }
}

/// The version that a program of ours lies under.
pub(crate) fn version_of(program: &str) -> Option<&str> {
    let rest = program.strip_prefix(BASE)?.strip_prefix('/')?;
    rest.split('/').next().filter(|version| version.starts_with('v'))
}

#[cfg(test)]
pub(crate) mod tests {
    use longshore_contract::HostRole;
    use longshore_remote::{Answer, ScriptedHost};
    use proptest::prelude::*;

    use super::*;

    /// A bare Debian with everything.
    pub(crate) const BARE: &str = "listens 0016\nlistens 1F90\ncgroup 2\ncapabilities 000001ffffffffff\n\
        apparmor\nkernel-config\nthere /var/log/pods\n";
    /// A host of a container on an old kernel's cgroups.
    pub(crate) const NARROW: &str = "unit containerd other\nlistens 0016\ncgroup 1\ncapabilities 00000000feffffff\n\
        swap\nconntrack-fixed\nthere /etc/cni\nthere /etc/cni/net.d\nthere /etc/containerd\n\
        containerd disabled_plugins []\ncontainerd root \"/var/lib/containerd\"\ncontainerd state \"/run/containerd\"\n\
        containerd SystemdCgroup false\ncontainerd bin_dir \"/usr/lib/cni\"\n\
        containerd sandbox_image \"registry.k8s.io/pause:3.6\"\n";
    pub(crate) const NOTE: &str = "note {\"runtime\":\"kubeadm\",\"version\":\"v1.35.4\",\"role\":\"controller\",\
        \"node\":\"one\",\"dataDirectory\":\"/var/lib/tidewater\",\"containerd\":true,\"before\":[\"/var/log/pods\"]}\n";

    /// What is surveyed of a host that says this.
    pub(crate) async fn survey(says: &str) -> Survey {
        let host = ScriptedHost::new("one").answer(Answer::to("kernel-config").says(says.to_owned()));
        Survey::take(&host, "/var/lib/tidewater").await.expect("the host is surveyed")
    }

    #[tokio::test]
    async fn facts() {
        let bare = survey(BARE).await;
        assert!(bare.resource && bare.apparmor && bare.kernel_config, "a bare host can do everything");
        assert_eq!(bare.listens, BTreeSet::from([22, 8080]), "ports are hexadecimal there");
        let narrow = survey(NARROW).await;
        assert!(!narrow.resource && narrow.swap && narrow.conntrack_fixed, "a narrow host cannot");
        assert_eq!(narrow.containerd["root"], "/var/lib/containerd", "the first root is containerd's");
        assert!(narrow.has_containerd(), "it has its own");
    }

    #[tokio::test]
    async fn standings() {
        let k0s = NOTE.replace("kubeadm", "k0s");
        let running = format!("running {BASE}/v1.34.4/bin/kubelet\n");
        let table = [
            ("nothing", String::new()),
            ("files that have not all arrived", NOTE.replace("v1.35.4", "")),
            ("placed", NOTE.to_owned()),
            (
                "placed, half of a cluster",
                format!("{NOTE}path /etc/kubernetes/admin.conf\nunit kubelet ours\n"),
            ),
            ("joined", format!("{NOTE}joined\nrunning {BASE}/v1.35.4/bin/kubelet\n")),
            (
                "in the middle of an upgrade",
                format!("{NOTE}joined\n{running}link {BASE}/v1.35.4/bin/kubelet\n"),
            ),
            ("stopped", format!("{NOTE}joined\nlink {BASE}/v1.34.4/bin/kubelet\n")),
            ("a kubelet of a package", "unit kubelet other\nprogram /usr/bin/kubelet other\n".to_owned()),
            (
                "a cluster of somebody",
                "path /etc/kubernetes/admin.conf\npath /etc/kubernetes/kubelet.conf\n".to_owned(),
            ),
            ("k3s beside ours", format!("{NOTE}joined\n{running}unit k3s other\n")),
            ("another of our runtimes", k0s),
            ("containerd alone", "unit containerd other\n".to_owned()),
        ];
        let mut standings = String::new();
        for (name, says) in table {
            let standing = survey(&says).await.standing(RuntimeKind::Kubeadm);
            standings.push_str(&format!("{name}: {standing:?}\n"));
        }
        insta::assert_snapshot!(standings);
    }

    #[tokio::test]
    async fn a_note_that_is_damaged_decides_nothing() {
        let host = ScriptedHost::new("one").answer(Answer::to("kernel-config").says("note {\"runtime\"\n"));
        let error = Survey::take(&host, "/srv").await.expect_err("it cannot be read").to_string();
        assert!(error.contains("/var/lib/longshore/cluster/note.json"), "the file is not named: {error}");
    }

    proptest! {
        #[test]
        fn any_answer_is_read(text in ".{0,200}", port in any::<u16>()) {
            let survey = Survey::parse(&format!("{text}\nlistens {port:04X}\nunit kubelet other\n"));
            prop_assert!(survey.listens.contains(&port), "a port is lost behind {:?}", text);
            prop_assert!(survey.foreign(RuntimeKind::Kubeadm).is_some(), "a kubelet is lost behind {:?}", text);
        }

        #[test]
        fn a_version_is_read_of_any_program(version in "v[0-9.+a-z]{1,12}", name in "[a-z/]{1,12}", junk in ".{0,40}") {
            let program = format!("{BASE}/{version}/bin/{name}");
            prop_assert_eq!(version_of(&program), Some(version.as_str()));
            let _ = version_of(&junk);
        }
    }

    #[tokio::test]
    async fn roles_are_kept() {
        let Standing::Joined { role, .. } =
            survey(&format!("{NOTE}joined\n")).await.standing(RuntimeKind::Kubeadm)
        else {
            panic!("it is joined");
        };
        assert_eq!(role, HostRole::Controller, "the note says so");
    }
}
