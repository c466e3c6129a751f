//! The contents of the bucket: objects of other programs, unfinished uploads, pre-signed URLs.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::server;
use crate::blob::s3::upload::size_of;
use crate::blob::s3::{LARGEST, PART, S3Store};
use crate::blob::tests::{NO_LIMIT, TestResult, cut, get, noise, put, stalling};
use crate::blob::{BlobError, BlobMeta, BlobStore, ByteRange, FsStore, MemStore, key};
use crate::domain::id::Digest;

pub(super) async fn store() -> Result<Option<S3Store>, Box<dyn std::error::Error>> {
    let Some(place) = server::place() else { return Ok(None) };
    Ok(Some(place.unchecked(&place.settings())))
}

/// Puts an object as another program would.
pub(super) async fn plant(store: &S3Store, key: &str, bytes: &[u8]) -> TestResult {
    let bucket = &store.bucket;
    let request = bucket.client.put_object().bucket(&*bucket.name).key(format!("{}{key}", bucket.prefix));
    request.body(ByteStream::from(Bytes::copy_from_slice(bytes))).send().await?;
    Ok(())
}

/// The number of uploads in progress below the store's prefix.
pub(super) async fn uploads(store: &S3Store) -> Result<usize, Box<dyn std::error::Error>> {
    let bucket = &store.bucket;
    let listed = bucket.client.list_multipart_uploads().bucket(&*bucket.name).prefix(&*bucket.prefix);
    Ok(listed.send().await?.uploads().len())
}

#[tokio::test]
async fn another_object_is_neither_accepted_nor_overwritten() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    for size in [1_000, PART + 1_000] {
        let bytes = noise(size);
        let digest = Digest::of(&bytes);
        let mut other = bytes.clone();
        other[size / 2] ^= 1;
        for planted in [&other[..], &bytes[1..]] {
            plant(&store, &key::of(digest), planted).await?;
            let refused = put(&store, &bytes).await;
            assert!(matches!(refused, Err(BlobError::Corrupt { .. })), "{refused:?}");
            let refused = store.stat(digest).await;
            assert!(matches!(refused, Err(BlobError::Corrupt { .. })), "{refused:?}");
            let refused = get(&store, digest, None).await;
            assert!(matches!(refused, Err(BlobError::Corrupt { .. })), "it was handed out");
            let kept = store.bucket.get(&key::of(digest), None).await?.bytes.collect().await?.into_bytes();
            assert!(kept == planted, "it was overwritten");
        }
    }
    Ok(())
}

/// A directory of blobs that was copied into the bucket: no metadata, with or without sidecars.
#[tokio::test]
async fn objects_that_were_copied_in_are_blobs() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let dir = tempfile::tempdir()?;
    let local = FsStore::open(dir.path()).await?;
    for (size, with_sidecar) in [(10, true), (11, false), (PART + 10, true), (PART + 11, false)] {
        let bytes = noise(size);
        let meta = put(&local, &bytes).await?.meta;
        for name in [key::of(meta.digest), key::sidecar(meta.digest)] {
            if with_sidecar || !name.ends_with(".meta") {
                plant(&store, &name, &std::fs::read(dir.path().join(&name))?).await?;
            }
        }
        assert_eq!(store.stat(meta.digest).await?, Some(meta), "{size}");
        assert_eq!(store.sidecar(meta.digest).await?, Some(meta), "{size}: the facts were not kept");
        assert!(get(&store, meta.digest, None).await? == bytes, "{size}");
        let range = ByteRange { start: 3, end: 9 };
        assert_eq!(get(&store, meta.digest, Some(range)).await?, bytes[3..9], "{size}");
        assert!(!put(&store, &bytes).await?.created, "{size}");
    }
    Ok(())
}

#[tokio::test]
async fn malformed_facts_are_rewritten() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let bytes = noise(PART + 5);
    let meta = put(&store, &bytes).await?.meta;
    for garbled in ["", "1 5 00 00\n", "\u{fffd}"] {
        plant(&store, &key::sidecar(meta.digest), garbled.as_bytes()).await?;
        assert_eq!(store.stat(meta.digest).await?, Some(meta), "{garbled:?}");
        assert_eq!(store.sidecar(meta.digest).await?, Some(meta), "{garbled:?} was kept");
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_put_leaves_no_parts() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let bytes = noise(3 * PART);
    let digest = Digest::of(&bytes);
    let (stalled, reached) = stalling(&bytes);
    tokio::select! {
        _ = store.put(digest, stalled, NO_LIMIT) => panic!("a stream without an end was stored"),
        _ = reached => {}
    }
    // The dropped upload is aborted by a separate task.
    for wait in 0.. {
        if uploads(&store).await? == 0 {
            break;
        }
        assert!(wait < 100, "the parts of a dropped upload are still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let refused = store.put(Digest::of(b"other"), cut(&bytes, PART / 3), NO_LIMIT).await;
    assert!(matches!(refused, Err(BlobError::Mismatch { .. })), "{refused:?}");
    assert_eq!(uploads(&store).await?, 0);
    let refused = store.put(digest, cut(&bytes, PART / 3), 2 * PART as u64).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { .. })), "{refused:?}");
    assert_eq!(uploads(&store).await?, 0);
    // The losers of a race abort theirs, too.
    let puts = (0..3).map(|_| store.put(digest, cut(&bytes, 1 << 20), NO_LIMIT));
    futures_util::future::try_join_all(puts).await?;
    assert_eq!(uploads(&store).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_pre_signed_url_needs_no_credentials() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let bytes = noise(70_000);
    let meta = BlobMeta::of(&bytes);
    put(&store, &bytes).await?;
    let url = store.url(meta.digest, Duration::from_secs(60)).await?.ok_or("no address")?;
    let (read, disposition) = tokio::task::spawn_blocking(move || {
        let mut answer = ureq::get(&url).call()?;
        let disposition = answer.headers().get("content-disposition").cloned();
        Ok::<_, ureq::Error>((answer.body_mut().read_to_vec()?, disposition))
    })
    .await??;
    assert!(read == bytes);
    assert_eq!(disposition.ok_or("no disposition")?, "attachment");
    // S3 signs for a week at most.
    assert!(store.url(meta.digest, Duration::from_secs(8 * 24 * 60 * 60)).await.is_err());

    let dir = tempfile::tempdir()?;
    let others: [Arc<dyn BlobStore>; 2] =
        [Arc::new(MemStore::new()), Arc::new(FsStore::open(dir.path()).await?)];
    for other in others {
        assert_eq!(other.url(meta.digest, Duration::from_secs(60)).await?, None);
    }
    Ok(())
}

#[test]
fn parts_are_enough_for_the_largest_object() {
    let sizes: Vec<u64> = (1..=10_000).map(|number| size_of(number) as u64).collect();
    assert!(sizes.iter().sum::<u64>() >= LARGEST);
    assert!(sizes.is_sorted() && sizes[0] == PART as u64);
    assert!(sizes.iter().all(|size| (5 << 20..=5 << 30).contains(size)), "the protocol's bounds");
    // Two of them are in memory.
    let mut sent = 0;
    for size in sizes {
        assert!(2 * size <= 64 << 20 || 2 * size <= sent / 400, "a part of {size} after {sent} bytes");
        sent += size;
    }
}
