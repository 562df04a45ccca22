//! The lock of a real host.

use std::time::Duration;

use longshore_runtime::{HostLock, Lockholder, RuntimeError};

use crate::machine::Machine;

fn holder(run: &str) -> Lockholder {
    Lockholder { who: "operator's laptop".to_owned(), run: run.to_owned() }
}

/// As if it had been refreshed so many seconds before.
fn age(machine: &Machine, seconds: u64) {
    machine.sh(&format!(
        "cd /var/lib/longshore; {{ read -r h; read -r b u s; }} <lock; printf '%s\\n%s %s %s\\n' \"$h\" $b $((u-{seconds})) $s >lock"
    ));
}

fn expired(refused: Result<HostLock, RuntimeError>) -> bool {
    match refused {
        Err(RuntimeError::Held { expired, holder, .. }) => {
            assert!(holder.contains("operator's laptop (r1)"), "{holder} is somebody else");
            expired
        }
        other => panic!("it is not held: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_has_one_holder() {
    let machine = Machine::start();
    let host = machine.host();
    assert_eq!(HostLock::held(&*host).await.expect("the host is asked"), None);
    let lock = HostLock::take(&*host, &holder("r1"), false).await.expect("it is free");
    assert_eq!(lock.from, None);
    HostLock::take(&*host, &holder("r1"), false).await.expect("our own is continued");
    for over in [false, true] {
        assert!(!expired(HostLock::take(&*host, &holder("r2"), over).await), "it is fresh");
    }
    assert!(!expired(HostLock::inherit(&*host, &holder("r2"), &holder("r0")).await), "r1 is not who died");
    let heir = HostLock::inherit(&*host, &holder("r2"), &holder("r1")).await.expect("r1 has died");
    assert_eq!(heir.from, Some(holder("r1")), "however fresh its lock is");
    HostLock::inherit(&*host, &holder("r1"), &holder("r2")).await.expect("and the other way round");
    let mode =
        machine.sh("stat -c %a /var/lib/longshore/lock; touch -d '2 hours ago' /var/lib/longshore/lock");
    assert_eq!(mode, "600\n", "others may read it");
    assert!(!expired(HostLock::take(&*host, &holder("r2"), true).await), "a clock that jumps makes it old");

    age(&machine, 61);
    assert!(expired(HostLock::take(&*host, &holder("r2"), false).await), "a minute is long enough");
    lock.renew(&*host).await.expect("who comes late still has it");
    assert!(!expired(HostLock::take(&*host, &holder("r2"), true).await), "it was not refreshed");
    age(&machine, 61);
    let taken = HostLock::take(&*host, &holder("r2"), true).await.expect("it is taken over");
    assert_eq!(taken.from, Some(holder("r1")));
    let lost = lock.renew(&*host).await.expect_err("it is somebody else's");
    assert!(matches!(lost, RuntimeError::Held { .. }), "{lost}");
    lock.give_back(&*host).await.expect("what is not ours is left alone");
    let held = HostLock::held(&*host).await.expect("the host is asked").expect("it is held");
    assert_eq!((held.holder, held.expired), (holder("r2"), false));
    assert!(held.age < Duration::from_secs(30), "{:?}", held.age);

    machine.reboot();
    machine.open();
    machine.sh("touch -d '5 minutes ago' /var/lib/longshore/lock");
    let held = HostLock::held(&*host).await.expect("the host is asked").expect("it is held");
    assert!(held.expired, "after a reboot the file's time counts: {:?}", held.age);
    taken.give_back(&*host).await.expect("it is ours");
    assert_eq!(machine.sh("ls -d /var/lib/longshore* 2>/dev/null || :"), "", "something of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_laptops_one_is_first() {
    let machine = Machine::start();
    let hosts: Vec<_> = (0..6).map(|_| machine.host()).collect();
    for over in [false, true] {
        if over {
            age(&machine, 100);
        }
        let takes = hosts.iter().enumerate().map(|(number, host)| async move {
            HostLock::take(&**host, &holder(&format!("{over} {number}")), over).await.is_ok()
        });
        let taken = futures::future::join_all(takes).await;
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "over expired {over}: {taken:?}");
    }
}
