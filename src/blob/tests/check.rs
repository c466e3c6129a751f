//! The checks of a store, one per function.

use super::*;
use crate::blob::Deletion;
use crate::domain::version::Timestamp;

pub(super) async fn round_trip(store: Arc<dyn BlobStore>) -> TestResult {
    let Stored { meta, created } = put(&*store, b"abc").await?;
    assert!(created);
    assert_eq!(meta.size, 3);
    assert_eq!(meta.digest.hex(), "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex(&meta.sha256), sha256);
    assert_eq!(store.stat(meta.digest).await?, Some(meta));
    let opened = store.open(meta.digest, None).await?;
    assert_eq!(opened.meta, meta);
    assert_eq!(collect(opened.chunks).await?, b"abc");
    Ok(())
}

pub(super) async fn empty(store: Arc<dyn BlobStore>) -> TestResult {
    let stored = put(&*store, b"").await?;
    assert!(stored.created);
    assert_eq!(stored.meta, BlobMeta::of(b""));
    assert_eq!(store.stat(stored.meta.digest).await?, Some(stored.meta));
    assert_eq!(get(&*store, stored.meta.digest, None).await?, b"");
    let range = Some(ByteRange { start: 0, end: 0 });
    let refused = get(&*store, stored.meta.digest, range).await;
    assert!(matches!(refused, Err(BlobError::BadRange { size: 0 })));
    Ok(())
}

pub(super) async fn many_chunks(store: Arc<dyn BlobStore>) -> TestResult {
    // Around the chunk size of stores, and well above it.
    for size in [CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7] {
        let bytes = noise(size);
        let stored = put(&*store, &bytes).await?;
        assert_eq!(stored, Stored { meta: BlobMeta::of(&bytes), created: true });
        assert!(get(&*store, stored.meta.digest, None).await? == bytes, "{size} bytes came back changed");
    }
    Ok(())
}

/// Larger than one request of a protocol.
pub(super) async fn large(store: Arc<dyn BlobStore>) -> TestResult {
    for size in [LARGE, LARGE + 1, 2 * LARGE, 5 * LARGE + 12_345] {
        let bytes = noise(size);
        let digest = Digest::of(&bytes);
        let stored = store.put(digest, cut(&bytes, 100_000), size as u64).await?;
        assert_eq!(stored, Stored { meta: BlobMeta::of(&bytes), created: true }, "{size} bytes");
        assert_eq!(store.stat(digest).await?, Some(stored.meta));
        assert!(get(&*store, digest, None).await? == bytes, "{size} bytes came back changed");
        let range = ByteRange { start: size as u64 / 3, end: size as u64 - 1 };
        let part = get(&*store, digest, Some(range)).await?;
        assert!(part == bytes[size / 3..size - 1], "a part of {size} bytes came back changed");
    }
    Ok(())
}

pub(super) async fn large_again(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(2 * LARGE + 1);
    let digest = Digest::of(&bytes);
    let puts = (0..3).map(|_| store.put(digest, cut(&bytes, 1 << 20), NO_LIMIT));
    let stored = future::try_join_all(puts).await?;
    assert_eq!(stored.iter().filter(|stored| stored.created).count(), 1);
    assert!(!put(&*store, &bytes).await?.created);
    let mut wrong = bytes.clone();
    wrong[LARGE + 1] ^= 1;
    let refused = store.put(digest, cut(&wrong, 1 << 20), NO_LIMIT).await;
    assert!(matches!(refused, Err(BlobError::Mismatch { .. })), "{refused:?}");
    assert!(get(&*store, digest, None).await? == bytes);
    Ok(())
}

pub(super) async fn large_leaves_nothing(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(3 * LARGE);
    let digest = Digest::of(&bytes);
    let refused = store.put(Digest::of(b"other"), cut(&bytes, 1 << 20), NO_LIMIT).await;
    assert!(matches!(refused, Err(BlobError::Mismatch { .. })), "{refused:?}");
    let refused = store.put(digest, cut(&bytes, 1 << 20), 3 * LARGE as u64 - 1).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { .. })), "{refused:?}");
    let (stalled, reached) = stalling(&bytes);
    tokio::select! {
        _ = store.put(digest, stalled, NO_LIMIT) => panic!("a stream without an end was stored"),
        _ = reached => {}
    }
    for digest in [digest, Digest::of(b"other")] {
        assert_eq!(store.stat(digest).await?, None);
    }
    assert!(put(&*store, &bytes).await?.created);
    Ok(())
}

