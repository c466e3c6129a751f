//! Makes thumbnails of payloads within limits of bytes, pixels, memory and time.
//!
//! A payload is copied, verified, and decoded on a blocking thread. Few are made at once; others
//! wait for a place, and then for memory. What a rendering holds is released when its thread ends,
//! also if the client has gone.

use std::io::{self, Seek as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use futures_util::TryStreamExt as _;
use tempfile::SpooledTempFile;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinError;
use tokio::time::{sleep, timeout};
use tracing::{error, warn};

use super::errors::Refusal;
use super::identity::callers::{CallerSlots, HttpCaller};
use super::limits::{HttpLimits, ThumbnailLimits};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::budget::{Budget, Charge, Exhausted};
use crate::domain::id::Digest;
use crate::ledger::{BlobError, BlobMeta, BlobStore};
use crate::thumbnails::{
    HEADER_MEMORY, ImageSource, Stop, Thumbnail, ThumbnailCache, ThumbnailError, ThumbnailKey,
};

/// The unit in which memory is shared among renderings, in bytes.
const UNIT: u64 = 64 * 1024;

/// The pause before memory that other requests use is requested again.
const PAUSE: Duration = Duration::from_millis(50);

/// Makes thumbnails.
pub(super) struct Thumbnails {
    cache: Arc<ThumbnailCache>,
    blobs: Arc<dyn BlobStore>,
    /// The runtime that moves payloads.
    runtime: Handle,
    limits: ThumbnailLimits,
    places: CallerSlots,
    /// The memory of all renderings, in units: what one caller may hold, so that renderings wait
    /// for each other, and are not refused because of each other.
    memory: Arc<Semaphore>,
    /// All of it.
    room: u32,
}

impl Thumbnails {
    pub(super) fn new(
        cache: ThumbnailCache,
        blobs: Arc<dyn BlobStore>,
        runtime: Handle,
        limits: &HttpLimits,
    ) -> Self {
        let copies = HEADER_MEMORY * limits.thumbnail.concurrent as u64;
        let share = Budget::new(limits.memory).share();
        let most = u64::try_from(Semaphore::MAX_PERMITS).unwrap_or(u64::MAX).min(u32::MAX.into());
        let room = u32::try_from((share.saturating_sub(copies) / UNIT).min(most)).unwrap_or(u32::MAX);
        Self {
            cache: Arc::new(cache),
            blobs,
            runtime,
            limits: limits.thumbnail.clone(),
            places: CallerSlots::thumbnails(limits),
            memory: Arc::new(Semaphore::new(room as usize)),
            room,
        }
    }

    /// Returns the thumbnail from the cache, or makes it in the time that it may take. Stops if the
    /// future is dropped.
    pub(super) async fn make(
        &self,
        caller: &HttpCaller,
        meta: BlobMeta,
        key: ThumbnailKey,
    ) -> Result<Thumbnail, Refusal> {
        timeout(self.limits.time, self.begin(caller, meta, key)).await.map_err(|_| too_slow())?
    }

    async fn begin(
        &self,
        caller: &HttpCaller,
        meta: BlobMeta,
        key: ThumbnailKey,
    ) -> Result<Thumbnail, Refusal> {
        if let Some(found) = self.cached(key).await? {
            return Ok(found);
        }
        if meta.size > self.limits.bytes {
            return Err(BlobError::TooLarge { limit: self.limits.bytes }.into());
        }
        let place = self.places.wait(caller).await;
        // Another request may have made it meanwhile.
        if let Some(found) = self.cached(key).await? {
            return Ok(found);
        }
        let charge = caller.charge();
        grown(&charge, HEADER_MEMORY).await?;
        let stopping = StopOnDrop(Stop::default());
        let file = self.copied(key.digest).await?;
        let (stop, pixels) = (stopping.0.clone(), self.limits.pixels);
        let source = self.apart(key, move || ImageSource::read(file, meta.size, pixels, stop)).await?;

        let needed = source.memory(key.size);
        let units = needed.div_ceil(UNIT);
        let units = u32::try_from(units).ok().filter(|units| *units <= self.room).ok_or_else(|| {
            let most = u64::from(self.room) * UNIT;
            let message = format!(
                "making a thumbnail of this image needs {needed} bytes of memory, and there are {most}: request the payload \
                 without `thumbnail`, or start the server with a larger --request-memory"
            );
            Failure::new(Code::BadUserInput, message).because(Reason::LimitExceeded)
        })?;
        let memory = Arc::clone(&self.memory).acquire_many_owned(units).await;
        grown(&charge, needed).await?;
        let cache = Arc::clone(&self.cache);
        self.apart(key, move || {
            let _held = (place, memory, charge);
            let thumbnail = source.render(key.size)?;
            if let Err(error) = cache.put(key, &thumbnail) {
                warn!(error = &error as &dyn std::error::Error, "a thumbnail cannot be kept");
            }
            Ok(thumbnail)
        })
        .await
    }

    async fn cached(&self, key: ThumbnailKey) -> Result<Option<Thumbnail>, Refusal> {
        let cache = Arc::clone(&self.cache);
        self.apart(key, move || Ok(cache.get(key))).await
    }

    /// Copies a payload into a file. The last bytes arrive only if all of them are those of the
    /// digest.
    async fn copied(&self, digest: Digest) -> Result<SpooledTempFile, Refusal> {
        let (blobs, cache, runtime) =
            (Arc::clone(&self.blobs), Arc::clone(&self.cache), self.runtime.clone());
        let copying = async move {
            let mut opened = blobs.open(digest, None).await?;
            let mut file = blocking(&runtime, move || cache.copy()).await?;
            while let Some(chunk) = opened.chunks.try_next().await? {
                file = blocking(&runtime, move || file.write_all(&chunk).map(|()| file)).await?;
            }
            blocking(&runtime, move || file.rewind().map(|()| file)).await
        };
        let copied = self.runtime.spawn(copying).await.map_err(|failed| unmade(&failed))?;
        Ok(copied?)
    }

    /// Runs a step on a blocking thread. A decoder that panics has met bytes that it does not expect.
    async fn apart<T: Send + 'static>(
        &self,
        key: ThumbnailKey,
        step: impl FnOnce() -> Result<T, ThumbnailError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let done = self.runtime.spawn_blocking(step).await.unwrap_or_else(|failed| {
            error!(error = %failed, digest = %key.digest, "the decoder of an image failed");
            Err(ThumbnailError::Damaged("its decoder failed".to_owned()))
        });
        done.map_err(|error| refused(&error, key))
    }
}

