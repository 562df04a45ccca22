//! A way to a port that is longer than loopback, and that can be cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A port that leads to another one.
pub struct Relay {
    pub port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    /// Bytes from the client until the link is cut; 0 for never.
    cut_after: AtomicU64,
    passed: AtomicU64,
    cut: Notify,
    frozen: AtomicBool,
    links: AtomicU64,
}

impl Relay {
    /// Each direction takes `delay` longer.
    pub async fn start(to: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut links = JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.expect("a connection can be taken");
                let shared = Arc::clone(&accepting);
                links.spawn(async move { carry(near, to, delay, &shared).await });
            }
        });
        Self { port, shared, task }
    }

    /// Cuts all links once so many bytes have gone to the host, once.
    pub fn cut_after(&self, bytes: u64) {
        self.shared.cut_after.store(bytes, Ordering::SeqCst);
    }

    /// Cuts all links once so many more bytes have gone to the host, once.
    pub fn cut_in(&self, bytes: u64) {
        self.cut_after(self.shared.passed.load(Ordering::SeqCst) + bytes.max(1));
    }

    /// Connections so far.
    pub fn links(&self) -> u64 {
        self.shared.links.load(Ordering::SeqCst)
    }

    /// From now on nothing comes through, and nobody is told.
    pub fn freeze(&self) {
        self.shared.frozen.store(true, Ordering::SeqCst);
    }

    pub fn cut(&self) {
        self.shared.cut.notify_waiters();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(near: TcpStream, to: u16, delay: Duration, shared: &Arc<Shared>) {
    shared.links.fetch_add(1, Ordering::SeqCst);
    let far = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], to))).await.expect("sshd listens");
    for stream in [&near, &far] {
        stream.set_nodelay(true).expect("it is a TCP socket");
    }
    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
    let cut = shared.cut.notified();
    let counted = Arc::clone(shared);
    let frozen = [Arc::clone(shared), Arc::clone(shared)];
    let [up_frozen, down_frozen] = frozen.map(|shared| move || shared.frozen.load(Ordering::SeqCst));
    let up = pump(near_read, far_write, delay, up_frozen, move |bytes| {
        let passed = counted.passed.fetch_add(bytes, Ordering::SeqCst) + bytes;
        let limit = counted.cut_after.load(Ordering::SeqCst);
        if limit > 0 && passed >= limit {
            counted.cut_after.store(0, Ordering::SeqCst);
            counted.cut.notify_waiters();
        }
    });
    let down = pump(far_read, near_write, delay, down_frozen, |_| {});
    tokio::select! {
        () = cut => {}
        _ = async { tokio::join!(up, down) } => {}
    }
}

async fn pump(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    delay: Duration,
    frozen: impl Fn() -> bool,
    seen: impl Fn(u64),
) {
    // As long as a long line is: what is under way does not hold up what comes behind it.
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        loop {
            let mut piece = vec![0; 64 * 1024];
            let Ok(count) = from.read(&mut piece).await else { return };
            if count == 0 {
                return;
            }
            piece.truncate(count);
            if frozen() {
                continue;
            }
            seen(count as u64);
            if sender.send((Instant::now() + delay, piece)).is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((at, piece)) = receiver.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