pub(super) async fn absent(store: Arc<dyn BlobStore>) -> TestResult {
    let digest = Digest::of(b"never put");
    assert_eq!(store.stat(digest).await?, None);
    for range in [None, Some(ByteRange { start: 0, end: 1 })] {
        let refused = store.open(digest, range).await;
        assert!(matches!(refused, Err(BlobError::NotFound { digest: named }) if named == digest));
    }
    Ok(())
}

pub(super) async fn ranges(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(2 * CHUNK + 10);
    let digest = put(&*store, &bytes).await?.meta.digest;
    let size = bytes.len();
    let cases = [
        (0, 1),
        (0, size),
        (0, CHUNK),
        (5, 9),
        (CHUNK - 1, CHUNK + 1),
        (3, 2 * CHUNK + 3),
        (size - 1, size),
        (CHUNK, size),
    ];
    for (start, end) in cases {
        let range = ByteRange { start: start as u64, end: end as u64 };
        let opened = store.open(digest, Some(range)).await?;
        assert_eq!(opened.meta, BlobMeta::of(&bytes), "the facts are those of the complete blob");
        assert!(collect(opened.chunks).await? == bytes[start..end], "{start}..{end} is wrong");
    }
    Ok(())
}

pub(super) async fn bad_ranges(store: Arc<dyn BlobStore>) -> TestResult {
    let digest = put(&*store, b"0123456789").await?.meta.digest;
    for (start, end) in [(0, 11), (9, 11), (10, 10), (10, 11), (11, 12), (4, 4), (5, 4), (0, u64::MAX)] {
        let refused = get(&*store, digest, Some(ByteRange { start, end })).await;
        assert!(matches!(refused, Err(BlobError::BadRange { size: 10 })), "{start}..{end}: {refused:?}");
    }
    Ok(())
}

pub(super) async fn mismatch_leaves_nothing(store: Arc<dyn BlobStore>) -> TestResult {
    let (promised, given) = (Digest::of(b"promised"), Digest::of(b"given"));
    let refused = store.put(promised, once(Bytes::from_static(b"given")), NO_LIMIT).await;
    let Err(BlobError::Mismatch { expected, actual }) = refused else { panic!("{refused:?}") };
    assert_eq!((expected, actual), (promised, given));
    assert_eq!(store.stat(promised).await?, None);
    assert_eq!(store.stat(given).await?, None);
    // A refusal does not prevent a put of the right bytes.
    assert!(put(&*store, b"promised").await?.created);
    Ok(())
}

pub(super) async fn limit(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(CHUNK + 100);
    let digest = Digest::of(&bytes);
    let size = bytes.len() as u64;
    for limit in [0, 99, size - 1] {
        let refused = store.put(digest, cut(&bytes, 1000), limit).await;
        assert!(matches!(refused, Err(BlobError::TooLarge { limit: named }) if named == limit));
        assert_eq!(store.stat(digest).await?, None);
    }
    // The refusal comes before the end of an infinite stream.
    let endless: Chunks = Box::pin(stream::repeat_with(|| Ok(Bytes::from_static(b"more"))));
    let refused = store.put(digest, endless, 1 << 20).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { .. })));

    assert!(store.put(digest, cut(&bytes, 1000), size).await?.created, "the limit itself is allowed");
    Ok(())
}

