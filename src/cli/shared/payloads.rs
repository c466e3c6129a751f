//! Copies payloads into a backup or out of it, by digest and verified by hash. Existing payloads
//! are not copied.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::blob::{BlobError, BlobStore, Chunks};
use crate::cli::shared::client::{PayloadResponse, RemoteServer};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::output;
use crate::domain::id::Digest;
use crate::domain::log::entry::BlobRecord;

/// The number of payloads that are copied at once.
const AT_ONCE: usize = 8;
/// The size of a read from a server, in bytes.
const CHUNK: usize = 256 * 1024;
/// The number of chunks that wait to be written.
const WAITING: usize = 4;

/// The source of payloads.
#[derive(Clone)]
pub(crate) enum CopySource {
    /// A directory or a bucket.
    Store(Arc<dyn BlobStore>),
    /// A running server.
    Server(RemoteServer),
    /// No source.
    Nowhere,
}

impl CopySource {
    /// Opens a payload; `None` if it is not stored.
    async fn open(&self, blob: BlobRecord) -> Result<Option<Chunks>> {
        match self {
            Self::Nowhere => Ok(None),
            Self::Store(store) => match store.open(blob.digest, None).await {
                Ok(opened) => Ok(Some(opened.chunks)),
                Err(BlobError::NotFound { .. }) => Ok(None),
                Err(error @ BlobError::Corrupt { .. }) => Ok(Some(Box::pin(stream::iter([Err(error)])))),
                Err(error) => Err(error.into()),
            },
            Self::Server(remote) => {
                let remote = remote.clone();
                let asked = spawn_blocking(move || remote.blob(blob.digest, blob.size)).await;
                match asked
                    .map_err(|error| Failure::because("the request for a payload stopped", &error))??
                {
                    PayloadResponse::Bytes(body) => Ok(Some(chunks(blob.digest, body))),
                    PayloadResponse::Absent => Ok(None),
                    PayloadResponse::Broken(_) => Ok(Some(Box::pin(stream::iter([Err(cut(blob.digest))])))),
                }
            }
        }
    }
}

/// Converts the body of a response to a stream.
fn chunks(digest: Digest, mut body: Box<dyn std::io::Read + Send>) -> Chunks {
    let (send, receive) = mpsc::channel(WAITING);
    spawn_blocking(move || {
        loop {
            let mut buffer = vec![0; CHUNK];
            let piece = match body.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => {
                    buffer.truncate(read);
                    Ok(Bytes::from(buffer))
                }
                Err(_) => Err(cut(digest)),
            };
            let is_last = piece.is_err();
            if send.blocking_send(piece).is_err() || is_last {
                return;
            }
        }
    });
    Box::pin(stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) }))
}

fn cut(digest: Digest) -> BlobError {
    BlobError::Corrupt { digest, why: "its transfer from the server was incomplete" }
}

/// A copy of payloads from one place to another.
pub(crate) struct Copying {
    pub(crate) from: CopySource,
    pub(crate) to: Arc<dyn BlobStore>,
}

/// The reason why a payload cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PayloadFault {
    /// It is not stored.
    Missing,
    /// It is damaged, for this reason, which does not name the payload.
    Damaged(String),
}

impl PayloadFault {
    /// Returns the fault of a payload that an error reports. Other errors are returned unchanged.
    pub(crate) fn of(error: BlobError) -> Result<Self, BlobError> {
        match error {
            BlobError::NotFound { .. } => Ok(Self::Missing),
            BlobError::Corrupt { why, .. } => Ok(Self::Damaged(why.to_owned())),
            BlobError::Mismatch { actual, .. } => {
                Ok(Self::Damaged(format!("its bytes have the digest {actual}")))
            }
            BlobError::TooLarge { limit } => {
                Ok(Self::Damaged(format!("expected {}, found more", output::counted(limit, "byte"))))
            }
            error => Err(error),
        }
    }

    /// Returns the line that reports a payload with this fault.
    pub(crate) fn line(&self, digest: Digest) -> String {
        match self {
            Self::Missing => format!("missing  {digest}"),
            Self::Damaged(why) => format!("damaged  {digest}  {why}"),
        }
    }
}

/// The numbers of payloads that are missing and damaged.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct PayloadFaults {
    missing: u64,
    damaged: u64,
}

impl PayloadFaults {
    /// Counts one more.
    pub(crate) const fn note(&mut self, fault: &PayloadFault) {
        match fault {
            PayloadFault::Missing => self.missing += 1,
            PayloadFault::Damaged(_) => self.damaged += 1,
        }
    }

