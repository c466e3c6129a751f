//! A store that was not cleanly closed: whatever its damage, a start that refuses it changes
//! nothing in it.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use super::*;
use crate::graph::{CheckpointFinding, checkpoint};

/// The number of commits that are acknowledged before the kill.
const COMMITS: u64 = 12;

/// A directory after a kill: half of the commits are in tables, half in the log, and some are
/// larger than what the engine stores in its tables.
async fn killed() -> TempDir {
    let dir = TempDir::new().unwrap();
    for half in [1..=COMMITS / 2, COMMITS / 2 + 1..=COMMITS] {
        let graph = open(dir.path()).await;
        for seq in half.clone() {
            graph.append(vec![large(graph.head())]).await.unwrap();
            assert_eq!(graph.head().seq, Seq(seq));
        }
        if *half.end() < COMMITS {
            graph.close().await.unwrap();
            continue;
        }
        let killed = TempDir::new().unwrap();
        copy_dir(dir.path(), killed.path());
        graph.close().await.unwrap();
        return killed;
    }
    unreachable!("the second half is the last")
}

/// An entry whose commit is larger than 4 KiB.
fn large(head: Head) -> Entry {
    let mut entry = empty(head);
    let seq = entry.commit.seq;
    entry.items.extend((0..20).map(|place| key(&format!("{seq}-{place}-{}", "k".repeat(300)))));
    entry.versions.push(plain(seq.0, &format!("label of {seq}"), &[]));
    entry.commit.message = Some("m".repeat(5_000));
    sealed(entry)
}

/// Opens the directory and reads every commit.
async fn all_are_there(dir: &Path) {
    let graph = open(dir).await;
    assert_eq!(graph.head().seq, Seq(COMMITS));
    let commits = graph.commits(Seq::ZERO, 100).await.unwrap();
    assert_eq!(commits.len() as u64, COMMITS);
    let mut before = Head::default();
    for commit in commits {
        assert_eq!(commit.previous, before.digest);
        before = Head { seq: commit.seq, digest: commit.digest() };
    }
    assert_eq!(before, graph.head());
    graph.close().await.unwrap();
    assert!(!dir.join("graph.trial").exists() && !dir.join("graph.before").exists());
}

/// Every file below a directory, with its contents.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(contents(&entry.path()));
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// Refuses the directory twice, as behind its checkpoint, without any change.
async fn refused_unchanged(dir: &Path, with: CheckpointFinding) {
    let before = contents(dir);
    for _ in 0..2 {
        match refusal(dir).await {
            GraphError::Behind { found, checkpoint: Seq(COMMITS), .. } => assert_eq!(found, with),
            error => panic!("{error}"),
        }
        assert!(contents(dir) == before, "a refused start has changed the directory");
    }
}

