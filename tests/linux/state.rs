//! How a site stands after a run, whatever happened on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{NAMESPACE, Yard, until};

const MINUTE: Duration = Duration::from_mins(1);

const LOOK: &str = r"
cd /; LC_ALL=C; export LC_ALL
find etc var/lib usr/local opt -xdev \( -path var/lib/dpkg -o -path var/lib/systemd -o -path var/lib/dbus \) -prune -o \
  \( -type f -o -type l \) -print 2>/dev/null | sort
systemctl list-unit-files --no-legend --type=service,socket,timer | sed 's/  */ /g' | sort
iptables-save 2>/dev/null | grep -E '^(-A|:)' | grep -vE '^:[A-Z]+ ACCEPT' | sed 's/\[[0-9:]*\]//' | sort
ip -o link show | sed -e 's/^[0-9]*: //' -e 's/@.*//' -e 's/:.*//' | sort
ip -4 route show | sort
cat /proc/sys/net/ipv4/ip_forward
mount | awk '{print $3}' | grep -E 'kubelet|containerd|longshore' | sort
";

impl Yard {
    /// What is on a host, as far as a reset must give it back: files that matter, units, rules, interfaces.
    pub(super) fn standing(&self, host: usize) -> String {
        self.hosts.on_host(host, &["sh", "-c", LOOK]).expect("the host answers")
    }

    /// All hosts are ready nodes at a version of Kubernetes that take pods, and a release of Tidewater is there with all
    /// that an undisturbed run makes of it, and answers.
    #[track_caller]
    pub(super) fn stands(&self, release: &str, kubernetes: &str) {
        let nodes: Vec<_> = (0..self.hosts.count())
            .map(|host| (self.hosts.name(host), kubernetes.to_owned(), true))
            .collect();
        assert_eq!(self.versions(), nodes, "every host is a node at that version, and ready");
        assert_eq!(self.cordoned(), [""; 0], "pods may come onto every node");
        self.finds_names();
        self.serves(release);
        insta::assert_snapshot!(format!("tidewater_{release}"), self.objects());
    }

    /// Every host reaches the cluster's own DNS, which knows the application's service.
    #[track_caller]
    fn finds_names(&self) {
        let address = |namespace: &str, service: &str| {
            self.kubectl(&["get", "service", service, "-n", namespace, "-o", "jsonpath={.spec.clusterIP}"])
        };
        let (dns, web) = (address("kube-system", "kube-dns"), address(NAMESPACE, "tidewater-web"));
        let question = question(&format!("tidewater-web.{NAMESPACE}.svc.cluster.local"));
        let ask = format!(
            "exec 3<>/dev/udp/{dns}/53; printf '{question}' >&3; timeout 2 dd bs=512 count=1 <&3 2>/dev/null | od -An -v -tu1"
        );
        let known: Vec<&str> = web.split('.').collect();
        for host in 0..self.hosts.count() {
            // Its pods may have come from another node a moment ago.
            until(&format!("an answer of the cluster's DNS to {}", self.hosts.name(host)), MINUTE, || {
                let answer = self.hosts.on_host(host, &["bash", "-c", &ask]).unwrap_or_default();
                let bytes: Vec<&str> = answer.split_whitespace().collect();
                // The only answer is the last thing in it, and ends with the address.
                bytes.ends_with(&known)
            });
        }
    }

    /// Names of the nodes that take no pods.
    pub(super) fn cordoned(&self) -> Vec<String> {
        let path = "jsonpath={range .items[?(@.spec.unschedulable==true)]}{.metadata.name}{\"\\n\"}{end}";
        self.kubectl(&["get", "nodes", "-o", path]).lines().map(str::to_owned).collect()
    }

    /// Objects of the application, and Helm's releases with how they stand.
    fn objects(&self) -> String {
        let kinds = "deployments,services,configmaps,jobs";
        let path = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.spec.template.spec.containers[*].image}{\"\\n\"}{end}";
        let objects = self.kubectl(&["get", kinds, "-n", NAMESPACE, "-o", path]);
        let path =
            "jsonpath={range .items[*]}{.metadata.labels.name} {.metadata.labels.status}{\"\\n\"}{end}";
        let live = "owner=helm,status notin (superseded,uninstalled)";
        let releases = self.kubectl(&["get", "secrets", "-n", NAMESPACE, "-l", live, "-o", path]);
        let lines: BTreeSet<&str> = objects.lines().chain(releases.lines()).map(str::trim).collect();
        lines.into_iter().collect::<Vec<_>>().join("\n")
    }

    /// Records of a run's journal.
    pub(super) fn records(&self, run: &str) -> Vec<serde_json::Value> {
        let said = self.ok(&["run", "follow", run, "--output", "json"]).out;
        let events = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        events.map(|event| event["body"]["record"].clone()).filter(|record| !record.is_null()).collect()
    }

    /// The hosts are as they were before, and the site knows of nothing that is on them.
    #[track_caller]
    pub(super) fn is_given_back(&self, before: &[String]) {
        let site = self.json(&["site", "show", "yard"]);
        assert!(site["summary"]["installed"].is_null(), "nothing is installed there any more: {site}");
        assert_eq!(site["kubernetes"]["clusterUid"], "", "the next cluster there is another one: {site}");
        for (host, before) in before.iter().enumerate() {
            let after = self.standing(host);
            let came: Vec<&str> =
                after.lines().filter(|line| !before.lines().any(|had| had == *line)).collect();
            let went: Vec<&str> =
                before.lines().filter(|line| !after.lines().any(|has| has == *line)).collect();
            let name = self.hosts.name(host);
            assert!(came.is_empty() && went.is_empty(), "{name} has more: {came:#?}; has no more: {went:#?}");
        }
    }
}

/// A question for the IPv4 address of a name, as `printf` writes it.
fn question(name: &str) -> String {
    let mut bytes = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).expect("a label is short"));
        bytes.extend(label.bytes());
    }
    bytes.extend([0, 0, 1, 0, 1]);
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
}
