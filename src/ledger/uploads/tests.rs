//! Completions that take longer than the maximum wait, or fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::blob::once;
use crate::blob::uploads::{Sending, Ticket};
use crate::blob::{
    BlobError, BlobMeta, BlobStore, ByteRange, Chunks, Deletion, Fut, Listed, MemStore, Opened, Stored,
    Uploads,
};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;
use crate::ledger::{AnnouncedUpload, Ledger, LedgerError, Settings, StepClock};

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(20);

/// Payloads in memory, with uploads that complete when the test permits it.
struct Slow {
    inner: MemStore,
    begun: AtomicUsize,
    gate: Semaphore,
}

impl BlobStore for Slow {
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        self.inner.put(expected, chunks, limit)
    }

    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        self.inner.stat(digest)
    }

    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        self.inner.renew(digest)
    }

    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
        self.inner.open(digest, range)
    }

    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
        self.inner.list(first)
    }

    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
        self.inner.list_one(digest)
    }

    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
        self.inner.delete(digest, before)
    }

    fn uploads(&self) -> Option<&dyn Uploads> {
        Some(self)
    }
}

impl Uploads for Slow {
    fn begin(&self, ticket: Ticket, _: Duration) -> Fut<'_, Result<(Ticket, Vec<Sending>), BlobError>> {
        Box::pin(async move { Ok((ticket, Vec::new())) })
    }

    fn complete(&self, ticket: Ticket) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::Relaxed);
            self.gate.acquire().await.unwrap().forget();
            match ticket.size {
                3 => Ok(Stored { meta: BlobMeta::of(b"abc"), created: true }),
                _ => Err(BlobError::Unsent { why: "nothing has arrived" }),
            }
        })
    }

    fn clear(&self, before: i64) -> Fut<'_, Result<usize, BlobError>> {
        Box::pin(async move { Ok(usize::try_from(before).unwrap()) })
    }
}

async fn open() -> (Ledger, Arc<Slow>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let slow = Slow { inner: MemStore::new(), begun: AtomicUsize::new(0), gate: Semaphore::new(0) };
    let slow = Arc::new(slow);
    let settings = Settings::new(
        dir.path(),
        Arc::clone(&slow) as Arc<dyn BlobStore>,
        Arc::new(StepClock::new(1_000_000_000, 0)),
    );
    (Ledger::open(settings, |_, _| ()).await.unwrap(), slow, dir)
}

async fn begun(ledger: &Ledger, size: u64) -> String {
    ledger.begin_upload(AnnouncedUpload { size, digest: None, sha256: None }, SHORT).await.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_continues_without_a_waiter_and_runs_once() {
    let (ledger, slow, _dir) = open().await;
    let id = begun(&ledger, 3).await;
    for _ in 0..2 {
        assert_eq!(ledger.complete_within(SHORT, &id, None).await.unwrap(), None);
    }
    slow.gate.add_permits(1);
    let stored = ledger.complete_within(LONG, &id, None).await.unwrap().unwrap();
    assert_eq!(stored.meta, BlobMeta::of(b"abc"));
    assert_eq!(slow.begun.load(Ordering::Relaxed), 1);
    // A request after that starts it again: the blob store knows the result.
    slow.gate.add_permits(1);
    assert!(ledger.complete_within(LONG, &id, None).await.unwrap().is_some());
    assert_eq!(slow.begun.load(Ordering::Relaxed), 2);
}

/// Otherwise a garbage collection could delete them before the version that will name them.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_a_stored_blob_makes_it_young() {
    let (ledger, slow, _dir) = open().await;
    let stored = slow.take_in(once(b"abc".as_slice().into()), 3).await.unwrap();
    let digest = stored.meta.digest;
    let before = slow.list_one(digest).await.unwrap().unwrap().touched;
    let announced = AnnouncedUpload { size: 3, digest: Some(digest), sha256: None };
    assert!(ledger.begin_upload(announced, SHORT).await.unwrap().requests.is_empty());
    assert!(slow.list_one(digest).await.unwrap().unwrap().touched > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_waiters_start_one_completion() {
    let (ledger, slow, _dir) = open().await;
    let id = begun(&ledger, 3).await;
    let (one, two) = (ledger.complete_within(LONG, &id, None), ledger.complete_within(LONG, &id, None));
    let permit = async {
        tokio::time::sleep(SHORT).await;
        slow.gate.add_permits(1);
    };
    let (one, two, ()) = tokio::join!(one, two, permit);
    let answers = [one.unwrap(), two.unwrap()];
    assert_eq!(answers.iter().flatten().count(), 1, "one gets the result, the other asks again: {answers:?}");
    assert_eq!(slow.begun.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_that_fails_is_reported_and_can_be_retried() {
    let (ledger, slow, _dir) = open().await;
    let id = begun(&ledger, 4).await;
    for times in 1..=2 {
        slow.gate.add_permits(1);
        let refused = ledger.complete_within(LONG, &id, None).await;
        assert!(matches!(refused, Err(LedgerError::Blob(BlobError::Unsent { .. }))), "{refused:?}");
        assert_eq!(slow.begun.load(Ordering::Relaxed), times);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_completion_without_a_waiter_is_forgotten() {
    let (ledger, slow, _dir) = open().await;
    for _ in 0..3 {
        let id = begun(&ledger, 3).await;
        assert_eq!(ledger.complete_within(SHORT, &id, None).await.unwrap(), None);
    }
    assert_eq!(ledger.shared.uploads.completing.lock().unwrap().len(), 3);
    slow.gate.add_permits(3);
    tokio::time::sleep(SHORT).await;
    let last = begun(&ledger, 3).await;
    assert_eq!(ledger.complete_within(SHORT, &last, None).await.unwrap(), None);
    assert_eq!(ledger.shared.uploads.completing.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_older_than_the_grace_are_removed() {
    let (ledger, _, _dir) = open().await;
    assert_eq!(ledger.clear_uploads(Duration::from_secs(600)).await.unwrap(), 400);
    ledger.limit_uploads(5);
    let announced = AnnouncedUpload { size: 6, digest: None, sha256: None };
    let refused = ledger.begin_upload(announced, SHORT).await;
    assert!(matches!(refused, Err(LedgerError::Blob(BlobError::TooLarge { limit: 5 }))), "{refused:?}");
}
