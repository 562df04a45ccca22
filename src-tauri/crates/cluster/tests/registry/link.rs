//! A link to a registry that counts bytes, can be slow, and breaks where it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone)]
pub struct Link {
    pub address: String,
    state: Arc<State>,
}

struct State {
    to: String,
    up: AtomicU64,
    down: AtomicU64,
    /// Bytes of both directions after which everything is cut, once.
    cut_at: AtomicU64,
    was_cut: AtomicBool,
    /// Bytes per second upwards; 0 for all that there is.
    pace: AtomicU64,
    /// Counts cuts; whoever sees it change drops its connection.
    cuts: watch::Sender<u64>,
    moved: watch::Sender<u64>,
}

impl Link {
    pub async fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let state = Arc::new(State {
            to: address.to_owned(),
            up: AtomicU64::new(0),
            down: AtomicU64::new(0),
            cut_at: AtomicU64::new(u64::MAX),
            was_cut: AtomicBool::new(false),
            pace: AtomicU64::new(0),
            cuts: watch::channel(0).0,
            moved: watch::channel(0).0,
        });
        let link = Self {
            address: listener.local_addr().expect("an address").to_string(),
            state: Arc::clone(&state),
        };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(Arc::clone(&state), near));
            }
        });
        link
    }

    /// Bytes that went to the registry.
    pub fn up(&self) -> u64 {
        self.state.up.load(Ordering::SeqCst)
    }

    /// Bytes that came from the registry.
    pub fn down(&self) -> u64 {
        self.state.down.load(Ordering::SeqCst)
    }

    fn both(&self) -> u64 {
        self.up() + self.down()
    }

    /// Cuts all connections when so many more bytes have passed, in both directions together.
    pub fn cut_after(&self, bytes: u64) {
        self.state.was_cut.store(false, Ordering::SeqCst);
        self.state.cut_at.store(self.both() + bytes, Ordering::SeqCst);
    }

    pub fn was_cut(&self) -> bool {
        self.state.was_cut.load(Ordering::SeqCst)
    }

    pub fn pace(&self, bytes_per_second: u64) {
        self.state.pace.store(bytes_per_second, Ordering::SeqCst);
    }

    /// Waits until so many bytes have gone to the registry.
    pub async fn reaches(&self, up: u64) {
        let mut moved = self.state.moved.subscribe();
        moved.wait_for(|seen| *seen >= up).await.expect("the link is there");
    }
}

async fn carry(state: Arc<State>, near: TcpStream) {
    let Ok(far) = TcpStream::connect(&state.to).await else { return };
    let mut cut = state.cuts.subscribe();
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    tokio::select! {
        _ = cut.changed() => {}
        () = async { tokio::join!(
            pass(&state, near_read, far_write, true),
            pass(&state, far_read, near_write, false),
        ); } => {}
    }
}

async fn pass(
    state: &State,
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    upwards: bool,
) {
    let mut buffer = vec![0; 32 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let counter = if upwards { &state.up } else { &state.down };
        let total = counter.fetch_add(read as u64, Ordering::SeqCst) + read as u64;
        let both = state.up.load(Ordering::SeqCst) + state.down.load(Ordering::SeqCst);
        let over = both.saturating_sub(state.cut_at.load(Ordering::SeqCst));
        let kept = read - (over as usize).min(read);
        if to.write_all(&buffer[..kept]).await.is_err() {
            return;
        }
        if over > 0 {
            state.cut_at.store(u64::MAX, Ordering::SeqCst);
            state.was_cut.store(true, Ordering::SeqCst);
            state.cuts.send_modify(|cuts| *cuts += 1);
            return;
        }
        if upwards {
            state.moved.send_modify(|seen| *seen = total);
            let pace = state.pace.load(Ordering::SeqCst);
            if pace > 0 {
                tokio::time::sleep(Duration::from_secs_f64(read as f64 / pace as f64)).await;
            }
        }
    }
    drop(to.shutdown().await);
}
