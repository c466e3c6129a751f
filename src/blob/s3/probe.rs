//! The start-up check: a bucket that cannot store blobs is refused before anything relies on it.
//!
//! An object is written, read back, created conditionally, read in part and completed from parts;
//! then the objects are removed, if that is permitted.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;

use super::UnusableBucket;
use super::bucket::{Bucket, CreateOutcome, Metadata, NameCondition, ObjectRange};
use super::fault::{FaultKind, S3Fault};
use super::upload::MultipartUpload;

/// The contents of the probe's objects.
const CONTENT: &[u8] = b"stemma tries out what this bucket can do\n";

/// The metadata key of the first of them.
const MARK: &str = "stemma-probe";

/// The optional abilities of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// True if a multipart upload can be completed on the condition that the name is free.
    pub(super) conditional_completion: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { conditional_completion: true }
    }
}

/// Checks the abilities that the store needs. `plain` is the same bucket without checksums.
pub(super) async fn probe(bucket: &Bucket, plain: &Bucket) -> Result<Abilities, UnusableBucket> {
    absent(bucket, &name()).await?;
    match try_out(bucket).await {
        Err(unusable) if bucket.checksums != plain.checksums && try_out(plain).await.is_ok() => Err(UnusableBucket {
            hint: "this server refuses checksums in requests, and works without: use --s3-checksums when_required"
                .to_owned(),
            ..unusable
        }),
        outcome => outcome,
    }
}

/// Returns a unique name, so that concurrent starts do not interfere.
fn name() -> String {
    format!("probe/{:016x}", RandomState::new().hash_one(CONTENT))
}

/// Checks the writing requests, and removes the objects.
async fn try_out(bucket: &Bucket) -> Result<Abilities, UnusableBucket> {
    let (once, parts) = (name(), name());
    let outcome = all(bucket, &once, &parts).await;
    for key in [&once, &parts] {
        if let Err(fault) = bucket.delete(key).await {
            tracing::info!(key, %fault, "an object of the start-up check was not removed; it may be removed at any time");
        }
    }
    outcome
}

async fn all(bucket: &Bucket, once: &str, parts: &str) -> Result<Abilities, UnusableBucket> {
    created(bucket, once).await?;
    read_back(bucket, once).await?;
    created_once(bucket, once).await?;
    read_in_part(bucket, once).await?;
    Ok(Abilities { conditional_completion: completed_once(bucket, parts).await? })
}

/// Checks the answer for an absent object. Uses GET, because the answer to a HEAD has no body for a
/// reason.
async fn absent(bucket: &Bucket, key: &str) -> Result<(), UnusableBucket> {
    let what = "the bucket could not be asked for an absent object (GetObject)";
    let hint = "use another server: the answers of this one are wrong";
    match bucket.get(key, None).await {
        Err(fault) if fault.kind == FaultKind::Absent && fault.code != "NoSuchBucket" => {}
        Err(fault) if fault.kind == FaultKind::Denied && fault.code == "AccessDenied" => {
            return Err(unusable(
                what,
                &fault.said,
                "allow s3:ListBucket, s3:GetObject and s3:PutObject; without s3:ListBucket an absent object looks like \
                 a forbidden one",
            ));
        }
        Err(fault) => return Err(failed(what, &fault)),
        Ok(_) => return Err(unusable(what, "it answered that the object exists", hint)),
    }
    match bucket.head(key).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(unusable(what, "it answered that the object exists", hint)),
        Err(fault) => Err(failed(what, &fault)),
    }
}

async fn created(bucket: &Bucket, key: &str) -> Result<(), UnusableBucket> {
    let what = "an object could not be created in the bucket (PutObject with If-None-Match)";
    let metadata = Metadata::from([(MARK.to_owned(), "1".to_owned())]);
    match bucket.put(key, &Bytes::from_static(CONTENT), &metadata, NameCondition::Free).await {
        // After a lost answer, the name is taken by its own object. No other process uses this
        // name.
        Ok(_) => Ok(()),
        Err(fault) => Err(failed(what, &fault)),
    }
}

async fn read_back(bucket: &Bucket, key: &str) -> Result<(), UnusableBucket> {
    let what = "an object could not be read back from the bucket (GetObject)";
    let read = bucket.read(key, 1 << 20).await.map_err(|fault| failed(what, &fault))?;
    let Some((head, bytes)) = read else {
        return Err(unusable(what, "the object is not there", "use another server: this one loses objects"));
    };
    if bytes != CONTENT {
        // Old servers store the frames of a chunked upload as content.
        return Err(unusable(
            what,
            &format!("{} other bytes were returned for the {} that were written", bytes.len(), CONTENT.len()),
            "use --s3-checksums when_required, or another server: this one changes stored bytes",
        ));
    }
    if !head.metadata.contains_key(MARK) {
        tracing::warn!(
            "the bucket drops the metadata of objects; the facts of blobs are stored in separate objects"
        );
    }
    Ok(())
}

