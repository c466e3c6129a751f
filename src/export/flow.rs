//! How an export flows: made piece by piece by whoever polls it, no faster than it is taken.

use std::task::Poll;

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::{Outflow, unwritten};
use crate::ledger::LedgerError;

/// A piece is handed over once it has so many bytes.
pub(super) const PIECE: usize = 64 * 1024;

/// Pieces that wait to be taken.
const IN_FLIGHT: usize = 4;

/// The end that is fed.
#[derive(Clone)]
pub(super) struct Inlet(mpsc::Sender<Bytes>);

impl Inlet {
    /// Hands over a piece. Where nobody takes it any more, the work ends.
    pub(super) async fn send(&self, piece: Vec<u8>) -> Result<(), LedgerError> {
        self.0.send(piece.into()).await.map_err(|_| given_up())
    }

    /// The same on a thread that may wait.
    pub(super) fn send_waiting(&self, piece: Vec<u8>) -> Result<(), LedgerError> {
        self.0.blocking_send(piece.into()).map_err(|_| given_up())
    }
}

fn given_up() -> LedgerError {
    LedgerError::unavailable("nobody takes the export any more")
}

/// What `produce` feeds, and its error after that where it ends with one.
pub(super) fn outflow<F>(produce: impl FnOnce(Inlet) -> F) -> Outflow
where
    F: Future<Output = Result<(), LedgerError>> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel(IN_FLIGHT);
    let mut work = Some(Box::pin(produce(Inlet(sender))));
    let mut failed = None;
    Box::pin(stream::poll_fn(move |context| {
        if let Some(running) = &mut work
            && let Poll::Ready(ended) = running.as_mut().poll(context)
        {
            work = None;
            failed = ended.err();
        }
        // What was sent before a failure comes before it.
        match receiver.poll_recv(context) {
            Poll::Ready(None) => Poll::Ready(failed.take().map(Err)),
            polled => polled.map(|piece| piece.map(Ok)),
        }
    }))
}

/// Runs what takes a processor for long where that holds up nobody.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| unwritten(&error))?
}