    /// Returns the number of both.
    pub(crate) const fn count(&self) -> u64 {
        self.missing + self.damaged
    }

    /// Describes them; `None` if there are none.
    pub(crate) fn text(&self) -> Option<String> {
        let faults = [(self.missing, "missing"), (self.damaged, "damaged")];
        let found = faults.iter().filter(|(count, _)| *count > 0);
        let found = found.map(|(count, what)| format!("{} {what}", output::counted(*count, "payload")));
        Some(found.collect::<Vec<_>>().join(" and ")).filter(|text| !text.is_empty())
    }
}

/// The outcome of copying one payload.
enum CopyResult {
    There,
    Copied(u64),
    Failed(PayloadFault),
}

impl Copying {
    /// Copies payloads, several at once. Missing and damaged ones are reported on stdout.
    pub(crate) async fn copy(
        &self,
        blobs: &[BlobRecord],
        counts: &mut CopyCounts,
        bar: &ProgressBar,
    ) -> Result<()> {
        let copying = stream::iter(blobs.to_vec())
            .map(|blob| async move { Ok::<_, Failure>((blob, self.one(blob).await?)) });
        let mut copied = copying.buffered(AT_ONCE);
        while let Some((blob, result)) = copied.try_next().await? {
            bar.inc(1);
            match result {
                CopyResult::There => counts.there += 1,
                CopyResult::Copied(bytes) => {
                    counts.copied += 1;
                    counts.bytes += bytes;
                }
                CopyResult::Failed(fault) => {
                    counts.faults.note(&fault);
                    bar.suspend(|| output::line(fault.line(blob.digest)))?;
                }
            }
        }
        Ok(())
    }

    async fn one(&self, blob: BlobRecord) -> Result<CopyResult> {
        match self.to.stat(blob.digest).await {
            Ok(Some(_)) => return Ok(CopyResult::There),
            // A damaged payload is written again.
            Ok(None) | Err(BlobError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let Some(chunks) = self.from.open(blob).await? else {
            return Ok(CopyResult::Failed(PayloadFault::Missing));
        };
        match self.to.put(blob.digest, chunks, blob.size).await {
            Ok(stored) => Ok(CopyResult::Copied(stored.meta.size)),
            Err(error) => Ok(CopyResult::Failed(PayloadFault::of(error)?)),
        }
    }
}

/// Counts of the outcomes.
#[derive(Debug, Default)]
pub(crate) struct CopyCounts {
    there: u64,
    copied: u64,
    bytes: u64,
    faults: PayloadFaults,
}

impl CopyCounts {
    /// Returns the number of missing and damaged payloads.
    pub(crate) const fn lacking(&self) -> u64 {
        self.faults.count()
    }

    /// Prints the counts.
    pub(crate) fn report(&self, copied: &str, there: &str) -> Result<()> {
        output::line(format_args!(
            "Payloads: {} {copied} ({}), {} {there} already.",
            output::count(self.copied),
            output::counted(self.bytes, "byte"),
            output::count(self.there)
        ))
    }

    /// Fails if payloads are missing or damaged.
    pub(crate) fn judge(&self, hint: &str) -> Result<()> {
        match self.faults.text() {
            Some(faults) => Err(Failure::new(faults).hint(hint)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_payload_once() {
        let (digest, other) = (Digest::of(b"one"), Digest::of(b"other"));
        for (error, line) in [
            (BlobError::NotFound { digest }, format!("missing  {digest}")),
            (
                BlobError::Corrupt { digest, why: "its bytes differ" },
                format!("damaged  {digest}  its bytes differ"),
            ),
            (
                BlobError::Mismatch { expected: digest, actual: other },
                format!("damaged  {digest}  its bytes have the digest {other}"),
            ),
            (
                BlobError::TooLarge { limit: 1_000 },
                format!("damaged  {digest}  expected 1,000 bytes, found more"),
            ),
        ] {
            assert_eq!(PayloadFault::of(error).unwrap().line(digest), line);
        }
        assert!(PayloadFault::of(BlobError::BadRange { size: 1 }).is_err());
    }

    #[test]
    fn faults_are_counted_by_kind() {
        let mut faults = PayloadFaults::default();
        assert_eq!((faults.count(), faults.text()), (0, None));
        faults.note(&PayloadFault::Missing);
        assert_eq!(faults.text().unwrap(), "1 payload missing");
        (0..1_234).for_each(|_| faults.note(&PayloadFault::Damaged(String::new())));
        assert_eq!(faults.text().unwrap(), "1 payload missing and 1,234 payloads damaged");
        assert_eq!(faults.count(), 1_235);
    }
}
