//! Failures that only a directory can have: files that are left over, lost, damaged or writable.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tempfile::TempDir;

use super::FsStore;
use crate::blob::tests::{cut, get, noise, put, stalling};
use crate::blob::{BlobError, BlobMeta, BlobStore, ByteRange, CHUNK, Chunks, once};
use crate::domain::id::Digest;

type Failed = Box<dyn std::error::Error>;

const NO_LIMIT: u64 = u64::MAX;

async fn fresh() -> Result<(TempDir, FsStore), Failed> {
    let dir = tempfile::tempdir()?;
    let store = FsStore::open(dir.path()).await?;
    Ok((dir, store))
}

/// The path of the blob of these bytes, spelled out again so that the layout on disk cannot change
/// unnoticed.
fn blob_of(root: &TempDir, bytes: &[u8]) -> PathBuf {
    let hex = Digest::of(bytes).hex();
    root.path().join("blobs").join("b3").join(&hex[..2]).join(hex)
}

fn sidecar_of(root: &TempDir, bytes: &[u8]) -> PathBuf {
    blob_of(root, bytes).with_extension("meta")
}

/// The files below a directory.
fn files(dir: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    found.sort();
    Ok(found)
}

/// Changes a read-only file in place, as a failing disk does.
fn damage(path: &Path, how: impl FnOnce(&mut File) -> std::io::Result<()>) -> std::io::Result<()> {
    let sealed = fs::metadata(path)?.permissions();
    let bytes = fs::read(path)?;
    fs::remove_file(path)?;
    fs::write(path, bytes)?;
    how(&mut File::options().write(true).open(path)?)?;
    fs::set_permissions(path, sealed)
}

fn flip(path: &Path, at: usize) -> std::io::Result<()> {
    let flipped = fs::read(path)?[at] ^ 1;
    damage(path, |file| {
        file.seek(SeekFrom::Start(at as u64))?;
        file.write_all(&[flipped])
    })
}

#[tokio::test]
async fn a_store_holds_the_blob_and_its_sidecar_and_nothing_else() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    put(&store, b"abc").await?;
    put(&store, b"abc").await?;
    assert_eq!(files(root.path())?, [blob_of(&root, b"abc"), sidecar_of(&root, b"abc")]);
    assert_eq!(fs::read(blob_of(&root, b"abc"))?, b"abc");
    Ok(())
}

#[tokio::test]
async fn files_are_read_only() -> Result<(), Failed> {
    use std::os::unix::fs::PermissionsExt;

    let (root, store) = fresh().await?;
    put(&store, b"abc").await?;
    for file in files(root.path())? {
        let mode = fs::metadata(&file)?.permissions().mode();
        assert_eq!(mode & 0o222, 0, "{} is writable: {mode:o}", file.display());
    }
    Ok(())
}

#[tokio::test]
async fn blobs_exist_after_reopening() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let meta = put(&store, b"abc").await?.meta;
    drop(store);
    let store = FsStore::open(root.path()).await?;
    assert_eq!(store.stat(meta.digest).await?, Some(meta));
    assert_eq!(get(&store, meta.digest, None).await?, b"abc");
    Ok(())
}

#[tokio::test]
async fn missing_directories_are_made() -> Result<(), Failed> {
    let root = tempfile::tempdir()?;
    let store = FsStore::open(root.path().join("a/b/c")).await?;
    assert!(put(&store, b"abc").await?.created);
    Ok(())
}

#[tokio::test]
async fn a_root_that_is_a_file_is_refused() -> Result<(), Failed> {
    let root = tempfile::tempdir()?;
    let path = root.path().join("file");
    fs::write(&path, "taken")?;
    assert!(matches!(FsStore::open(&path).await, Err(BlobError::Unavailable { .. })));
    Ok(())
}

#[tokio::test]
async fn refused_puts_leave_no_file() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let bytes = noise(2 * CHUNK);
    let broken: Chunks =
        Box::pin(cut(&bytes, CHUNK).chain(stream::iter([Err(BlobError::Source { source: "reset".into() })])));
    let refused = [
        store.put(Digest::of(b"other"), once(bytes.clone().into()), NO_LIMIT).await,
        store.put(Digest::of(&bytes), cut(&bytes, CHUNK), bytes.len() as u64 - 1).await,
        store.put(Digest::of(&bytes), broken, NO_LIMIT).await,
        store.take_in(cut(&bytes, CHUNK), bytes.len() as u64 - 1).await,
    ];
    assert!(refused.iter().all(Result::is_err), "{refused:?}");
    assert_eq!(files(root.path())?, Vec::<PathBuf>::new());
    Ok(())
}