#[tokio::test]
async fn after_a_kill_every_commit_is_there() {
    let dir = killed().await;
    all_are_there(dir.path()).await;
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_flipped_bit_loses_nothing_once_it_is_repaired() {
    let dir = killed().await;
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    // In the first, a middle and the last record.
    for place in [100, good.len() / 2, good.len() - 100] {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        fs::write(&log, &bytes).unwrap();
        refused_unchanged(dir.path(), CheckpointFinding::NoCommit).await;
    }
    fs::write(&log, good).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_missing_or_empty_log_loses_nothing_once_it_is_restored() {
    let dir = killed().await;
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    fs::write(&log, b"").unwrap();
    refused_unchanged(dir.path(), CheckpointFinding::NoCommit).await;
    fs::remove_file(&log).unwrap();
    refused_unchanged(dir.path(), CheckpointFinding::NoCommit).await;
    fs::write(&log, good).unwrap();
    all_are_there(dir.path()).await;
}

/// Without its list the engine would delete every table.
#[tokio::test]
async fn a_store_without_its_list_of_tables_keeps_its_tables() {
    let dir = killed().await;
    let list = dir.path().join("graph/manifest/00000000000000000000.manifest");
    let good = fs::read(&list).unwrap();
    fs::remove_file(&list).unwrap();
    let before = contents(dir.path());
    let error = refusal(dir.path()).await;
    assert!(error.to_string().contains("manifest, is missing; restore"), "{error}");
    assert!(contents(dir.path()) == before);
    fs::write(&list, good).unwrap();
    all_are_there(dir.path()).await;
}

/// A store that was cleanly closed is opened in place, so its list of tables is compared first.
#[tokio::test]
async fn a_damaged_list_of_a_closed_store_is_refused_and_deletes_no_table() {
    let dir = killed().await;
    all_are_there(dir.path()).await;
    let list = dir.path().join("graph/manifest/00000000000000000000.manifest");
    let good = fs::read(&list).unwrap();
    let flipped = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    // The next number of a table, the tables, a truncated list, and one with an extra byte.
    for bad in
        [flipped(9), flipped(good.len() / 2), good[..good.len() / 2].to_vec(), [&good[..], b"x"].concat()]
    {
        fs::write(&list, bad).unwrap();
        let before = contents(dir.path());
        let error = refusal(dir.path()).await;
        assert!(error.to_string().contains("manifest, is damaged"), "{error}");
        let error = Graph::read(dir.path(), Engine::SurrealKv).await.err().unwrap();
        assert!(error.to_string().contains("manifest, is damaged"), "{error}");
        assert!(contents(dir.path()) == before);
    }
    fs::write(&list, good).unwrap();
    all_are_there(dir.path()).await;
}

/// Earlier releases noted that they had closed the engine, but not its list of tables.
#[tokio::test]
async fn a_store_that_an_earlier_release_closed_is_judged_on_a_copy() {
    let dir = killed().await;
    all_are_there(dir.path()).await;
    let [note, list] =
        ["CLOSED", "manifest/00000000000000000000.manifest"].map(|name| dir.path().join("graph").join(name));
    fs::write(&note, b"").unwrap();
    let good = fs::read(&list).unwrap();
    fs::write(&list, &good[..good.len() / 2]).unwrap();
    let before = contents(dir.path());
    refusal(dir.path()).await;
    assert!(contents(dir.path()) == before);
    fs::write(&list, good).unwrap();
    all_are_there(dir.path()).await;
    assert!(fs::read_to_string(&note).unwrap().starts_with("b3:"));
}

/// The engine does not open with the file, and does not name it.
#[tokio::test]
async fn a_stray_file_in_the_log_is_named() {
    let dir = killed().await;
    for closed in [false, true] {
        for name in ["repair_temp", "notes.txt", ".DS_Store"] {
            let stray = dir.path().join("graph/wal").join(name);
            for bytes in [&b""[..], b"stray"] {
                fs::write(&stray, bytes).unwrap();
                let before = contents(dir.path());
                let error = refusal(dir.path()).await.to_string();
                assert!(
                    error.contains(&format!("graph/wal/{name}, which is not one of the engine's; move it")),
                    "{error}"
                );
                // The file does not prevent reads.
                let graph = Graph::read(dir.path(), Engine::SurrealKv).await.unwrap();
                assert_eq!(graph.head().seq, Seq(COMMITS), "{closed}, {name}");
                graph.close().await.unwrap();
                assert!(contents(dir.path()) == before);
            }
            fs::remove_file(stray).unwrap();
        }
        all_are_there(dir.path()).await;
    }
}

/// A repair that ran out of space leaves a file; the next one would append to it and replace the
/// log by it.
#[tokio::test]
async fn the_file_of_an_interrupted_repair_is_not_continued() {
    let dir = killed().await;
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    let left = dir.path().join("graph/wal/repair_temp");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("00000000000000000000.wal"), &good[..good.len() / 2]).unwrap();
    // A repair begins with a truncated record, which was not acknowledged.
    let torn = [&good[..], &good[..200]].concat();
    fs::write(&log, torn).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn an_interrupted_exchange_is_completed_or_undone() {
    let dir = killed().await;
    let [store, before, trial] = ["graph", "graph.before", "graph.trial"].map(|name| dir.path().join(name));
    fs::rename(&store, &before).unwrap();
    fs::create_dir_all(trial.join("wal")).unwrap();
    all_are_there(dir.path()).await;

    fs::create_dir_all(before.join("wal")).unwrap();
    all_are_there(dir.path()).await;
}

/// The state after a release that did not note a clean close.
#[tokio::test]
async fn a_store_without_the_note_of_a_clean_close_opens() {
    let dir = killed().await;
    all_are_there(dir.path()).await;
    fs::remove_file(dir.path().join("graph/CLOSED")).unwrap();
    all_are_there(dir.path()).await;
    assert!(dir.path().join("graph/CLOSED").exists());
}

#[tokio::test]
async fn tables_are_linked_and_not_copied() {
    let dir = killed().await;
    let tables = || fs::read_dir(dir.path().join("graph/sstables")).unwrap().map(Result::unwrap);
    let before: Vec<u64> = tables().map(|table| table.metadata().unwrap().ino()).collect();
    open(dir.path()).await.close().await.unwrap();
    let after: Vec<u64> = tables().map(|table| table.metadata().unwrap().ino()).collect();
    assert!(!before.is_empty() && before.iter().all(|table| after.contains(table)), "{before:?}, {after:?}");
}

/// A full disk at the start after a kill: refused with a remedy, and nothing is lost.
#[tokio::test]
async fn a_full_disk_is_refused_and_loses_nothing() {
    let killed = killed().await;
    let Some(disk) = Disk::mount("8m") else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    copy_dir(killed.path(), disk.path());
    let ballast = disk.path().join("ballast");
    let mut bytes = fs::File::create(&ballast).unwrap();
    std::io::copy(&mut std::io::repeat(7), &mut bytes).unwrap_err();
    drop(bytes);
    let before = contents(&disk.path().join("graph"));
    for _ in 0..3 {
        let error = refusal(disk.path()).await;
        assert!(error.to_string().contains("free some space and start again"), "{error}");
    }
    assert!(contents(&disk.path().join("graph")) == before);
    fs::remove_file(&ballast).unwrap();
    all_are_there(disk.path()).await;
}

/// A store that is read is not changed, and several processes may read it at the same time.
#[tokio::test]
async fn a_store_is_read_without_any_change() {
    let dir = killed().await;
    let before = contents(dir.path());
    let graphs =
        [Graph::read(dir.path(), Engine::SurrealKv).await, Graph::read(dir.path(), Engine::SurrealKv).await];
    for graph in graphs {
        let graph = graph.unwrap();
        assert!(graph.is_read_only() && matches!(refusal(dir.path()).await, GraphError::Locked { .. }));
        assert_eq!(graph.head().seq, Seq(COMMITS));
        assert_eq!(graph.commits(Seq::ZERO, 100).await.unwrap().len() as u64, COMMITS);
        let error = graph.append(vec![entry(graph.head(), "more")]).await.unwrap_err();
        assert!(error.to_string().contains("opened read-only"), "{error}");
        graph.close().await.unwrap();
    }
    assert!(contents(dir.path()) == before);

    let graph = open(dir.path()).await;
    let error = Graph::read(dir.path(), Engine::SurrealKv).await.unwrap_err();
    assert!(matches!(error, GraphError::Locked { .. }), "{error}");
    graph.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_store_is_refused_read_only_too_and_not_changed() {
    let dir = killed().await;
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    fs::write(&log, &good[..good.len() / 2]).unwrap();
    let before = contents(dir.path());
    let error = Graph::read(dir.path(), Engine::SurrealKv).await.unwrap_err();
    assert!(matches!(error, GraphError::Behind { .. }), "{error}");
    assert!(contents(dir.path()) == before);
    fs::write(&log, good).unwrap();
    all_are_there(dir.path()).await;
}

/// A copy that fails for lack of space is removed, and the store is unchanged.
#[tokio::test]
async fn a_copy_that_cannot_be_made_leaves_nothing() {
    let dir = killed().await;
    // A file in the place of a directory of the copy.
    fs::write(dir.path().join("graph.trial"), b"").unwrap();
    let error = refusal(dir.path()).await;
    assert!(matches!(error, GraphError::Open { .. }), "{error}");
    fs::remove_file(dir.path().join("graph.trial")).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_checkpoint_beyond_the_store_changes_nothing() {
    let dir = killed().await;
    let head = fs::read(dir.path().join("HEAD")).unwrap();
    checkpoint::create(dir.path(), Head { seq: Seq(99), digest: [1; 32] }, "surrealkv").unwrap();
    let before = contents(dir.path());
    let error = refusal(dir.path()).await;
    assert!(matches!(error, GraphError::Behind { checkpoint: Seq(99), .. }), "{error}");
    assert!(contents(dir.path()) == before);
    fs::write(dir.path().join("HEAD"), head).unwrap();
    all_are_there(dir.path()).await;
}
