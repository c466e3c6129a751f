//! The tests that every store must pass.
//!
//! A store is added with one `conformance!` line and a function that creates an empty one.

mod check;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use proptest::prelude::*;
use tempfile::TempDir;

use super::s3::tests::server;
use super::s3::{Checksums, S3Settings};
use super::{
    BlobError, BlobMeta, BlobStore, ByteRange, CHUNK, Chunks, FsStore, MemStore, Opened, Stored, once,
};
use crate::domain::id::{Digest, hex};

pub(super) type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The number of bytes that a store may receive in one piece; more come in parts.
const LARGE: usize = 8 << 20;

pub(super) const NO_LIMIT: u64 = u64::MAX;

/// An empty store, and the directory that it may need while it is used.
struct FreshStore {
    store: Arc<dyn BlobStore>,
    _dir: Option<TempDir>,
}

/// `None` if this machine has no such backend.
type MadeStore = Result<Option<FreshStore>, Box<dyn std::error::Error>>;

async fn memory() -> MadeStore {
    Ok(Some(FreshStore { store: Arc::new(MemStore::new()), _dir: None }))
}

async fn directory() -> MadeStore {
    let dir = tempfile::tempdir()?;
    Ok(Some(FreshStore { store: Arc::new(FsStore::open(dir.path()).await?), _dir: Some(dir) }))
}

async fn bucket() -> MadeStore {
    let Some(place) = server::place() else { return Ok(None) };
    let store = place.open(&place.settings()).await?;
    Ok(Some(FreshStore { store: Arc::new(store), _dir: None }))
}

/// The same without checksums in requests, for servers that refuse them.
async fn bucket_without_checksums() -> MadeStore {
    let Some(place) = server::place() else { return Ok(None) };
    let settings = S3Settings { checksums: Checksums::WhenRequired, ..place.settings() };
    let store = place.open(&settings).await?;
    Ok(Some(FreshStore { store: Arc::new(store), _dir: None }))
}

/// Runs all checks on one store: `name => how to make one`, and the list of checks.
macro_rules! conformance {
    ($store:ident: $($check:ident)*) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $check() -> super::TestResult {
                    let Some(fresh) = super::$store().await? else { return Ok(()) };
                    super::check::$check(fresh.store).await
                }
            )*

            #[test]
            fn cuts_make_no_difference() -> super::TestResult {
                super::check_cuts(super::$store)
            }
        }
    };
    ($($store:ident)*) => {
        $(
            conformance!($store:
                round_trip
                empty
                many_chunks
                large
                large_again
                large_leaves_nothing
                absent
                ranges
                bad_ranges
                mismatch_leaves_nothing
                limit
                broken_source_leaves_nothing
                again
                again_with_other_bytes
                dropped_midway
                concurrent
                taken_in
                listed
                deleted
                put_again_is_young
                renewed_is_young
            );
        )*
    };
}

conformance!(memory directory bucket bucket_without_checksums);

/// However bytes are split on their way in, the facts and the bytes are the same, and so is every
/// range.
fn check_cuts<F: Future<Output = MadeStore>>(make: fn() -> F) -> TestResult {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Some(fresh) = runtime.block_on(make())? else { return Ok(()) };
    let cases = (
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40_000), 0..24),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(48));
    runner.run(&cases, |(chunks, a, b)| {
        let bytes = chunks.concat();
        let meta = BlobMeta::of(&bytes);
        let incoming = Box::pin(stream::iter(chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)))));
        let range = ByteRange {
            start: a.index(bytes.len() + 1).min(b.index(bytes.len() + 1)) as u64,
            end: a.index(bytes.len() + 1).max(b.index(bytes.len() + 1)) as u64,
        };
        let (stored, whole, part) = runtime.block_on(async {
            let stored = fresh.store.put(meta.digest, incoming, bytes.len() as u64).await;
            let whole = get(&*fresh.store, meta.digest, None).await;
            (stored, whole, get(&*fresh.store, meta.digest, Some(range)).await)
        });
        prop_assert_eq!(stored.map_err(failed)?.meta, meta);
        prop_assert!(whole.map_err(failed)? == bytes);
        if range.start < range.end {
            prop_assert!(part.map_err(failed)? == bytes[range.start as usize..range.end as usize]);
        } else {
            let refused = matches!(part, Err(BlobError::BadRange { .. }));
            prop_assert!(refused);
        }
        Ok(())
    })?;
    Ok(())
}

