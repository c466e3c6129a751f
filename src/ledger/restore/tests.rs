//! Restores that are interrupted, that come from another backup, and into stores that are not
//! empty.

mod former_log;
mod migration;

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::write::proposal::{Proposal, Put};
use crate::graph::{Graph, GraphError};
use crate::ledger::store::{CheckpointMode, SegmentStore};
use crate::ledger::{Engine, Ledger, MemStore, StepClock};

/// The two kinds of logs. Rows in the directory are like those on a server.
#[derive(Debug, Clone, Copy)]
enum Log {
    Segments,
    Rows,
}

const LOGS: [Log; 2] = [Log::Segments, Log::Rows];

fn settings(dir: &Path) -> Settings {
    Settings::new(dir, Arc::new(MemStore::new()), Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)))
}

async fn store(dir: &Path, log: Log) -> Store {
    match log {
        Log::Segments => Store::Segments(SegmentStore::open(dir, CheckpointMode::Soon).unwrap()),
        Log::Rows => Store::Rows(Graph::open(dir, Engine::SurrealKv).await.unwrap()),
    }
}

async fn open(dir: &Path, log: Log) -> Result<Ledger, LedgerError> {
    let store = open::require_restored(store(dir, log).await).await?;
    Ledger::over(store, settings(dir), std::time::Duration::MAX, |_, _| ()).await
}

async fn begin(dir: &Path, log: Log, until: Head) -> Result<Restore, RestoreError> {
    Restore::begun(store(dir, log).await, until, |_, _| ()).await
}

/// Returns the log of a store with this many commits by this author, and its head.
async fn log_of(log: Log, author: &str, commits: usize) -> (Vec<LogEntry>, Head) {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path(), log).await.unwrap();
    let found = filled(&ledger, author, commits).await;
    ledger.close().await.unwrap();
    found
}

/// Writes commits, and returns the log and its head.
async fn filled(ledger: &Ledger, author: &str, commits: usize) -> (Vec<LogEntry>, Head) {
    filled_from(ledger, author, 0, commits).await
}

