//! The stream of an export: produced while it is polled, no faster than it is read.

use std::task::Poll;

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::{Outflow, unwritten};
use crate::ledger::LedgerError;

/// The minimum size of a piece.
pub(super) const PIECE: usize = 64 * 1024;

/// The maximum number of pieces that wait to be read.
const IN_FLIGHT: usize = 4;

/// The sender of the pieces of an export.
#[derive(Clone)]
pub(super) struct ExportSink(mpsc::Sender<Bytes>);

impl ExportSink {
    /// Sends a piece. Fails if the receiver is gone, which ends the export.
    pub(super) async fn send(&self, piece: Vec<u8>) -> Result<(), LedgerError> {
        self.0.send(piece.into()).await.map_err(|_| given_up())
    }

    /// Sends a piece on a blocking thread.
    pub(super) fn send_waiting(&self, piece: Vec<u8>) -> Result<(), LedgerError> {
        self.0.blocking_send(piece.into()).map_err(|_| given_up())
    }
}

fn given_up() -> LedgerError {
    LedgerError::unavailable("the receiver of the export is gone")
}

/// Returns the stream of the pieces that `produce` sends, followed by its error if it fails.
pub(super) fn outflow<F>(produce: impl FnOnce(ExportSink) -> F) -> Outflow
where
    F: Future<Output = Result<(), LedgerError>> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel(IN_FLIGHT);
    let mut work = Some(Box::pin(produce(ExportSink(sender))));
    let mut failed = None;
    Box::pin(stream::poll_fn(move |context| {
        if let Some(running) = &mut work
            && let Poll::Ready(ended) = running.as_mut().poll(context)
        {
            work = None;
            failed = ended.err();
        }
        // The pieces that were sent come before the error.
        match receiver.poll_recv(context) {
            Poll::Ready(None) => Poll::Ready(failed.take().map(Err)),
            polled => polled.map(|piece| piece.map(Ok)),
        }
    }))
}

/// Runs a long computation on a blocking thread.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| unwritten(&error))?
}
