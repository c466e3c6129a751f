//! Opens the store and rebuilds the index from its log.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::chain::Chain;
use super::clock::Skew;
use super::index::Generations;
use super::records::Cache;
use super::sequencer;
use super::sequencer::pending::Pending;
use super::sequencer::replication::Following;
use super::signed_urls::{self, Passes};
use super::uploads::Uploads;
use super::{BlobStore, Clock, Engine, Ledger, LedgerError, Shared};
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::{CommitRecord, Head};
use crate::domain::log::facts::Stamp;
use crate::domain::log::position::LogMark;
use crate::domain::signed_url::PassKey;
use crate::domain::version::Timestamp;
use crate::graph::{CheckpointState, Graph, GraphError};
use crate::lineage::{Index, Loading};

/// The number of proposals that may queue before callers wait.
const QUEUE: usize = 1_024;
/// The number of commits in the first page, before their size is known.
const FIRST_PAGE: usize = 16;
/// The maximum number of commits in a page.
const LARGEST_PAGE: usize = 4_096;
/// The approximate size of a page in bytes.
const PAGE_BYTES: usize = 1024 * 1024;
/// The size of a commit without its facts.
const COMMIT_BYTES: usize = 256;
/// The number of pages that are read ahead, and the number that are checked ahead.
const AHEAD: usize = 2;

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
        let graph = whole(graph(&settings).await?).await?;
        Self::over(graph, settings, every, progress).await
    }

    /// Opens the store read-only: nothing in the data directory is changed.
    ///
    /// # Errors
    /// Returns the errors of [`Ledger::open`].
    pub async fn read(settings: Settings, progress: impl Fn(u64, u64) + Send) -> Result<Self, LedgerError> {
        let every = settings.engine.pace();
        clock_is_set(&settings)?;
        let graph = whole(Graph::read(&settings.dir, settings.engine.clone()).await?).await?;
        Self::over(graph, settings, every, progress).await
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
        let (graph, checkpoint) = Graph::inspect(&settings.dir, settings.engine.clone()).await?;
        let graph = whole(graph).await?;
        Ok((Self::over(graph, settings, every, progress).await?, checkpoint))
    }

    /// Opens the ledger over an open graph.
    pub(super) async fn over(
        graph: Graph,
        settings: Settings,
        every: Duration,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Self, LedgerError> {
        let make = if graph.is_read_only() { signed_urls::borrowed } else { signed_urls::key };
        let (mut key, mut name) = (make(&settings.dir)?, String::new());
        if graph.is_shared() {
            name = name_of(&settings.dir, settings.clock.now());
            // A URL that one process signs must be valid at the others.
            key = graph.agreed(signed_urls::AGREED, key).await?;
        }
        let passes = Passes::new(PassKey::new(key), Arc::clone(&settings.clock));
        let Replayed { index, head, marks } = replay(&graph, progress).await?;
        let shared = Arc::new(Shared {
            graph,
            blobs: settings.blobs,
            passes: Arc::new(passes),
            uploads: Uploads::here(),
            clock: settings.clock,
            skew: Skew::default(),
            index: Generations::new(index),
            durable: AtomicU64::new(head.seq.0),
            chain: Chain::new(marks),
            news: watch::Sender::new(head.seq),
            cache: Cache::new(settings.record_cache),
            pending: Pending::default(),
            following: Following::new(every),
            name,
            sweeps: AtomicU64::new(0),
            alone: AtomicBool::new(false),
            writable: AtomicBool::new(true),
        });
        let (jobs, queue) = mpsc::channel(QUEUE);
        let task = shared.graph.runtime()?.spawn(sequencer::run(Arc::clone(&shared), queue, head));
        Ok(Self { shared, jobs, sequencer: Arc::new(Mutex::new(Some(task))) })
    }
}

/// Returns a unique name for this process: at any moment, only one process holds the lock of a
/// directory.
fn name_of(dir: &Path, now: Timestamp) -> String {
    let id = std::process::id();
    Digest::of(format!("{} {id} {now}", dir.display()).as_bytes()).hex()
}

/// Opens the graph of these settings.
pub(super) async fn graph(settings: &Settings) -> Result<Graph, LedgerError> {
    clock_is_set(settings)?;
    Ok(Graph::open(&settings.dir, settings.engine.clone()).await?)
}

