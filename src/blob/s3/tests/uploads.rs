//! Uploads past the server: they become blobs only under their digest, once, whatever is sent
//! afterwards.

use std::time::Duration;

use super::objects::{plant, store, uploads};
use crate::blob::s3::{S3Store, key};
use crate::blob::tests::{TestResult, get, noise, put};
use crate::blob::uploads::{Sending, Ticket};
use crate::blob::{BlobError, BlobMeta, BlobStore, Stored, Uploads};

const WHILE: Duration = Duration::from_secs(60);

/// An upload of these bytes for which only the size is announced.
fn ticket(name: u8, bytes: &[u8]) -> Ticket {
    Ticket { nonce: [name; 32], size: bytes.len() as u64, digest: None, sha256: None, parts: None }
}

/// An upload of these bytes for which everything is announced.
fn full(name: u8, bytes: &[u8]) -> Ticket {
    let meta = BlobMeta::of(bytes);
    Ticket { digest: Some(meta.digest), sha256: Some(meta.sha256), ..ticket(name, bytes) }
}

/// Sends bytes as a client does, and returns the status.
async fn send(sending: &Sending, bytes: &[u8]) -> Result<u16, Box<dyn std::error::Error>> {
    let (sending, bytes) = (sending.clone(), bytes.to_vec());
    let status = tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = sending
            .headers
            .iter()
            .fold(agent.put(&sending.url), |request, (name, value)| request.header(name, value));
        Ok::<_, ureq::Error>(request.send(&bytes[..])?.status().as_u16())
    });
    Ok(status.await??)
}

/// Begins an upload, sends all its bytes, and returns its ticket.
async fn sent(store: &S3Store, ticket: Ticket, bytes: &[u8]) -> Result<Ticket, Box<dyn std::error::Error>> {
    let (ticket, sendings) = store.begin(ticket, WHILE).await?;
    for sending in &sendings {
        let part = &bytes[sending.start as usize..(sending.start + sending.size) as usize];
        assert_eq!(send(sending, part).await?, 200, "{sending:?}");
    }
    Ok(ticket)
}

/// Completes an upload through the trait, without knowing the store.
async fn complete(store: &dyn Uploads, ticket: Ticket) -> Result<Stored, BlobError> {
    store.complete(ticket).await
}