fn failed(error: BlobError) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

/// Puts these bytes under their digest.
pub(super) async fn put(store: &dyn BlobStore, bytes: &[u8]) -> Result<Stored, BlobError> {
    store.put(Digest::of(bytes), once(Bytes::copy_from_slice(bytes)), NO_LIMIT).await
}

/// Returns all bytes of a blob, or of a range of it.
pub(super) async fn get(
    store: &dyn BlobStore,
    digest: Digest,
    range: Option<ByteRange>,
) -> Result<Vec<u8>, BlobError> {
    let Opened { chunks, .. } = store.open(digest, range).await?;
    collect(chunks).await
}

/// Returns all bytes of a stream.
pub(super) async fn collect(chunks: Chunks) -> Result<Vec<u8>, BlobError> {
    chunks
        .try_fold(Vec::new(), |mut all, chunk| async move {
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await
}

/// Returns these bytes as a stream of chunks of this length.
pub(super) fn cut(bytes: &[u8], length: usize) -> Chunks {
    let chunks: Vec<_> = bytes.chunks(length).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    Box::pin(stream::iter(chunks))
}

/// Returns a stream that yields these bytes in one chunk and then neither more nor an end, and a
/// future that is ready once it stalls.
pub(super) fn stalling(bytes: &[u8]) -> (Chunks, tokio::sync::oneshot::Receiver<()>) {
    let (reached, stalls) = tokio::sync::oneshot::channel();
    let stall = stream::once(async move {
        let _ = reached.send(());
        future::pending().await
    });
    (Box::pin(once(Bytes::copy_from_slice(bytes)).chain(stall)), stalls)
}

/// Returns bytes without repetitions nearby.
pub(super) fn noise(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().update(&size.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// A complete read that fails at the backend returns that error and nothing after it.
#[tokio::test]
async fn checked_read_passes_errors_on() {
    let meta = BlobMeta::of(b"abcdef");
    let broken = stream::iter([
        Ok(Bytes::from_static(b"abc")),
        Err(BlobError::Timeout { doing: "read a blob", source: "slow".into() }),
        Ok(Bytes::from_static(b"def")),
    ]);
    let got: Vec<_> = super::verify::checked(meta, Box::pin(broken)).collect().await;
    assert!(matches!(got.as_slice(), [Err(BlobError::Timeout { .. })]), "{got:?}");
}

/// Too many, too few and other bytes end in `Corrupt`, however they are split, and are never
/// returned completely.
#[tokio::test]
async fn checked_read_refuses_other_bytes() {
    let meta = BlobMeta::of(b"abcdef");
    for wrong in [&b""[..], b"abcde", b"abcdeX", b"Xbcdef", b"abcdefg", b"abcdefabcdef"] {
        for length in 1..=wrong.len().max(1) {
            let mut handed = Vec::new();
            let mut chunks = super::verify::checked(meta, cut(wrong, length));
            let end = loop {
                match chunks.next().await {
                    Some(Ok(chunk)) => handed.extend_from_slice(&chunk),
                    end => break end,
                }
            };
            assert!(matches!(end, Some(Err(BlobError::Corrupt { digest, .. })) if digest == meta.digest));
            assert!(handed.len() < b"abcdef".len(), "{handed:?} was handed out");
            assert!(chunks.next().await.is_none());
        }
    }
}
