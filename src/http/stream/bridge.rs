//! Carries bytes between a connection, which is bound to one thread, and a store, which may work on
//! any.
//!
//! Both directions use a small bounded channel, so that the slower side sets the pace. A sender
//! that is dropped before it signals the end is an error on the other side, so a part of a payload
//! never looks complete.

use std::pin::Pin;
use std::time::Duration;

use actix_web::web;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::http::errors::Refusal;
use crate::ledger::{BlobError, Chunks};

/// The number of chunks in the channel. A chunk is one read of a socket or a store: 64 to 256 KiB.
const IN_FLIGHT: usize = 2;

/// The memory of the chunks in the channel and the one that each side holds, in bytes.
pub(in crate::http) const MEMORY: u64 = 512 * 1024;

/// The minimum number of bytes of a body that must arrive within the time limit of a piece.
const FEWEST: usize = 32 * 1024;

/// An item of the channel.
enum StreamPart {
    Chunk(Bytes),
    /// The end of the bytes.
    End,
}

/// The sending end of a channel, fed by a connection.
pub(in crate::http) struct PayloadInlet(mpsc::Sender<Result<StreamPart, BlobError>>);

/// Creates a stream for a store, and the end that feeds it.
pub(in crate::http) fn inward() -> (PayloadInlet, Chunks) {
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    let chunks = stream::unfold(Some(receiver), |receiver| async {
        let mut receiver: mpsc::Receiver<Result<StreamPart, BlobError>> = receiver?;
        match receiver.recv().await {
            Some(Ok(StreamPart::Chunk(chunk))) => Some((Ok(chunk), Some(receiver))),
            Some(Ok(StreamPart::End)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Err(broken("the connection was closed")), None)),
        }
    });
    (PayloadInlet(sender), Box::pin(chunks))
}

impl PayloadInlet {
    /// Feeds the body of a request. Also succeeds if the store stops reading, because the store
    /// then has its own answer.
    ///
    /// The time of the client for each [`FEWEST`] bytes is limited; the time of the store is not.
    pub(in crate::http) async fn feed(
        self,
        mut payload: web::Payload,
        patience: Duration,
    ) -> Result<(), Refusal> {
        let (mut left, mut arrived) = (patience, 0);
        loop {
            let begun = Instant::now();
            let next = timeout(left, payload.next()).await;
            left = left.saturating_sub(begun.elapsed());
            let (part, refusal) = match next {
                Ok(Some(Ok(chunk))) => {
                    arrived += chunk.len();
                    if arrived >= FEWEST {
                        (left, arrived) = (patience, 0);
                    }
                    (Ok(StreamPart::Chunk(chunk)), None)
                }
                Ok(None) => (Ok(StreamPart::End), None),
                Ok(Some(Err(error))) => (Err(broken(error.to_string())), Some(Refusal::broken())),
                Err(_) => (Err(broken("the client sent too little for too long")), Some(Refusal::too_slow())),
            };
            let last = !matches!(part, Ok(StreamPart::Chunk(_)));
            let wanted = self.0.send(part).await.is_ok();
            match refusal {
                Some(refusal) => return Err(refusal),
                None if last || !wanted => return Ok(()),
                None => {}
            }
        }
    }
}

fn broken(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BlobError {
    BlobError::Source { source: why.into() }
}

/// Reads a stream of chunks on `runtime` and returns them here. A client that accepts nothing for
/// `patience` is given up.
pub(in crate::http) fn outward<E: Send + 'static>(
    runtime: &Handle,
    mut chunks: Pin<Box<dyn Stream<Item = Result<Bytes, E>> + Send>>,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, E>> + use<E> {
    let (sender, mut receiver) = mpsc::channel(IN_FLIGHT);
    runtime.spawn(async move {
        while let Some(chunk) = chunks.next().await {
            let failed = chunk.is_err();
            if sender.send_timeout(chunk, patience).await.is_err() || failed {
                return;
            }
        }
    });
    stream::poll_fn(move |context| receiver.poll_recv(context))
}
