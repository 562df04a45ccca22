//! Links that are lost, and hosts that answer nonsense.

use std::sync::Mutex;

use longshore_remote::{Answer, RemoteError, ScriptedHost};

use super::*;

#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

impl Kept {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("nobody panicked with it").clone()
    }
}

impl Watch for Kept {
    fn line(&self, text: &str) {
        self.0.lock().expect("nobody panicked with it").push(text.to_owned());
    }
    fn bytes(&self, _: u64, _: u64) {}
}

fn job() -> Job {
    Job {
        id: "r1.join".into(),
        title: "Joining".into(),
        script: "kubeadm join".into(),
        input: Bytes::new(),
        limit: Duration::from_mins(10),
    }
}

/// Answers of a host on which jobs start.
fn starts(host: ScriptedHost) -> ScriptedHost {
    host.answer(Answer::to("systemd-run --quiet").says("@longshore-job began\n"))
}

fn looks() -> Answer {
    Answer::to("more()")
}

async fn result(host: &ScriptedHost) -> (Result<(), RuntimeError>, Vec<String>) {
    let kept = Kept::default();
    let result = run(host, &job(), &kept).await;
    (result, kept.lines())
}

#[tokio::test(start_paused = true)]
async fn a_host_that_shuts_down_is_waited_for() {
    let host = ScriptedHost::new("lsa1")
        .answer(Answer::to("systemd-run --quiet").says("@longshore-job leaves\n").times(2))
        .answer(Answer::to("systemd-run --quiet").cuts().times(3))
        .answer(looks().says("one\n").complains("@longshore-job ended 0 900000\n"));
    let (ran, lines) = result(&starts(host)).await;
    ran.expect("it succeeds once the host is there again");
    assert!(
        lines[0].contains("lsa1: the connection was lost while Joining (the host is shutting down)"),
        "{lines:?}"
    );
    assert_eq!(lines[1..], ["The host answers again.", "one"], "it is told once, however often it was asked");
}

#[tokio::test(start_paused = true)]
async fn a_line_that_a_cut_divides_is_told_once() {
    let host = ScriptedHost::new("lsa1")
        .answer(Answer::to("systemd-run --quiet").cuts().times(2))
        .answer(looks().says("one\ntw").cuts().times(1))
        .answer(looks().cuts().times(3))
        .answer(looks().says("o\nthree").complains("@longshore-job runs\n").times(1))
        .answer(looks().complains("noise\n@longshore-job ended 0 900000\n"));
    let (ran, lines) = result(&starts(host.clone())).await;
    ran.expect("it succeeds");
    let told: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.contains("link")).collect();
    assert_eq!(told, ["The host answers again.", "one", "The host answers again.", "two", "three"]);
    let cursors: Vec<String> = host
        .commands()
        .iter()
        .filter_map(|script| script.lines().find_map(|line| line.strip_prefix("c=").map(str::to_owned)))
        .filter(|cursor| cursor.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    assert_eq!(cursors, ["0", "6", "6", "6", "6", "13"], "it is read on from elsewhere");
}

#[tokio::test(start_paused = true)]
async fn an_outage_ends_when_the_job_must_have() {
    for look in [looks().cuts(), looks().hangs()] {
        let before = tokio::time::Instant::now();
        let (ran, lines) = result(&starts(ScriptedHost::new("lsa1").answer(look))).await;
        let error = ran.expect_err("the link never comes back");
        assert!(
            matches!(
                error,
                RuntimeError::Remote(RemoteError::LinkLost { .. } | RemoteError::CommandTimeout { .. })
            ),
            "{error:?}"
        );
        let took = before.elapsed();
        assert!((Duration::from_mins(14)..Duration::from_mins(18)).contains(&took), "it took {took:?}");
        assert_eq!(lines.len(), 1, "an outage is told once: {lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_host_lacks_is_told() {
    let begin = |said: &str, status: i32| {
        ScriptedHost::new("lsa1")
            .answer(Answer::to("systemd-run --quiet").complains(said.to_owned()).ends(status))
    };
    let hosts = [
        begin("the host has no systemd-run\n", 69),
        begin("systemd does not run there\n", 69),
        begin("mkdir: cannot create directory: Read-only file system\n", 1),
        begin("", 1),
        starts(ScriptedHost::new("lsa1").answer(looks().complains("sh: wc: not found\n"))),
        starts(ScriptedHost::new("lsa1").answer(looks().complains("@longshore-job lost oom-kill\n"))),
        starts(ScriptedHost::new("lsa1").answer(looks().complains("@longshore-job lost rebooted\n"))),
        starts(ScriptedHost::new("lsa1").answer(looks().complains("@longshore-job unknown\n"))),
    ];
    let mut said = String::new();
    for host in hosts {
        let error = result(&host).await.0.expect_err("it does not succeed");
        let RuntimeError::Failed { hint, .. } = &error else { panic!("{error:?}") };
        said.push_str(&format!("{error}\n  {hint}\n"));
    }
    insta::assert_snapshot!(said, @r#"
        Joining on lsa1 failed: the host has no systemd-run
          Hosts need a running systemd (229 or newer) and util-linux; install them or choose another host.
        Joining on lsa1 failed: systemd does not run there
          Hosts need a running systemd (229 or newer) and util-linux; install them or choose another host.
        Joining on lsa1 failed: mkdir: cannot create directory: Read-only file system
          Make the file system writable, then retry.
        Joining on lsa1 failed: the host's command ended with status 1
          Look at the host's disk, memory and journal, then retry.
        Joining on lsa1 failed: the host says "sh: wc: not found" of it
          The whole log is /var/lib/longshore/jobs/r1.join/log on the host. Correct what it names, then retry.
        Joining on lsa1 failed: it was killed, as the kernel does when it is out of memory
          The host has too little memory for this; free some or add some, then retry.
        Joining on lsa1 failed: the host was restarted meanwhile
          It is started again by a retry; find out first why the host restarts.
        Joining on lsa1 failed: the host knows no such job
          It may have ended and been forgotten; look at the site, then retry.
        "#);
}

#[tokio::test(start_paused = true)]
async fn secrets_reach_neither_lines_nor_errors() {
    let host = starts(ScriptedHost::new("lsa1").answer(
        looks().says("error: token abcdef.0123456789 is bad\n").complains("@longshore-job ended 1 900000\n"),
    ));
    host.redactor().learn(&"abcdef.0123456789".to_owned().into());
    let (ran, lines) = result(&host).await;
    assert_eq!(lines, ["error: token [hidden] is bad"]);
    let error = ran.expect_err("it fails");
    assert_eq!(error.to_string(), "Joining on lsa1 failed: error: token [hidden] is bad");
    let told =
        host.commands().iter().filter(|script| script.contains("mv \"$d/status\" \"$d/failed\"")).count();
    assert_eq!(told, 1, "the host does not know that the failure was told, and would tell it again");
}