/// Writes commits into a store that has `had`, and returns the complete log and its head.
async fn filled_from(ledger: &Ledger, author: &str, had: usize, commits: usize) -> (Vec<LogEntry>, Head) {
    for number in had..had + commits {
        let item = ItemKey::new("birds".parse().unwrap(), Kind::Label, &number.to_string()).unwrap();
        let put = Put { attributes: Attributes::new(&json!({"class": number})).unwrap(), ..Put::new(item) };
        let (message, idempotency_key) = (None, Some(number.to_string()));
        let proposal = Proposal {
            author: author.to_owned(),
            message,
            idempotency_key,
            repeat_statements: false,
            changes: vec![put.into()],
        };
        ledger.commit(proposal).await.unwrap();
    }
    let head = ledger.head_at(None).await.unwrap();
    let found = ledger.log_entries(Seq::ZERO, head.seq, usize::MAX).await.unwrap();
    assert_eq!(found.len(), had + commits);
    (found, head)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_restore_continues_and_is_not_served_before() {
    for engine in LOGS {
        let (log, until) = log_of(engine, "ada", 9).await;
        let dir = TempDir::new().unwrap();
        for done in [0, 4, 7] {
            let mut restore = begin(dir.path(), engine, until).await.unwrap();
            for log_entry in &log[..done] {
                restore.add(log_entry.clone()).await.unwrap();
            }
            restore.leave().await.unwrap();
            match open(dir.path(), engine).await.map(drop) {
                Err(LedgerError::Open(GraphError::Restoring { at, until: said })) => {
                    assert_eq!((at, said), (Seq(done as u64), until.seq));
                }
                other => panic!("{other:?}"),
            }
        }
        // Not all announced commits were given.
        let mut restore = begin(dir.path(), engine, until).await.unwrap();
        assert_eq!(restore.had(), Seq(7));
        for log_entry in &log[..8] {
            restore.add(log_entry.clone()).await.unwrap();
        }
        let short = restore.finish(|_, _| ()).await.unwrap_err();
        assert!(matches!(short, RestoreError::Short { at: Seq(8), until: Seq(9) }), "{short}");
        assert!(matches!(
            open(dir.path(), engine).await,
            Err(LedgerError::Open(GraphError::Restoring { .. }))
        ));

        let mut restore = begin(dir.path(), engine, until).await.unwrap();
        for log_entry in &log {
            restore.add(log_entry.clone()).await.unwrap();
        }
        assert_eq!(restore.finish(|_, _| ()).await.unwrap(), until);
        let ledger = open(dir.path(), engine).await.unwrap();
        assert_eq!(ledger.log_entries(Seq::ZERO, until.seq, usize::MAX).await.unwrap(), log);
        ledger.close().await.unwrap();
        // After the restore it is a store like any other.
        let full = begin(dir.path(), engine, until).await.map(drop).unwrap_err();
        assert!(matches!(full, RestoreError::NotEmpty { at: Seq(9) }), "{full}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_backup_does_not_continue_an_interrupted_restore() {
    for engine in LOGS {
        let ((log, until), (other, other_until)) =
            (log_of(engine, "ada", 5).await, log_of(engine, "eve", 6).await);
        let dir = TempDir::new().unwrap();
        let mut restore = begin(dir.path(), engine, until).await.unwrap();
        for log_entry in &log[..3] {
            restore.add(log_entry.clone()).await.unwrap();
        }
        restore.leave().await.unwrap();
        let mut restore = begin(dir.path(), engine, other_until).await.unwrap();
        restore.add(other[0].clone()).await.unwrap();
        restore.add(other[1].clone()).await.unwrap();
        let refused = restore.add(other[2].clone()).await.unwrap_err();
        assert!(matches!(refused, RestoreError::OtherBackup { at: Seq(3) }), "{refused}");
        restore.leave().await.unwrap();
        // A backup that ends earlier is refused too.
        let early = begin(dir.path(), engine, log[1].head()).await.map(drop).unwrap_err();
        assert!(matches!(early, RestoreError::OtherBackup { at: Seq(3) }), "{early}");
        // Any later moment of the right backup is accepted.
        let mut restore = begin(dir.path(), engine, log[3].head()).await.unwrap();
        for log_entry in &log[..4] {
            restore.add(log_entry.clone()).await.unwrap();
        }
        assert_eq!(restore.finish(|_, _| ()).await.unwrap(), log[3].head());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_or_missing_commits_are_refused() {
    for engine in LOGS {
        let (log, until) = log_of(engine, "ada", 3).await;
        let dir = TempDir::new().unwrap();
        let mut restore = begin(dir.path(), engine, until).await.unwrap();
        restore.add(log[0].clone()).await.unwrap();
        assert!(matches!(restore.add(log[2].clone()).await, Err(RestoreError::Inconsistent(_))));
        let mut changed = log[1].clone();
        changed.versions[0].message = Some("it was another".to_owned());
        assert!(matches!(restore.add(changed).await, Err(RestoreError::Inconsistent(_))));
        restore.leave().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_what_fits_and_at_least_one_commit() {
    for engine in LOGS {
        let dir = TempDir::new().unwrap();
        let ledger = open(dir.path(), engine).await.unwrap();
        for number in 0..20 {
            let item = ItemKey::new("birds".parse().unwrap(), Kind::Label, &number.to_string()).unwrap();
            let changes = vec![Put::new(item).into()];
            let proposal = Proposal {
                author: "ada".to_owned(),
                message: None,
                idempotency_key: None,
                repeat_statements: false,
                changes,
            };
            ledger.commit(proposal).await.unwrap();
        }
        let read = async |after, until, bytes| ledger.log_entries(Seq(after), Seq(until), bytes).await;
        assert_eq!(read(4, 20, 1).await.unwrap().len(), 1);
        let page = read(4, 20, 3_000).await.unwrap();
        assert!((2..16).contains(&page.len()), "{} commits", page.len());
        assert_eq!(read(4, 9, usize::MAX).await.unwrap().len(), 5);
        assert_eq!(read(9, 9, usize::MAX).await.unwrap(), []);
        assert!(matches!(read(0, 21, 1).await, Err(LedgerError::AsOfUnavailable(_))));
        assert_eq!(ledger.head_at(Some(Seq(0))).await.unwrap(), Head::default());
        let page = read(0, 20, usize::MAX).await.unwrap();
        assert_eq!(ledger.head_at(Some(Seq(7))).await.unwrap(), page[6].head());
        ledger.close().await.unwrap();
    }
}