pub(super) async fn broken_source_leaves_nothing(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(2 * CHUNK);
    let digest = Digest::of(&bytes);
    // All bytes came, but not the end: that alone must not count as success.
    let broken = cut(&bytes, CHUNK).chain(stream::iter([Err(BlobError::Source { source: "reset".into() })]));
    let refused = store.put(digest, Box::pin(broken), NO_LIMIT).await;
    assert!(matches!(refused, Err(BlobError::Source { .. })), "{refused:?}");
    assert_eq!(store.stat(digest).await?, None);
    assert!(put(&*store, &bytes).await?.created);
    Ok(())
}

pub(super) async fn again(store: Arc<dyn BlobStore>) -> TestResult {
    let first = put(&*store, b"twice").await?;
    let second = put(&*store, b"twice").await?;
    assert!(first.created && !second.created);
    assert_eq!(first.meta, second.meta);
    assert_eq!(get(&*store, first.meta.digest, None).await?, b"twice");
    Ok(())
}

pub(super) async fn again_with_other_bytes(store: Arc<dyn BlobStore>) -> TestResult {
    let digest = put(&*store, b"right").await?.meta.digest;
    let refused = store.put(digest, once(Bytes::from_static(b"wrong")), NO_LIMIT).await;
    assert!(matches!(refused, Err(BlobError::Mismatch { .. })));
    assert_eq!(get(&*store, digest, None).await?, b"right");
    Ok(())
}

pub(super) async fn dropped_midway(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(2 * CHUNK);
    let digest = Digest::of(&bytes);
    let (stalled, reached) = stalling(&bytes);
    tokio::select! {
        _ = store.put(digest, stalled, NO_LIMIT) => panic!("a stream without an end was stored"),
        _ = reached => {}
    }
    assert_eq!(store.stat(digest).await?, None);
    assert!(put(&*store, &bytes).await?.created);
    Ok(())
}

/// The time of a blob's last put, from its page.
async fn touched(store: &dyn BlobStore, digest: Digest) -> Result<Option<Timestamp>, BlobError> {
    let page = store.list(digest.as_bytes()[0]).await?;
    Ok(page.iter().find(|blob| blob.digest == digest).map(|blob| blob.touched))
}

pub(super) async fn listed(store: Arc<dyn BlobStore>) -> TestResult {
    let mut expected = Vec::new();
    for number in 0..40_u32 {
        let meta = put(&*store, &noise(number as usize)).await?.meta;
        expected.push((meta.digest, meta.size));
    }
    let large = put(&*store, &noise(LARGE + 1)).await?.meta;
    expected.push((large.digest, large.size));
    expected.sort();
    let mut found = Vec::new();
    for first in 0..=u8::MAX {
        let page = store.list(first).await?;
        assert!(page.iter().all(|blob| blob.digest.as_bytes()[0] == first), "{first:02x}: {page:?}");
        found.extend(page.iter().map(|blob| (blob.digest, blob.size)));
    }
    assert_eq!(found, expected, "every blob once, in order");
    for (digest, size) in expected {
        let looked = store.list_one(digest).await?.ok_or("it is listed, and cannot be looked at")?;
        let page = store.list(digest.as_bytes()[0]).await?;
        assert!(page.contains(&looked) && looked.size == size, "{looked:?}");
    }
    assert_eq!(store.list_one(Digest::of(b"never put")).await?, None);
    Ok(())
}

pub(super) async fn deleted(store: Arc<dyn BlobStore>) -> TestResult {
    for bytes in [noise(100), noise(LARGE + 1)] {
        let meta = put(&*store, &bytes).await?.meta;
        let digest = meta.digest;
        let put_at = touched(&*store, digest).await?.ok_or("it is not listed")?;
        assert_eq!(store.delete(digest, put_at).await?, Deletion::Young, "it was not put before that moment");
        assert_eq!(store.stat(digest).await?, Some(meta));
        assert_eq!(store.delete(digest, put_at + 1).await?, Deletion::Done);
        assert_eq!(store.stat(digest).await?, None);
        assert_eq!(touched(&*store, digest).await?, None);
        assert!(matches!(store.open(digest, None).await, Err(BlobError::NotFound { .. })));
        assert_eq!(store.delete(digest, Timestamp::MAX).await?, Deletion::Absent);
        assert!(put(&*store, &bytes).await?.created, "it can come again");
        assert!(get(&*store, digest, None).await? == bytes);
    }
    Ok(())
}