/// Refuses a clock with which the database cannot run: its errors would not mention the clock.
fn clock_is_set(settings: &Settings) -> Result<(), LedgerError> {
    if settings.clock.is_set() {
        return Ok(());
    }
    let why = "the clock of this machine shows a time before 1970, with which the database cannot run; set the clock, then start again";
    Err(GraphError::Open { dir: settings.dir.clone(), why: why.to_owned() }.into())
}

/// Returns the graph unless its restore is incomplete.
async fn whole(graph: Graph) -> Result<Graph, LedgerError> {
    match graph.restoring().await {
        Ok(None) => Ok(graph),
        Ok(Some(until)) => {
            let at = graph.head().seq;
            // The first error is returned.
            let _ = graph.close().await;
            Err(GraphError::Restoring { at, until: until.seq }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The result of a replay.
pub(super) struct Replayed {
    pub index: Index,
    /// The newest commit.
    pub head: Head,
    /// The marks of all commits.
    pub marks: Vec<LogMark>,
}

/// Reads the complete log, checks its chain of digests, and feeds the index. Pages are read ahead,
/// and are checked on one thread while another applies the pages before them.
pub(super) async fn replay(graph: &Graph, progress: impl Fn(u64, u64)) -> Result<Replayed, LedgerError> {
    let newest = graph.head();
    let (pages, read) = mpsc::channel::<Vec<CommitRecord>>(AHEAD);
    let (checked, ready) = mpsc::channel(AHEAD);
    let checking = tokio::task::spawn_blocking(move || check(read, &checked));
    let applying = tokio::task::spawn_blocking(move || apply(ready));
    let reading = feed(graph, &pages, progress).await;
    drop(pages);
    let ended = |error: tokio::task::JoinError| LedgerError::unavailable(&error.to_string());
    let (head, index) = (checking.await.map_err(ended)?, applying.await.map_err(ended)?);
    // The error that is first in the log is returned: a page is applied before the next one is
    // checked or read.
    let (index, (head, marks)) = (index?, head?);
    reading?;
    if head.digest == newest.digest {
        Ok(Replayed { index, head, marks })
    } else {
        Err(damaged(head.seq, "its digest is another"))
    }
}

/// Reads the log page by page until its end, or until the receiver is dropped.
async fn feed(
    graph: &Graph,
    pages: &mpsc::Sender<Vec<CommitRecord>>,
    progress: impl Fn(u64, u64),
) -> Result<(), LedgerError> {
    let newest = graph.head().seq;
    let (mut seq, mut page) = (Seq::ZERO, FIRST_PAGE);
    while seq < newest {
        let commits = graph.commits(seq, page).await?;
        let Some(last) = commits.last() else {
            return Err(damaged(seq.next(), "it is missing"));
        };
        seq = last.seq;
        let bytes: usize = commits.iter().map(|commit| COMMIT_BYTES + commit.facts.len()).sum();
        page = (commits.len() * PAGE_BYTES / bytes.max(1)).clamp(1, LARGEST_PAGE);
        if pages.send(commits).await.is_err() {
            return Ok(());
        }
        progress(seq.0, newest.0);
    }
    Ok(())
}

/// Checks that each commit follows the previous one.
fn check(
    mut pages: mpsc::Receiver<Vec<CommitRecord>>,
    checked: &mpsc::Sender<Vec<CommitRecord>>,
) -> Result<(Head, Vec<LogMark>), LedgerError> {
    let (mut head, mut marks) = (Head::default(), Vec::new());
    while let Some(page) = pages.blocking_recv() {
        for commit in &page {
            if commit.previous != head.digest || commit.seq != head.seq.next() {
                return Err(damaged(commit.seq, "it does not follow the commit before it"));
            }
            head = Head { seq: commit.seq, digest: commit.digest() };
            marks.push(LogMark::of(&head.digest));
        }
        if checked.blocking_send(page).is_err() {
            break;
        }
    }
    Ok((head, marks))
}

/// Applies the pages to an index.
fn apply(mut pages: mpsc::Receiver<Vec<CommitRecord>>) -> Result<Index, LedgerError> {
    let mut index = Loading::default();
    while let Some(page) = pages.blocking_recv() {
        for commit in page {
            let stamp = Stamp { seq: commit.seq, time: commit.time, author: &commit.author };
            index.apply(stamp, commit.facts).map_err(|misfit| damaged(misfit.seq, &misfit.why))?;
        }
    }
    index.settled().map_err(|misfit| damaged(misfit.seq, &misfit.why))
}

fn damaged(seq: Seq, why: &str) -> LedgerError {
    LedgerError::Corrupt(format!(
        "the log is damaged at commit {seq}: {why}; restore the data directory from a backup"
    ))
}
