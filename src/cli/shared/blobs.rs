//! Opens the blob store that the settings name.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::failure::Result;
use crate::blob::s3::{self, S3Settings};
use crate::blob::{BlobStore, FsStore, S3Store};
use crate::config::{Addressing, BlobPlace, Blobs, Checksums};

/// The base of the back-off between attempts of a request.
const WAIT: Duration = Duration::from_millis(100);

/// The purpose for which the payloads are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Use {
    /// Commits rely on it: a bucket is probed first.
    Write,
    /// Payloads are deleted and none are uploaded: a bucket is not probed.
    Change,
    /// Payloads are only read: nothing is created or written.
    Read,
}

/// Opens the blob store; it is in `data` unless the settings name another place.
pub(in crate::cli) async fn open(blobs: &Blobs, data: &Path, purpose: Use) -> Result<Arc<dyn BlobStore>> {
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
            Addressing::Auto => s3::Addressing::Auto,
            Addressing::Path => s3::Addressing::Path,
            Addressing::VirtualHost => s3::Addressing::VirtualHost,
        },
        checksums: match blobs.s3_checksums {
            Checksums::WhenSupported => s3::Checksums::WhenSupported,
            Checksums::WhenRequired => s3::Checksums::WhenRequired,
        },
        timeout: Duration::from_secs(blobs.s3_timeout),
        attempts: blobs.s3_attempts,
        wait: WAIT,
    };
    Ok(Arc::new(match purpose {
        Use::Write => S3Store::open(&settings).await?,
        Use::Change | Use::Read => S3Store::untried(&settings).await,
    }))
}

async fn directory(dir: &Path, purpose: Use) -> Result<Arc<dyn BlobStore>> {
    Ok(Arc::new(match purpose {
        Use::Write | Use::Change => FsStore::open(dir).await?,
        Use::Read => FsStore::read_only(dir),
    }))
}