async fn created_once(bucket: &Bucket, key: &str) -> Result<(), UnusableBucket> {
    let what = "the bucket cannot create an object once (PutObject with If-None-Match)";
    let hint = "use a server that supports conditional writes, such as AWS, MinIO, Ceph or SeaweedFS in a newer \
                version, or a directory: --blobs DIR";
    let other = Bytes::from_static(b"stemma writes over nothing\n");
    match bucket.put(key, &other, &Metadata::new(), NameCondition::Free).await {
        Ok(CreateOutcome::Exists) => Ok(()),
        Ok(_) => Err(unusable(what, "a second creation succeeded and may have overwritten the first", hint)),
        Err(fault) if fault.kind == FaultKind::Refused => Err(unusable(what, &fault.said, hint)),
        Err(fault) => Err(failed(what, &fault)),
    }
}

async fn read_in_part(bucket: &Bucket, key: &str) -> Result<(), UnusableBucket> {
    let what = "a part of an object could not be read from the bucket (GetObject with Range)";
    let hint = "use another server: this one cannot read parts of objects";
    let part = ObjectRange { start: 2, end: 9, etag: None };
    let body = bucket.get(key, Some(part)).await.map_err(|fault| match fault.kind {
        FaultKind::Refused => unusable(what, &fault.said, hint),
        _ => failed(what, &fault),
    })?;
    let size = body.head.size;
    let bytes = body.bytes.collect().await.map(|bytes| bytes.into_bytes());
    if bytes.is_ok_and(|bytes| bytes == CONTENT[2..9]) && size == CONTENT.len() as u64 {
        return Ok(());
    }
    Err(unusable(what, "the server returned other bytes than requested", hint))
}

/// Returns true if a multipart upload can be completed on the condition that the name is free.
async fn completed_once(bucket: &Bucket, key: &str) -> Result<bool, UnusableBucket> {
    match completed(bucket, key, NameCondition::Free).await {
        Ok(CreateOutcome::Created | CreateOutcome::Exists | CreateOutcome::Gone) => {}
        // The server may not support the condition, but everything else.
        Err(fault) if fault.kind == FaultKind::Refused => {
            let what = "an upload in parts could not be completed (CompleteMultipartUpload)";
            completed(bucket, key, NameCondition::Any).await.map_err(|fault| failed(what, &fault))?;
            warn_unconditional(&fault.said);
            return Ok(false);
        }
        Err(fault) => {
            return Err(failed("an object could not be uploaded in parts (CreateMultipartUpload)", &fault));
        }
    }
    let head = bucket.head(key).await;
    if !matches!(&head, Ok(Some(head)) if head.size == CONTENT.len() as u64) {
        let what = "an object that was uploaded in parts is not in the bucket";
        let said = head.map_or_else(|fault| fault.said, |_| "it is absent or has another size".to_owned());
        return Err(unusable(what, &said, "use another server: this one loses objects"));
    }
    match completed(bucket, key, NameCondition::Free).await {
        Ok(CreateOutcome::Exists) => Ok(true),
        Ok(_) => {
            warn_unconditional("a second completion succeeded");
            Ok(false)
        }
        Err(fault) => Err(failed("an object could not be uploaded in parts a second time", &fault)),
    }
}

fn warn_unconditional(said: &str) {
    tracing::warn!(
        said,
        "the bucket completes uploads in parts without a condition; the name is checked before instead"
    );
}

async fn completed(bucket: &Bucket, key: &str, name: NameCondition) -> Result<CreateOutcome, S3Fault> {
    let mut upload = MultipartUpload::begin(bucket, key, &Metadata::new()).await?;
    let made = async {
        upload.push(Bytes::from_static(CONTENT)).await?;
        upload.join().await?;
        upload.complete(name).await
    };
    let made = made.await;
    match made {
        Ok(CreateOutcome::Created | CreateOutcome::Gone) => upload.forget(),
        _ => upload.abort().await,
    }
    made
}

fn unusable(what: &str, said: &str, hint: &str) -> UnusableBucket {
    UnusableBucket { what: what.to_owned(), said: said.to_owned(), hint: hint.to_owned() }
}

/// Returns the remedy for failures that have the same meaning in every step.
fn failed(what: &str, fault: &S3Fault) -> UnusableBucket {
    let hint = match (fault.kind, fault.code.as_str()) {
        (_, "NoSuchBucket") => "create the bucket, or name another one with --blobs s3://BUCKET/PREFIX",
        (_, "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
            "the bucket is in another region: name it with --s3-region"
        }
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken") => {
            "check the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE) and --s3-region"
        }
        (_, "RequestTimeTooSkewed") => "set this machine's clock",
        (FaultKind::Denied, _) => {
            "allow s3:PutObject, s3:GetObject, s3:ListBucket and s3:AbortMultipartUpload for this bucket and prefix"
        }
        (FaultKind::Absent, _) => "check the bucket's name, --s3-endpoint and --s3-addressing",
        (FaultKind::Passing | FaultKind::Slow, _) => {
            "check --s3-endpoint and the network, and that the server runs; then start again"
        }
        _ => "check --s3-endpoint and --s3-addressing; this server may not speak enough of S3",
    };
    unusable(what, &fault.said, hint)
}
