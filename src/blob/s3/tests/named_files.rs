//! Named files: small ones and ones in parts, replaced completely, and separate from blobs.

use std::fs::File;
use std::io::Write as _;

use super::objects::{store, uploads};
use crate::blob::s3::PART;
use crate::blob::tests::{TestResult, noise};
use crate::blob::{BlobError, BlobStore, NamedFiles, key};

fn file(bytes: &[u8]) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(file)
}

#[tokio::test]
async fn files_are_replaced_completely() -> TestResult {
    let Some(store) = store().await? else { return Ok(()) };
    let named_files: &dyn NamedFiles = store.named_files().ok_or("a bucket has a shelf")?;
    let name = "warehouse/versions/first_seq=1/part-0.parquet";
    assert_eq!(named_files.size(name).await?, None);
    assert_eq!(named_files.read(name, 10).await?, None);
    // Empty, one request, exactly a part, and several.
    for size in [1_000, 0, PART, 2 * PART + 5, 30] {
        let bytes = noise(size);
        named_files.write(name, file(&bytes)?).await?;
        assert_eq!(named_files.size(name).await?, Some(size as u64));
        let there = store.bucket.get(&key::export(name), None).await?.bytes.collect().await?.into_bytes();
        assert!(there == bytes, "{size}");
    }
    assert_eq!(uploads(&store).await?, 0);
    assert_eq!(named_files.read(name, 30).await?.map(|bytes| bytes.len()), Some(30));
    let refused = named_files.read(name, 29).await;
    assert!(matches!(refused, Err(BlobError::Unavailable { .. } | BlobError::Denied { .. })), "{refused:?}");
    for first in 0..=u8::MAX {
        assert_eq!(store.list(first).await?, [], "no blob came of it");
    }
    Ok(())
}
