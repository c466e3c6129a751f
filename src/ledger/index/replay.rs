//! Rebuilds the index from the log, and checks the chain of its digests.

use tokio::sync::mpsc;

use crate::domain::id::Seq;
use crate::domain::log::entry::{CommitRecord, Head};
use crate::domain::log::facts::Stamp;
use crate::domain::log::position::LogMark;
use crate::domain::write::log_entry::LogEntry;
use crate::graph::Graph;
use crate::ledger::LedgerError;
use crate::ledger::store::{SegmentStore, Store};
use crate::lineage::{Index, Loading};

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

/// The result of a replay.
pub(crate) struct Replayed {
    pub index: Index,
    /// The newest commit.
    pub head: Head,
    /// The marks of all commits.
    pub marks: Vec<LogMark>,
}

/// Reads the complete log, checks its chain of digests, and feeds the index. Pages are read ahead,
/// and are checked on one thread while another applies the pages before them.
pub(crate) async fn replay(store: &Store, progress: impl Fn(u64, u64)) -> Result<Replayed, LedgerError> {
    let newest = store.head();
    let (pages, read) = mpsc::channel::<Vec<CommitRecord>>(AHEAD);
    let (checked, ready) = mpsc::channel(AHEAD);
    let checking = tokio::task::spawn_blocking(move || check(read, &checked));
    let applying = tokio::task::spawn_blocking(move || apply(ready));
    let reading = match store {
        Store::Segments(segments) => feed_segments(segments, &pages, progress).await,
        Store::Rows(graph) => feed(graph, &pages, progress).await,
    };
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
        Err(damaged(head.seq, "its digest is not that of the head"))
    }
}

/// Reads the segments until their end, or until the receiver is dropped.
async fn feed_segments(
    segments: &SegmentStore,
    pages: &mpsc::Sender<Vec<CommitRecord>>,
    progress: impl Fn(u64, u64),
) -> Result<(), LedgerError> {
    let newest = segments.reader().head().seq;
    let (mut page, mut bytes) = (Vec::new(), 0);
    for frame in segments.reader().frames_after(Seq::ZERO) {
        for (seq, packed) in frame?.entries() {
            let commit = LogEntry::unpack_commit(packed).map_err(|broken| damaged(seq, broken.0))?;
            bytes += COMMIT_BYTES + commit.facts.size();
            page.push(commit);
            if bytes >= PAGE_BYTES || page.len() >= LARGEST_PAGE {
                bytes = 0;
                if pages.send(std::mem::take(&mut page)).await.is_err() {
                    return Ok(());
                }
                progress(seq.0, newest.0);
            }
        }
    }
    // The receiver may have found an error, which is returned.
    let _ = pages.send(page).await;
    Ok(())
}

/// Reads the rows page by page until their end, or until the receiver is dropped.
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
        let bytes: usize = commits.iter().map(|commit| COMMIT_BYTES + commit.facts.size()).sum();
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
            index.apply(stamp, commit.facts).map_err(|error| damaged(error.seq, &error.why))?;
        }
    }
    index.settled().map_err(|error| damaged(error.seq, &error.why))
}

fn damaged(seq: Seq, why: &str) -> LedgerError {
    LedgerError::Corrupt(format!(
        "the log is damaged at commit {seq}: {why}; restore the data directory from a backup"
    ))
}