pub(super) async fn put_again_is_young(store: Arc<dyn BlobStore>) -> TestResult {
    let all = [noise(100), noise(LARGE + 1)];
    let mut before = Vec::new();
    for bytes in &all {
        let digest = put(&*store, bytes).await?.meta.digest;
        before.push((digest, touched(&*store, digest).await?.ok_or("it is not listed")?));
    }
    // Some backends have a resolution of seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    for (bytes, (digest, first)) in all.iter().zip(before) {
        assert!(!put(&*store, bytes).await?.created);
        let again = touched(&*store, digest).await?.ok_or("it is not listed")?;
        assert!(again > first, "{again} is not after {first}");
        assert_eq!(store.delete(digest, first + 1).await?, Deletion::Young);
        assert!(get(&*store, digest, None).await? == *bytes);
    }
    Ok(())
}

pub(super) async fn renewed_is_young(store: Arc<dyn BlobStore>) -> TestResult {
    let mut before = Vec::new();
    for bytes in [noise(100), noise(LARGE + 1)] {
        let meta = put(&*store, &bytes).await?.meta;
        before.push((meta, touched(&*store, meta.digest).await?.ok_or("it is not listed")?));
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    for (meta, first) in before {
        assert_eq!(store.renew(meta.digest).await?, Some(meta));
        assert!(touched(&*store, meta.digest).await?.is_some_and(|again| again > first));
        assert_eq!(store.delete(meta.digest, first + 1).await?, Deletion::Young);
    }
    assert_eq!(store.renew(Digest::of(b"never put")).await?, None);
    Ok(())
}

pub(super) async fn concurrent(store: Arc<dyn BlobStore>) -> TestResult {
    let bytes = noise(CHUNK + 1);
    let digest = Digest::of(&bytes);
    let puts = (0..8).map(|_| store.put(digest, cut(&bytes, 10_000), NO_LIMIT));
    let stored = future::try_join_all(puts).await?;
    assert_eq!(stored.iter().filter(|stored| stored.created).count(), 1);
    assert!(stored.iter().all(|stored| stored.meta == BlobMeta::of(&bytes)));
    assert!(get(&*store, digest, None).await? == bytes);
    Ok(())
}

/// Bytes whose digest only the store computes.
pub(super) async fn taken_in(store: Arc<dyn BlobStore>) -> TestResult {
    for size in [0, 1, CHUNK + 1, LARGE, LARGE + 1, 2 * LARGE + 12_345] {
        let bytes = noise(size);
        let meta = BlobMeta::of(&bytes);
        let stored = store.take_in(cut(&bytes, 100_000), size as u64).await?;
        assert_eq!(stored, Stored { meta, created: true }, "{size} bytes");
        assert!(get(&*store, meta.digest, None).await? == bytes, "{size} bytes came back changed");
        let again = store.take_in(cut(&bytes, 70_000), NO_LIMIT).await?;
        assert_eq!(again, Stored { meta, created: false }, "{size} bytes");
    }
    for size in [1_000, LARGE + 1_000] {
        let other = vec![7; size];
        let refused = store.take_in(cut(&other, 100_000), size as u64 - 1).await;
        assert!(matches!(refused, Err(BlobError::TooLarge { .. })), "{refused:?}");
        let ends = stream::iter([Err(BlobError::Source { source: "reset".into() })]);
        let broken = store.take_in(Box::pin(cut(&other, 100_000).chain(ends)), NO_LIMIT).await;
        assert!(matches!(broken, Err(BlobError::Source { .. })), "{broken:?}");
        assert_eq!(store.stat(Digest::of(&other)).await?, None);
    }
    Ok(())
}
