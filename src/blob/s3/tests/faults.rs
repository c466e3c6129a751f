//! Fault injection: every request of every operation fails once in every way, and the promises
//! hold.
//!
//! No wrong bytes are ever returned completely; a blob that was put is there and right; a later put
//! succeeds, whatever the outcome of an earlier one; and temporary faults are retried without an
//! error for the caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::objects::plant;
use super::proxy::{ALL, Proxy, RequestFault};
use super::server;
use crate::blob::s3::{PART, S3Settings, S3Store};
use crate::blob::tests::{NO_LIMIT, TestResult, cut, get, noise, put};
use crate::blob::uploads::Ticket;
use crate::blob::{BlobError, BlobMeta, BlobStore, ByteRange, Uploads, key};
use crate::domain::id::Digest;

const SMALL: usize = 3_000;
const LARGE: usize = PART + 1_000;
const RANGE: ByteRange = ByteRange { start: 100, end: 2_900 };

/// A store behind a proxy, and the same store without one.
struct TwoStores {
    through: S3Store,
    direct: S3Store,
    proxy: Proxy,
}

/// `None` if there is no server.
async fn two() -> Result<Option<TwoStores>, Box<dyn std::error::Error>> {
    let Some(place) = server::place() else { return Ok(None) };
    let settings = S3Settings { timeout: Duration::from_secs(1), ..place.settings() };
    let direct = place.unchecked(&S3Settings { timeout: Duration::from_secs(20), ..settings.clone() });
    // The other object has the size of the small ones, so that only its content distinguishes them.
    let other = fresh(SMALL);
    put(&direct, &other).await?;
    let digest = Digest::of(&other);
    let proxy = Proxy::start(&place.endpoint, key::of(digest)).await?;
    let through = place.through(proxy.endpoint.clone()).unchecked(&settings);
    through.stat(digest).await?;
    get(&through, digest, None).await?;
    get(&through, digest, Some(RANGE)).await?;
    Ok(Some(TwoStores { through, direct, proxy }))
}

/// Bytes that no other call returns.
fn fresh(size: usize) -> Vec<u8> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut bytes = noise(size);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes
}

/// Returns true if a caller may get an error for this fault.
fn may_be_noticed(wrong: RequestFault) -> bool {
    matches!(wrong, RequestFault::SpoiltAnswer | RequestFault::OtherObject)
}

