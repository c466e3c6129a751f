//! Writes whose append fails, and the writes before and after them.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use super::store::faults::AppendFault;
use super::{AsOf, Clock, Committed, Ledger, LedgerError, MemStore, Settings, StepClock};
use crate::blob::once;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, Seq};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::numbers::VersionNo;
use crate::domain::version::Timestamp;
use crate::domain::write::proposal::{Change, Correct, Proposal, Put, Ref};
use crate::lineage::Index;

impl Ledger {
    /// Returns the number of reads of records since the ledger was opened.
    pub(crate) fn reads(&self) -> u64 {
        self.shared.store.reads()
    }

    /// Clears the cache, so that the next reads read the log.
    pub(crate) fn forget(&self) {
        self.shared.cache.clear();
    }
}

async fn open(dir: &Path) -> Ledger {
    open_with(dir, 16 << 20).await
}

async fn open_with(dir: &Path, record_cache: u64) -> Ledger {
    let settings = Settings {
        record_cache,
        ..Settings::new(
            dir,
            Arc::new(MemStore::new()),
            Arc::new(StepClock::new(1_700_000_000_000_000, 1_000)),
        )
    };
    Ledger::open(settings, |_, _| ()).await.unwrap()
}

/// A proposal to put one version of a label, under an idempotency key of the same name.
pub(crate) fn label(name: &str) -> Proposal {
    let item = ItemKey::new("birds".parse().unwrap(), Kind::Label, name).unwrap();
    let put = Put { attributes: Attributes::new(&json!({"class": name})).unwrap(), ..Put::new(item) };
    Proposal {
        author: "ada".to_owned(),
        message: None,
        idempotency_key: Some(name.to_owned()),
        repeat_statements: false,
        changes: vec![put.into()],
    }
}