#[tokio::test]
async fn an_upload_becomes_a_blob_once() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    for (name, bytes) in [(1, noise(0)), (2, noise(70_000)), (3, noise((64 << 20) + 7))] {
        let meta = BlobMeta::of(&bytes);
        for (name, ticket) in [(name, ticket(name, &bytes)), (name + 10, full(name + 10, &bytes))] {
            let ticket = sent(&store, ticket, &bytes).await?;
            assert_eq!(ticket.parts.is_some(), bytes.len() > 64 << 20);
            let stored = complete(&store, ticket.clone()).await?;
            assert_eq!((stored.meta, stored.created), (meta, name < 10), "{name}");
            assert!(get(&store, meta.digest, None).await? == bytes, "{name}");
            // Only the note remains, and it answers repeated requests.
            assert!(store.bucket.head(&key::staged(&ticket.nonce)).await?.is_none(), "{name}");
            assert_eq!(complete(&store, ticket).await?.meta, meta, "{name}");
        }
    }
    assert_eq!(uploads(&store).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_repeated_request_changes_nothing() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let (bytes, other) = (noise(50_000), vec![7; 50_000]);
    let meta = BlobMeta::of(&bytes);
    let (ticket, sendings) = store.begin(ticket(1, &bytes), WHILE).await?;
    assert_eq!(send(&sendings[0], &bytes).await?, 200);
    // Before the completion the name is taken.
    assert_eq!(send(&sendings[0], &other).await?, 412);
    assert_eq!(complete(&store, ticket.clone()).await?.meta, meta);
    // Afterwards it is free, and unused.
    assert_eq!(send(&sendings[0], &other).await?, 200);
    assert!(get(&store, meta.digest, None).await? == bytes, "the published bytes were changed");
    assert_eq!(complete(&store, ticket).await?.meta, meta);
    assert!(get(&store, meta.digest, None).await? == bytes, "the published bytes were changed");
    assert_eq!(store.stat(BlobMeta::of(&other).digest).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_request_accepts_only_the_announced_bytes() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let bytes = noise(50_000);
    let (_, sendings) = store.begin(ticket(1, &bytes), WHILE).await?;
    assert!(send(&sendings[0], &bytes[1..]).await? >= 400, "another size was taken");
    let (_, checked) = store.begin(full(2, &bytes), WHILE).await?;
    assert!(send(&checked[0], &noise(50_001)[1..]).await? >= 400, "bytes of another SHA-256 were taken");
    let elsewhere = sendings[0].url.replace(&"01".repeat(32), &"03".repeat(32));
    assert_ne!(elsewhere, sendings[0].url);
    let elsewhere = Sending { url: elsewhere, ..sendings[0].clone() };
    assert_eq!(send(&elsewhere, &bytes).await?, 403);
    let unconditional = Sending { headers: Vec::new(), ..sendings[0].clone() };
    assert!(send(&unconditional, &bytes).await? >= 400, "the condition was left out");
    Ok(())
}

#[tokio::test]
async fn other_bytes_than_announced_are_not_published() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let (bytes, other) = (noise(50_000), noise(50_001)[1..].to_vec());
    let (announced, found) = (BlobMeta::of(&bytes), BlobMeta::of(&other));
    let digest = Ticket { digest: Some(announced.digest), ..ticket(1, &bytes) };
    let digest = sent(&store, digest, &other).await?;
    let refused = complete(&store, digest.clone()).await;
    assert!(matches!(refused, Err(BlobError::Mismatch { .. })), "{refused:?}");
    // The wrong bytes are removed, so that they can be sent again.
    let refused = complete(&store, digest).await;
    assert!(matches!(refused, Err(BlobError::Unsent { .. })), "{refused:?}");

    // A client that changes its ticket removes its own announcement and gains nothing.
    let sent_plainly = sent(&store, ticket(2, &bytes), &other).await?;
    let sha256 = Ticket { sha256: Some(announced.sha256), ..sent_plainly.clone() };
    let refused = complete(&store, sha256).await;
    assert!(matches!(refused, Err(BlobError::OtherFacts { .. })), "{refused:?}");
    let larger = sent(&store, ticket(3, &bytes), &other).await?;
    let refused = complete(&store, Ticket { size: larger.size + 1, ..larger }).await;
    assert!(matches!(refused, Err(BlobError::OtherFacts { .. })), "{refused:?}");
    for meta in [announced, found] {
        assert_eq!(store.stat(meta.digest).await?, None);
    }

    let unsent = complete(&store, ticket(4, &bytes)).await;
    assert!(matches!(unsent, Err(BlobError::Unsent { .. })), "{unsent:?}");
    let large = noise((64 << 20) + 7);
    let (half, sendings) = store.begin(ticket(5, &large), WHILE).await?;
    assert_eq!(send(&sendings[0], &large[..64 << 20]).await?, 200);
    let unsent = complete(&store, half).await;
    assert!(matches!(unsent, Err(BlobError::Unsent { .. })), "{unsent:?}");

    // An existing blob need not be sent.
    put(&store, &bytes).await?;
    let known = complete(&store, full(6, &bytes)).await?;
    assert_eq!((known.meta, known.created), (announced, false));
    Ok(())
}

#[tokio::test]
async fn uploads_that_are_never_completed_are_removed() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let bytes = noise(1_000);
    put(&store, &bytes).await?;
    let left = sent(&store, ticket(1, &bytes), &bytes).await?;
    let (parts, _) = store.begin(Ticket { size: 65 << 20, ..ticket(2, &bytes) }, WHILE).await?;
    let done = sent(&store, ticket(3, &bytes), &bytes).await?;
    complete(&store, done).await?;
    plant(&store, "staging/notes.txt", b"x").await?;

    assert_eq!(store.clear(1_000_000_000).await?, 0);
    assert_eq!(uploads(&store).await?, 1);
    assert_eq!(store.clear(i64::MAX).await?, 3);
    assert_eq!(uploads(&store).await?, 0);
    for ticket in [left, parts] {
        let unsent = complete(&store, ticket).await;
        assert!(matches!(unsent, Err(BlobError::Unsent { .. })), "{unsent:?}");
    }
    assert!(store.bucket.head("staging/notes.txt").await?.is_some(), "what is not ours was removed");
    assert!(get(&store, BlobMeta::of(&bytes).digest, None).await? == bytes);
    Ok(())
}
