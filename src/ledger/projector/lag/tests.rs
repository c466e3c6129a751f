//! The lag is reported and limited, and a projector that fails disturbs nothing else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use super::*;
use crate::ledger::projector::tests::{caught_up, has_versions};
use crate::ledger::tests::{label, seen};
use crate::ledger::{Clock, MemStore, Settings, WriteSettings};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
const NOON: Timestamp = 1_700_000_000_000_000;

/// A clock that a test sets.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        self.0.load(Ordering::SeqCst)
    }
}

async fn open(dir: &Path, lag: LagLimit) -> (Ledger, Arc<SetClock>) {
    let clock = Arc::new(SetClock(AtomicI64::new(NOON)));
    let settings = Settings {
        writes: WriteSettings { lag, ..WriteSettings::default() },
        ..Settings::new(dir, Arc::new(MemStore::new()), Arc::clone(&clock) as Arc<dyn Clock>)
    };
    (Ledger::open(settings, |_, _| ()).await.unwrap(), clock)
}

/// Waits for a state of the projection.
async fn until(ledger: &Ledger, is_so: impl Fn(&Projected) -> bool) -> Projected {
    let wait = async {
        loop {
            let projected = ledger.projection().unwrap();
            if is_so(&projected) {
                return projected;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.unwrap()
}

fn is_failing(why: &str) -> impl Fn(&Projected) -> bool {
    move |projected| projected.failure.as_ref().is_some_and(|failure| failure.error == why)
}

async fn refused(ledger: &Ledger, name: &str) -> (String, String) {
    match ledger.commit(label(name)).await.unwrap_err() {
        LedgerError::Unavailable { what, why } => (what, why),
        other => panic!("{other:?}"),
    }
}

/// Fails if writes are not limited, if the limit affects dry runs, replays or reads, and if the
/// projector or the writes need a restart after the failure.
#[tokio::test(flavor = "multi_thread")]
async fn a_projector_that_fails_for_a_day_stops_only_writes_at_the_limit() {
    let dir = TempDir::new().unwrap();
    let limit = LagLimit { bytes: 2_000, versions: u64::MAX, wait: Duration::from_millis(20) };
    let (ledger, clock) = open(dir.path(), limit).await;
    ledger.commit(label("first")).await.unwrap();
    caught_up(&ledger).await;
    ledger.fail_projection(Some("a fault"));
    let mut written = 1;
    while ledger.projection().unwrap().behind.bytes < limit.bytes {
        ledger.commit(label(&format!("number {written}"))).await.unwrap();
        written += 1;
    }
    assert!(written > 3, "{written} commits");
    let (what, why) = refused(&ledger, "refused").await;
    assert!(
        what.starts_with("this was not written: expected the graph to be less than 2000 bytes"),
        "{what}"
    );
    assert!(what.contains("raise --lag"), "{what}");
    let since = until(&ledger, is_failing("a fault")).await.failure.unwrap().since;
    assert!(why == "a fault" && since == NOON, "{why}, {since}");

    clock.0.store(NOON + DAY, Ordering::SeqCst);
    ledger.fail_projection(Some("another fault"));
    let projected = until(&ledger, is_failing("another fault")).await;
    assert_eq!(projected.failure.unwrap().since, NOON, "the beginning");
    assert_eq!((projected.at, projected.newest), (Some(Seq(1)), Seq(written)));
    assert_eq!((projected.behind.commits, projected.behind.versions), (written - 1, written - 1));

    let names = seen(&ledger);
    assert_eq!(names.len() as u64, written);
    ledger.forget();
    let ids = ledger.view().read(|at| {
        (0..at.visible()).map(|version| at.id(crate::domain::numbers::VersionNo(version))).collect::<Vec<_>>()
    });
    assert!(ledger.view().versions(&ids).await.unwrap().iter().all(Option::is_some));
    assert!(ledger.preview(label("foreseen")).await.unwrap().created);
    assert!(ledger.commit(label("first")).await.unwrap().replayed);
    refused(&ledger, "refused").await;
    assert!(ledger.is_writable() && seen(&ledger) == names);

    ledger.fail_projection(None);
    caught_up(&ledger).await;
    assert!(ledger.commit(label("afterwards")).await.unwrap().created);
    caught_up(&ledger).await;
    let projected = until(&ledger, |projected| projected.failure.is_none()).await;
    assert_eq!((projected.at, projected.behind), (Some(Seq(written + 1)), Lag::default()));
    ledger.close().await.unwrap();
    has_versions(dir.path(), written as usize + 1).await;
}

/// Fails if writes wait in the queue of the sequencer, which holds fewer than these.
#[tokio::test(flavor = "multi_thread")]
async fn waiting_writes_delay_no_dry_run_and_are_written_once_the_graph_has_caught_up() {
    let dir = TempDir::new().unwrap();
    let limit = LagLimit { bytes: u64::MAX, versions: 3, wait: Duration::from_mins(10) };
    let (ledger, _) = open(dir.path(), limit).await;
    ledger.fail_projection(Some("a fault"));
    for name in ["one", "two", "three"] {
        ledger.commit(label(name)).await.unwrap();
    }
    let waiting: Vec<_> = (0..1_500)
        .map(|number| {
            let ledger = ledger.clone();
            tokio::spawn(async move { ledger.commit(label(&format!("{number}"))).await })
        })
        .collect();
    until(&ledger, is_failing("a fault")).await;
    for _ in 0..20 {
        let preview = timeout(Duration::from_secs(20), ledger.preview(label("foreseen"))).await;
        assert_eq!(preview.unwrap().unwrap().seq, Seq(4));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(waiting.iter().all(|write| !write.is_finished()) && ledger.view().seq() == Seq(3));
    ledger.fail_projection(None);
    for write in waiting {
        assert!(write.await.unwrap().unwrap().created);
    }
    assert_eq!(ledger.view().seq(), Seq(1_503));
    caught_up(&ledger).await;
    ledger.close().await.unwrap();
}

/// A graph that cannot be opened is at an unknown commit: the limit counts from the start.
#[tokio::test(flavor = "multi_thread")]
async fn the_lag_of_a_graph_that_cannot_be_opened_is_limited_too() {
    let dir = TempDir::new().unwrap();
    let (ledger, _) = open(dir.path(), LagLimit::default()).await;
    for name in ["one", "two", "three"] {
        ledger.commit(label(name)).await.unwrap();
    }
    ledger.close().await.unwrap();
    std::fs::remove_dir_all(dir.path().join("graph")).unwrap();
    for name in ["graph", "graph.aside"] {
        std::fs::write(dir.path().join(name), "not a directory").unwrap();
    }
    let limit = LagLimit { bytes: u64::MAX, versions: 2, wait: Duration::ZERO };
    let (ledger, _) = open(dir.path(), limit).await;
    for name in ["four", "five"] {
        ledger.commit(label(name)).await.unwrap();
    }
    let (what, _) = refused(&ledger, "six").await;
    assert!(what.contains("found") && what.contains("and 2 versions;"), "{what}");
    let projected = until(&ledger, |projected| projected.failure.is_some()).await;
    assert_eq!((projected.at, projected.behind.commits), (None, 2));
    for name in ["graph", "graph.aside"] {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    caught_up(&ledger).await;
    assert!(ledger.commit(label("six")).await.unwrap().created);
    ledger.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_only_read_has_no_projection() {
    let dir = TempDir::new().unwrap();
    let (ledger, clock) = open(dir.path(), LagLimit::default()).await;
    ledger.close().await.unwrap();
    let settings = Settings::new(dir.path(), Arc::new(MemStore::new()), clock);
    let ledger = Ledger::read(settings, |_, _| ()).await.unwrap();
    assert_eq!(ledger.projection(), None);
    ledger.close().await.unwrap();
}

/// What is behind when the graph is opened, or made again, does not count.
#[test]
fn commits_count_from_the_opening_or_the_last_commit_in_the_graph() {
    let progress = ProjectionProgress::new(LagLimit::default(), Seq(5));
    let counted_after = || progress.lock().counted_after();
    assert_eq!(counted_after(), Seq(5));
    progress.opened(Seq(0), Seq(6));
    assert_eq!(counted_after(), Seq(5));
    progress.written(Seq(3));
    assert_eq!(counted_after(), Seq(5));
    progress.written(Seq(7));
    assert_eq!(counted_after(), Seq(7));
    progress.opened(Seq(7), Seq(9));
    assert_eq!(counted_after(), Seq(7), "it was continued");
    progress.opened(Seq(0), Seq(9));
    assert_eq!(counted_after(), Seq(9), "it is made again");
}

#[test]
fn the_limit_of_versions_is_in_proportion() {
    let versions = |bytes| LagLimit::of(bytes).versions;
    assert_eq!((versions(256 << 20), versions(512 << 20)), (200_000, 400_000));
    assert_eq!((versions(1), versions(u64::MAX)), (1, 13_743_895_347_199_999));
    let limit = LagLimit::default();
    for (bytes, versions, is_reached) in
        [(256 << 20, 0, true), (0, 200_000, true), ((256 << 20) - 1, 199_999, false)]
    {
        assert_eq!(limit.is_reached(&Lag { commits: 1, versions, bytes }), is_reached);
    }
}
