//! Stores of format 1 that are read for a migration: whatever their damage, nothing in them is
//! changed.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use super::*;
use crate::graph::{AppendError, CheckpointFinding, DirectoryHold, checkpoint};

/// The number of commits that are acknowledged before the kill.
const COMMITS: u64 = 12;

/// The file that format 1 wrote at a clean close: the digest of the list of tables.
const CLOSED: &str = "graph/CLOSED";
const LIST: &str = "graph/manifest/00000000000000000000.manifest";

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

/// A directory after a clean close, with the note that format 1 left.
async fn closed() -> TempDir {
    let dir = killed().await;
    open(dir.path()).await.close().await.unwrap();
    let list = fs::read(dir.path().join(LIST)).unwrap();
    fs::write(dir.path().join(CLOSED), Digest::of(&list).to_string()).unwrap();
    dir
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

async fn read(dir: &Path) -> Result<Graph, GraphError> {
    Graph::read_former(dir, &DirectoryHold::share(dir).unwrap()).await
}

/// Reads every commit of the directory, twice, and checks that nothing in it is changed.
async fn all_are_there(dir: &Path) {
    let before = contents(dir);
    for _ in 0..2 {
        let graph = read(dir).await.unwrap();
        assert_eq!(graph.head().seq, Seq(COMMITS));
        let commits = graph.commits(Seq::ZERO, 100).await.unwrap();
        assert_eq!(commits.len() as u64, COMMITS);
        let mut head = Head::default();
        for commit in commits {
            assert_eq!(commit.previous, head.digest);
            head = Head { seq: commit.seq, digest: commit.digest() };
        }
        assert_eq!(head, graph.head());
        let error = graph.append(vec![entry(graph.head(), "more")]).await.unwrap_err();
        assert!(matches!(&error, AppendError::Failed { why } if why.contains("opened read-only")), "{error}");
        graph.close().await.unwrap();
    }
    assert!(contents(dir) == before, "a read has changed the directory");
}

/// Every file below a directory, with its number and content.
fn contents(dir: &Path) -> BTreeMap<PathBuf, (u64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(contents(&entry.path()));
        } else {
            let number = entry.metadata().unwrap().ino();
            found.insert(entry.path(), (number, fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Refuses the directory twice without any change, and returns the last error.
async fn refused_unchanged(dir: &Path) -> GraphError {
    let before = contents(dir);
    read(dir).await.unwrap_err();
    let error = read(dir).await.unwrap_err();
    assert!(contents(dir) == before, "a refusal has changed the directory");
    error
}

#[tokio::test]
async fn after_a_kill_or_a_close_every_commit_is_there() {
    all_are_there(killed().await.path()).await;
    all_are_there(closed().await.path()).await;
    // Earlier programs noted the close, but not the list.
    let dir = closed().await;
    fs::write(dir.path().join(CLOSED), b"").unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_damaged_log_is_refused() {
    let dir = killed().await;
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    let mut flipped = good.clone();
    let author = flipped.windows(3).rposition(|window| window == b"ada").unwrap();
    flipped[author] ^= 1;
    for bad in [good[..good.len() / 2].to_vec(), flipped, Vec::new()] {
        fs::write(&log, bad).unwrap();
        let error = refused_unchanged(dir.path()).await;
        let is_behind = |error: &GraphError| {
            matches!(error, GraphError::Behind { found: CheckpointFinding::NoCommit, .. })
        };
        assert!(is_behind(&error), "{error}");
    }
    fs::write(&log, good).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_missing_or_damaged_list_of_tables_is_refused() {
    let dir = closed().await;
    let list = dir.path().join(LIST);
    let good = fs::read(&list).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for bad in
        [flipped(9), flipped(good.len() / 2), good[..good.len() / 2].to_vec(), [&good[..], b"x"].concat()]
    {
        fs::write(&list, bad).unwrap();
        let error = refused_unchanged(dir.path()).await;
        assert!(error.to_string().contains("manifest, is damaged"), "{error}");
    }
    fs::remove_file(&list).unwrap();
    let error = refused_unchanged(dir.path()).await;
    assert!(error.to_string().contains("manifest, is missing"), "{error}");
    fs::write(&list, good).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn files_that_are_not_the_engines_do_not_matter() {
    let dir = killed().await;
    // A repair that ran out of space leaves a file; a repair begins with a truncated record.
    let log = log(dir.path());
    let good = fs::read(&log).unwrap();
    let left = dir.path().join("graph/wal/repair_temp");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("00000000000000000000.wal"), &good[..good.len() / 2]).unwrap();
    fs::write(&log, [&good[..], &good[..200]].concat()).unwrap();
    for name in ["notes.txt", ".DS_Store"] {
        fs::write(dir.path().join("graph/wal").join(name), b"stray").unwrap();
    }
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn an_interrupted_exchange_is_read() {
    let dir = killed().await;
    fs::rename(dir.path().join("graph"), dir.path().join("graph.before")).unwrap();
    fs::create_dir_all(dir.path().join("graph.trial/wal")).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_checkpoint_of_another_store_is_refused() {
    let dir = killed().await;
    let head = fs::read(dir.path().join("HEAD")).unwrap();
    checkpoint::create(dir.path(), Head { seq: Seq(99), digest: [1; 32] }, "surrealkv").unwrap();
    let error = refused_unchanged(dir.path()).await;
    assert!(matches!(error, GraphError::Behind { checkpoint: Seq(99), .. }), "{error}");
    checkpoint::create(dir.path(), Head::default(), "rocksdb").unwrap();
    let error = refused_unchanged(dir.path()).await;
    assert!(error.to_string().contains("back it up with the program that made it"), "{error}");
    fs::write(dir.path().join("HEAD"), "nonsense").unwrap();
    let error = refused_unchanged(dir.path()).await;
    assert!(error.to_string().contains("its checkpoint file HEAD is damaged"), "{error}");
    fs::write(dir.path().join("HEAD"), head).unwrap();
    all_are_there(dir.path()).await;
}

#[tokio::test]
async fn a_store_that_a_process_has_open_is_not_read() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    assert!(matches!(DirectoryHold::share(dir.path()), Err(GraphError::Locked { .. })));
    graph.close().await.unwrap();
    DirectoryHold::share(dir.path()).unwrap();
}
