//! Migrations of stores of format 1, whole and interrupted. `tests/it/compat.rs` migrates a store that
//! the program of format 1 made.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::super::migration::{FormerStore, mark_complete};
use super::*;
use crate::graph::DirectoryHold;
use crate::ledger::store::place::MIGRATING;
use crate::ledger::{Migrated, MigrationStage, OtherStore, migrate};

const COMMITS: usize = 12;

/// A store of format 1 as a kill leaves it.
async fn killed() -> (TempDir, Vec<LogEntry>) {
    let [dir, killed] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let ledger = open(dir.path(), Log::Rows).await.unwrap();
    let (log, _) = filled(&ledger, "ada", COMMITS).await;
    copy(dir.path(), killed.path());
    ledger.close().await.unwrap();
    (killed, log)
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in contents(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Every file below a directory, with its content.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = PathBuf::from(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            found.extend(contents(&entry.path()).into_iter().map(|(path, bytes)| (name.join(path), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

async fn migrated(dir: &Path) -> Result<Option<Head>, RestoreError> {
    Ok(migrate(dir, |_, _, _| ()).await?.map(|migrated| migrated.head))
}

/// The ledger of files in a directory.
async fn opened(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(settings(dir), |_, _| ()).await
}

/// Migrates a directory, and checks that it has this log and accepts more.
async fn becomes(dir: &Path, log: &[LogEntry]) {
    let until = log.last().unwrap().head();
    assert_eq!(migrated(dir).await.unwrap(), Some(until));
    let ledger = opened(dir).await.unwrap();
    assert_eq!(ledger.log_entries(Seq::ZERO, until.seq, usize::MAX).await.unwrap(), log);
    let (more, head) = filled_after(&ledger, log.len()).await;
    ledger.close().await.unwrap();
    let ledger = opened(dir).await.unwrap();
    assert_eq!(ledger.head_at(None).await.unwrap(), head);
    assert_eq!(ledger.log_entries(until.seq, head.seq, usize::MAX).await.unwrap(), more);
    ledger.close().await.unwrap();
    assert!(dir.join("graph.v1").is_dir() && dir.join("HEAD.v1").is_file());
    assert!(!dir.join(MIGRATING).exists());
    assert_eq!(migrated(dir).await.unwrap(), None, "a second run has nothing to do");
}

/// Writes a commit after these, and returns it and the head.
async fn filled_after(ledger: &Ledger, commits: usize) -> (Vec<LogEntry>, Head) {
    let (all, head) = filled_from(ledger, "eve", commits, 1).await;
    (all[commits..].to_vec(), head)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_format_1_is_refused_until_it_is_migrated() {
    let (dir, log) = killed().await;
    let before = contents(dir.path());
    for refused in [
        opened(dir.path()).await.map(drop).unwrap_err(),
        Ledger::read(settings(dir.path()), |_, _| ()).await.map(drop).unwrap_err(),
    ] {
        assert!(
            matches!(refused, LedgerError::OtherStore(OtherStore::Former { format: 1, .. })),
            "{refused}"
        );
        assert!(refused.to_string().contains("run `stemma migrate"), "{refused}");
    }
    assert!(contents(dir.path()) == before, "a refusal has changed the directory");
    becomes(dir.path(), &log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_is_migrated_with_progress() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path(), Log::Rows).await.unwrap();
    let (log, until) = filled(&ledger, "ada", COMMITS).await;
    ledger.close().await.unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let head =
        migrate(dir.path(), |stage, done, of| seen.lock().unwrap().push((stage, done, of))).await.unwrap();
    assert_eq!(head, Some(Migrated { head: until, kept: ["graph.v1", "HEAD.v1"] }));
    let seen = seen.into_inner().unwrap();
    for stage in [MigrationStage::Copying, MigrationStage::Comparing] {
        let last = seen.iter().rfind(|(found, _, _)| *found == stage);
        assert_eq!(last, Some(&(stage, COMMITS as u64, COMMITS as u64)));
    }
    let ledger = opened(dir.path()).await.unwrap();
    assert_eq!(ledger.log_entries(Seq::ZERO, until.seq, usize::MAX).await.unwrap(), log);
    ledger.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_copy_is_continued_or_begun_again() {
    // Nothing but the directory; a log without its mark; some commits of a marked log.
    for state in 0..3 {
        let (dir, log) = killed().await;
        let side = dir.path().join(MIGRATING);
        match state {
            0 => fs::create_dir(&side).unwrap(),
            1 => store(&side, Log::Segments).await.close().await.unwrap(),
            _ => {
                let mut restore = begin(&side, Log::Segments, log[COMMITS - 1].head()).await.unwrap();
                for log_entry in &log[..5] {
                    restore.add(log_entry.clone()).await.unwrap();
                }
                restore.leave().await.unwrap();
            }
        }
        let refused = opened(dir.path()).await.map(drop).unwrap_err();
        assert!(matches!(refused, LedgerError::OtherStore(OtherStore::Migrating(_))), "{refused}");
        becomes(dir.path(), &log).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_renames_are_finished() {
    for done in 0..=4 {
        let (dir, log) = killed().await;
        let place = dir.path().canonicalize().unwrap();
        let side = place.join(MIGRATING);
        let hold = DirectoryHold::take(&place).unwrap();
        FormerStore::Rows.convert(&place, &hold, &side, |_, _, _| ()).await.unwrap();
        drop(hold);
        mark_complete(&side).unwrap();
        let steps = [
            ("graph", "graph.v1"),
            ("HEAD", "HEAD.v1"),
            ("log.migrating/HEAD", "HEAD"),
            ("log.migrating/log", "log"),
        ];
        for (from, to) in &steps[..done] {
            fs::rename(place.join(from), place.join(to)).unwrap();
        }
        let refused = opened(&place).await.map(drop).unwrap_err();
        assert!(matches!(refused, LedgerError::OtherStore(OtherStore::Migrating(_))), "{done}: {refused}");
        becomes(&place, &log).await;
    }
}

/// The directory of a migration is removed file by file, its mark perhaps first.
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_was_partly_removed_at_the_end_is_removed() {
    let (dir, log) = killed().await;
    let until = log[COMMITS - 1].head();
    assert_eq!(migrated(dir.path()).await.unwrap(), Some(until));
    let side = dir.path().join(MIGRATING);
    for left in [None, Some("LOCK"), Some("COMPLETE")] {
        fs::create_dir(&side).unwrap();
        if let Some(name) = left {
            fs::write(side.join(name), "").unwrap();
        }
        let refused = opened(dir.path()).await.map(drop).unwrap_err();
        assert!(matches!(refused, LedgerError::OtherStore(OtherStore::Migrating(_))), "{refused}");
        assert_eq!(migrated(dir.path()).await.unwrap(), Some(until), "{left:?}");
        opened(dir.path()).await.unwrap().close().await.unwrap();
        assert!(!side.exists() && dir.path().join("graph.v1").is_dir());
    }
}

/// An earlier release ignores the directory of a migration.
#[tokio::test(flavor = "multi_thread")]
async fn commits_that_an_earlier_release_appends_meanwhile_are_kept() {
    let (dir, log) = killed().await;
    let place = dir.path().canonicalize().unwrap();
    let hold = DirectoryHold::take(&place).unwrap();
    FormerStore::Rows.convert(&place, &hold, &place.join(MIGRATING), |_, _, _| ()).await.unwrap();
    drop(hold);
    mark_complete(&place.join(MIGRATING)).unwrap();
    let former = open(&place, Log::Rows).await.unwrap();
    let (more, _) = filled_after(&former, log.len()).await;
    former.close().await.unwrap();
    becomes(&place, &[log, more].concat()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_incomplete_store_is_refused_and_not_changed() {
    let (dir, log) = killed().await;
    let wal = fs::read_dir(dir.path().join("graph/wal")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&wal).unwrap();
    fs::write(&wal, &good[..good.len() / 2]).unwrap();
    let before = contents(dir.path());
    let refused = migrated(dir.path()).await.unwrap_err();
    assert!(
        matches!(refused, RestoreError::Ledger(LedgerError::Open(GraphError::Behind { .. }))),
        "{refused}"
    );
    assert!(contents(dir.path()) == before);
    fs::write(&wal, good).unwrap();
    becomes(dir.path(), &log).await;

    let dir = TempDir::new().unwrap();
    let mut restore = begin(dir.path(), Log::Rows, log[COMMITS - 1].head()).await.unwrap();
    restore.add(log[0].clone()).await.unwrap();
    restore.leave().await.unwrap();
    let refused = migrated(dir.path()).await.unwrap_err();
    assert!(
        matches!(refused, RestoreError::Ledger(LedgerError::Open(GraphError::Restoring { .. }))),
        "{refused}"
    );
}

/// A start of format 1 that was killed while it replaced the store by its checked copy.
#[tokio::test(flavor = "multi_thread")]
async fn the_leftovers_of_an_interrupted_exchange_are_no_obstacle() {
    for both in [true, false] {
        let (dir, log) = killed().await;
        let [store, before, trial] =
            ["graph", "graph.before", "graph.trial"].map(|name| dir.path().join(name));
        if both {
            fs::create_dir_all(before.join("wal")).unwrap();
        } else {
            fs::rename(&store, &before).unwrap();
        }
        fs::create_dir_all(trial.join("wal")).unwrap();
        becomes(dir.path(), &log).await;
        assert!(!before.exists() && !trial.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_former_store_would_be_named_is_not_replaced() {
    let (dir, log) = killed().await;
    fs::create_dir(dir.path().join("graph.v1")).unwrap();
    let refused = migrated(dir.path()).await.unwrap_err().to_string();
    assert!(refused.contains("graph.v1 exists already; move it away"), "{refused}");
    fs::remove_dir(dir.path().join("graph.v1")).unwrap();
    becomes(dir.path(), &log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_a_log_is_refused() {
    let dir = TempDir::new().unwrap();
    let ledger = opened(dir.path()).await.unwrap();
    filled(&ledger, "ada", 2).await;
    ledger.close().await.unwrap();
    fs::rename(dir.path().join("log"), dir.path().join("away")).unwrap();
    for with_graph in [true, false] {
        if !with_graph {
            fs::remove_dir_all(dir.path().join("graph")).unwrap();
        }
        let refused = opened(dir.path()).await.map(drop).unwrap_err();
        assert!(matches!(refused, LedgerError::OtherStore(OtherStore::NoLog(_))), "{refused}");
        assert!(refused.is_damage() && !dir.path().join("log").exists());
    }
    fs::create_dir(dir.path().join("log")).unwrap();
    let refused = opened(dir.path()).await.map(drop).unwrap_err();
    assert!(matches!(refused, LedgerError::OtherStore(OtherStore::NoLog(_))), "{refused}");
    fs::remove_dir(dir.path().join("log")).unwrap();
    fs::rename(dir.path().join("away"), dir.path().join("log")).unwrap();
    opened(dir.path()).await.unwrap().close().await.unwrap();
}