#[tokio::test]
async fn a_dropped_put_removes_its_file() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let bytes = noise(2 * CHUNK);
    let (stalled, reached) = stalling(&bytes);
    let mut upload = store.put(Digest::of(&bytes), stalled, NO_LIMIT);
    tokio::select! {
        _ = &mut upload => panic!("a stream without an end was stored"),
        stalls = reached => stalls?,
    }
    let staged = files(root.path())?;
    assert!(
        matches!(staged.as_slice(), [file] if file.starts_with(root.path().join("staging"))),
        "{staged:?}"
    );
    drop(upload);
    assert_eq!(files(root.path())?, Vec::<PathBuf>::new());
    Ok(())
}

/// Also while a thread works on the file. Dropping the runtime waits for such threads.
#[test]
fn a_put_dropped_at_any_moment_leaves_no_file() -> Result<(), Failed> {
    let root = tempfile::tempdir()?;
    for moment in 0..50 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let dropped = runtime.block_on(async {
            let store = FsStore::open(root.path()).await?;
            let endless: Chunks = Box::pin(stream::repeat_with(|| Ok(Bytes::from_static(&[0; CHUNK]))));
            let put = store.put(Digest::of(b"never"), endless, NO_LIMIT);
            Ok::<_, BlobError>(tokio::time::timeout(Duration::from_micros(100 * moment), put).await)
        })?;
        assert!(dropped.is_err(), "a stream without an end was stored");
        drop(runtime);
        assert_eq!(files(root.path())?, Vec::<PathBuf>::new());
    }
    Ok(())
}