/// Stops a rendering when the request that wants it ends.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Charges memory as soon as other requests have released it. No two renderings wait for each
/// other here, because [`Thumbnails::memory`] has been divided before.
async fn grown(charge: &Charge, bytes: u64) -> Result<(), Refusal> {
    loop {
        match charge.grow(bytes) {
            Err(Exhausted::Caller(_) | Exhausted::Server(_)) => sleep(PAUSE).await,
            done => return Ok(done?),
        }
    }
}

async fn blocking<T: Send + 'static>(
    runtime: &Handle,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    let done = runtime.spawn_blocking(work).await.map_err(io::Error::other).flatten();
    done.map_err(|error| BlobError::Unavailable {
        doing: "copying a payload to make a thumbnail",
        source: error.into(),
    })
}

fn unmade(failed: &JoinError) -> Refusal {
    error!(error = %failed, "a payload could not be copied");
    Failure::new(Code::InternalServerError, "the server failed while it made a thumbnail").into()
}

fn refused(error: &ThumbnailError, key: ThumbnailKey) -> Refusal {
    let digest = key.digest;
    let failure = Failure::new(
        Code::BadUserInput,
        format!("there is no thumbnail of {digest}: {error}; request the payload without `thumbnail`"),
    );
    match error {
        ThumbnailError::NotAnImage | ThumbnailError::Damaged(_) => {
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, failure)
        }
        ThumbnailError::Unsupported(_) => Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, failure),
        ThumbnailError::TooManyPixels { .. } | ThumbnailError::TooLarge(_) => {
            failure.because(Reason::LimitExceeded).into()
        }
        ThumbnailError::Stopped => too_slow(),
        ThumbnailError::Io(source) => {
            error!(error = source as &dyn std::error::Error, %digest, "a thumbnail could not be made");
            let message = "the copy of the payload cannot be read; try again later";
            Failure::new(Code::InternalServerError, message).because(Reason::Unavailable).into()
        }
    }
}
fn too_slow() -> Refusal {
    let advice = "the thumbnail was not ready in time: request it again, or the payload without `thumbnail`";
    Failure::new(Code::InternalServerError, advice).because(Reason::Timeout).into()
}
