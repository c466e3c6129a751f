//! Lists the objects below a prefix, with the ages of blobs.
//!
//! The age of a blob is that of the younger of its object and its sidecar; putting an existing blob
//! rewrites the sidecar. Times are those of the server, in seconds.

use std::collections::BTreeMap;

use super::bucket::{Bucket, micros};
use super::fault::S3Fault;
use crate::blob::{Listed, key};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// The maximum number of pages of a listing: a server with more does not terminate.
const PAGES: usize = 1_000_000;

/// An object of a listing.
struct ListedObject {
    /// The part of its key after the last slash.
    name: String,
    size: u64,
    /// An object without a time counts as young, so that it is not collected.
    modified: Timestamp,
}

/// Returns the blobs whose digest begins with this byte.
pub(super) async fn blobs(bucket: &Bucket, first: u8) -> Result<Vec<Listed>, S3Fault> {
    let mut blobs: BTreeMap<Digest, Listed> = BTreeMap::new();
    let mut sidecars = Vec::new();
    for ListedObject { name, size, modified } in objects(bucket, &format!("{}/", key::shard(first))).await? {
        let (hex, is_sidecar) = match name.strip_suffix(key::SIDECAR) {
            Some(hex) => (hex, true),
            None => (name.as_str(), false),
        };
        // Other objects are not ours.
        let Ok(digest) = Digest::from_hex(hex) else { continue };
        if is_sidecar {
            sidecars.push((digest, modified));
        } else {
            blobs.insert(digest, Listed { digest, size, touched: modified });
        }
    }
    for (digest, modified) in sidecars {
        if let Some(blob) = blobs.get_mut(&digest) {
            blob.touched = blob.touched.max(modified);
        }
    }
    Ok(blobs.into_values().collect())
}

/// Returns one blob as the listing shows it; `None` if it does not exist.
pub(super) async fn list_one(bucket: &Bucket, digest: Digest) -> Result<Option<Listed>, S3Fault> {
    let Some(blob) = bucket.head(&key::of(digest)).await? else { return Ok(None) };
    let beside = bucket.head(&key::sidecar(digest)).await?;
    let young = |modified: Option<Timestamp>| modified.unwrap_or(Timestamp::MAX);
    let beside = beside.map_or(Timestamp::MIN, |beside| young(beside.modified));
    let touched = young(blob.modified).max(beside);
    Ok(Some(Listed { digest, size: blob.size, touched }))
}

async fn objects(bucket: &Bucket, below: &str) -> Result<Vec<ListedObject>, S3Fault> {
    let prefix = format!("{}{below}", bucket.prefix);
    let (mut objects, mut after): (Vec<ListedObject>, Option<String>) = (Vec::new(), None);
    for _ in 0..PAGES {
        let list = || async {
            let request = bucket
                .client
                .list_objects_v2()
                .bucket(&*bucket.name)
                .prefix(&prefix)
                .set_continuation_token(after.clone());
            request.send().await.map_err(S3Fault::of)
        };
        let page = bucket.retries.ask(0, list).await?;
        for object in page.contents() {
            let Some(name) = object.key().and_then(|key| key.strip_prefix(&prefix)) else { continue };
            objects.push(ListedObject {
                name: name.to_owned(),
                size: object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                modified: object.last_modified().and_then(micros).unwrap_or(Timestamp::MAX),
            });
        }
        match page.next_continuation_token() {
            Some(next) if page.is_truncated() == Some(true) => after = Some(next.to_owned()),
            _ => break,
        }
    }
    Ok(objects)
}