/// Returns the keys of the items that a reader sees, oldest first.
pub(super) fn seen(ledger: &Ledger) -> Vec<String> {
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

/// Runs these in one group: they queue up while the store is busy with a proposal before them.
async fn as_one_group<T>(ledger: &Ledger, before: Proposal, orders: impl Future<Output = T>) -> T {
    let held = ledger.shared.store.hold().await;
    let planned = ledger.view().seq().next();
    let (first, busy) = (ledger.clone(), ledger.clone());
    let first = tokio::spawn(async move { first.commit(before).await });
    while busy.shared.reading(Index::seq) < planned {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    // Polled in this order: when the store continues, all of them are in the queue.
    let (answers, ()) = futures_util::future::join(orders, async { drop(held) }).await;
    first.await.unwrap().unwrap();
    answers
}

#[tokio::test]
async fn a_dry_run_waits_for_the_writes_before_it() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let correct = || Proposal {
        changes: vec![Change::Correct(Correct {
            name: None,
            version: Ref::Named("birds/LABEL/two#1".to_owned()),
            attributes: None,
            payload: Some(Digest::of(b"another")),
            media_type: None,
            record_image_size: false,
            ontology: None,
            sources: None,
            reason: "seen again".to_owned(),
            activity: None,
            message: None,
            expect_head: None,
        })],
        idempotency_key: None,
        repeat_statements: false,
        ..label("two")
    };
    ledger.blobs().put(Digest::of(b"another"), once(b"another".as_slice().into()), 10).await.unwrap();
    let orders = futures_util::future::join(ledger.commit(label("two")), ledger.preview(correct()));
    let (written, foreseen) = as_one_group(&ledger, label("one"), orders).await;
    let (written, foreseen) = (written.unwrap(), foreseen.unwrap());
    assert_eq!((written.seq, foreseen.seq, foreseen.created), (Seq(2), Seq(3), true));
    assert_eq!(ledger.view().seq(), Seq(2), "nothing was written for it");
    assert_eq!(seen(&ledger), ["one", "two"]);
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn records_are_read_ahead_until_the_cache_is_nearly_full() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let names: Vec<String> = (0..600).map(|number| format!("n{number:03}")).collect();
    let changes = names.iter().flat_map(|name| label(name).changes).collect();
    ledger.commit(Proposal { changes, ..label("all") }).await.unwrap();
    let ids = ledger.view().read(|at| (0..600).map(|version| at.id(VersionNo(version))).collect::<Vec<_>>());
    ledger.shared.clone().read_ahead().await;
    assert_eq!(ledger.reads(), 3, "256 at a time");
    assert!(ids.iter().all(|id| ledger.view().cached_version(id).is_some()));
    ledger.view().versions(&ids).await.unwrap();
    assert_eq!(ledger.reads(), 3, "nothing is left to be read");
    ledger.close().await.unwrap();

    let ledger = open_with(dir.path(), 100 << 10).await;
    let before = ledger.reads();
    ledger.shared.clone().read_ahead().await;
    assert_eq!(ledger.reads() - before, 1, "it holds fewer than that");
    assert!(ids[..344].iter().all(|id| ledger.view().cached_version(id).is_none()));
    assert!(ids[344..].iter().any(|id| ledger.view().cached_version(id).is_some()), "the newest");
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn a_refused_group_leaves_no_trace_and_the_next_one_takes_its_place() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    ledger.commit(label("one")).await.unwrap();
    let open_before = ledger.view();
    ledger.shared.store.arm(2, AppendFault::Refused);
    let group = [label("three"), label("four"), label("one")].map(|proposal| ledger.commit(proposal));
    for answer in as_one_group(&ledger, label("two"), futures_util::future::join_all(group)).await {
        assert_eq!(refusal(answer), "the store refused the write and nothing was written; try again");
    }
    assert!(ledger.is_writable());
    assert_eq!((ledger.view().seq(), seen(&ledger)), (Seq(2), vec!["one".to_owned(), "two".to_owned()]));

    let again = ledger.commit(label("four")).await.unwrap();
    assert_eq!((again.seq, again.created, again.replayed), (Seq(3), true, false));
    assert_eq!(seen(&ledger), ["one", "two", "four"]);
    // A request that was open before continues with its index; what it opens later uses the newest
    // one.
    assert_eq!((open_before.generation(), ledger.view().generation()), (0, 1));
    assert_eq!(open_before.read(|at| at.visible()), 1);
    let later = open_before.knowing(AsOf::Seq(Seq(3))).unwrap();
    assert_eq!((later.generation(), later.known(), later.read(|at| at.visible())), (1, Seq(3), 1));
    assert!(ledger.at(AsOf::Seq(Seq(4))).is_err());
    ledger.close().await.unwrap();
    let ledger = open(dir.path()).await;
    assert_eq!(seen(&ledger), ["one", "two", "four"]);
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn after_an_unknown_outcome_reads_continue_and_writes_need_a_restart() {
    for (fault, is_written) in [(AppendFault::Failed, true), (AppendFault::FailedUnwritten, false)] {
        let dir = TempDir::new().unwrap();
        let ledger = open(dir.path()).await;
        ledger.commit(label("one")).await.unwrap();
        ledger.shared.store.arm(1, fault);
        let unknown = refusal(ledger.commit(label("two")).await);
        assert!(unknown.starts_with("it is unknown whether this was written"), "{unknown}");
        let waits = refusal(ledger.commit(label("three")).await);
        assert!(waits.starts_with("this was not written"), "{waits}");
        assert!(!ledger.is_writable());
        // If the commit is in the store, it is unknown if it is durable.
        assert_eq!((ledger.view().seq(), seen(&ledger)), (Seq(1), vec!["one".to_owned()]), "{fault:?}");
        ledger.close().await.unwrap();

        let ledger = open(dir.path()).await;
        let found = if is_written { vec!["one", "two"] } else { vec!["one"] };
        assert_eq!(seen(&ledger), found, "{fault:?}");
        let again = ledger.commit(label("two")).await.unwrap();
        assert_eq!((again.seq, again.replayed), (Seq(2), is_written));
        assert!(ledger.commit(label("three")).await.unwrap().created);
        ledger.close().await.unwrap();
    }
}

/// A version that a commit made has its payload, in every interleaving of commit and garbage
/// collection.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_commit_names_a_payload_that_is_being_deleted() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let (mut kept, mut refused) = (0, 0);
    for round in 0..300_u32 {
        let bytes = round.to_le_bytes().to_vec();
        let digest = Digest::of(&bytes);
        ledger.blobs().put(digest, once(bytes.into()), 4).await.unwrap();
        let mut proposal = label(&round.to_string());
        if let Change::Put(put) = &mut proposal.changes[0] {
            put.payload = Some(digest);
        }
        let (writer, sweeper) = (ledger.clone(), ledger.clone());
        let writing = tokio::spawn(async move { writer.commit(proposal).await });
        let sweeping = tokio::spawn(async move {
            // The delay differs in each round.
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

/// A proposal that found its payload before a garbage collection checks it again afterwards.
#[tokio::test]
async fn a_payload_is_checked_again_after_a_deletion() {
    let dir = TempDir::new().unwrap();
    let ledger = open(dir.path()).await;
    let digest = Digest::of(b"bytes");
    ledger.blobs().put(digest, once(bytes::Bytes::from_static(b"bytes")), 5).await.unwrap();
    let mut proposal = label("one");
    if let Change::Put(put) = &mut proposal.changes[0] {
        put.payload = Some(digest);
    }
    let prepared = ledger.shared.prepare(&proposal).await.unwrap();
    assert!(prepared.blobs.contains_key(&digest));
    assert_eq!(ledger.sweep(&[digest], std::time::Duration::ZERO).await.unwrap(), [digest]);
    let (answer, answered) = tokio::sync::oneshot::channel();
    let job = super::QueuedProposal { proposal, prepared, answer };
    ledger.jobs.send(super::SequencerMessage::Write(Box::new(job))).await.unwrap();
    let written = answered.await.unwrap();
    assert!(matches!(written, Err(LedgerError::BlobMissing { .. })), "{written:?}");
    ledger.close().await.unwrap();
}

/// A clock that was never set.
struct Unset;

impl Clock for Unset {
    fn now(&self) -> Timestamp {
        0
    }

    fn is_set(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn a_clock_that_was_never_set_is_reported() {
    let dir = TempDir::new().unwrap();
    let settings = || Settings::new(dir.path(), Arc::new(MemStore::new()), Arc::new(Unset));
    for error in [
        Ledger::open(settings(), |_, _| ()).await.map(drop).unwrap_err(),
        Ledger::read(settings(), |_, _| ()).await.map(drop).unwrap_err(),
        Ledger::inspect(settings(), |_, _| ()).await.map(drop).unwrap_err(),
    ] {
        assert!(error.to_string().contains("clock of this machine shows a time before 1970"), "{error}");
    }
}

/// A clock that was a year ahead once.
#[tokio::test]
async fn a_clock_behind_the_newest_commit_is_reported() {
    const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000_000;
    let dir = TempDir::new().unwrap();
    let at = |start: i64| {
        Settings::new(dir.path(), Arc::new(MemStore::new()), Arc::new(StepClock::new(start, 1_000)))
    };
    let start = 1_700_000_000_000_000;
    let ledger = Ledger::open(at(start + YEAR), |_, _| ()).await.unwrap();
    ledger.commit(label("one")).await.unwrap();
    assert_eq!(ledger.behind_its_commits(), None);
    ledger.close().await.unwrap();

    let ledger = Ledger::open(at(start), |_, _| ()).await.unwrap();
    ledger.check_clock();
    let behind = ledger.behind_its_commits().unwrap();
    assert!(behind.as_secs().abs_diff(365 * 24 * 60 * 60) < 10, "{behind:?}");
    ledger.commit(label("two")).await.unwrap();
    assert!(ledger.behind_its_commits().is_some());
    ledger.close().await.unwrap();

    let ledger = Ledger::open(at(start + 2 * YEAR), |_, _| ()).await.unwrap();
    ledger.commit(label("three")).await.unwrap();
    assert_eq!(ledger.behind_its_commits(), None);
    ledger.close().await.unwrap();
}
