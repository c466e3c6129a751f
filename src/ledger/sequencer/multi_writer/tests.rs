//! Several processes on one store: races, replication, kills. The processes are ledgers with
//! separate graphs over one engine, which distinguishes them no more than a server does;
//! `tests/it/processes.rs` does the same with real processes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::blob::once;
use crate::domain::id::{Digest, Seq};
use crate::domain::log::entry::{CommitRecord, Entry, Head};
use crate::domain::log::facts::Facts;
use crate::domain::write::proposal::{Change, Proposal};
use crate::graph::fault::InjectedFault;
use crate::graph::{Engine, Graph, RaceOutcome, WritePriority};
use crate::ledger::store::Store;
use crate::ledger::tests::{label, seen};
use crate::ledger::{AsOf, Ledger, LedgerError, MemStore, Settings, SystemClock};

/// The polling interval: long, so that a test that passes quickly was notified.
const EVERY: Duration = Duration::from_millis(40);
const SOON: Duration = Duration::from_secs(5);

struct SharedStore {
    graph: Graph,
    blobs: Arc<MemStore>,
    dirs: Vec<TempDir>,
}

impl SharedStore {
    async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let graph = Graph::open(dir.path(), Engine::SurrealKv).await.unwrap();
        Self { graph, blobs: Arc::new(MemStore::new()), dirs: vec![dir] }
    }

    /// Starts a process.
    async fn process(&mut self) -> Ledger {
        let dir = TempDir::new().unwrap();
        let graph = self.graph.another_process(dir.path()).await;
        let settings = Settings::new(dir.path(), Arc::clone(&self.blobs) as Arc<_>, Arc::new(SystemClock));
        self.dirs.push(dir);
        Ledger::over(Store::Rows(graph), settings, EVERY, |_, _| ()).await.unwrap()
    }

    /// Closes the store; all processes are gone.
    async fn close(self) {
        self.graph.close().await.unwrap();
    }
}

