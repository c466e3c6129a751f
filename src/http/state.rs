//! What all workers and routes share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::feed::frames::Frames;
use super::identity::auth::Access;
use super::identity::callers::{Callers, Places};
use super::identity::origin::Origins;
use super::limits::HttpLimits;
use crate::api::engine::execute::Execute;
use crate::ledger::{BlobStore, Ledger, Passes};
use crate::openlineage::Intake;

pub(super) struct Shared {
    pub(super) api: Arc<dyn Execute>,
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) passes: Arc<Passes>,
    pub(super) ledger: Option<Ledger>,
    pub(super) intake: Option<Arc<Intake>>,
    pub(super) limits: HttpLimits,
    pub(super) access: Access,
    /// The pages of other sites that may use the server.
    pub(super) origins: Origins,
    /// Where payloads are moved: not on the threads that serve connections.
    pub(super) runtime: Handle,
    /// Where operations run.
    pub(super) operations: Handle,
    /// What each caller holds.
    pub(super) callers: Callers,
    /// Operations that may run at once.
    pub(super) operating: Places,
    /// Exports that may be made at once.
    pub(super) exporting: Places,
    /// One: a page of a backup is made after the other.
    pub(super) backing_up: Arc<Semaphore>,
    /// Events that may be made at once.
    pub(super) telling: Arc<Semaphore>,
    pub(super) hooks: Arc<dyn Fn() -> Vec<u8> + Send + Sync>,
    pub(super) ready: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(super) stopping: AtomicBool,
    /// Tells connections that stay open to end.
    pub(super) stop: watch::Sender<bool>,
    /// Connections that may wait for events.
    pub(super) waiting: Places,
    /// Events of late.
    pub(super) frames: Frames,
}

/// The index is tried again after so long.
const TRIED_AGAIN: Duration = Duration::from_millis(5);

impl Shared {
    /// Whether new requests should be sent here.
    pub(super) fn is_ready(&self) -> bool {
        !self.stopping.load(Ordering::Relaxed) && (self.ready)()
    }

    /// Returns true if the index can be read at this moment, so that a thread that reads it does not wait.
    pub(super) fn is_readable(&self) -> bool {
        self.ledger.as_ref().is_none_or(Ledger::is_readable)
    }

    /// Returns true once the index can be read; false if it cannot in time. Waits without holding a thread.
    pub(super) async fn answers(&self) -> bool {
        let tried = async {
            while !self.is_readable() {
                sleep(TRIED_AGAIN).await;
            }
        };
        timeout(self.limits.ready_time, tried).await.is_ok()
    }
}
