//! The library as tests use it: one store in a folder, GraphQL in, JSON out.
//!
//! The clock advances by fixed steps and ids are content hashes, so the same operations give the
//! same answers on any day.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use stemma::api::engine::execute::Execute;
use stemma::api::engine::request::{Allow, Ask, Caller};
use stemma::blob::{self, BlobStore, FsStore};
use stemma::domain::id::{Digest, Seq};
use stemma::domain::principal::Principal;
use stemma::domain::write::log_entry::LogEntry;
use stemma::graph::GraphError;
use stemma::ledger::{Ledger, LedgerError, Restore, Settings, StepClock};

/// The time of the first commit, 2026-01-01T00:00:00Z, in microseconds.
const START: i64 = 1_767_225_600_000_000;
/// The time between two readings of the clock: one second.
const STEP: i64 = 1_000_000;
/// The attempts to open a store that is locked, and the time between them.
const ATTEMPTS: usize = 100;
const WAIT: Duration = Duration::from_millis(50);
/// The largest payload of a test, in bytes.
const LARGEST: u64 = 1 << 20;

/// A running ledger and its API, on a folder.
pub(crate) struct World {
    ledger: Ledger,
    blobs: Arc<dyn BlobStore>,
    api: Arc<dyn Execute>,
}

impl World {
    /// Opens the store in `dir`, or creates it.
    pub(crate) async fn open(dir: &Path) -> Self {
        Self::over(settings(dir, Arc::new(FsStore::open(dir).await.expect("the blobs open")))).await
    }

    async fn over(settings: Settings) -> Self {
        let blobs = Arc::clone(&settings.blobs);
        let ledger = opened(settings).await;
        let api = stemma::api::over(ledger.clone()).expect("the schema can be read");
        Self { ledger, blobs, api }
    }

    /// Runs one GraphQL request and returns the complete response: `data`, and `errors` if there
    /// are any.
    pub(crate) async fn execute(&self, query: &str, variables: Value) -> Value {
        let ask = Ask::read(json!({"query": query, "variables": variables})).expect("a request");
        let caller = Caller::here(Principal::local(), Allow::Mutations);
        let outcome = self.api.execute(ask, caller).await;
        serde_json::from_slice(&outcome.body).expect("an answer is JSON")
    }

    /// Stores bytes and returns their digest, `b3:` and 64 hex digits.
    pub(crate) async fn put_blob(&self, bytes: &[u8]) -> String {
        let digest = Digest::of(bytes);
        let chunks = blob::once(Bytes::copy_from_slice(bytes));
        self.blobs.put(digest, chunks, LARGEST).await.expect("the payload is stored");
        digest.to_string()
    }

    /// Returns the same store after its log went through a backup into an empty store in `dir`. The
    /// payloads are not moved.
    pub(crate) async fn restored(self, dir: &Path) -> Self {
        let until = self.ledger.head_at(None).await.expect("the head is read");
        let settings = settings(dir, Arc::clone(&self.blobs));
        let mut restore = Restore::begin(&settings, until, |_, _| ()).await.expect("the restore begins");
        let mut seq = Seq::ZERO;
        while seq < until.seq {
            let page = self.ledger.log_entries(seq, until.seq, 1 << 16).await.expect("the log is read");
            for log_entry in LogEntry::unpack_all(&LogEntry::pack_all(&page)).expect("a page is complete") {
                seq = log_entry.commit.seq;
                restore.add(log_entry).await.expect("a commit is restored");
            }
        }
        assert_eq!(restore.finish(|_, _| ()).await.expect("the restore ends"), until);
        self.close().await;
        Self::over(settings).await
    }

    /// Closes the store, so that the folder can be opened again.
    pub(crate) async fn close(self) {
        drop(self.api);
        self.ledger.close().await.expect("the ledger closes");
    }
}

fn settings(dir: &Path, blobs: Arc<dyn BlobStore>) -> Settings {
    let clock = Arc::new(StepClock::new(START, STEP));
    Settings::new(dir, blobs, clock)
}

/// Opens a store that was closed just now. A process that another test starts at this moment has a
/// copy of the lock until it runs its program.
async fn opened(settings: Settings) -> Ledger {
    for _ in 0..ATTEMPTS {
        match Ledger::open(settings.clone(), |_, _| ()).await {
            Err(LedgerError::Open(GraphError::Locked { .. })) => tokio::time::sleep(WAIT).await,
            opened => return opened.expect("the ledger opens"),
        }
    }
    panic!("{} stays locked", settings.dir.display());
}

/// Runs a test's future on a separate runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(8 << 20)
        .enable_all()
        .build()
        .expect("a runtime for a test")
        .block_on(future)
}
