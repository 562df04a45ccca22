//! The site while a run is executed: its lease or the locks of its hosts, renewed by a task of their own and asked at
//! every boundary.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use longshore_cluster::Cluster;
use longshore_cluster::lease::{DURATION, Lease, LeaseError};
use longshore_engine::port::{Guard, Lost};
use longshore_managers::linux::HostLocks;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// What is known of the lease.
struct Known {
    lease: Option<Lease>,
    renewed: Instant,
    lost: Option<Lost>,
}

/// A lease that renews itself.
pub(super) struct LeaseGuard {
    cluster: Arc<Cluster>,
    known: Arc<Mutex<Known>>,
    renewing: JoinHandle<()>,
}

impl LeaseGuard {
    /// Keeps a lease that was just taken.
    pub(super) fn keep(cluster: &Arc<Cluster>, lease: Lease) -> Self {
        let known = Arc::new(Mutex::new(Known { lease: Some(lease), renewed: Instant::now(), lost: None }));
        let renewing = tokio::spawn(renew(Arc::clone(cluster), Arc::clone(&known)));
        Self { cluster: Arc::clone(cluster), known, renewing }
    }

    /// Gives the lease back, if it is still ours.
    pub(super) async fn give_back(self) {
        self.renewing.abort();
        let lease = self.known.lock().await.lease.take();
        if let Some(lease) = lease
            && let Err(error) = lease.give_back(&self.cluster).await
        {
            tracing::warn!(error = %error, "the site's lease could not be given back; it runs out by itself");
        }
    }
}

async fn renew(cluster: Arc<Cluster>, known: Arc<Mutex<Known>>) {
    // A third of its duration: two renewals may fail before anybody else may take it.
    let mut every = tokio::time::interval(DURATION / 3);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let mut known = known.lock().await;
        let Some(lease) = &mut known.lease else { return };
        match lease.renew(&cluster).await {
            Ok(()) => known.renewed = Instant::now(),
            Err(LeaseError::Held(holder)) => {
                known.lost = Some(Lost { holder: Some(holder.who) });
                known.lease = None;
                return;
            }
            Err(error) => tracing::warn!(error = %error, "the site's lease could not be renewed"),
        }
    }
}

#[async_trait]
impl Guard for LeaseGuard {
    async fn still_ours(&self) -> Result<(), Lost> {
        let mut known = self.known.lock().await;
        if let Some(lost) = &known.lost {
            return Err(lost.clone());
        }
        // After a laptop's sleep the lease may have run out unseen: asked again before anything is written.
        if known.renewed.elapsed() < DURATION.mul_f64(0.6) {
            return Ok(());
        }
        let Some(lease) = &mut known.lease else { return Err(Lost { holder: None }) };
        match tokio::time::timeout(Duration::from_secs(10), lease.renew(&self.cluster)).await {
            Ok(Ok(())) => {
                known.renewed = Instant::now();
                Ok(())
            }
            Ok(Err(LeaseError::Held(holder))) => {
                let lost = Lost { holder: Some(holder.who) };
                known.lost = Some(lost.clone());
                known.lease = None;
                Err(lost)
            }
            // The cluster does not answer. Nobody else can take the lease meanwhile either: the step's own
            // requests will fail and be tried again.
            Ok(Err(LeaseError::Api(_))) | Err(_) => Ok(()),
        }
    }
}

/// Whoever may write to the site: this run, for as long as this is held.
pub(super) enum Writer {
    /// By the lease in its cluster.
    Lease(LeaseGuard),
    /// By the locks of its hosts.
    Hosts(HostLocks),
}

impl Writer {
    /// Gives the site back, if it is still ours.
    pub(super) async fn give_back(self) {
        match self {
            Self::Lease(lease) => lease.give_back().await,
            Self::Hosts(locks) => locks.give_back().await,
        }
    }
}

#[async_trait]
impl Guard for Writer {
    async fn still_ours(&self) -> Result<(), Lost> {
        match self {
            Self::Lease(lease) => lease.still_ours().await,
            Self::Hosts(locks) => locks.still_ours().await,
        }
    }
}
