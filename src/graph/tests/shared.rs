//! Two processes on one store. They share an engine here, which distinguishes them no more than a
//! server does.

use std::sync::Arc;

use super::*;
use crate::graph::fault::InjectedFault;
use crate::graph::{AppendError, RaceOutcome, WritePriority, checkpoint};

/// A store, and the graphs of two processes on it.
struct TwoProcesses {
    store: Graph,
    one: Graph,
    other: Graph,
    dirs: [TempDir; 3],
}

impl TwoProcesses {
    async fn open() -> Self {
        let dirs = [(); 3].map(|()| TempDir::new().unwrap());
        let store = open(dirs[0].path()).await;
        let (one, other) =
            (store.another_process(dirs[1].path()).await, store.another_process(dirs[2].path()).await);
        Self { store, one, other, dirs }
    }

    async fn close(self) {
        drop((self.one, self.other));
        self.store.close().await.unwrap();
    }
}

async fn append(graph: &Graph, entry: &Entry) -> Result<RaceOutcome, AppendError> {
    graph.append_shared(Arc::new(entry.clone())).await
}

/// Applies the commits of the other process.
async fn follow(graph: &Graph) -> Vec<CommitRecord> {
    let remote = graph.remote_commits(16).await.unwrap();
    if let Some(last) = remote.commits.last() {
        graph.advance_head(Head { seq: last.seq, digest: last.digest() });
    }
    remote.commits
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_appends_of_the_same_seq_is_written() {
    let two = TwoProcesses::open().await;
    for round in 0..60 {
        let head = two.one.head();
        assert_eq!(head, two.other.head());
        let entries = ["one", "other"].map(|who| entry(head, &format!("{who}-{round}")));
        let (first, second) = tokio::join!(append(&two.one, &entries[0]), append(&two.other, &entries[1]));
        let (won, lost) = match (first.unwrap(), second.unwrap()) {
            (RaceOutcome::Written, RaceOutcome::Lost) => (0, 1),
            (RaceOutcome::Lost, RaceOutcome::Written) => (1, 0),
            both => panic!("round {round}: {both:?}"),
        };
        let graphs = [&two.one, &two.other];
        assert_eq!(graphs[won].head(), head_of(&entries[won]));
        assert_eq!(graphs[lost].head(), head, "the loser keeps its head");
        let stored =
            graphs[lost].versions(&entries.each_ref().map(|entry| entry.versions[0].id)).await.unwrap();
        assert_eq!(stored.iter().map(Option::is_some).collect::<Vec<_>>(), [won == 0, won == 1]);
        assert_eq!(follow(graphs[lost]).await, [entries[won].commit.clone()]);
        // Planned again, it succeeds.
        let again = entry(graphs[lost].head(), &format!("again-{round}"));
        assert_eq!(append(graphs[lost], &again).await, Ok(RaceOutcome::Written));
        assert_eq!(follow(graphs[won]).await, [again.commit]);
    }
    for (graph, dir) in [(&two.one, &two.dirs[1]), (&two.other, &two.dirs[2])] {
        let kept = checkpoint::read(dir.path()).unwrap().unwrap().head;
        assert!(kept.seq.0 >= graph.head().seq.0 - 1, "{kept:?}: the last that it wrote itself");
    }
    two.close().await;
}

/// The same request at two processes in the same microsecond is the same commit, and one of them
/// has written it.
#[tokio::test]
async fn the_same_commit_is_written_by_one() {
    let two = TwoProcesses::open().await;
    let same = entry(two.one.head(), "same");
    assert_eq!(append(&two.one, &same).await, Ok(RaceOutcome::Written));
    assert_eq!(append(&two.other, &same).await, Ok(RaceOutcome::Lost));
    assert_eq!(follow(&two.other).await, [same.commit]);
    two.close().await;
}

#[tokio::test]
async fn a_lost_answer_is_resolved_and_an_unknown_one_blocks_no_process() {
    let two = TwoProcesses::open().await;
    for fault in [InjectedFault::Before, InjectedFault::After] {
        two.one.arm(1, fault);
        let lost = entry(two.one.head(), &format!("{fault:?}"));
        assert_eq!(append(&two.one, &lost).await, Ok(RaceOutcome::Written), "{fault:?}");
        assert_eq!(follow(&two.other).await, [lost.commit]);
    }
    for fault in [InjectedFault::AfterMute, InjectedFault::NotDurable, InjectedFault::Panic] {
        let head = two.one.head();
        two.one.arm(1, fault);
        let unknown = entry(head, &format!("{fault:?}"));
        let error = append(&two.one, &unknown).await.unwrap_err();
        assert!(matches!(error, AppendError::Failed { .. }), "{fault:?}: {error}");
        assert_eq!(two.one.head(), head, "{fault:?}: nothing is known");
        // It is in the store, so both processes find it and continue from it.
        assert_eq!(follow(&two.other).await, std::slice::from_ref(&unknown.commit));
        let next = entry(two.other.head(), &format!("after {fault:?}"));
        assert_eq!(append(&two.other, &next).await, Ok(RaceOutcome::Written));
        assert_eq!(follow(&two.one).await, [unknown.commit, next.commit]);
    }
    two.close().await;
}

/// The answer to an append was lost before it took effect, and another process took the seq.
#[tokio::test]
async fn a_lost_append_is_not_written_after_another() {
    let two = TwoProcesses::open().await;
    let head = two.one.head();
    let theirs = entry(head, "theirs");
    assert_eq!(append(&two.other, &theirs).await, Ok(RaceOutcome::Written));
    two.one.arm(1, InjectedFault::Before);
    let ours = entry(head, "ours");
    assert_eq!(append(&two.one, &ours).await, Ok(RaceOutcome::Lost));
    assert_eq!(two.one.versions(&[ours.versions[0].id]).await.unwrap(), [None]);
    two.close().await;
}

#[tokio::test]
async fn a_request_for_priority_is_visible_until_its_release() {
    let two = TwoProcesses::open().await;
    assert_eq!(two.other.remote_commits(1).await.unwrap().priority, None);
    let priority = WritePriority { by: "one".to_owned(), at: Seq(7) };
    two.one.request_priority(&priority).await.unwrap();
    assert_eq!(two.other.remote_commits(1).await.unwrap().priority, Some(priority));
    two.one.release_priority().await.unwrap();
    assert_eq!(two.other.remote_commits(1).await.unwrap().priority, None);
    two.close().await;
}

#[tokio::test]
async fn a_shared_value_is_that_of_the_first_process() {
    let two = TwoProcesses::open().await;
    assert_eq!(two.one.shared_value("key", [1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(two.other.shared_value("key", [2; 32]).await.unwrap(), [1; 32]);
    assert_eq!(two.other.shared_value("other", [2; 32]).await.unwrap(), [2; 32]);
    two.close().await;
}

/// The names of a server's namespace and database are bound, not written into a query.
#[tokio::test]
async fn names_are_bound() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let named = graph.inner.database.run(|connection| async move {
        for query in [crate::graph::queries::NAMESPACE, crate::graph::queries::DATABASE] {
            let defined = connection.query(query).bind(("name", "odd name; REMOVE")).await;
            defined.and_then(surrealdb::IndexedResults::check).map_err(|error| error.to_string())?;
        }
        Ok::<_, String>(())
    });
    assert_eq!(named.await.unwrap(), Ok(()));
    graph.close().await.unwrap();
}
