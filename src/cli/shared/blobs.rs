//! Opens the blob store that the settings name.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::failure::{Failure, Result};
use crate::blob::s3::{self, S3Settings};
use crate::blob::{BlobError, BlobStore, FsStore, S3Store};
use crate::config::{BlobPlace, Blobs, BucketAddressing, ChecksumPolicy};

/// The base of the back-off between attempts of a request.
const WAIT: Duration = Duration::from_millis(100);

/// The purpose for which the payloads are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlobUse {
    /// Commits rely on it: a bucket is probed first.
    Write,
    /// Payloads are deleted and none are uploaded: a bucket is not probed.
    Change,
    /// Payloads are only read: nothing is created or written.
    Read,
}

/// Opens the blob store; it is in `data` unless the settings name another place.
pub(crate) async fn open(blobs: &Blobs, data: &Path, purpose: BlobUse) -> Result<Arc<dyn BlobStore>> {
    let (bucket, prefix) = match &blobs.blobs {
        None => return directory(data, purpose).await,
        Some(BlobPlace::Directory(dir)) => return directory(dir, purpose).await,
        Some(BlobPlace::Bucket { bucket, prefix }) => (bucket.clone(), prefix.clone()),
    };
    let settings = S3Settings {
        bucket,
        prefix,
        endpoint: blobs.s3_endpoint.clone(),
        region: blobs.s3_region.clone(),
        addressing: match blobs.s3_addressing {
            BucketAddressing::Auto => s3::Addressing::Auto,
            BucketAddressing::Path => s3::Addressing::Path,
            BucketAddressing::VirtualHost => s3::Addressing::VirtualHost,
        },
        checksums: match blobs.s3_checksums {
            ChecksumPolicy::WhenSupported => s3::Checksums::WhenSupported,
            ChecksumPolicy::WhenRequired => s3::Checksums::WhenRequired,
        },
        timeout: Duration::from_secs(blobs.s3_timeout),
        attempts: blobs.s3_attempts,
        wait: WAIT,
    };
    Ok(Arc::new(match purpose {
        BlobUse::Write => S3Store::open(&settings).await?,
        BlobUse::Change | BlobUse::Read => S3Store::unchecked(&settings).await,
    }))
}

/// Opens the blob store in a directory.
pub(crate) async fn directory(dir: &Path, purpose: BlobUse) -> Result<Arc<dyn BlobStore>> {
    // The errors of blob stores name no path, because clients see them.
    let named = |error: BlobError| {
        Failure::because(format!("cannot use the directory of payloads {}", dir.display()), &error).hint(
            "make it writable for the user who runs the command, or name another one with --data or --blobs",
        )
    };
    Ok(Arc::new(match purpose {
        BlobUse::Write | BlobUse::Change => FsStore::open(dir).await.map_err(named)?,
        BlobUse::Read => FsStore::read_only(dir),
    }))
}
