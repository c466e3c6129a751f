//! A multipart upload in progress: a few parts at a time, and aborted if it is not completed.

use aws_sdk_s3::types::CompletedPart;
use bytes::Bytes;
use tokio::task::JoinSet;

use super::PART;
use super::bucket::{Bucket, CreateOutcome, Metadata, NameCondition};
use super::fault::{FaultKind, S3Fault};

/// The maximum number of bytes in flight; one part is always allowed.
const IN_FLIGHT: usize = 2 * PART;

/// The number of parts with the same size. Then the size doubles, so that the protocol's 10,000
/// parts make 5 TiB. An upload needs three parts of 8 MiB in memory until it has sent 8 GB, and
/// about a five-hundredth of what it has sent after that.
const STEP: u32 = 1_000;

/// The maximum size of a part: 2 GiB. The protocol permits five.
const LARGEST_PART: usize = 2 << 30;

/// The maximum number of parts of the protocol.
const MOST_PARTS: i32 = 10_000;

/// An upload in progress. Dropping it aborts it at the server too.
pub(super) struct MultipartUpload {
    bucket: Bucket,
    key: String,
    /// `None` once there is nothing to abort.
    id: Option<String>,
    sending: JoinSet<Result<(CompletedPart, usize), S3Fault>>,
    in_flight: usize,
    sent: Vec<CompletedPart>,
    next: i32,
}

impl MultipartUpload {
    /// Begins an upload.
    pub(super) async fn begin(bucket: &Bucket, key: &str, metadata: &Metadata) -> Result<Self, S3Fault> {
        let (bucket, key, metadata) = (bucket.clone(), key.to_owned(), metadata.clone());
        // A separate task: a caller that stops waiting for the id must not leave an unknown upload.
        let beginning = tokio::spawn(async move {
            let id = bucket.begin(&key, &metadata).await?;
            let (sending, sent) = (JoinSet::new(), Vec::new());
            Ok(Self { bucket, key, id: Some(id), sending, in_flight: 0, sent, next: 1 })
        });
        beginning.await.map_err(lost).flatten()
    }

    /// Returns the size of the next part.
    pub(super) fn next_size(&self) -> usize {
        size_of(self.next)
    }

    /// Sends the next part. Waits only while too many bytes are in flight.
    pub(super) async fn push(&mut self, bytes: Bytes) -> Result<(), S3Fault> {
        while self.in_flight > 0 && self.in_flight + bytes.len() > IN_FLIGHT {
            self.arrive().await?;
        }
        if self.next > MOST_PARTS {
            return Err(S3Fault::new(FaultKind::Refused, "more parts than an upload can have"));
        }
        let (bucket, key, number) = (self.bucket.clone(), self.key.clone(), self.next);
        let id = self.id.clone().unwrap_or_default();
        self.next += 1;
        self.in_flight += bytes.len();
        self.sending.spawn(async move {
            let length = bytes.len();
            Ok((bucket.part(&key, &id, number, bytes).await?, length))
        });
        Ok(())
    }

    /// Waits until all parts have arrived.
    pub(super) async fn join(&mut self) -> Result<(), S3Fault> {
        while !self.sending.is_empty() {
            self.arrive().await?;
        }
        Ok(())
    }

    /// Completes the object from the parts.
    pub(super) async fn complete(&mut self, name: NameCondition) -> Result<CreateOutcome, S3Fault> {
        self.sent.sort_by_key(CompletedPart::part_number);
        let id = self.id.clone().unwrap_or_default();
        self.bucket.complete(&self.key, &id, self.sent.clone(), name).await
    }

    /// Marks the upload as completed: there is nothing to abort.
    pub(super) fn forget(&mut self) {
        self.id = None;
    }

    /// Aborts the upload. If that fails, a rule of the bucket removes it.
    pub(super) async fn abort(mut self) {
        self.sending.shutdown().await;
        if let Some(id) = self.id.take() {
            abort(&self.bucket, &self.key, &id).await;
        }
    }

    async fn arrive(&mut self) -> Result<(), S3Fault> {
        if let Some(arrived) = self.sending.join_next().await {
            let (part, length) = arrived.map_err(lost).flatten()?;
            self.in_flight -= length;
            self.sent.push(part);
        }
        Ok(())
    }
}

impl Drop for MultipartUpload {
    fn drop(&mut self) {
        self.sending.abort_all();
        // Without a runtime the request cannot be sent.
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let (bucket, key) = (self.bucket.clone(), std::mem::take(&mut self.key));
            runtime.spawn(async move { abort(&bucket, &key, &id).await });
        }
    }
}

async fn abort(bucket: &Bucket, key: &str, id: &str) {
    if let Err(fault) = bucket.abort(key, id).await {
        tracing::warn!(key, %fault, "an upload could not be aborted; a rule of the bucket should remove it");
    }
}

fn lost(task: tokio::task::JoinError) -> S3Fault {
    S3Fault::new(FaultKind::Refused, task.to_string())
}

/// Returns the size of the part with this number, counted from 1.
pub(super) fn size_of(number: i32) -> usize {
    let before = u32::try_from(number - 1).unwrap_or(0);
    PART.checked_shl(before / STEP).unwrap_or(LARGEST_PART).min(LARGEST_PART)
}
