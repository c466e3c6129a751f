//! Carries bytes between a connection, which lives on one thread, and a store, which may work on any.
//!
//! Both ways through a small bounded channel, so that the slower side sets the pace. A sender that is dropped before it
//! has said that it is done is an error on the other side: half a payload never looks like a whole one.

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

/// Chunks on their way. A chunk is what a socket or a store reads at once: 64 to 256 KiB.
const IN_FLIGHT: usize = 2;

/// The memory of chunks on their way, with the one that either side holds, in bytes.
pub(in crate::http) const MEMORY: u64 = 512 * 1024;

/// The fewest bytes of a body that must arrive in the time that a piece may take.
const FEWEST: usize = 32 * 1024;

/// What the sender says.
enum Part {
    Chunk(Bytes),
    /// All has been sent.
    End,
}

/// The end that a connection feeds.
pub(in crate::http) struct Inlet(mpsc::Sender<Result<Part, BlobError>>);

/// A stream for a store, and the end that feeds it.
pub(in crate::http) fn inward() -> (Inlet, Chunks) {
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    let chunks = stream::unfold(Some(receiver), |receiver| async {
        let mut receiver: mpsc::Receiver<Result<Part, BlobError>> = receiver?;
        match receiver.recv().await {
            Some(Ok(Part::Chunk(chunk))) => Some((Ok(chunk), Some(receiver))),
            Some(Ok(Part::End)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Err(broken("the connection was closed")), None)),
        }
    });
    (Inlet(sender), Box::pin(chunks))
}

impl Inlet {
    /// Feeds a request's body. Ends well, too, where the store wants no more: it has its own answer then.
    ///
    /// The time that the client takes for each [`FEWEST`] bytes is limited, and not that of the store.
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
                    (Ok(Part::Chunk(chunk)), None)
                }
                Ok(None) => (Ok(Part::End), None),
                Ok(Some(Err(error))) => (Err(broken(error.to_string())), Some(Refusal::broken())),
                Err(_) => (Err(broken("the client sent too little for too long")), Some(Refusal::too_slow())),
            };
            let last = !matches!(part, Ok(Part::Chunk(_)));
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

/// A stream of chunks, read on `runtime` and handed over here. A client that takes nothing for `patience` is given up.
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
