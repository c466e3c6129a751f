//! The state shared by all workers and routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::identity::Authentication;
use super::identity::callers::CallerSlots;
use super::limits::HttpLimits;
use super::stream::event_cache::EventCache;
use super::thumbnails::Thumbnails;
use crate::api::engine::execute::Execute;
use crate::import::session::ImportSessions;
use crate::ledger::{BlobStore, Ledger};
use crate::openlineage::Intake;

pub(super) struct HttpState {
    pub(super) api: Arc<dyn Execute>,
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) ledger: Option<Ledger>,
    pub(super) intake: Option<Arc<Intake>>,
    pub(super) imports: Option<Arc<ImportSessions>>,
    /// `None` if this server makes none.
    pub(super) thumbnails: Option<Thumbnails>,
    pub(super) limits: HttpLimits,
    pub(super) authentication: web::Data<Authentication>,
    /// The runtime that moves payloads, separate from the threads that serve connections.
    pub(super) runtime: Handle,
    /// The runtime of operations.
    pub(super) operations: Handle,
    /// The slots of concurrent operations.
    pub(super) operating: CallerSlots,
    /// The slots of concurrent exports.
    pub(super) exporting: CallerSlots,
    /// One permit: the pages of backups are made one after another.
    pub(super) backing_up: Arc<Semaphore>,
    /// The permits of concurrently computed events.
    pub(super) event_permits: Arc<Semaphore>,
    pub(super) hooks: Arc<dyn Fn() -> Vec<u8> + Send + Sync>,
    pub(super) ready: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(super) stopping: AtomicBool,
    /// Asks long-lived connections to end.
    pub(super) stop: watch::Sender<bool>,
    /// The slots of connections that wait for events.
    pub(super) waiting: CallerSlots,
    /// The recent events.
    pub(super) event_cache: EventCache,
}

/// The interval between attempts to read the index.
const TRIED_AGAIN: Duration = Duration::from_millis(5);

impl HttpState {
    /// Returns true if new requests should be sent to this server.
    pub(super) fn is_ready(&self) -> bool {
        !self.stopping.load(Ordering::Relaxed) && (self.ready)()
    }

    /// Returns true if the index can be read at this moment, so that a thread that reads it does
    /// not wait.
    pub(super) fn is_readable(&self) -> bool {
        self.ledger.as_ref().is_none_or(Ledger::is_readable)
    }

    /// Returns true once the index can be read; false if it cannot in time. Waits without blocking
    /// a thread.
    pub(super) async fn answers(&self) -> bool {
        let tried = async {
            while !self.is_readable() {
                sleep(TRIED_AGAIN).await;
            }
        };
        timeout(self.limits.ready_time, tried).await.is_ok()
    }
}
