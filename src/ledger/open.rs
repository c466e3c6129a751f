//! Opens the store and rebuilds the index from its log.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::clock::Skew;
use super::index::Generations;
use super::index::replay::{Replayed, replay};
use super::log_marks::LogMarks;
use super::projector::{LagLimit, ProjectionProgress, Projector};
use super::records::RecordCache;
use super::sequencer::{self, pending::Pending, replication::Replication};
use super::signed_urls::{self, UrlSigner};
use super::store::place::refuse_embedded;
use super::store::{CheckpointMode, SegmentStore, Store};
use super::uploads::UploadCompletions;
use super::{BlobStore, Clock, Engine, Ledger, LedgerError, LedgerState};
use crate::domain::id::Digest;
use crate::domain::signed_url::UrlSigningKey;
use crate::domain::version::Timestamp;
use crate::graph::{Graph, GraphError};
use crate::log::HeadState;

/// The number of proposals that may queue before callers wait.
const QUEUE: usize = 1_024;

/// The settings of a ledger.
#[derive(Clone)]
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// The storage engine of the graph, or the server that has the store.
    pub engine: Engine,
    /// The blob store.
    pub blobs: Arc<dyn BlobStore>,
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// The maximum size of the cache of version records, in bytes.
    pub record_cache: u64,
    /// The settings of writes.
    pub writes: WriteSettings,
}

impl Settings {
    /// Returns the settings of a data directory with the defaults: the embedded engine, and a record
    /// cache of 16 MiB.
    pub fn new(dir: impl Into<PathBuf>, blobs: Arc<dyn BlobStore>, clock: Arc<dyn Clock>) -> Self {
        let (engine, writes) = (Engine::default(), WriteSettings::default());
        Self { dir: dir.into(), engine, blobs, clock, record_cache: 16 << 20, writes }
    }
}

/// The settings of writes into a data directory. They have no effect on a store on a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteSettings {
    /// The limit of the lag of the projection.
    pub lag: LagLimit,
    /// The time at which HEAD is written.
    pub checkpoint: CheckpointMode,
}

impl Ledger {
    /// Opens the store, or creates it, and rebuilds the lineage index from the log. `progress`
    /// receives the number of commits that are read and the total.
    ///
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Returns [`LedgerError::Open`], which contains a remedy; [`LedgerError::Corrupt`] if the log
    /// is inconsistent.
    pub async fn open(settings: Settings, progress: impl Fn(u64, u64) + Send) -> Result<Self, LedgerError> {
        let every = settings.engine.pace();
        let store = require_restored(store(&settings).await?).await?;
        Self::over(store, settings, every, progress).await
    }

    /// Opens the store read-only: nothing in the data directory is changed. A store on a server is
    /// opened as usual.
    ///
    /// # Errors
    /// Returns the errors of [`Ledger::open`].
    pub async fn read(settings: Settings, progress: impl Fn(u64, u64) + Send) -> Result<Self, LedgerError> {
        let every = settings.engine.pace();
        clock_is_set(&settings)?;
        let store = match settings.engine {
            Engine::SurrealKv | Engine::RocksDb => Store::Segments(SegmentStore::read(&settings.dir)?),
            Engine::Server(_) => store(&settings).await?,
        };
        let store = require_restored(store).await?;
        Self::over(store, settings, every, progress).await
    }

