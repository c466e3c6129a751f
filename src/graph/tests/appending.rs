//! Appends: all or nothing, and no outcome is guessed.

use surrealdb::types::Value;

use super::*;
use crate::graph::append::{AppendOutcome, send};
use crate::graph::fault::InjectedFault;
use crate::graph::queries::{
    ACTIVITIES, ASSERTED, BLOBS, CHUNKS, COMMITS, ITEMS, STATEMENTS, TAGS, VERSIONS,
};
use crate::graph::{AppendError, checkpoint};

#[tokio::test]
async fn an_existing_id_rejects_the_whole_append() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();

    // The same seq again is refused by the chain.
    let error = graph.append(vec![entry(Head::default(), "two")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");

    // The same version under a new seq is refused by the store, and nothing else of the append is
    // there.
    let mut twice = entry(graph.head(), "three");
    twice.versions.push(first.versions[0].clone());
    let twice = sealed(twice);
    let error = graph.append(vec![twice.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    assert_eq!(graph.head(), head_of(&first));
    assert_eq!(graph.versions(&[twice.versions[0].id]).await.unwrap(), [None]);
    assert_eq!(graph.commit_notes(&[Seq(2)]).await.unwrap(), [None]);

    // The same seq is in the store, which the head does not know: the store refuses it.
    graph.raw("OPTION IMPORT; INSERT INTO commit { id: commit:2 }", None).await.unwrap();
    let error = graph.append(vec![entry(graph.head(), "four")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    graph.raw("OPTION IMPORT; DELETE commit:2", None).await.unwrap();

    let next = entry(graph.head(), "three");
    graph.append(vec![next.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&next));
}

#[tokio::test]
async fn a_statement_that_fails_is_a_refusal() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let all = [BLOBS, ACTIVITIES, ITEMS, VERSIONS, CHUNKS, ASSERTED, STATEMENTS, TAGS, COMMITS];
    for (broken, insert) in all.iter().enumerate() {
        let tables = all
            .into_iter()
            .enumerate()
            .map(|(at, insert)| (insert, if at == broken { vec![Value::Bool(true)] } else { Vec::new() }))
            .collect();
        let answer =
            graph.inner.database.run(move |connection| async move { send(&connection, tables).await }).await;
        assert!(matches!(answer, Ok(AppendOutcome::Refused(_))), "{insert:?}: {answer:?}");
        let tables = vec![(*insert, vec![Value::Bool(true)])];
        let answer =
            graph.inner.database.run(move |connection| async move { send(&connection, tables).await }).await;
        assert!(matches!(answer, Ok(AppendOutcome::Refused(_))), "{insert:?} alone: {answer:?}");
    }
}

#[tokio::test]
async fn a_dropped_future_does_not_cancel_an_append() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    let append = graph.append(vec![first.clone()]);
    // Polled once, so that it is in progress, and dropped.
    let gone = tokio::time::timeout(std::time::Duration::ZERO, append).await;
    if gone.is_err() {
        // The next append waits for the lock, and therefore for the end of the first one.
        graph.append(Vec::new()).await.unwrap();
    }
    assert_eq!(graph.head(), head_of(&first));
    assert!(graph.versions(&[first.versions[0].id]).await.unwrap()[0].is_some());
}

#[tokio::test]
async fn a_fault_before_the_write_rejects() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.arm(2, InjectedFault::Before);
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    let before = graph.head();
    let second = entry(before, "two");
    let error = graph.append(vec![second.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    assert_eq!(graph.head(), before);
    graph.append(vec![second.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&second));
}

#[tokio::test]
async fn a_fault_after_the_write_is_resolved_by_reading_back() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.arm(1, InjectedFault::After);
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&first));
    assert_eq!(checkpoint::read(dir.path()).unwrap().unwrap().head, head_of(&first));
    graph.append(vec![entry(graph.head(), "two")]).await.unwrap();
}

#[tokio::test]
async fn a_checkpoint_that_cannot_be_written_for_a_while_costs_no_write() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.refuse_checkpoint(4);
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    assert_eq!(checkpoint::read(dir.path()).unwrap().unwrap().head, head_of(&first));
    graph.append(vec![entry(graph.head(), "two")]).await.unwrap();
    assert_eq!(graph.head().seq, Seq(2));
}

#[tokio::test]
async fn after_an_unknown_outcome_nothing_is_appended_until_reopened() {
    for fault in [InjectedFault::AfterMute, InjectedFault::NotDurable, InjectedFault::Panic] {
        let dir = TempDir::new().unwrap();
        let graph = open(dir.path()).await;
        graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
        let before = graph.head();
        graph.arm(1, fault);
        let second = entry(before, "two");
        for _ in 0..2 {
            let error = graph.append(vec![second.clone()]).await.unwrap_err();
            assert!(matches!(error, AppendError::Failed { .. }), "{fault:?} {error}");
        }
        // The last known durable head is still served, and nothing more.
        assert_eq!(graph.head(), before);
        assert_eq!(graph.commits(Seq::ZERO, 10).await.unwrap().len(), 1);
        graph.close().await.unwrap();

        let graph = open(dir.path()).await;
        assert_eq!(graph.head(), head_of(&second), "{fault:?}");
        graph.append(vec![entry(graph.head(), "three")]).await.unwrap();
        graph.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_checkpoint_that_cannot_be_written_fails_the_graph() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.refuse_checkpoint(u32::MAX);
    let first = entry(graph.head(), "one");
    let error = graph.append(vec![first.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Failed { .. }), "{error}");
    graph.close().await.unwrap();
    assert_eq!(open(dir.path()).await.head(), head_of(&first));
}

#[tokio::test]
async fn an_append_too_heavy_for_the_engine_is_rejected() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut heavy = empty(graph.head());
    heavy.commit.facts = PackedFacts::Current { covered: vec![0; 100 << 20], texts: Vec::new() };
    let error = graph.append(vec![heavy]).await.unwrap_err();
    assert!(error.to_string().contains("split"), "{error}");
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
}
