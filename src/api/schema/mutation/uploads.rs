//! Uploads: bytes are announced, sent by separate requests, and become payloads. The bytes
//! themselves are no part of this API.

use async_graphql::{Context, Enum, ID, InputObject, Result, SimpleObject};

use crate::api::errors;
use crate::api::inputs::lifetime;
use crate::api::scalars::{ByteSize, Digest};
use crate::domain::id;
use crate::ledger::{AnnouncedUpload, ClientRequest, Ledger, StartedUpload, Stored};

/// The announcement of an upload.
#[derive(InputObject, Debug, Clone)]
pub struct BeginUploadInput {
    /// The number of bytes.
    pub size: ByteSize,
    /// The digest of the bytes, if it is known. Bytes that exist already need not be sent.
    pub digest: Option<Digest>,
    /// The SHA-256 of the bytes as 64 hex digits, if it is known. A bucket then rejects any other
    /// bytes.
    pub sha256: Option<String>,
    /// The lifetime of the requests in seconds: 1 to 604,800, which is a week.
    #[graphql(default = 3_600)]
    pub expires_in: i32,
}

/// An upload whose bytes have been sent.
#[derive(InputObject, Debug, Clone)]
pub struct CompleteUploadInput {
    /// The id from `beginUpload`.
    pub id: ID,
    /// The digest in the response to POST /blobs, if that was the request and `beginUpload` was
    /// called without a digest.
    pub digest: Option<Digest>,
}

/// The HTTP method of a request.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub enum UploadMethod {
    /// PUT.
    Put,
    /// POST.
    Post,
}

/// A header of a request.
#[derive(SimpleObject, Debug, Clone)]
pub struct UploadHeader {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

/// An HTTP request that the client has to send.
#[derive(SimpleObject, Debug, Clone)]
pub struct UploadRequest {
    /// PUT or POST.
    method: UploadMethod,
    /// The URL. One that begins with `/` is a path on this server, and needs the same token as this
    /// request.
    url: String,
    /// The headers to send with it, unchanged.
    headers: Vec<UploadHeader>,
    /// The offset of its first byte, from 0.
    start: ByteSize,
    /// The number of bytes that it carries.
    size: ByteSize,
}

/// An upload that has begun.
#[derive(SimpleObject, Debug, Clone)]
pub struct BeginUploadPayload {
    /// The id to give to `completeUpload` after everything has been sent.
    id: ID,
    /// The requests that upload all bytes, to be sent in any order. Empty if the bytes exist
    /// already.
    requests: Vec<UploadRequest>,
}

/// The payload made from an upload.
#[derive(SimpleObject, Debug, Clone)]
pub struct UploadedBlob {
    /// BLAKE3 of the bytes, the value for `payload` of a version.
    digest: Digest,
    /// SHA-256 of the bytes, as 64 hex digits.
    sha256: String,
    /// The number of bytes.
    size: ByteSize,
    /// True if this upload stored the bytes; false if they existed already.
    created: bool,
}

/// The state of an upload.
#[derive(SimpleObject, Debug, Clone)]
pub struct CompleteUploadPayload {
    /// The verified bytes; null while they are being verified: then ask again.
    blob: Option<UploadedBlob>,
}

/// Begins an upload.
pub async fn begin(ctx: &Context<'_>, input: BeginUploadInput) -> Result<BeginUploadPayload> {
    let sha256 = input.sha256.as_deref().map(|text| {
        let advice = "`sha256` must be 64 lower-case hex digits";
        id::unhex(text).ok_or_else(|| errors::bad_input(advice))
    });
    let announced = AnnouncedUpload {
        size: input.size.0,
        digest: input.digest.map(|digest| digest.0),
        sha256: sha256.transpose()?,
    };
    let begun = ctx.data::<Ledger>()?.begin_upload(announced, lifetime(input.expires_in)?).await;
    let StartedUpload { id, requests } = begun.map_err(errors::ledger)?;
    Ok(BeginUploadPayload { id: id.into(), requests: requests.into_iter().map(request).collect() })
}

/// Completes an upload.
pub async fn complete(ctx: &Context<'_>, input: CompleteUploadInput) -> Result<CompleteUploadPayload> {
    let digest = input.digest.map(|digest| digest.0);
    let completed = ctx.data::<Ledger>()?.complete_upload(&input.id, digest).await;
    Ok(CompleteUploadPayload { blob: completed.map_err(errors::ledger)?.map(blob) })
}

fn request(ClientRequest { method, sending }: ClientRequest) -> UploadRequest {
    let header = |(name, value)| UploadHeader { name, value };
    UploadRequest {
        method: if method == "POST" { UploadMethod::Post } else { UploadMethod::Put },
        url: sending.url,
        headers: sending.headers.into_iter().map(header).collect(),
        start: ByteSize(sending.start),
        size: ByteSize(sending.size),
    }
}

fn blob(stored: Stored) -> UploadedBlob {
    UploadedBlob {
        digest: Digest(stored.meta.digest),
        sha256: id::hex(&stored.meta.sha256),
        size: ByteSize(stored.meta.size),
        created: stored.created,
    }
}
