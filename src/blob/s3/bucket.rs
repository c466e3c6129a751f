//! All requests to the bucket, each sent until it has an outcome.
//!
//! Names objects by keys below the prefix, and knows no digests. The loss of a race is a value, not
//! an error.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;

use super::Checksums;
use super::fault::{FaultKind, S3Fault};
use super::retry::RetryPolicy;
use crate::domain::version::Timestamp;

/// The media type of every object, so that clients do not guess one.
pub(super) const TYPE: &str = "application/octet-stream";

/// A bucket and a prefix in it.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
    /// Empty, or ends with a slash.
    pub(super) prefix: Arc<str>,
    pub(super) retries: RetryPolicy,
    pub(super) checksums: Checksums,
}

/// The metadata of an object.
pub(super) type Metadata = HashMap<String, String>;

/// The outcome of creating an object whose name must be free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CreateOutcome {
    /// This request created it.
    Created,
    /// The name was taken; after a lost answer, perhaps by this very request.
    Exists,
    /// The upload does not exist. After a lost answer, it may have become the object.
    Gone,
}

/// The condition on the name of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameCondition {
    /// `If-None-Match: *`
    Free,
    /// No condition.
    Any,
}

/// The description of an object.
#[derive(Clone, Debug)]
pub(super) struct ObjectHead {
    /// The size of the complete object.
    pub(super) size: u64,
    pub(super) etag: Option<String>,
    pub(super) metadata: Metadata,
    /// The time of its last write; `None` if the server does not return it.
    pub(super) modified: Option<Timestamp>,
}

/// The bytes of an object, or a part of them.
pub(super) struct ObjectBody {
    pub(super) head: ObjectHead,
    /// The first byte, according to the server.
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) bytes: ByteStream,
}

/// Bytes `start..end` of an object, optionally with an expected entity tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObjectRange<'a> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) etag: Option<&'a str>,
}

impl Bucket {
    pub(super) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Creates an object.
    pub(super) async fn put(
        &self,
        key: &str,
        bytes: &Bytes,
        metadata: &Metadata,
        name: NameCondition,
    ) -> Result<CreateOutcome, S3Fault> {
        let put = || async {
            let request = self
                .client
                .put_object()
                .bucket(&*self.name)
                .key(self.key(key))
                .content_type(TYPE)
                .set_metadata(Some(metadata.clone()))
                .set_if_none_match((name == NameCondition::Free).then(|| "*".to_owned()))
                .body(ByteStream::from(bytes.clone()));
            request.send().await.map_err(S3Fault::of)
        };
        match self.retries.ask(bytes.len(), put).await {
            Ok(_) => Ok(CreateOutcome::Created),
            Err(fault) if fault.kind == FaultKind::Condition => Ok(CreateOutcome::Exists),
            Err(fault) => Err(fault),
        }
    }

