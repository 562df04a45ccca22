//! Jobs on a real systemd.

use std::time::{Duration, Instant};

use longshore_runtime::RuntimeError;
use longshore_runtime::job::{self, Job, State};

use crate::machine::{Machine, Seen};

fn work(id: &str, script: &str) -> Job {
    Job {
        id: id.to_owned(),
        title: format!("Doing {id}"),
        script: script.to_owned(),
        input: "a secret\n".into(),
        limit: Duration::from_mins(2),
    }
}

fn failed(result: Result<(), RuntimeError>) -> (String, String) {
    match result {
        Err(RuntimeError::Failed { why, hint, .. }) => (why, hint),
        other => panic!("it did not fail as a job fails: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_done_once_and_read_again() {
    let machine = Machine::start();
    let host = machine.host();
    let script = "read word; echo \"got $(printf %s \"$word\" | wc -c)\"; echo x >>/srv/done; echo end >&2";
    let job = work("r1.one", script);
    job::run(&*host, &work("r1.warm", ":"), &Seen::default()).await.expect("it succeeds");
    let seen = Seen::default();
    let started = Instant::now();
    job::run(&*host, &job, &seen).await.expect("it succeeds");
    let took = started.elapsed();
    assert!(took < Duration::from_secs(3), "a job of nothing takes {took:?}");
    assert_eq!(seen.lines(), ["got 8", "end"], "both streams and the input are there");
    let left = machine.sh("ls /run/longshore/jobs; cd /var/lib/longshore; stat -c %a . jobs/r1.one/log");
    assert_eq!(left, "700\n600\n", "the input lies there still, or others may read what is left");
    let again = Seen::default();
    job::run(&*host, &job, &again).await.expect("its outcome is read");
    assert_eq!(again.lines(), seen.lines(), "the same job has the same log");
    assert_eq!(machine.sh("cat /srv/done"), "x\n", "it was done twice");
    for id in [&job.id, "r1.warm", "r1.never"] {
        job::forget(&*host, id).await.expect("it can be forgotten");
    }
    assert_eq!(machine.sh("ls -A /var/lib/longshore/jobs"), "", "something of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_laptops_share_a_job_through_cut_links_and_a_reboot() {
    let machine = Machine::start();
    let (one, two) = (machine.host(), machine.host());
    let script = "echo begun; [ -f /srv/go ] || sleep 1000; n=0; while [ ! -f /srv/end ]; do n=$((n+1)); \
                  echo line $n; sleep 0.05; done; printf 'last'";
    let job = work("r2.shared", script);
    let (first, second) = (Seen::default(), Seen::default());
    let scene = async {
        first.wait("begun").await;
        second.wait("begun").await;
        machine.sh("touch /srv/go");
        machine.reboot();
        machine.open();
        first.wait("line 20").await;
        machine.cut();
        first.wait("the link is made again").await;
        machine.open();
        first.wait("line 100").await;
        second.wait("line 100").await;
        machine.sh("touch /srv/end");
        Instant::now()
    };
    let (ran, shared, ended) =
        tokio::join!(job::run(&*one, &job, &first), job::run(&*two, &job, &second), scene);
    let late = ended.elapsed();
    ran.and(shared).expect("both see it succeed");
    assert!(late < Duration::from_secs(3), "its end is told {late:?} late");
    for seen in [&first, &second] {
        let lines = seen.lines();
        let numbers: Vec<u32> =
            lines.iter().filter_map(|line| line.strip_prefix("line ")?.parse().ok()).collect();
        let whole: Vec<u32> = (1..=numbers.len() as u32).collect();
        assert_eq!(numbers, whole, "lines are lost or told twice");
        assert_eq!(
            lines.iter().filter(|line| *line == "begun").count(),
            2,
            "one start and one more: {lines:?}"
        );
        assert_eq!(lines.last().map(String::as_str), Some("last"), "the end of the log is not told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_job_is_told() {
    let machine = Machine::start();
    let host = machine.host();
    let bad = work(
        "r3.bad",
        "echo before; [ -f /srv/mended ] && exit 0; echo 'mkdir: No space left on device' >&2; exit 3",
    );
    let (why, hint) = failed(job::run(&*host, &bad, &Seen::default()).await);
    assert_eq!(why, "mkdir: No space left on device");
    assert!(hint.contains("Free some space"), "{hint}");
    let listed = job::list(&*host).await.expect("the host is asked");
    assert_eq!(listed[0].state, State::Failed(3), "{listed:?}");
    assert_eq!(machine.sh("systemctl list-units --failed --no-legend"), "", "it alarms who watches the host");
    machine.sh("touch /srv/mended");
    job::run(&*host, &bad, &Seen::default()).await.expect("what failed can be tried again");

    let slow = Job { limit: Duration::from_secs(2), ..work("r3.slow", "echo going; sleep 100") };
    let (why, _) = failed(job::run(&*host, &slow, &Seen::default()).await);
    assert_eq!(why, "it did not end in its time and was ended; its last lines: going");

    let stopped = work("r3.stopped", "echo going; sleep 100");
    let seen = Seen::default();
    let stop = async {
        seen.wait("going").await;
        let (why, _) = failed(job::forget(&*host, &stopped.id).await);
        assert_eq!(why, "it still runs", "what runs cannot be forgotten");
        job::stop(&*host, &stopped.id).await.expect("it can be stopped");
    };
    let (ran, ()) = tokio::join!(job::run(&*host, &stopped, &seen), stop);
    assert_eq!(failed(ran).0, "it was stopped");

    let (why, _) = failed(job::watch(&*host, "r3.never", &Seen::default()).await);
    assert_eq!(why, "the host knows no such job");
    let (why, _) = failed(job::run(&*host, &work("../up", ":"), &Seen::default()).await);
    assert!(why.contains("a job's id has"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_drops_a_job_leaves_it_running_and_finds_it_again() {
    let machine = Machine::start();
    let host = machine.host();
    let job = work("r4.left", "echo going; while [ ! -f /srv/end ]; do sleep 0.1; done; echo done");
    let seen = Seen::default();
    tokio::select! {
        ended = job::run(&*host, &job, &seen) => panic!("it ends by itself: {ended:?}"),
        () = seen.wait("going") => {}
    }
    let listed = job::list(&*host).await.expect("the host is asked");
    assert_eq!((listed[0].id.as_str(), &listed[0].state), ("r4.left", &State::Runs), "{listed:?}");
    assert_eq!(listed[0].title, "Doing r4.left");
    let watched = Seen::default();
    let end = async {
        watched.wait("going").await;
        machine.sh("touch /srv/end");
    };
    let (ran, ()) = tokio::join!(job::watch(&*host, "r4.left", &watched), end);
    ran.expect("who only watches sees it succeed");
    assert_eq!(watched.lines(), ["going", "done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_log_and_a_full_disk_are_borne() {
    let machine = Machine::start();
    let host = machine.host();
    let seen = Seen::default();
    let huge = "seq 1 400000; head -c 5000000 /dev/zero | tr '\\0' x; printf '\\n\\377\\n'";
    job::run(&*host, &work("r5.huge", huge), &seen).await.expect("it succeeds");
    let lines = seen.lines();
    assert_eq!((lines.len(), lines[399_999].as_str()), (400_002, "400000"), "lines are lost");
    assert!(lines[400_000].len() < 9000 && lines[400_000].ends_with("bytes left out]"), "a line is too long");
    // All that is written there from the second line on finds no room.
    let full = "mount -t tmpfs -o size=256k tmpfs /mnt; cp -a /var/lib/longshore/jobs/r5.full /mnt/; \
                cat /dev/zero >/mnt/fill; echo lost; exit 1";
    let (why, _) = failed(job::run(&*host, &work("r5.full", full), &Seen::default()).await);
    assert!(why.contains("No space left"), "{why}");
    machine.sh("mount -t tmpfs -o size=512k,mode=700 tmpfs /var/lib/longshore");
    let full = work("r5.fuller", "cat /dev/zero >/var/lib/longshore/fill 2>/dev/null; echo lost; exit 7");
    let (_, hint) = failed(job::run(&*host, &full, &Seen::default()).await);
    assert!(hint.contains("Free some space"), "a full disk kept the end from being known: {hint}");
    let (why, hint) = failed(job::run(&*host, &work("r5.none", ":"), &Seen::default()).await);
    assert!(why.contains("No space left") && hint.contains("Free some space"), "{why}");
}
