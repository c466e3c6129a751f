//! Opening and closing: the lock, the format, the checkpoint.

use super::*;
use crate::graph::{AppendError, CheckpointFinding, checkpoint};

#[tokio::test]
async fn a_directory_is_used_by_one_process() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let error = refusal(dir.path()).await;
    assert!(matches!(error, GraphError::Locked { .. }), "{error}");
    graph.close().await.unwrap();
    open(dir.path()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_closed_graph_returns_an_error() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let other = graph.clone();
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    graph.close().await.unwrap();
    assert!(matches!(other.commits(Seq::ZERO, 1).await, Err(GraphError::Unavailable(_))));
    let error = other.append(vec![entry(other.head(), "two")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_dropped_graph_frees_the_directory() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    drop(graph);
    let reopened = loop {
        match Graph::open(dir.path(), Engine::SurrealKv).await {
            Ok(graph) => break graph,
            Err(GraphError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(reopened.head(), head_of(&first));
}

#[tokio::test]
async fn the_checkpoint_follows_the_head() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let read = || checkpoint::read(dir.path()).unwrap().unwrap().head;
    assert_eq!(read(), Head::default());
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    assert_eq!(read(), head_of(&first));
    graph.close().await.unwrap();

    // A crash between the transaction and the checkpoint: the store is ahead.
    checkpoint::create(dir.path(), Head::default(), "surrealkv").unwrap();
    let graph = open(dir.path()).await;
    assert_eq!((graph.head(), read()), (head_of(&first), head_of(&first)));
    graph.close().await.unwrap();

    // A missing checkpoint is written again.
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    let graph = open(dir.path()).await;
    assert_eq!((graph.head(), read()), (head_of(&first), head_of(&first)));
    graph.close().await.unwrap();
}

#[tokio::test]
async fn a_store_behind_its_checkpoint_is_refused() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    let second = entry(head_of(&first), "two");
    graph.append(vec![first.clone(), second.clone()]).await.unwrap();
    graph.close().await.unwrap();
    let behind = async |found| match refusal(dir.path()).await {
        GraphError::Behind { found: is, .. } => assert_eq!(is, found),
        other => panic!("{other}"),
    };
    let checkpoint = |head| checkpoint::create(dir.path(), head, "surrealkv").unwrap();

    checkpoint(Head { seq: Seq(3), digest: [1; 32] });
    behind(CheckpointFinding::NoCommit).await;
    checkpoint(Head { digest: [1; 32], ..head_of(&second) });
    behind(CheckpointFinding::OtherCommit).await;
    // The refusals changed nothing.
    checkpoint(head_of(&second));
    open(dir.path()).await.close().await.unwrap();

    // The engine lost everything and does not notice.
    fs::remove_dir_all(dir.path().join("graph")).unwrap();
    behind(CheckpointFinding::NoStore).await;
    fs::create_dir(dir.path().join("graph")).unwrap();
    behind(CheckpointFinding::NoStore).await;
    behind(CheckpointFinding::NoStore).await;
}

#[tokio::test]
async fn a_damaged_or_foreign_checkpoint_is_refused() {
    let dir = TempDir::new().unwrap();
    open(dir.path()).await.close().await.unwrap();
    let head = dir.path().join("HEAD");
    let good = fs::read_to_string(&head).unwrap();
    for bad in
        [String::new(), good[..600].to_owned(), good.replace(" 0 ", " 1 "), good.replace("head-1", "head-2")]
    {
        assert_ne!(bad, good);
        fs::write(&head, bad).unwrap();
        let error = refusal(dir.path()).await;
        assert!(error.to_string().contains("damaged"), "{error}");
    }
    checkpoint::create(dir.path(), Head::default(), "rocksdb").unwrap();
    let error = refusal(dir.path()).await;
    assert!(error.to_string().contains("made with the engine rocksdb"), "{error}");
    fs::write(&head, good).unwrap();
    open(dir.path()).await.close().await.unwrap();
}

#[test]
fn a_truncated_checkpoint_is_the_previous_one() {
    let dir = TempDir::new().unwrap();
    let head = |seq: u64| Head { seq: Seq(seq), digest: [u8::try_from(seq).unwrap(); 32] };
    let read = || checkpoint::read(dir.path()).unwrap().unwrap().head;
    checkpoint::create(dir.path(), head(0), "surrealkv").unwrap();
    for seq in 1..6 {
        let before = fs::read(dir.path().join("HEAD")).unwrap();
        let mut file = checkpoint::HeadFile::open(dir.path(), "surrealkv").unwrap();
        file.advance(head(seq)).unwrap();
        assert_eq!(read(), head(seq));
        let after = fs::read(dir.path().join("HEAD")).unwrap();
        assert_eq!(after.len(), before.len());
        let changed = (0..after.len()).find(|at| after[*at] != before[*at]).unwrap();
        let line = changed / 512 * 512;
        for cut in [changed + 1, changed + 40, changed + 100] {
            let torn = [&before[..line], &after[line..cut], &before[cut..]].concat();
            fs::write(dir.path().join("HEAD"), torn).unwrap();
            assert_eq!(read(), head(seq - 1));
        }
        fs::write(dir.path().join("HEAD"), after).unwrap();
    }
}

#[test]
fn a_removed_checkpoint_is_created_again() {
    let dir = TempDir::new().unwrap();
    let head = |seq: u64| Head { seq: Seq(seq), digest: [7; 32] };
    let read = || checkpoint::read(dir.path()).unwrap().unwrap().head;
    checkpoint::create(dir.path(), head(0), "surrealkv").unwrap();
    let mut file = checkpoint::HeadFile::open(dir.path(), "surrealkv").unwrap();
    for seq in 1..8 {
        match seq {
            3 => fs::remove_file(dir.path().join("HEAD")).unwrap(),
            5 => fs::rename(dir.path().join("HEAD"), dir.path().join("away")).unwrap(),
            _ => {}
        }
        file.advance(head(seq)).unwrap();
        assert_eq!(read(), head(seq));
    }
}

#[tokio::test]
async fn a_lost_tail_of_the_log_is_detected() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    graph.close().await.unwrap();
    let copy = TempDir::new().unwrap();
    copy_dir(dir.path(), copy.path());
    let graph = open(dir.path()).await;
    graph.append(vec![entry(graph.head(), "two")]).await.unwrap();
    graph.close().await.unwrap();

    // The older database with the newer checkpoint.
    fs::copy(dir.path().join("HEAD"), copy.path().join("HEAD")).unwrap();
    let error = refusal(copy.path()).await;
    assert!(
        matches!(error, GraphError::Behind { checkpoint: Seq(2), found: CheckpointFinding::NoCommit, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_format_is_refused() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.raw("UPDATE meta:format SET version = 3", None).await.unwrap();
    graph.close().await.unwrap();
    for _ in 0..2 {
        let error = refusal(dir.path()).await;
        assert!(matches!(&error, GraphError::Format { found, .. } if found == "3"), "{error}");
    }
}

#[tokio::test]
async fn commits_without_a_format_are_refused() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    graph.raw("DELETE meta:format", None).await.unwrap();
    graph.close().await.unwrap();
    let error = refusal(dir.path()).await;
    assert!(matches!(&error, GraphError::Behind { .. }), "{error}");
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    let error = refusal(dir.path()).await;
    assert!(matches!(&error, GraphError::Format { found, .. } if found == "none"), "{error}");
}

#[tokio::test]
async fn an_engine_that_is_not_built_in_says_how_to_build_it() {
    let dir = TempDir::new().unwrap();
    if !cfg!(feature = "rocksdb") {
        let error = Graph::open(dir.path(), Engine::RocksDb).await.unwrap_err();
        assert!(error.to_string().contains("--features rocksdb"), "{error}");
    }
}
