//! Opening: the store, and the index rebuilt from its log.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

use tokio::sync::mpsc;

use super::pending::Pending;
use super::records::Cache;
use super::sequencer;
use super::{BlobStore, Clock, Engine, Ledger, LedgerError, Shared};
use crate::domain::entry::Head;
use crate::domain::facts::{Facts, Stamp};
use crate::domain::id::Seq;
use crate::graph::Graph;
use crate::lineage::Index;

/// How many proposals may wait before callers are held back.
const QUEUE: usize = 1_024;
/// How many commits are read at a time.
const READ_AT_ONCE: usize = 256;

/// What a ledger is opened with.
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// The storage engine.
    pub engine: Engine,
    /// The payloads.
    pub blobs: Arc<dyn BlobStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Ledger {
    /// Opens the store, or makes it, and rebuilds the lineage index from the log. `progress` hears how many commits
    /// are read, and of how many.
    ///
    /// Must be called within a tokio runtime, on which the sequencer then runs.
    ///
    /// # Errors
    /// [`LedgerError::Open`] says what to do; [`LedgerError::Corrupt`] where the log does not fit together.
    pub async fn open(settings: Settings, progress: impl Fn(u64, u64) + Send) -> Result<Self, LedgerError> {
        let graph = Graph::open(&settings.dir, settings.engine).await?;
        let (index, head) = replay(&graph, progress).await?;
        let shared = Arc::new(Shared {
            graph,
            blobs: settings.blobs,
            clock: settings.clock,
            index: RwLock::new(index),
            durable: AtomicU64::new(head.seq.0),
            cache: Cache::default(),
            pending: Pending::default(),
            writable: AtomicBool::new(true),
        });
        let (jobs, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(sequencer::run(Arc::clone(&shared), queue, head));
        Ok(Self { shared, jobs, sequencer: Arc::new(Mutex::new(Some(task))) })
    }
}

/// Reads the whole log, checks its chain of digests, and feeds the index.
pub(super) async fn replay(graph: &Graph, progress: impl Fn(u64, u64)) -> Result<(Index, Head), LedgerError> {
    let newest = graph.head();
    let (mut index, mut head) = (Index::default(), Head::default());
    while head.seq < newest.seq {
        let commits = graph.commits(head.seq, READ_AT_ONCE).await?;
        if commits.is_empty() {
            return Err(damaged(head.seq.next(), "it is missing"));
        }
        for commit in commits {
            if commit.previous != head.digest || commit.seq != head.seq.next() {
                return Err(damaged(commit.seq, "it does not follow the commit before it"));
            }
            let facts =
                Facts::unpack(&commit.facts).map_err(|error| damaged(commit.seq, &error.to_string()))?;
            let stamp = Stamp { seq: commit.seq, time: commit.time, author: &commit.author };
            index.apply(stamp, &facts).map_err(|error| damaged(commit.seq, error.why))?;
            head = Head { seq: commit.seq, digest: commit.digest() };
        }
        progress(head.seq.0, newest.seq.0);
    }
    if head.digest == newest.digest {
        Ok((index, head))
    } else {
        Err(damaged(head.seq, "its digest is another"))
    }
}

fn damaged(seq: Seq, why: &str) -> LedgerError {
    LedgerError::Corrupt(format!(
        "the log is damaged at commit {seq}: {why}; restore the data directory from a backup"
    ))
}
