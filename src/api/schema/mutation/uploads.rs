//! Uploads: how bytes are announced, which requests bring them, and what they became. The bytes themselves never pass here.

use std::time::Duration;

use async_graphql::{Context, Enum, ID, InputObject, Result, SimpleObject};

use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::scalars::{ByteSize, Digest};
use crate::domain::id;
use crate::ledger::{Announced, Begun, Ledger, Sent, Stored};

/// The longest that an address may hold, in seconds: a week, as S3 signs at most.
const LONGEST: u64 = 7 * 24 * 60 * 60;

/// Bytes that are going to be sent.
#[derive(InputObject, Debug, Clone)]
pub struct BeginUploadInput {
    /// How many bytes.
    pub size: ByteSize,
    /// Their digest, where it is known. Bytes that are there already need not be sent.
    pub digest: Option<Digest>,
    /// Their SHA-256 as 64 hex digits, where it is known. A bucket then takes nothing else.
    pub sha256: Option<String>,
    /// For how many seconds the requests hold: 1 to 604,800, which is a week.
    #[graphql(default = 3_600)]
    pub expires_in: i32,
}

/// Bytes that have been sent.
#[derive(InputObject, Debug, Clone)]
pub struct CompleteUploadInput {
    /// What beginUpload called the upload.
    pub id: ID,
    /// What POST /blobs answered, where that was the request and the digest was not known at the beginning.
    pub digest: Option<Digest>,
}

/// What a request is, in HTTP.
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

/// One HTTP request that a client has to send.
#[derive(SimpleObject, Debug, Clone)]
pub struct UploadRequest {
    /// PUT or POST.
    method: UploadMethod,
    /// Where to. One that begins with `/` is a path on this server, and needs the same token as this request.
    url: String,
    /// The headers to send with it, exactly so.
    headers: Vec<UploadHeader>,
    /// The first byte that it carries, from 0.
    start: ByteSize,
    /// How many bytes it carries.
    size: ByteSize,
}

/// An upload that has begun.
#[derive(SimpleObject, Debug, Clone)]
pub struct BeginUploadPayload {
    /// What completeUpload is given once everything has been sent.
    id: ID,
    /// The requests that bring all bytes, in any order. None where the bytes are there already.
    requests: Vec<UploadRequest>,
}

/// Bytes that became a payload.
#[derive(SimpleObject, Debug, Clone)]
pub struct UploadedBlob {
    /// BLAKE3 of the bytes: what `payload` of a version takes.
    digest: Digest,
    /// SHA-256 of the bytes, as 64 hex digits.
    sha256: String,
    /// How many bytes.
    size: ByteSize,
    /// Whether this upload brought them; false where they were there already.
    created: bool,
}

/// What became of an upload.
#[derive(SimpleObject, Debug, Clone)]
pub struct CompleteUploadPayload {
    /// The verified bytes; null while they are still being verified: ask again.
    blob: Option<UploadedBlob>,
}

/// Begins an upload.
pub async fn begin(ctx: &Context<'_>, input: BeginUploadInput) -> Result<BeginUploadPayload> {
    let sha256 = input.sha256.as_deref().map(|text| {
        let advice = "`sha256` must be 64 lower-case hex digits";
        id::unhex(text).ok_or_else(|| errors::bad_input(advice))
    });
    let announced = Announced {
        size: input.size.0,
        digest: input.digest.map(|digest| digest.0),
        sha256: sha256.transpose()?,
    };
    let begun = ctx.data::<Ledger>()?.begin_upload(announced, lifetime(input.expires_in)?).await;
    let Begun { id, requests } = begun.map_err(errors::ledger)?;
    Ok(BeginUploadPayload { id: id.into(), requests: requests.into_iter().map(request).collect() })
}

/// Completes an upload.
pub async fn complete(ctx: &Context<'_>, input: CompleteUploadInput) -> Result<CompleteUploadPayload> {
    let digest = input.digest.map(|digest| digest.0);
    let completed = ctx.data::<Ledger>()?.complete_upload(&input.id, digest).await;
    Ok(CompleteUploadPayload { blob: completed.map_err(errors::ledger)?.map(blob) })
}

/// How long an address may hold.
///
/// # Errors
/// BAD_USER_INPUT, with LIMIT_EXCEEDED for more than a week.
pub fn lifetime(seconds: i32) -> Result<Duration> {
    match u64::try_from(seconds) {
        Ok(seconds @ 1..=LONGEST) => Ok(Duration::from_secs(seconds)),
        Ok(1..) => {
            let message = format!(
                "`expiresIn` is {seconds} seconds; an address holds for {LONGEST} at most, which is a week: ask for \
                 another one then"
            );
            Err(errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), message))
        }
        _ => Err(errors::bad_input("`expiresIn` must be at least 1 second")),
    }
}

fn request(Sent { method, sending }: Sent) -> UploadRequest {
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
