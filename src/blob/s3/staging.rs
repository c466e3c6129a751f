//! Requests for uploads by clients: pre-signed requests, and lists of unfinished uploads.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::CompletedPart;

use super::bucket::{Bucket, TYPE};
use super::fault::{FaultKind, S3Fault, chain};
use crate::blob::uploads::Sending;

/// An object or upload in the bucket, and its time in seconds of Unix time.
pub(super) struct Leftover {
    pub(super) key: String,
    pub(super) since: i64,
    /// The id of the multipart upload; `None` for an object.
    pub(super) upload: Option<String>,
}

/// The parts of an upload.
pub(super) struct UploadedParts {
    pub(super) size: u64,
    pub(super) parts: Vec<CompletedPart>,
}

impl Bucket {
    /// Signs a request that creates an object of this size, once. The size, the condition and the
    /// SHA-256 (base64, if it is known) are signed, so that the client cannot send anything else.
    pub(super) async fn sign_put(
        &self,
        key: &str,
        size: u64,
        sha256: Option<String>,
        expires: Duration,
    ) -> Result<Sending, S3Fault> {
        let request = self
            .client
            .put_object()
            .bucket(&*self.name)
            .key(self.key(key))
            .content_type(TYPE)
            .content_length(signed_length(size)?)
            .set_checksum_sha256(sha256)
            .if_none_match("*");
        let signed = request.presigned(lasting(expires)?).await.map_err(S3Fault::of)?;
        Ok(sending(&signed, 0, size))
    }

    /// Signs a request that sends one part of this size. It can be repeated until the upload is
    /// completed.
    pub(super) async fn sign_part(
        &self,
        key: &str,
        upload: &str,
        number: i32,
        (start, size): (u64, u64),
        expires: Duration,
    ) -> Result<Sending, S3Fault> {
        let request = self
            .client
            .upload_part()
            .bucket(&*self.name)
            .key(self.key(key))
            .upload_id(upload)
            .part_number(number)
            .content_length(signed_length(size)?);
        let signed = request.presigned(lasting(expires)?).await.map_err(S3Fault::of)?;
        Ok(sending(&signed, start, size))
    }

    /// Begins an upload whose parts clients send, without checksums.
    pub(super) async fn begin_for_client(&self, key: &str) -> Result<String, S3Fault> {
        let begin = || async {
            let request = self.client.create_multipart_upload().bucket(&*self.name).key(self.key(key));
            request.content_type(TYPE).send().await.map_err(S3Fault::of)
        };
        let id = self.retries.ask(0, begin).await?.upload_id;
        id.ok_or_else(|| S3Fault::new(FaultKind::Refused, "the server returned no upload id"))
    }

    /// Returns the parts that have arrived, by number; `None` if there is no such upload.
    pub(super) async fn parts(&self, key: &str, upload: &str) -> Result<Option<UploadedParts>, S3Fault> {
        let mut found = UploadedParts { size: 0, parts: Vec::new() };
        let mut after: Option<String> = None;
        loop {
            let list = || async {
                let request =
                    self.client.list_parts().bucket(&*self.name).key(self.key(key)).upload_id(upload);
                request.set_part_number_marker(after.clone()).send().await.map_err(S3Fault::of)
            };
            let page = match self.retries.ask(0, list).await {
                Ok(page) => page,
                Err(fault) if fault.kind == FaultKind::Absent => return Ok(None),
                Err(fault) => return Err(fault),
            };
            for part in page.parts() {
                found.size += part.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                let completed = CompletedPart::builder().set_part_number(part.part_number());
                found.parts.push(completed.set_e_tag(part.e_tag().map(str::to_owned)).build());
            }
            after = page.next_part_number_marker().map(str::to_owned);
            if page.is_truncated() != Some(true) || after.is_none() {
                return Ok(Some(found));
            }
        }
    }

    /// Returns all objects with this prefix.
    pub(super) async fn left_objects(&self, start: &str) -> Result<Vec<Leftover>, S3Fault> {
        let (mut left, mut after) = (Vec::new(), None::<String>);
        loop {
            let list = || async {
                let request = self.client.list_objects_v2().bucket(&*self.name).prefix(self.key(start));
                request.set_continuation_token(after.clone()).send().await.map_err(S3Fault::of)
            };
            let page = self.retries.ask(0, list).await?;
            for object in page.contents() {
                left.extend(self.left(object.key(), object.last_modified(), None));
            }
            after = page.next_continuation_token;
            if page.is_truncated != Some(true) || after.is_none() {
                return Ok(left);
            }
        }
    }

    /// Returns all multipart uploads with this prefix.
    pub(super) async fn left_uploads(&self, start: &str) -> Result<Vec<Leftover>, S3Fault> {
        let (mut left, mut after) = (Vec::new(), (None::<String>, None::<String>));
        loop {
            let list = || async {
                let request =
                    self.client.list_multipart_uploads().bucket(&*self.name).prefix(self.key(start));
                let request = request.set_key_marker(after.0.clone()).set_upload_id_marker(after.1.clone());
                request.send().await.map_err(S3Fault::of)
            };
            let page = self.retries.ask(0, list).await?;
            for upload in page.uploads() {
                left.extend(self.left(upload.key(), upload.initiated(), upload.upload_id()));
            }
            after = (page.next_key_marker, page.next_upload_id_marker);
            if page.is_truncated != Some(true) || after.0.is_none() {
                return Ok(left);
            }
        }
    }

    /// Returns `None` for an entry without an age or outside the prefix.
    fn left(&self, key: Option<&str>, since: Option<&DateTime>, upload: Option<&str>) -> Option<Leftover> {
        let key = key?.strip_prefix(&*self.prefix)?.to_owned();
        Some(Leftover { key, since: since?.secs(), upload: upload.map(str::to_owned) })
    }
}

fn lasting(expires: Duration) -> Result<PresigningConfig, S3Fault> {
    PresigningConfig::expires_in(expires).map_err(|error| S3Fault::new(FaultKind::Refused, chain(&error)))
}

fn signed_length(size: u64) -> Result<i64, S3Fault> {
    i64::try_from(size).map_err(|_| S3Fault::new(FaultKind::Refused, "no object can be so large"))
}

/// Returns the signed headers that the client must send. Every client sends `Host` and
/// `Content-Length` anyway.
fn sending(signed: &PresignedRequest, start: u64, size: u64) -> Sending {
    let own = |name: &str| name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("host");
    let headers = signed.headers().filter(|(name, _)| !own(name));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Sending { url: signed.uri().to_owned(), headers, start, size }
}
