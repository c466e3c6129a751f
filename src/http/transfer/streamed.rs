//! The answer of an export: its moment, its slot and memory, and a stream that is never taken for
//! complete if it is not.

use std::future::ready;
use std::io;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tracing::error;

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::errors;
use crate::export::{ExportMemory, Outflow};
use crate::http::errors::Refusal;
use crate::http::graphql;
use crate::http::identity::callers::{CallerSlot, HttpCaller};
use crate::http::state::HttpState;
use crate::http::stream::bridge;
use crate::ledger::{AsOf, LedgerError, View};

use super::meter::ExportCharge;

/// The end marker of a stream of pieces, none of which is empty.
const END: Bytes = Bytes::new();

/// Returns the view at a moment; the newest without one.
pub(super) fn view_at(shared: &HttpState, as_of: Option<&str>) -> Result<View, Refusal> {
    let missing =
        || Failure::new(Code::BadUserInput, "this server offers no exports").because(Reason::NotFound);
    let ledger = shared.ledger.as_ref().ok_or_else(missing)?;
    match as_of {
        None => Ok(ledger.view()),
        Some(text) => {
            let moment: AsOf = text.parse().map_err(wrong)?;
            ledger.at(moment).map_err(refused)
        }
    }
}

pub(super) fn wrong(why: impl ToString) -> Refusal {
    Failure::new(Code::BadUserInput, why.to_string()).into()
}

pub(super) fn refused(error: LedgerError) -> Refusal {
    errors::failure(error).into()
}

/// A slot of the concurrent exports, with the memory of the export.
pub(super) struct ExportSlot {
    _place: CallerSlot,
    pub(super) memory: ExportMemory,
}

pub(super) fn slot(request: &HttpRequest, shared: &HttpState) -> Result<ExportSlot, Refusal> {
    let caller = HttpCaller::of(request);
    let place = shared.exporting.take(&caller)?;
    let charge = ExportCharge::new(caller.charge(), RESERVE)?;
    Ok(ExportSlot { _place: place, memory: ExportMemory::of(charge) })
}

/// The memory that an export has from the beginning, in bytes: a usual page of the log, and the
/// output made from it.
const RESERVE: u64 = 8 * 1024 * 1024;

/// Answers with an export, or with its failure if nothing of it can be made.
pub(super) async fn streamed(
    shared: &HttpState,
    slot: ExportSlot,
    (view, outflow): (&View, Outflow),
    media: &'static str,
    name: &str,
) -> Result<HttpResponse, Refusal> {
    let mut outflow =
        Box::pin(outflow.filter(|piece| ready(!matches!(piece, Ok(piece) if piece.is_empty()))));
    let begin = async move {
        let first = outflow.next().await.transpose()?;
        Ok((first, outflow, slot))
    };
    let (first, outflow, slot) = finished(shared.runtime.spawn(begin).await)?;
    let outflow = stream::iter(first.map(Ok)).chain(outflow);
    // Without an announced length, the end needs a marker: a stream that was given up also ends.
    let marked = outflow.chain(stream::once(ready(Ok(END))));
    let pieces = bridge::outward(&shared.runtime, Box::pin(marked), shared.limits.body_time);
    let pieces = until_the_end(pieces, slot);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, media))
        // The position of the export, after which the next export of changes continues.
        .insert_header((graphql::SEQ, view.position(view.seq()).to_string()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.streaming(pieces))
}

/// Returns the pieces before the end marker. If the marker is missing, the last piece is an error,
/// which aborts the connection. `held` is kept until then.
fn until_the_end<E: std::error::Error + 'static, H>(
    pieces: impl Stream<Item = Result<Bytes, E>>,
    held: H,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((Box::pin(pieces), held)), |open| async {
        let (mut pieces, held) = open?;
        match pieces.next().await {
            Some(Ok(piece)) if piece == END => None,
            Some(Ok(piece)) => Some((Ok(piece), Some((pieces, held)))),
            Some(Err(error)) => {
                error!(error = &error as &dyn std::error::Error, "an export could not be made to its end");
                Some((Err(io::Error::other("the export could not be made to its end")), None))
            }
            None => Some((Err(io::Error::other("the client took nothing for too long")), None)),
        }
    })
}

/// Returns the result of a task on another thread.
pub(super) fn finished<T>(
    task: Result<Result<T, LedgerError>, tokio::task::JoinError>,
) -> Result<T, Refusal> {
    match task {
        Ok(done) => done.map_err(refused),
        Err(failed) => {
            error!(error = %failed, "an export did not end");
            Err(Failure::new(Code::InternalServerError, "the server failed while it made the export").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_truncated_export_is_an_error() {
        let piece = |text: &'static str| Ok::<_, io::Error>(Bytes::from_static(text.as_bytes()));
        let taken = async |pieces: Vec<io::Result<Bytes>>| {
            let taken: Vec<io::Result<Bytes>> = until_the_end(stream::iter(pieces), ()).collect().await;
            let failed = taken.iter().filter(|piece| piece.is_err()).count();
            (taken.len(), failed)
        };
        assert_eq!(taken(vec![piece("a"), piece("b"), Ok(END)]).await, (2, 0));
        assert_eq!(taken(vec![Ok(END)]).await, (0, 0));
        assert_eq!(taken(vec![piece("a"), piece("b")]).await, (3, 1), "given up");
        assert_eq!(taken(vec![]).await, (1, 1), "given up at once");
        assert_eq!(taken(vec![piece("a"), Err(io::Error::other("no")), piece("b"), Ok(END)]).await, (2, 1));
    }
}
