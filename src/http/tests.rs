//! Tests against servers that are bound to a port, because they concern the traffic between
//! sockets.

mod affected;
mod batch;
mod blobs;
mod compress;
mod crowds;
mod events;
mod exports;
mod signed_urls;
mod graphql;
mod memory;
mod origins;
mod serving;
mod socket;
mod thumbnails;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{HttpLimits, Origins, Serve, Token, run_until};
use crate::api::engine::execute::Execute;
use crate::api::engine::sample::executor;
use crate::domain::signed_url::UrlSigningKey;
use crate::ledger::{BlobStore, Ledger, MemStore, SystemClock, UrlSigner};
use crate::thumbnails::ThumbnailCache;

/// A server on a free port, stopped when it is dropped.
struct TestServer {
    address: SocketAddr,
    ready: Arc<AtomicBool>,
    blobs: Arc<MemStore>,
    stop: mpsc::UnboundedSender<()>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

/// Deviations of a server from the default.
struct Setup {
    token: Option<&'static str>,
    origins: Origins,
    limits: HttpLimits,
    ledger: Option<Ledger>,
    thumbnails: Option<ThumbnailCache>,
    /// The API; a small one for tests by default.
    api: Option<Arc<dyn Execute>>,
}

impl Default for Setup {
    fn default() -> Self {
        let limits = HttpLimits { shutdown: Duration::from_secs(5), ..HttpLimits::default() };
        Self { token: None, origins: Origins::default(), limits, ledger: None, thumbnails: None, api: None }
    }
}

/// The settings of every server in these tests.
fn url_signer() -> Arc<UrlSigner> {
    Arc::new(UrlSigner::new(UrlSigningKey::new([7; 32]), Arc::new(SystemClock)))
}

impl TestServer {
    fn start() -> Self {
        Self::with(Setup::default())
    }

    fn with(setup: Setup) -> Self {
        let (ready, blobs) = (Arc::new(AtomicBool::new(true)), Arc::new(MemStore::new()));
        let (stop, mut stopped) = mpsc::unbounded_channel();
        let (bound, address) = oneshot::channel();
        let (is_ready, store) = (Arc::clone(&ready), Arc::clone(&blobs) as Arc<dyn BlobStore>);
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let serve = Serve {
                listen: "127.0.0.1:0".parse().unwrap(),
                token: setup.token.map(|text| Token::new(text).unwrap()),
                origins: setup.origins,
                limits: setup.limits,
                api: setup.api.unwrap_or_else(executor),
                blobs: store,
                thumbnails: setup.thumbnails,
                url_signer: url_signer(),
                ledger: setup.ledger,
                hooks: Arc::new(|| b"{}".to_vec()),
                ready: Arc::new(move || is_ready.load(Ordering::Relaxed)),
                runtime: runtime.handle().clone(),
                operations: runtime.handle().clone(),
            };
            runtime.block_on(run_until(
                serve,
                |address| bound.send(address).unwrap(),
                async || {
                    stopped.recv().await;
                },
            ))
        });
        let address = address.blocking_recv().unwrap();
        Self { address, ready, blobs, stop, thread: Some(thread) }
    }

    fn stop(&self) {
        let _ = self.stop.send(());
    }

    /// Waits for the server to end.
    fn ended(&mut self) -> std::io::Result<()> {
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
        self.stop();
        let _ = self.ended();
    }
}