/// Puts blobs of this size while each request fails in each way. Returns the number of requests.
async fn every_put(size: usize) -> TestResult {
    let Some(two) = two().await? else { return Ok(()) };
    for wrong in ALL {
        for number in 0.. {
            let bytes = fresh(size);
            let meta = BlobMeta::of(&bytes);
            two.proxy.arm(number, wrong);
            let stored = two.through.put(meta.digest, cut(&bytes, 1 << 20), NO_LIMIT).await;
            let fired = two.proxy.disarm();
            let case = format!("{wrong:?} at request {number}");
            match &stored {
                Ok(stored) => {
                    assert_eq!(stored.meta, meta, "{case}");
                    assert_eq!(two.direct.stat(meta.digest).await?, Some(meta), "{case}");
                    assert!(get(&two.direct, meta.digest, None).await? == bytes, "{case}");
                }
                Err(error) => assert!(fired && may_be_noticed(wrong), "{case}: {error:?}"),
            }
            put(&two.direct, &bytes).await.map_err(|error| format!("{case}, put again: {error:?}"))?;
            assert!(get(&two.direct, meta.digest, None).await? == bytes, "{case}");
            if !fired {
                // A complete round without a fault: there is no request with this number.
                assert!(number > 0, "{wrong:?} met no request");
                break;
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_small_put() -> TestResult {
    every_put(SMALL).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_large_put() -> TestResult {
    every_put(LARGE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_put_of_what_is_there() -> TestResult {
    let Some(two) = two().await? else { return Ok(()) };
    for bytes in [fresh(SMALL), fresh(LARGE)] {
        let meta = BlobMeta::of(&bytes);
        put(&two.direct, &bytes).await?;
        for wrong in ALL {
            for number in 0.. {
                two.proxy.arm(number, wrong);
                let stored = put(&two.through, &bytes).await;
                let fired = two.proxy.disarm();
                let case = format!("{wrong:?} at request {number}");
                match stored {
                    Ok(stored) => assert!(stored.meta == meta && !stored.created, "{case}"),
                    Err(error) => assert!(fired && may_be_noticed(wrong), "{case}: {error:?}"),
                }
                assert!(get(&two.direct, meta.digest, None).await? == bytes, "{case}");
                if !fired {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Completes an upload while each request fails, and then once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_completion() -> TestResult {
    let Some(two) = two().await? else { return Ok(()) };
    for wrong in ALL {
        for number in 0.. {
            let bytes = fresh(SMALL);
            let meta = BlobMeta::of(&bytes);
            let (nonce, size, digest) = (meta.sha256, meta.size, Some(meta.digest));
            let ticket = Ticket { nonce, size, digest, sha256: Some(meta.sha256), parts: None };
            plant(&two.direct, &key::staged(&nonce), &bytes).await?;
            two.proxy.arm(number, wrong);
            let stored = Uploads::complete(&two.through, ticket.clone()).await;
            let fired = two.proxy.disarm();
            let case = format!("{wrong:?} at request {number}");
            match &stored {
                Ok(stored) => assert_eq!(stored.meta, meta, "{case}"),
                Err(error) => assert!(fired && may_be_noticed(wrong), "{case}: {error:?}"),
            }
            if matches!(stored, Err(BlobError::Mismatch { .. } | BlobError::OtherFacts { .. })) {
                // The answer was damaged, so the upload was removed: the client sends it again.
                plant(&two.direct, &key::staged(&nonce), &bytes).await?;
            }
            let again = Uploads::complete(&two.direct, ticket).await;
            assert_eq!(again.map_err(|error| format!("{case}, again: {error:?}"))?.meta, meta, "{case}");
            assert!(get(&two.direct, meta.digest, None).await? == bytes, "{case}");
            if !fired {
                assert!(number > 0, "{wrong:?} met no request");
                break;
            }
        }
    }
    Ok(())
}

/// Reads each blob in each way while each request fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_read() -> TestResult {
    let Some(two) = two().await? else { return Ok(()) };
    for bytes in [fresh(SMALL), fresh(LARGE)] {
        let meta = BlobMeta::of(&bytes);
        put(&two.direct, &bytes).await?;
        for wrong in ALL {
            for range in [None, Some(RANGE)] {
                for number in 0.. {
                    let case = format!("{wrong:?} at request {number} of {range:?}");
                    two.proxy.arm(number, wrong);
                    let read = get(&two.through, meta.digest, range).await;
                    let fired = two.proxy.disarm();
                    let expected = range.map_or(&bytes[..], |_| &bytes[100..2_900]);
                    match read {
                        // A range is not verified: its bytes are as good as the connection.
                        Ok(read) if range.is_some() && wrong == RequestFault::SpoiltAnswer => {
                            assert_eq!(read.len(), expected.len(), "{case}");
                        }
                        Ok(read) => assert!(read == expected, "{case}: wrong bytes"),
                        Err(error) => assert!(fired && may_be_noticed(wrong), "{case}: {error:?}"),
                    }
                    if !fired {
                        break;
                    }
                }
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_question() -> TestResult {
    let Some(two) = two().await? else { return Ok(()) };
    let absent = Digest::of(b"not there");
    for bytes in [fresh(SMALL), fresh(LARGE)] {
        let meta = BlobMeta::of(&bytes);
        put(&two.direct, &bytes).await?;
        for wrong in ALL {
            for number in 0.. {
                let case = format!("{wrong:?} at request {number}");
                two.proxy.arm(number, wrong);
                let there = two.through.stat(meta.digest).await;
                let fired = two.proxy.disarm();
                match there {
                    Ok(there) => assert_eq!(there, Some(meta), "{case}"),
                    Err(error) => assert!(fired && may_be_noticed(wrong), "{case}: {error:?}"),
                }
                if !fired {
                    break;
                }
            }
            two.proxy.arm(0, wrong);
            let gone = two.through.stat(absent).await;
            two.proxy.disarm();
            match gone {
                Ok(gone) => assert_eq!(gone, None, "{wrong:?}"),
                Err(error) => assert!(may_be_noticed(wrong), "{wrong:?}: {error:?}"),
            }
        }
    }
    Ok(())
}

/// A server that remains unreachable is reported as such, after the maximum number of attempts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_server() -> TestResult {
    let Some(place) = server::place() else { return Ok(()) };
    let away = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let store = Arc::new(place.through(format!("http://{away}")).unchecked(&place.settings()));
    let digest = Digest::of(b"x");
    for failed in [
        store.stat(digest).await.map(|_| ()),
        store.open(digest, None).await.map(|_| ()),
        put(&*store, b"x").await.map(|_| ()),
        put(&*store, &fresh(LARGE)).await.map(|_| ()),
    ] {
        assert!(matches!(failed, Err(BlobError::Unavailable { .. })), "{failed:?}");
    }
    Ok(())
}