    /// Opens the store in the data directory read-only to check it: a HEAD that is missing, damaged
    /// or ahead of the log is a finding.
    ///
    /// # Errors
    /// Returns the errors of [`Ledger::open`]; [`LedgerError::is_damage`] distinguishes damage from
    /// other causes.
    pub async fn inspect(
        settings: Settings,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<(Self, HeadState), LedgerError> {
        let every = settings.engine.pace();
        clock_is_set(&settings)?;
        let (segments, head) = SegmentStore::inspect(&settings.dir)?;
        let store = require_restored(Store::Segments(segments)).await?;
        Ok((Self::over(store, settings, every, progress).await?, head))
    }

    /// Opens the ledger over an open store.
    pub(super) async fn over(
        store: Store,
        settings: Settings,
        every: Duration,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Self, LedgerError> {
        let make = if store.is_read_only() { signed_urls::borrowed } else { signed_urls::key };
        let (mut key, mut name) = (make(&settings.dir)?, String::new());
        if let Some(graph) = store.shared() {
            name = name_of(&settings.dir, settings.clock.now());
            // A URL that one process signs must be valid at the others.
            key = graph.shared_value(signed_urls::AGREED, key).await?;
        }
        let signer = UrlSigner::new(UrlSigningKey::new(key), Arc::clone(&settings.clock));
        let Replayed { index, head, marks } = replay(&store, progress).await?;
        let marks = LogMarks::new(marks, store.former_marks());
        let writes_graph = matches!(store, Store::Segments(_)) && !store.is_read_only();
        let shared = Arc::new(LedgerState {
            store,
            blobs: settings.blobs,
            url_signer: Arc::new(signer),
            uploads: UploadCompletions::here(),
            clock: settings.clock,
            skew: Skew::default(),
            index: Generations::new(index),
            durable: AtomicU64::new(head.seq.0),
            marks,
            projection: writes_graph.then(|| ProjectionProgress::new(settings.writes.lag, head.seq)),
            news: watch::Sender::new(head.seq),
            cache: RecordCache::new(settings.record_cache),
            pending: Pending::default(),
            replication: Replication::new(every),
            name,
            sweeps: AtomicU64::new(0),
            deletion_permitted: AtomicBool::new(false),
            writable: AtomicBool::new(true),
        });
        let (jobs, queue) = mpsc::channel(QUEUE);
        let task = shared.store.runtime()?.spawn(sequencer::run(Arc::clone(&shared), queue, head));
        let projector = Arc::new(Mutex::new(Projector::start(&shared, settings.engine)?));
        Ok(Self { shared, jobs, sequencer: Arc::new(Mutex::new(Some(task))), projector })
    }
}

/// Returns a unique name for this process: at any moment, only one process holds the lock of a
/// directory.
fn name_of(dir: &Path, now: Timestamp) -> String {
    let id = std::process::id();
    Digest::of(format!("{} {id} {now}", dir.display()).as_bytes()).hex()
}

/// Opens the store of these settings.
pub(super) async fn store(settings: &Settings) -> Result<Store, LedgerError> {
    clock_is_set(settings)?;
    let built = settings.engine.require_built();
    built.map_err(|why| GraphError::not_opened(&settings.dir, why))?;
    match settings.engine {
        Engine::SurrealKv | Engine::RocksDb => {
            Ok(Store::Segments(SegmentStore::open(&settings.dir, settings.writes.checkpoint)?))
        }
        Engine::Server(_) => {
            refuse_embedded(&settings.dir)?;
            Ok(Store::Rows(Graph::open(&settings.dir, settings.engine.clone()).await?))
        }
    }
}

/// Refuses a clock with which the database cannot run: its errors would not mention the clock.
fn clock_is_set(settings: &Settings) -> Result<(), LedgerError> {
    if settings.clock.is_set() {
        return Ok(());
    }
    let why = "the clock of this machine shows a time before 1970, with which the database cannot run; set the clock, \
               then start again";
    Err(GraphError::not_opened(&settings.dir, why).into())
}

/// Returns the store unless its restore is incomplete.
pub(super) async fn require_restored(store: Store) -> Result<Store, LedgerError> {
    match store.restoring().await {
        Ok(None) => Ok(store),
        Ok(Some(until)) => {
            let at = store.head().seq;
            // The first error is returned.
            let _ = store.close().await;
            Err(GraphError::Restoring { at, until: until.seq }.into())
        }
        Err(error) => Err(error),
    }
}