#[tokio::test]
async fn a_damaged_blob_is_never_returned_completely() -> Result<(), Failed> {
    for (size, at) in
        [(1, 0), (10, 9), (3 * CHUNK + 5, 0), (3 * CHUNK + 5, 2 * CHUNK), (3 * CHUNK + 5, 3 * CHUNK + 4)]
    {
        let (root, store) = fresh().await?;
        let bytes = noise(size);
        let digest = put(&store, &bytes).await?.meta.digest;
        flip(&blob_of(&root, &bytes), at)?;

        // A range that covers everything is a complete read.
        for range in [None, Some(ByteRange { start: 0, end: size as u64 })] {
            let mut chunks = store.open(digest, range).await?.chunks;
            let mut handed = 0;
            let end = loop {
                match chunks.next().await {
                    Some(Ok(chunk)) => handed += chunk.len(),
                    end => break end,
                }
            };
            assert!(matches!(end, Some(Err(BlobError::Corrupt { digest: named, .. })) if named == digest));
            assert!(handed < size, "all {size} bytes were handed out");
            assert!(chunks.next().await.is_none(), "something came after the error");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_file_of_another_size_is_corrupt() -> Result<(), Failed> {
    for size in [0, 1, 9, 11, 1000] {
        let (root, store) = fresh().await?;
        let bytes = noise(10);
        let digest = put(&store, &bytes).await?.meta.digest;
        damage(&blob_of(&root, &bytes), |file| file.set_len(size))?;
        assert!(matches!(store.stat(digest).await, Err(BlobError::Corrupt { .. })));
        for range in [None, Some(ByteRange { start: 0, end: 1 })] {
            assert!(matches!(store.open(digest, range).await, Err(BlobError::Corrupt { .. })));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_file_truncated_during_a_read_is_corrupt() -> Result<(), Failed> {
    for range in [None, Some(ByteRange { start: 1, end: 4 * CHUNK as u64 })] {
        let (root, store) = fresh().await?;
        let bytes = noise(4 * CHUNK);
        let digest = put(&store, &bytes).await?.meta.digest;
        let path = blob_of(&root, &bytes);
        let opened = store.open(digest, range).await?;
        make_writable(&path)?;
        File::options().write(true).open(&path)?.set_len(CHUNK as u64 + 1)?;
        let read = crate::blob::tests::collect(opened.chunks).await;
        assert!(matches!(read, Err(BlobError::Corrupt { .. })), "{:?}", read.map(|bytes| bytes.len()));
    }
    Ok(())
}

/// Without this only root could write to the file.
fn make_writable(path: &Path) -> std::io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    fs::set_permissions(path, permissions)
}

#[tokio::test]
async fn a_missing_or_malformed_sidecar_is_rewritten() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let meta = put(&store, b"abc").await?.meta;
    let sidecar = sidecar_of(&root, b"abc");
    let written = fs::read(&sidecar)?;

    fs::remove_file(&sidecar)?;
    assert_eq!(store.stat(meta.digest).await?, Some(meta));
    assert_eq!(fs::read(&sidecar)?, written);

    for garbled in [&b""[..], b"1 3", b"\xff\xfe", &[&written[..], b"\n"].concat()] {
        fs::remove_file(&sidecar)?;
        fs::write(&sidecar, garbled)?;
        assert_eq!(store.stat(meta.digest).await?, Some(meta));
        assert_eq!(fs::read(&sidecar)?, written);
    }
    for at in 0..written.len() {
        flip(&sidecar, at)?;
        assert_eq!(get(&store, meta.digest, None).await?, b"abc", "byte {at}");
        assert_eq!(fs::read(&sidecar)?, written, "byte {at}");
    }
    Ok(())
}

#[tokio::test]
async fn a_sidecar_of_another_blob_is_ignored() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let meta = put(&store, b"abc").await?.meta;
    put(&store, b"xyz").await?;
    fs::remove_file(sidecar_of(&root, b"abc"))?;
    fs::copy(sidecar_of(&root, b"xyz"), sidecar_of(&root, b"abc"))?;
    assert_eq!(store.stat(meta.digest).await?, Some(meta));
    Ok(())
}

#[tokio::test]
async fn a_damaged_blob_without_sidecar_gets_none() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let digest = put(&store, b"abc").await?.meta.digest;
    flip(&blob_of(&root, b"abc"), 1)?;
    fs::remove_file(sidecar_of(&root, b"abc"))?;
    assert!(matches!(store.stat(digest).await, Err(BlobError::Corrupt { .. })));
    assert!(!sidecar_of(&root, b"abc").exists());
    Ok(())
}

#[tokio::test]
async fn putting_the_right_bytes_repairs_a_damaged_blob() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let meta = put(&store, b"abc").await?.meta;
    flip(&blob_of(&root, b"abc"), 1)?;
    let stored = put(&store, b"abc").await?;
    assert!(stored.created, "it brought the bytes");
    assert_eq!(stored.meta, meta);
    assert_eq!(get(&store, meta.digest, None).await?, b"abc");
    assert_eq!(files(root.path())?, [blob_of(&root, b"abc"), sidecar_of(&root, b"abc")]);
    Ok(())
}

#[tokio::test]
async fn opening_removes_old_leftovers_only() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    drop(store);
    let staging = root.path().join("staging");
    let hex = Digest::of(b"abc").hex();
    let two_hours = Duration::from_secs(2 * 60 * 60);
    let cases = [
        (format!("{hex}.1.0"), two_hours, false),
        (format!("{hex}.4000000.77"), two_hours, false),
        (format!("{hex}.1.1"), Duration::from_secs(60), true),
        ("notes.txt".to_owned(), two_hours, true),
        (hex, two_hours, true),
    ];
    for (name, age, _) in &cases {
        let file = File::create(staging.join(name))?;
        file.set_modified(file.metadata()?.modified()? - *age)?;
    }
    FsStore::open(root.path()).await?;
    for (name, _, kept) in cases {
        assert_eq!(staging.join(&name).exists(), kept, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_leftover_with_the_name_of_a_new_upload_is_skipped() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    let hex = Digest::of(b"abc").hex();
    // The numbers that this process is about to use, whatever other tests have used so far.
    for number in 0..10_000 {
        File::create(root.path().join(format!("staging/{hex}.{}.{number}", std::process::id())))?;
    }
    assert!(put(&store, b"abc").await?.created);
    Ok(())
}

/// Two concurrent puts on separate threads, so that they meet in the file system.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn puts_on_several_threads_publish_once() -> Result<(), Failed> {
    let (root, store) = fresh().await?;
    for round in 0..8 {
        let bytes = Bytes::from(noise(1000 + round));
        let meta = BlobMeta::of(&bytes);
        let puts: Vec<_> = (0..4)
            .map(|_| {
                let (store, bytes) = (store.clone(), bytes.clone());
                tokio::spawn(async move { store.put(meta.digest, once(bytes), NO_LIMIT).await })
            })
            .collect();
        let mut created = 0;
        for put in puts {
            created += usize::from(put.await??.created);
        }
        assert_eq!(created, 1);
        assert_eq!(get(&store, meta.digest, None).await?, bytes);
    }
    assert_eq!(files(&root.path().join("staging"))?, Vec::<PathBuf>::new());
    Ok(())
}