/// An empty entry that follows `head`.
fn bare(head: Head) -> Entry {
    let facts = Facts::default();
    let commit = CommitRecord {
        seq: head.seq.next(),
        time: i64::MAX / 2,
        author: "ada".to_owned(),
        message: None,
        facts: facts.pack(),
        rows: Entry::rows_tree(&[], &[], &[], &[]),
        previous: head.digest,
    };
    let (items, versions, chunks, asserted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (statements, tags, blobs) = (Vec::new(), Vec::new(), Vec::new());
    Entry { commit, facts, items, versions, chunks, asserted, statements, tags, blobs }
}

fn times(ledger: &Ledger) -> Vec<i64> {
    let newest = ledger.view().seq();
    (1..=newest.0).map(|seq| ledger.at(AsOf::Seq(Seq(seq))).unwrap().time()).collect()
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(answer: Result<T, LedgerError>) -> String {
    answer.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_race_write_one_log_and_lose_nothing() {
    const WRITES: usize = 25;
    let mut store = SharedStore::open().await;
    let ledgers = [store.process().await, store.process().await, store.process().await];
    let mut writers = Vec::new();
    for (process, ledger) in ledgers.iter().enumerate() {
        for writer in 0..2 {
            let ledger = ledger.clone();
            writers.push(tokio::spawn(async move {
                let mut made = Vec::new();
                for write in 0..WRITES {
                    let name = format!("{process}-{writer}-{write}");
                    let done = ledger.commit(label(&name)).await.unwrap();
                    assert!(done.created && !done.replayed, "{name}");
                    // A caller with an answer can read the commit at that process.
                    assert!(ledger.view().seq() >= done.seq);
                    made.push((done.seq, name));
                }
                made
            }));
        }
    }
    let mut made = Vec::new();
    for writer in writers {
        made.extend(writer.await.unwrap());
    }
    made.sort();
    let seqs: Vec<u64> = made.iter().map(|(seq, _)| seq.0).collect();
    assert_eq!(seqs, (1..=6 * WRITES as u64).collect::<Vec<_>>(), "one log, without gaps and forks");
    let names: Vec<String> = made.into_iter().map(|(_, name)| name).collect();
    for ledger in &ledgers {
        ledger.reach(Seq(6 * WRITES as u64), SOON).await.unwrap();
        assert_eq!(seen(ledger), names);
        let times = times(ledger);
        assert!(times.is_sorted_by(|one, next| one < next), "recorded time runs backwards: {times:?}");
    }
    drop(ledgers);
    // A process that starts now reads the complete chain.
    let late = store.process().await;
    assert_eq!(seen(&late), names);
    drop(late);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_idempotency_key_at_two_processes_is_one_write() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    for round in 0..20 {
        let name = round.to_string();
        let (first, second) = tokio::join!(one.commit(label(&name)), other.commit(label(&name)));
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.seq, second.seq, "round {round}");
        assert_ne!(first.replayed, second.replayed, "round {round}: one of them wrote it");
    }
    assert_eq!(other.view().seq().max(one.view().seq()), Seq(20));
    drop((one, other));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_until_its_process_has_the_commit() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    for write in 0..20 {
        let done = one.commit(label(&write.to_string())).await.unwrap();
        other.reach(done.seq, SOON).await.unwrap();
        assert_eq!(seen(&other).len(), write + 1);
    }
    // It arrives without a waiting reader, too.
    one.commit(label("last")).await.unwrap();
    tokio::time::sleep(20 * EVERY).await;
    assert_eq!(other.view().seq(), Seq(21));

    let late = other.reach(Seq(22), Duration::from_millis(50)).await;
    assert!(matches!(late, Err(LedgerError::AsOfUnavailable(_))), "{late:?}");
    let late = refusal(late);
    assert!(late.contains("50 ms") && late.contains("newest here is 21"), "{late}");
    drop((one, other));
    store.close().await;
}

#[tokio::test]
async fn a_store_of_one_process_does_not_wait() {
    let dir = TempDir::new().unwrap();
    let settings = Settings::new(dir.path(), Arc::new(MemStore::new()), Arc::new(SystemClock));
    let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
    ledger.reach(Seq::ZERO, Duration::ZERO).await.unwrap();
    let refused = tokio::time::timeout(SOON, ledger.reach(Seq(1), Duration::from_hours(1))).await.unwrap();
    assert!(refusal(refused).contains("no other process writes"));
    ledger.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_during_a_commit_leaves_no_partial_commit() {
    // The process is killed before the write took effect, after it did, and before it was answered.
    for (fault, is_there) in [(InjectedFault::BeforePanic, false), (InjectedFault::Panic, true)] {
        let mut store = SharedStore::open().await;
        let (one, other) = (store.process().await, store.process().await);
        one.commit(label("first")).await.unwrap();
        one.shared.store.shared().unwrap().arm(1, fault);
        let unknown = refusal(one.commit(label("killed")).await);
        assert!(unknown.starts_with("it is unknown whether this was written"), "{unknown}");
        drop(one);

        let done = other.commit(label("next")).await.unwrap();
        let expected = if is_there { vec!["first", "killed", "next"] } else { vec!["first", "next"] };
        assert_eq!(
            (seen(&other), done.seq.0),
            (expected.iter().map(ToString::to_string).collect(), expected.len() as u64)
        );
        // A retry at another process returns the outcome.
        let again = other.commit(label("killed")).await.unwrap();
        assert_eq!((again.replayed, again.created), (is_there, true), "{fault:?}");
        let late = store.process().await;
        assert_eq!(seen(&late), seen(&other));
        drop((late, other));
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_unknown_outcome_writes_continue() {
    let mut store = SharedStore::open().await;
    let ledger = store.process().await;
    for fault in [InjectedFault::AfterMute, InjectedFault::NotDurable] {
        ledger.shared.store.shared().unwrap().arm(1, fault);
        let name = format!("{fault:?}");
        let unknown = refusal(ledger.commit(label(&name)).await);
        assert!(unknown.starts_with("it is unknown whether this was written"), "{unknown}");
        assert!(ledger.is_writable());
        assert!(ledger.commit(label(&name)).await.unwrap().replayed, "it was written");
    }
    assert_eq!(ledger.view().seq(), Seq(2));
    drop(ledger);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn write_priority_is_granted_for_a_bounded_time() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    let asking = WritePriority { by: other.shared.name.clone(), at: Seq(0) };
    other.shared.store.shared().unwrap().request_priority(&asking).await.unwrap();
    let waiting = {
        let one = one.clone();
        tokio::spawn(async move { one.commit(label("waits")).await })
    };
    let first = other.commit(label("first")).await.unwrap();
    other.shared.store.shared().unwrap().release_priority().await.unwrap();
    let waited = waiting.await.unwrap().unwrap();
    assert_eq!((first.seq, waited.seq), (Seq(1), Seq(2)), "who asked was first");

    // A process that requested priority and was killed.
    other.shared.store.shared().unwrap().request_priority(&asking).await.unwrap();
    drop(other);
    one.commit(label("later")).await.unwrap();
    let at_once = tokio::time::timeout(super::PRIORITY_WAIT, one.commit(label("at once"))).await;
    assert!(at_once.is_ok(), "it is passed over from then on");
    drop(one);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_is_settled_when_no_other_process_can_still_commit_then() {
    let mut store = SharedStore::open().await;
    let ledger = store.process().await;
    let done = ledger.commit(label("one")).await.unwrap();
    let time = ledger.view().time();
    assert_eq!(ledger.at(AsOf::Time(time)).unwrap().seq(), done.seq);
    assert_eq!(ledger.at(AsOf::Time(time - 1)).unwrap().seq(), Seq::ZERO);
    // The clock is past it, but that of another process may not be.
    tokio::time::sleep(Duration::from_millis(5)).await;
    let unsettled = ledger.at(AsOf::Time(time + 1)).map(|view| view.seq());
    assert!(refusal(unsettled).starts_with("the moment is not settled"));
    ledger.shared.replication.caught_up(time + 100_000_000);
    assert_eq!(ledger.at(AsOf::Time(time + 1)).unwrap().seq(), done.seq);
    drop(ledger);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_log_is_not_followed() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    one.commit(label("one")).await.unwrap();
    other.reach(Seq(1), SOON).await.unwrap();
    // As with a server that has lost a commit, and another process that wrote in its place.
    let elsewhere = Head { seq: Seq(1), digest: [9; 32] };
    let dir = TempDir::new().unwrap();
    let stray = store.graph.another_process_at(dir.path(), elsewhere);
    assert_eq!(stray.append_shared(Arc::new(bare(elsewhere))).await.unwrap(), RaceOutcome::Written);

    let refused = refusal(other.commit(label("two")).await);
    // The process also polls by itself, and may have detected this before.
    assert!(refused.contains("does not follow") || refused.contains("no longer reads"), "{refused}");
    assert!(!other.is_writable());
    assert!(refusal(other.commit(label("three")).await).contains("restart it"));
    assert_eq!(seen(&other), ["one"], "reads continue at the last known commit");
    drop((one, other, stray));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_not_deleted_while_other_processes_may_name_it() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    let digest = Digest::of(b"bytes");
    one.blobs().put(digest, once(bytes::Bytes::from_static(b"bytes")), 5).await.unwrap();
    let refused = refusal(one.sweep(&[digest], Duration::ZERO).await);
    assert!(refused.contains("--alone"), "{refused}");
    // A process that is alone knows of everything that was written before.
    let mut named = label("named");
    if let Change::Put(put) = &mut named.changes[0] {
        put.payload = Some(digest);
    }
    other.commit(named).await.unwrap();
    drop(other);
    one.permit_deletion();
    assert_eq!(one.sweep(&[digest], Duration::ZERO).await.unwrap(), []);
    let unreferenced = Digest::of(b"unused");
    one.blobs().put(unreferenced, once(bytes::Bytes::from_static(b"unused")), 6).await.unwrap();
    assert_eq!(one.sweep(&[unreferenced], Duration::ZERO).await.unwrap(), [unreferenced]);
    drop(one);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_that_one_process_signed_is_valid_at_the_others() {
    let mut store = SharedStore::open().await;
    let (one, other) = (store.process().await, store.process().await);
    let digest = Digest::of(b"bytes");
    let address = one.url_signer().address(digest, Duration::from_secs(60));
    let (_, query) = address.split_once("?expires=").unwrap();
    let (expires, signature) = query.split_once("&signature=").unwrap();
    assert_eq!(other.url_signer().check(digest, expires.parse().unwrap(), signature), Ok(()));
    drop((one, other));
    store.close().await;
}

/// A large commit succeeds between the small ones of another process that never pauses.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_large_commit_succeeds_between_small_ones() {
    let mut store = SharedStore::open().await;
    let (busy, large) = (store.process().await, store.process().await);
    let stop = Arc::new(AtomicBool::new(false));
    let small = {
        let (busy, stop) = (busy.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut written = BTreeSet::new();
            for write in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                written.insert(busy.commit(label(&format!("small-{write}"))).await.unwrap().seq);
            }
            written
        })
    };
    let changes: Vec<_> = (0..400).flat_map(|n| label(&format!("large-{n}")).changes).collect();
    let done = large.commit(Proposal { changes, ..label("large") }).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let written = small.await.unwrap();
    assert!(!written.contains(&done.seq));
    assert_eq!(done.outcomes.len(), 400);
    drop((busy, large));
    store.close().await;
}
