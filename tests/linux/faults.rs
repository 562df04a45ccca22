//! What goes wrong on hosts in the middle of a run, and that the run goes on to the same end once it is mended.

use std::process::Child;
use std::time::Duration;

use super::{NAMESPACE, Said, Yard, is_full, until};

/// Time for a piece of a run on a busy machine.
const LONG: Duration = Duration::from_mins(20);
/// As large as its files, and too small for its images.
const SMALL: u32 = 64;
/// What an unwilling kubelet is started with.
const UNWILLING: &str = "mkdir -p /etc/systemd/system/kubelet.service.d && \
    printf '[Service]\\nExecStart=\\nExecStart=/usr/local/bin/kubelet --no-such-flag\\n' >/etc/systemd/system/kubelet.service.d/unwilling.conf";
const WILLING: &str = "rm -r /etc/systemd/system/kubelet.service.d && systemctl daemon-reload";

impl Yard {
    /// Whether a line of a run's log holds a text.
    fn has_said(&self, run: &str, text: &str) -> bool {
        let said = self.run(&["run", "log", run, "--search", text]);
        said.code == 0 && !said.out.trim().is_empty()
    }

    #[track_caller]
    fn reaches(&self, child: &mut Child, run: &str, step: &str, status: &str) {
        until(&format!("{step} {status}"), LONG, || {
            let code = child.try_wait().expect("it is ours");
            let reached = self.step(run, step)["status"] == status;
            assert!(
                reached || code.is_none(),
                "it ended before {step} was {status}: {:?}",
                self.json(&["run", "show", run])["failure"]
            );
            reached
        });
    }

    fn going(&self, words: &[String]) -> Child {
        self.start(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn ended(child: Child) -> Said {
    child.wait_with_output().expect("it ends").into()
}

#[track_caller]
fn holds(said: &str, texts: &[&str]) {
    for text in texts {
        assert!(said.contains(text), "{text:?} is told: {said}");
    }
}

/// The laptop's clock is an hour ahead; the disk for the cluster's data is too small at first; and the link is cut while
/// the cluster is made.
#[test]
fn an_install_outlives_a_wrong_clock_a_full_disk_and_a_cut_link() {
    let yard = Yard { ahead: 3600, ..Yard::new(1) };
    let data = "/var/lib/tidewater";
    yard.hosts.small_disk(0, data, SMALL).expect("there is a small disk");
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 3, "there is no room for it:\n{}", said.all());
    holds(&said.all(), &["Clock of this machine: The clock of the host is 60 min behind this machine's."]);
    let run = yard.newest();
    let failure = yard.json(&["run", "show", &run])["failure"].to_string();
    holds(&failure, &[&yard.hosts.address(0), "o space left on device", "Free some space"]);

    yard.hosts.free_disk(0, data).expect("there is room");
    let mut child = yard.going(&["run", "retry", &run].map(str::to_owned));
    yard.reaches(&mut child, &run, "cluster", "running");
    until("the work on the host", LONG, || {
        yard.hosts.on_host(0, &["systemctl", "is-active", "longshore-kubeadm-install-v1.34.4"]).is_ok()
    });
    yard.hosts.cut(0).expect("it is cut");
    until("that the link was lost", LONG, || yard.has_said(&run, "the link is made again"));
    yard.hosts.mend(0).expect("it is joined");
    let said = ended(child);
    assert_eq!(said.code, 0, "it goes on from there:\n{}", said.all());
    yard.stands("1.0.0", "v1.34.4");
    let made =
        yard.records(&run).into_iter().filter(|it| it["type"] == "stepDone" && it["step"] == "cluster");
    assert_eq!(made.count(), 1, "the cluster was made once");
}

/// The web server is on one host, whatever the scheduler would have made of it.
#[track_caller]
fn web_runs_on(yard: &Yard, host: usize) {
    let others: Vec<String> =
        (0..yard.hosts.count()).filter(|other| *other != host).map(|other| yard.hosts.name(other)).collect();
    let on_others = |verb: &'static str| {
        let words = [verb].into_iter().chain(others.iter().map(String::as_str));
        yard.kubectl(&words.collect::<Vec<_>>());
    };
    on_others("cordon");
    yard.kubectl(&["delete", "pods", "-n", NAMESPACE, "-l", "app=tidewater-web"]);
    yard.kubectl(&["rollout", "status", "deployment/tidewater-web", "-n", NAMESPACE, "--timeout=2m"]);
    on_others("uncordon");
}

/// Takes some ten minutes: in `cargo xtask test --full` only.
#[test]
fn an_upgrade_outlives_a_budget_an_unwilling_worker_and_a_reboot() {
    if !is_full() {
        return;
    }
    let yard = Yard::new(3);
    let said = yard.bring("install", "1.0.0");
    assert_eq!(said.code, 0, "the install:\n{}", said.all());
    web_runs_on(&yard, 1);
    let budget = ["poddisruptionbudget", "harbour", "-n", NAMESPACE];
    yard.kubectl(
        &[&["create"], &budget[..], &["--selector=app=tidewater-web", "--min-available=100%"]].concat(),
    );
    yard.hosts.on_host(1, &["sh", "-c", UNWILLING]).expect("the host answers");
    let child = yard.going(&Yard::words("upgrade", "1.1.0"));

    let blocks = "PodDisruptionBudget harbour in tidewater allows no disruption of tidewater-web";
    until("a drain that is blocked", LONG, || {
        let runs = yard.json(&["run", "list"]);
        runs["runs"][0]["workflow"] == "upgrade" && yard.has_said(&yard.newest(), blocks)
    });
    let run = yard.newest();
    yard.kubectl(&[&["delete"], &budget[..]].concat());

    let said = ended(child);
    assert_eq!(said.code, 3, "the worker's kubelet does not run:\n{}", said.all());
    let (stopped, after) = (yard.hosts.name(1), yard.hosts.name(2));
    let failure = yard.json(&["run", "show", &run])["failure"].to_string();
    let stays = format!("{stopped} stays cordoned");
    holds(&failure, &[&yard.hosts.address(1), "the kubelet ends again and again", "no-such-flag", &stays]);
    assert_eq!(yard.cordoned(), std::slice::from_ref(&stopped), "it takes no pods");
    for kind in ["drain", "upgrade"] {
        let step = yard.step(&run, &format!("{kind}@v1.35.4:{after}"));
        assert_eq!(step["status"], "pending", "{after} is not touched: {step}");
    }
    let versions: Vec<String> = yard.versions().into_iter().map(|(_, version, _)| version).collect();
    assert_eq!(versions[0], "v1.35.4", "the controller was before it: {versions:?}");
    assert_eq!(versions[2], "v1.34.4", "{after} is as it was: {versions:?}");

    yard.hosts.on_host(1, &["sh", "-c", WILLING]).expect("the host answers");
    let mut child = yard.going(&["run", "retry", &run].map(str::to_owned));
    yard.reaches(&mut child, &run, &format!("upgrade@v1.35.4:{after}"), "running");
    yard.hosts.reboot(2).expect("it comes up again");
    let said = ended(child);
    assert_eq!(said.code, 0, "it goes on over the reboot:\n{}", said.all());
    yard.stands("1.1.0", "v1.35.4");
}
