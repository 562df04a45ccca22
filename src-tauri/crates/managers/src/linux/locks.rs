//! The hosts of a site while a run is executed: locked, renewed by a task of their own, and asked at every boundary.

use std::sync::Arc;

use async_trait::async_trait;
use longshore_cluster::lease::Over;
use longshore_contract::{ErrorCode, HostRole, LeaseHolder, RunId, Timestamp, WireError, chain};
use longshore_engine::port::{Guard, Lost};
use longshore_remote::Host;
use longshore_runtime::{HeldLock, HostLock, LOCK_DURATION, Lockholder, RuntimeError};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::Hosts;

/// Locks of a site's hosts that renew themselves.
pub struct HostLocks {
    locked: Arc<Mutex<Vec<Locked>>>,
    lost: Arc<Mutex<Option<Lost>>>,
    renewing: JoinHandle<()>,
}

/// A host that is ours.
struct Locked {
    host: Arc<dyn Host>,
    lock: HostLock,
}

impl HostLocks {
    /// Takes every host of a site that answers, one controller at least, or none. `over` says whose locks are taken.
    ///
    /// # Errors
    /// When a host is held by another run, or no controller answers.
    pub async fn take(
        hosts: &Arc<Hosts>,
        who: &str,
        run: &RunId,
        over: Option<Over<'_>>,
    ) -> Result<Self, LockRefusal> {
        let holder = Lockholder { who: who.to_owned(), run: run.0.clone() };
        let (mut locked, mut away, mut controllers) = (Vec::new(), None, 0);
        // In one order on every laptop: of two that begin at the same moment one is first everywhere.
        let mut all: Vec<_> = hosts.named().iter().collect();
        all.sort_by(|one, other| one.address.cmp(&other.address));
        for named in all {
            let taken = match hosts.host(&named.address).await {
                Ok(host) => lock(host, &holder, over).await,
                Err(error) => Err(LockRefusal::Refused(error)),
            };
            match taken {
                Ok(one) => {
                    controllers += usize::from(named.roles.contains(&HostRole::Controller));
                    locked.push(one);
                }
                Err(LockRefusal::Refused(error)) => {
                    tracing::warn!(host = %named.address, error = %error.message, "a host is not locked");
                    away = away.or(Some(error));
                }
                Err(held) => {
                    give_back(locked).await;
                    return Err(held);
                }
            }
        }
        if controllers == 0 {
            give_back(locked).await;
            let none = || WireError::bad_input("The site has no controller among its hosts");
            return Err(LockRefusal::Refused(away.unwrap_or_else(none)));
        }
        let (locked, lost) = (Arc::new(Mutex::new(locked)), Arc::new(Mutex::new(None)));
        let renewing = tokio::spawn(renew_locks(Arc::clone(&locked), Arc::clone(&lost)));
        Ok(Self { locked, lost, renewing })
    }

    /// Gives the hosts back, if they are still ours.
    pub async fn give_back(self) {
        self.renewing.abort();
        give_back(std::mem::take(&mut *self.locked.lock().await)).await;
    }
}

#[async_trait]
impl Guard for HostLocks {
    async fn still_ours(&self) -> Result<(), Lost> {
        self.lost.lock().await.clone().map_or(Ok(()), Err)
    }
}

/// Why hosts are not ours.
#[derive(Debug)]
pub enum LockRefusal {
    /// Somebody else holds one.
    Held(LeaseHolder),
    /// One cannot be asked.
    Refused(WireError),
}

async fn lock(
    host: Arc<dyn Host>,
    holder: &Lockholder,
    over: Option<Over<'_>>,
) -> Result<Locked, LockRefusal> {
    match take(host.as_ref(), holder, over).await {
        Ok(lock) => Ok(Locked { host, lock }),
        Err(RuntimeError::Held { .. }) => {
            if let Some(held) = HostLock::held(host.as_ref()).await.map_err(broken)? {
                return Err(LockRefusal::Held(shown(&held)));
            }
            // It was given back in between.
            let lock = HostLock::take(host.as_ref(), holder, false).await.map_err(broken)?;
            Ok(Locked { host, lock })
        }
        Err(error) => Err(broken(error)),
    }
}

async fn take(
    host: &dyn Host,
    holder: &Lockholder,
    over: Option<Over<'_>>,
) -> Result<HostLock, RuntimeError> {
    let held = HostLock::held(host).await?;
    match (held, over) {
        (Some(held), Some(Over::Ended(run))) if held.holder.run == run => {
            HostLock::inherit(host, holder, &held.holder).await
        }
        (Some(held), Some(Over::Expired(who))) => HostLock::take(host, holder, held.holder.who == who).await,
        _ => HostLock::take(host, holder, false).await,
    }
}

fn broken(error: RuntimeError) -> LockRefusal {
    let hint = "Test the site's hosts to see what is wrong.";
    LockRefusal::Refused(WireError::new(ErrorCode::Unreachable, chain(&error)).hint(hint))
}

fn shown(held: &HeldLock) -> LeaseHolder {
    let since = held.since.as_millisecond();
    let age = i64::try_from(held.age.as_millis()).unwrap_or(i64::MAX);
    LeaseHolder {
        who: held.holder.who.clone(),
        run: held.holder.run.clone(),
        since: Timestamp(since),
        renewed: Timestamp(jiff::Timestamp::now().as_millisecond().saturating_sub(age)),
        expired: held.expired,
    }
}

async fn give_back(locked: Vec<Locked>) {
    for Locked { host, lock } in locked {
        if let Err(error) = lock.give_back(host.as_ref()).await {
            tracing::warn!(host = host.name(), %error, "a host's lock could not be given back; it runs out by itself");
        }
    }
}

async fn renew_locks(locked: Arc<Mutex<Vec<Locked>>>, lost: Arc<Mutex<Option<Lost>>>) {
    let mut every = tokio::time::interval(LOCK_DURATION / 3);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let locked = locked.lock().await;
        for one in locked.iter() {
            match one.lock.renew(one.host.as_ref()).await {
                Ok(()) => {}
                Err(RuntimeError::Held { holder, .. }) => {
                    *lost.lock().await = Some(Lost { holder: Some(holder) });
                    return;
                }
                // A host that restarts or a link that is cut: whoever takes it meanwhile is found at the next try.
                Err(error) => {
                    tracing::warn!(host = one.host.name(), %error, "a host's lock could not be renewed");
                }
            }
        }
    }
}
