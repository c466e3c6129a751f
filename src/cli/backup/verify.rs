//! `stemma backup --verify`: checks a backup against its own digests, without a store.

use std::path::Path;

use futures_util::TryStreamExt as _;
use tokio::task::block_in_place;

use crate::backup::{Folder, Payloads};
use crate::blob::{BlobStore, FsStore};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::payloads::{PayloadFault, PayloadFaults};
use crate::cli::shared::{output, progress};
use crate::domain::id::hex;
use crate::domain::log::entry::BlobRecord;

/// Reads everything and compares every digest.
pub(super) async fn verify(path: &Path) -> Result<()> {
    let folder = Folder::read(path)?;
    let manifest = folder.manifest();
    let head = manifest.head();
    let bar = progress::items("checking commits", head.seq.0);
    let with_payloads = manifest.segments.iter().any(|segment| segment.payloads == Payloads::All);
    let blobs = with_payloads.then(|| FsStore::read_only(path));
    let (mut versions, mut payloads, mut lacking) = (0, 0_u64, 0_u64);
    let mut faults = PayloadFaults::default();
    for (place, segment) in manifest.segments.iter().enumerate() {
        for log_entry in folder.segment(place, segment.last.seq) {
            let log_entry = block_in_place(|| log_entry)?;
            versions += log_entry.versions.len() as u64;
            bar.inc(1);
            let Some(blobs) = blobs.as_ref().filter(|_| segment.payloads == Payloads::All) else {
                lacking += log_entry.blobs.len() as u64;
                continue;
            };
            for blob in &log_entry.blobs {
                payloads += 1;
                if let Err(fault) = sound(blobs, blob).await? {
                    faults.note(&fault);
                    bar.suspend(|| output::line(fault.line(blob.digest)))?;
                }
            }
        }
    }
    bar.finish_and_clear();
    if let Some(faults) = faults.text() {
        return Err(Failure::found(format!("the backup is incomplete: {faults}")).hint("remove those files with their .meta files, manifest.json and log/, and run `stemma backup --payloads` again: sound payloads are not copied again"));
    }
    output::line(format_args!(
        "Sound: {} with {} up to commit {}, {} checked.",
        output::counted(head.seq.0, "commit"),
        output::counted(versions, "version"),
        head.seq,
        output::counted(payloads, "payload"),
    ))?;
    if lacking > 0 {
        output::line(format_args!(
            "The log names {} that the backup may not contain.",
            output::counted(lacking, "more payload")
        ))?;
    }
    output::line(format_args!("Digest of commit {}: {}", head.seq, hex(&head.digest)))
}

/// Reads a payload and its `.meta` file.
async fn sound(blobs: &FsStore, blob: &BlobRecord) -> Result<Result<(), PayloadFault>> {
    let damaged = |why: &str| Err(PayloadFault::Damaged(why.to_owned()));
    let read = async {
        let mut chunks = blobs.open(blob.digest, None).await?.chunks;
        while chunks.try_next().await?.is_some() {}
        blobs.recorded(blob.digest).await
    };
    match read.await {
        Ok(Some(meta)) if (meta.sha256, meta.size) == (blob.sha256, blob.size) => Ok(Ok(())),
        Ok(Some(_)) => Ok(damaged("the SHA-256 or size in its .meta file differs from the log")),
        Ok(None) => Ok(damaged("its .meta file is missing or damaged")),
        Err(error) => Ok(Err(PayloadFault::of(error)?)),
    }
}
