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
use super::projector::Projector;
use super::records::RecordCache;
use super::sequencer::{self, pending::Pending, replication::Replication};
use super::signed_urls::{self, UrlSigner};
use super::store::{SegmentStore, Store};
use super::uploads::UploadCompletions;
use super::{BlobStore, Clock, Engine, Ledger, LedgerError, LedgerState};
use crate::domain::id::Digest;
use crate::domain::signed_url::UrlSigningKey;
use crate::domain::version::Timestamp;
use crate::graph::{CheckpointState, Graph, GraphError};
use crate::log::DIRECTORY;

/// The number of proposals that may queue before callers wait.
const QUEUE: usize = 1_024;

/// The settings of a ledger.
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// The storage engine, or the server that has the store.
    pub engine: Engine,
    /// The blob store.
    pub blobs: Arc<dyn BlobStore>,
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// The maximum size of the cache of version records, in bytes.
    pub record_cache: u64,
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

    /// Opens the store read-only: nothing in the data directory is changed.
    ///
    /// # Errors
    /// Returns the errors of [`Ledger::open`].
    pub async fn read(settings: Settings, progress: impl Fn(u64, u64) + Send) -> Result<Self, LedgerError> {
        let every = settings.engine.pace();
        clock_is_set(&settings)?;
        let store = if settings.engine == Engine::Segments {
            Store::Segments(SegmentStore::read(&settings.dir)?)
        } else {
            refuse_segments(&settings)?;
            Store::Rows(Graph::read(&settings.dir, settings.engine.clone()).await?)
        };
        let store = require_restored(store).await?;
        Self::over(store, settings, every, progress).await
    }

    /// Opens the store read-only to check it: a checkpoint that is missing, damaged or ahead of the
    /// store is a finding.
    ///
    /// # Errors
    /// Returns the errors of [`Ledger::open`]; [`LedgerError::is_damage`] distinguishes damage from
    /// other causes.
    pub async fn inspect(
        settings: Settings,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<(Self, CheckpointState), LedgerError> {
        let every = settings.engine.pace();
        clock_is_set(&settings)?;
        let (store, checkpoint) = if settings.engine == Engine::Segments {
            let (segments, head) = SegmentStore::inspect(&settings.dir)?;
            (Store::Segments(segments), head)
        } else {
            refuse_segments(&settings)?;
            let (graph, checkpoint) = Graph::inspect(&settings.dir, settings.engine.clone()).await?;
            (Store::Rows(graph), checkpoint)
        };
        let store = require_restored(store).await?;
        Ok((Self::over(store, settings, every, progress).await?, checkpoint))
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
        let shared = Arc::new(LedgerState {
            store,
            blobs: settings.blobs,
            url_signer: Arc::new(signer),
            uploads: UploadCompletions::here(),
            clock: settings.clock,
            skew: Skew::default(),
            index: Generations::new(index),
            durable: AtomicU64::new(head.seq.0),
            marks: LogMarks::new(marks),
            projected: AtomicU64::new(0),
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
        let projector = Arc::new(Mutex::new(Projector::start(&shared)?));
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
    if settings.engine == Engine::Segments {
        return Ok(Store::Segments(SegmentStore::open(&settings.dir)?));
    }
    refuse_segments(settings)?;
    Ok(Store::Rows(Graph::open(&settings.dir, settings.engine.clone()).await?))
}

/// Refuses a directory whose log is in segments: the graph in it is a projection.
fn refuse_segments(settings: &Settings) -> Result<(), LedgerError> {
    if !settings.dir.join(DIRECTORY).is_dir() {
        return Ok(());
    }
    let why = format!(
        "its log is in segments of files; it cannot be opened with the engine {}",
        settings.engine.name()
    );
    Err(GraphError::Open { dir: settings.dir.clone(), why }.into())
}

/// Refuses a clock with which the database cannot run: its errors would not mention the clock.
fn clock_is_set(settings: &Settings) -> Result<(), LedgerError> {
    if settings.clock.is_set() {
        return Ok(());
    }
    let why = "the clock of this machine shows a time before 1970, with which the database cannot run; set the clock, \
               then start again";
    Err(GraphError::Open { dir: settings.dir.clone(), why: why.to_owned() }.into())
}

/// Returns the store unless its restore is incomplete.
async fn require_restored(store: Store) -> Result<Store, LedgerError> {
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
