//! What becomes of writes whose transaction fails, and of those around them.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use super::{AsOf, Committed, Engine, Ledger, LedgerError, MemStore, Settings, StepClock};
use crate::blob;
use crate::domain::attributes::Attributes;
use crate::domain::facts::VersionNo;
use crate::domain::id::{Digest, Seq};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::proposal::{Proposal, Put};
use crate::graph::fault::Fault;

impl Ledger {
    /// How often the database was asked for records since the ledger was opened.
    pub(crate) fn reads(&self) -> u64 {
        self.shared.graph.reads()
    }

    /// Makes the next reads ask the database, whatever was read before.
    pub(crate) fn forget(&self) {
        self.shared.cache.clear();
    }
}

async fn open(dir: &Path) -> Ledger {
    let settings = Settings {
        dir: dir.to_path_buf(),
        engine: Engine::SurrealKv,
        blobs: Arc::new(MemStore::new()),
        clock: Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)),
        record_cache: 16 << 20,
    };
    Ledger::open(settings, |_, _| ()).await.unwrap()
}

/// A proposal to put one version of a label, under an idempotency key of the same name.
fn label(name: &str) -> Proposal {
    let item = ItemKey::new("birds".parse().unwrap(), Kind::Label, name).unwrap();
    let put = Put { attributes: Attributes::new(&json!({"class": name})).unwrap(), ..Put::new(item) };
    Proposal {
        author: "ada".to_owned(),
        message: None,
        idempotency_key: Some(name.to_owned()),
        changes: vec![put.into()],
    }
}

/// The keys of the items that a reader sees, oldest first.
fn seen(ledger: &Ledger) -> Vec<String> {
    ledger.view().read(|at| {
        let keys = (0..at.visible()).map(|version| at.key(at.item_of(VersionNo(version))));
        keys.map(|key| key.key().to_owned()).collect()
    })
}

#[track_caller]
fn refusal(answer: Result<Committed, LedgerError>) -> String {
    match answer {
        Err(LedgerError::Unavailable { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_group_leaves_no_trace_and_the_next_one_takes_its_place() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    ledger.commit(label("one")).await.unwrap();
    ledger.shared.graph.arm(1, Fault::Before);
    // Polled one after the other before the sequencer runs: one group.
    let group = [label("two"), label("three"), label("one")];
    for answer in futures_util::future::join_all(group.map(|proposal| ledger.commit(proposal))).await {
        assert_eq!(refusal(answer), "the store refused the write and nothing was written; try again");
    }
    assert!(ledger.is_writable());
    assert_eq!((ledger.view().seq(), seen(&ledger)), (Seq(1), vec!["one".to_owned()]));

    let again = ledger.commit(label("three")).await.unwrap();
    assert_eq!((again.seq, again.created, again.replayed), (Seq(2), true, false));
    assert_eq!(seen(&ledger), ["one", "three"]);
    assert!(ledger.at(AsOf::Seq(Seq(3))).is_err());
    ledger.close().await.unwrap();
    let ledger = open(dir.path()).await;
    assert_eq!(seen(&ledger), ["one", "three"]);
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_is_read_back() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    ledger.shared.graph.arm(1, Fault::After);
    assert!(ledger.commit(label("one")).await.unwrap().created);
    assert!(ledger.commit(label("one")).await.unwrap().replayed);
    assert_eq!((ledger.view().seq(), seen(&ledger)), (Seq(1), vec!["one".to_owned()]));
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn after_an_unknown_outcome_reading_goes_on_and_writing_waits_for_a_new_start() {
    for fault in [Fault::AfterMute, Fault::NotDurable, Fault::Panic] {
        let dir = TempDir::new().unwrap();
        let ledger = open(dir.path()).await;
        ledger.commit(label("one")).await.unwrap();
        ledger.shared.graph.arm(1, fault);
        let unknown = refusal(ledger.commit(label("two")).await);
        assert!(unknown.starts_with("it is unknown whether this was written"), "{unknown}");
        let waits = refusal(ledger.commit(label("three")).await);
        assert!(waits.starts_with("this was not written"), "{waits}");
        assert!(!ledger.is_writable());
        // In the store, but nobody can say that it is durable.
        assert_eq!((ledger.view().seq(), seen(&ledger)), (Seq(1), vec!["one".to_owned()]), "{fault:?}");
        ledger.close().await.unwrap();

        let ledger = open(dir.path()).await;
        assert_eq!(seen(&ledger), ["one", "two"], "{fault:?}");
        let again = ledger.commit(label("two")).await.unwrap();
        assert_eq!((again.seq, again.replayed), (Seq(2), true));
        assert!(ledger.commit(label("three")).await.unwrap().created);
        ledger.close().await.unwrap();
    }
}

/// A version that a commit made has its payload, however the commit and a collection of garbage meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_commit_names_what_is_being_deleted() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let (mut kept, mut refused) = (0, 0);
    for round in 0..300_u32 {
        let bytes = round.to_le_bytes().to_vec();
        let digest = Digest::of(&bytes);
        ledger.blobs().put(digest, blob::once(bytes.into()), 4).await.unwrap();
        let mut proposal = label(&round.to_string());
        if let crate::domain::proposal::Change::Put(put) = &mut proposal.changes[0] {
            put.payload = Some(digest);
        }
        let (writer, sweeper) = (ledger.clone(), ledger.clone());
        let writing = tokio::spawn(async move { writer.commit(proposal).await });
        let sweeping = tokio::spawn(async move {
            // Later by a little, each time by another.
            for _ in 0..round % 8 {
                tokio::task::yield_now().await;
            }
            sweeper.sweep(&[digest], std::time::Duration::ZERO).await
        });
        let (written, swept) = (writing.await.unwrap(), sweeping.await.unwrap().unwrap());
        let is_stored = ledger.blobs().stat(digest).await.unwrap().is_some();
        match written {
            Ok(_) => {
                kept += 1;
                assert!(is_stored && swept.is_empty(), "round {round}: a version names what is not there");
            }
            Err(LedgerError::BlobMissing { digest: missing }) => {
                refused += 1;
                assert!(missing == digest && !is_stored && swept == [digest], "round {round}");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(kept + refused, 300);
    ledger.close().await.unwrap();
}

/// A proposal that found its payload before a collection looks for it again after.
#[tokio::test]
async fn a_payload_that_was_there_when_it_was_looked_for_is_looked_for_again() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let digest = Digest::of(b"bytes");
    ledger.blobs().put(digest, blob::once(bytes::Bytes::from_static(b"bytes")), 5).await.unwrap();
    let mut proposal = label("one");
    if let crate::domain::proposal::Change::Put(put) = &mut proposal.changes[0] {
        put.payload = Some(digest);
    }
    let prepared = ledger.shared.prepare(&proposal).await.unwrap();
    assert!(prepared.blobs.contains_key(&digest));
    assert_eq!(ledger.sweep(&[digest], std::time::Duration::ZERO).await.unwrap(), [digest]);
    let (answer, answered) = tokio::sync::oneshot::channel();
    let job = super::Job { proposal, prepared, answer };
    ledger.jobs.send(super::Order::Write(Box::new(job))).await.unwrap();
    let written = answered.await.unwrap();
    assert!(matches!(written, Err(LedgerError::BlobMissing { .. })), "{written:?}");
    ledger.close().await.unwrap();
}
