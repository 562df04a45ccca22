use longshore_remote::{Answer, ScriptedHost};

use super::super::wanted::tests::spec;
use super::*;

/// Keeps nothing: what is told is for other tests.
struct Deaf;

impl Watch for Deaf {
    fn line(&self, _: &str) {}
    fn bytes(&self, _: u64, _: u64) {}
}

const BARE: &str = "\n@data\tmissing /var/lib\n@sysctl\tnet.ipv4.ip_forward 0\n@end\t\n";

fn host(says: &str) -> ScriptedHost {
    ScriptedHost::new("lsa1").answer(Answer::to("say end ''").says(says.to_owned()))
}

async fn refused(host: &ScriptedHost) -> RuntimeError {
    let spec = spec();
    let preparation = Preparation { spec: &spec, member: &spec.members[0], keep_swap: false };
    prepare(host, &preparation, &Deaf).await.expect_err("it cannot be prepared")
}

#[tokio::test]
async fn what_cannot_be_done_is_told() {
    let acts = "/var/lib/longshore/host.json";
    let hosts = [
        host("\n@data\tlink /mnt\n@end\t\n"),
        host("\n@data\tmode 755\n@kubernetes\tk3s.service runs\n@end\t\n"),
        host(BARE).answer(Answer::to(acts).complains("mkdir: No space left on device\n@piece 0\n").ends(1)),
        host(BARE)
            .answer(Answer::to(acts).complains("sh: /proc/sys: Read-only file system\n@piece 1\n").ends(1)),
        host(BARE).answer(Answer::to(acts).complains("").ends(100)),
        host(BARE).answer(Answer::to(acts)),
    ];
    let mut said = String::new();
    for host in &hosts {
        let error = refused(host).await;
        let hint = if let RuntimeError::Failed { hint, .. } = &error { hint.clone() } else { String::new() };
        said.push_str(&format!("{error}\n{hint}\n"));
    }
    insta::assert_snapshot!(said, @r"
        Preparing the host on lsa1 failed: the data folder /var/lib/tidewater is a symbolic link to /mnt
        Remove the link, or choose the folder that it leads to.
        lsa1 runs a Kubernetes already: k3s.service runs

        Preparing the host on lsa1 failed: the data folder /var/lib/tidewater is missing, and to correct that failed: mkdir: No space left on device
        Free some space on the host's disk, then retry.
        Preparing the host on lsa1 failed: net.ipv4.ip_forward is 0 instead of 1, and to correct that failed: sh: /proc/sys: Read-only file system
        The host forbids this even to root (a container, a read-only system); correct it by hand there, then retry.
        Preparing the host on lsa1 failed: its note /var/lib/longshore/host.json cannot be written: the command ended with status 100
        Correct it by hand on the host, then retry.
        Preparing the host on lsa1 failed: it was done and did not last: the data folder /var/lib/tidewater is missing; net.ipv4.ip_forward is 0 instead of 1; /etc/hosts does not hold the names of the cluster's hosts
        Something on the host sets it back; find out what (a configuration tool, a service).
        ");
    assert_eq!(hosts[1].commands().len(), 1, "a stranger's Kubernetes was touched");
}

#[test]
fn what_was_there_before_us_is_noted_once() {
    let known =
        super::super::change::Change::Sysctl { name: "net.ipv4.ip_forward".into(), before: "0".into() };
    let state = HostState { noted: vec![known], ..HostState::default() };
    let again =
        super::super::change::Change::Sysctl { name: "net.ipv4.ip_forward".into(), before: "7".into() };
    let other = super::super::change::Change::Fstab;
    let piece = Piece { lack: "all".into(), changes: vec![again, other.clone(), other], script: ":".into() };
    let script = script(&state, &[piece]);
    assert!(!script.contains("\"before\":\"7\""), "the first value is forgotten: {script}");
    assert_eq!(script.matches("\"kind\":\"fstab\"").count(), 1, "{script}");
    let noted = script.find("host.json").expect("it is noted");
    assert!(noted < script.find("(:)").expect("it is done"), "it is done before it is noted");
}