    /// Describes an object; `None` if it does not exist.
    pub(super) async fn head(&self, key: &str) -> Result<Option<ObjectHead>, S3Fault> {
        let head = || async {
            let request = self.client.head_object().bucket(&*self.name).key(self.key(key));
            request.send().await.map_err(S3Fault::of)
        };
        match self.retries.ask(0, head).await {
            Ok(answer) => Ok(Some(ObjectHead {
                size: content_length(answer.content_length())?,
                modified: answer.last_modified().and_then(micros),
                etag: answer.e_tag,
                metadata: answer.metadata.unwrap_or_default(),
            })),
            Err(fault) if fault.kind == FaultKind::Absent => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Begins to read an object, completely or in part.
    pub(super) async fn get(&self, key: &str, part: Option<ObjectRange<'_>>) -> Result<ObjectBody, S3Fault> {
        self.retries.ask(0, || self.get_once(key, part)).await
    }

    async fn get_once(&self, key: &str, part: Option<ObjectRange<'_>>) -> Result<ObjectBody, S3Fault> {
        let mut request = self.client.get_object().bucket(&*self.name).key(self.key(key));
        if let Some(part) = part {
            request = request
                .range(format!("bytes={}-{}", part.start, part.end - 1))
                .set_if_match(part.etag.map(str::to_owned));
        }
        let answer = request.send().await.map_err(S3Fault::of)?;
        let length = content_length(answer.content_length())?;
        let (start, size) = match (part, answer.content_range()) {
            (None, _) => (0, length),
            (Some(_), Some(text)) => content_range(text).ok_or_else(|| {
                S3Fault::new(FaultKind::Refused, format!("an unreadable Content-Range: {text}"))
            })?,
            (Some(_), None) => {
                return Err(S3Fault::new(
                    FaultKind::Refused,
                    "the server returned the complete object instead of a range",
                ));
            }
        };
        let modified = answer.last_modified().and_then(micros);
        let metadata = answer.metadata.unwrap_or_default();
        let head = ObjectHead { size, etag: answer.e_tag, metadata, modified };
        Ok(ObjectBody { head, start, length, bytes: answer.body })
    }

    /// Returns all bytes of an object that is known to be small: at most `limit` bytes.
    pub(super) async fn read(&self, key: &str, limit: u64) -> Result<Option<(ObjectHead, Bytes)>, S3Fault> {
        let read = || async {
            let ObjectBody { head, bytes, .. } = match self.get_once(key, None).await {
                Ok(body) => body,
                Err(fault) if fault.kind == FaultKind::Absent => return Ok(None),
                Err(fault) => return Err(fault),
            };
            if head.size > limit {
                return Err(S3Fault::new(
                    FaultKind::Refused,
                    format!("expected at most {limit} bytes, found {}", head.size),
                ));
            }
            let broken = |error: aws_sdk_s3::primitives::ByteStreamError| {
                S3Fault::new(FaultKind::Passing, super::fault::chain(&error))
            };
            Ok(Some((head, bytes.collect().await.map_err(broken)?.into_bytes())))
        };
        self.retries.ask(0, read).await
    }

    /// Removes an object.
    pub(super) async fn delete(&self, key: &str) -> Result<(), S3Fault> {
        let delete = || async {
            let request = self.client.delete_object().bucket(&*self.name).key(self.key(key));
            request.send().await.map_err(S3Fault::of)
        };
        self.retries.ask(0, delete).await.map(|_| ())
    }

    /// Begins a multipart upload and returns its id. A lost answer leaves an upload without an
    /// owner and parts; a rule of the bucket removes such uploads (docs/operations.md).
    pub(super) async fn begin(&self, key: &str, metadata: &Metadata) -> Result<String, S3Fault> {
        let begin = || async {
            let request = self
                .client
                .create_multipart_upload()
                .bucket(&*self.name)
                .key(self.key(key))
                .content_type(TYPE)
                .set_metadata(Some(metadata.clone()))
                .set_checksum_algorithm(self.algorithm());
            request.send().await.map_err(S3Fault::of)
        };
        let id = self.retries.ask(0, begin).await?.upload_id;
        id.ok_or_else(|| S3Fault::new(FaultKind::Refused, "the server returned no upload id"))
    }

    /// Uploads one part.
    pub(super) async fn part(
        &self,
        key: &str,
        upload: &str,
        number: i32,
        bytes: Bytes,
    ) -> Result<CompletedPart, S3Fault> {
        let part = || async {
            let request = self
                .client
                .upload_part()
                .bucket(&*self.name)
                .key(self.key(key))
                .upload_id(upload)
                .part_number(number)
                .set_checksum_algorithm(self.algorithm())
                .body(ByteStream::from(bytes.clone()));
            request.send().await.map_err(S3Fault::of)
        };
        let answer = self.retries.ask(bytes.len(), part).await?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32);
        Ok(part.build())
    }

    /// Completes the object from all its parts.
    pub(super) async fn complete(
        &self,
        key: &str,
        upload: &str,
        parts: Vec<CompletedPart>,
        name: NameCondition,
    ) -> Result<CreateOutcome, S3Fault> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = || async {
            let request = self
                .client
                .complete_multipart_upload()
                .bucket(&*self.name)
                .key(self.key(key))
                .upload_id(upload)
                .multipart_upload(parts.clone())
                .set_if_none_match((name == NameCondition::Free).then(|| "*".to_owned()));
            request.send().await.map_err(S3Fault::of)
        };
        match self.retries.ask(0, complete).await {
            Ok(_) => Ok(CreateOutcome::Created),
            Err(fault) if fault.kind == FaultKind::Condition => Ok(CreateOutcome::Exists),
            Err(fault) if fault.kind == FaultKind::Absent && fault.code == "NoSuchUpload" => {
                Ok(CreateOutcome::Gone)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Aborts an upload. Succeeds if it does not exist.
    pub(super) async fn abort(&self, key: &str, upload: &str) -> Result<(), S3Fault> {
        let abort = || async {
            let request =
                self.client.abort_multipart_upload().bucket(&*self.name).key(self.key(key)).upload_id(upload);
            request.send().await.map_err(S3Fault::of)
        };
        match self.retries.ask(0, abort).await {
            Err(fault) if fault.kind != FaultKind::Absent => Err(fault),
            _ => Ok(()),
        }
    }

    /// Returns a pre-signed URL for the object, as a download that no browser opens.
    pub(super) async fn address(&self, key: &str, expires: Duration) -> Result<String, S3Fault> {
        let refused =
            |error: &dyn std::error::Error| S3Fault::new(FaultKind::Refused, super::fault::chain(error));
        let expires = PresigningConfig::expires_in(expires).map_err(|error| refused(&error))?;
        let request = self
            .client
            .get_object()
            .bucket(&*self.name)
            .key(self.key(key))
            .response_content_type(TYPE)
            .response_content_disposition("attachment");
        let signed = request.presigned(expires).await.map_err(|error| refused(&error))?;
        Ok(signed.uri().to_owned())
    }

    /// Returns the checksum of parts in transit, in addition to the signature that covers them; a
    /// multipart upload must declare it at its beginning.
    fn algorithm(&self) -> Option<ChecksumAlgorithm> {
        (self.checksums == Checksums::WhenSupported).then_some(ChecksumAlgorithm::Crc32)
    }
}

pub(super) fn micros(time: &DateTime) -> Option<Timestamp> {
    time.to_millis().ok().and_then(|millis| millis.checked_mul(1_000))
}

fn content_length(length: Option<i64>) -> Result<u64, S3Fault> {
    let length = length.and_then(|length| u64::try_from(length).ok());
    length.ok_or_else(|| S3Fault::new(FaultKind::Refused, "the answer has no length"))
}

/// Parses the first byte and the size of the complete object, as in `bytes 0-4/10`.
fn content_range(text: &str) -> Option<(u64, u64)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, size.parse().ok()?))
}
