//! Sends long answers in small pieces, cuts the connection of a client that does not accept them,
//! and holds the memory of an answer until it is sent.
//!
//! actix-http 3.20 has no time limit for sending (`docs/upstream.md`) and copies each piece of a
//! body into its buffer.
//! With pieces of [`PIECE`] bytes, a client that does not read holds one buffer and the answer,
//! both for at most [`HttpLimits::body_time`]: less than one piece in that time is too slow.
//! Connections that wait for events are watched elsewhere.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, rt, web};
use bytes::Bytes;
use tokio::time::{sleep, timeout};

use crate::budget::Charge;
use crate::http::connections::connection::Cutter;
use crate::http::limits::HttpLimits;
use crate::http::stream::meter::{Metered, SendFlow};

/// The number of bytes that are given to a connection at once.
const PIECE: usize = 32 * 1024;

/// The maximum size of answers that fit into the buffers of a connection.
const SHORT: u64 = 64 * 1024;

pub(in crate::http) async fn pace(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let cutter = Cutter::of(request.request());
    let patience = request.app_data::<web::Data<HttpLimits>>().map(|limits| limits.body_time);
    let mut response = next.call(request).await?.map_into_boxed_body();
    let memory = response.response_mut().extensions_mut().remove::<Charge>();
    let (size, patience) = (response.response().body().size(), patience.unwrap_or_default());
    let is_short = match size {
        BodySize::None => true,
        BodySize::Sized(length) => length <= SHORT,
        BodySize::Stream => false,
    };
    if is_short || is_watched(&response) {
        return Ok(response);
    }
    let closes = response.request().head().connection_type() == ConnectionType::Close;
    let flow = Rc::new(SendFlow::default());
    rt::spawn(watch(Rc::clone(&flow), cutter, patience, closes));
    Ok(response.map_body(|_, body| {
        let (body, left) = match body.try_into_bytes() {
            Ok(bytes) => (None, bytes),
            Err(body) => (Some(body), Bytes::new()),
        };
        let pieces = BodyPieces { size, body, left, _memory: memory };
        Metered::new(pieces.boxed(), flow).boxed()
    }))
}

/// Returns true for WebSockets and events, which watch their own connections.
fn is_watched(response: &ServiceResponse<BoxBody>) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |media| media.as_bytes());
    response.status() == StatusCode::SWITCHING_PROTOCOLS || media.starts_with(b"text/event-stream")
}

/// Cuts a connection whose client accepts no piece for `patience`. If the connection closes after
/// the answer, the client has the same time to read what is left in the buffers; otherwise the
/// keep-alive time ends it.
async fn watch(flow: Rc<SendFlow>, cutter: Cutter, patience: Duration, closes: bool) {
    while timeout(patience / 4, flow.ended()).await.is_err() {
        if flow.is_stuck(patience) {
            tracing::info!("a client that does not take its answer is cut off");
            return cutter.cut();
        }
    }
    if closes {
        sleep(patience).await;
        cutter.cut();
    }
}

/// A body in small pieces, with the memory that it holds.
struct BodyPieces {
    size: BodySize,
    /// `None` if all of it is in `left`.
    body: Option<BoxBody>,
    left: Bytes,
    _memory: Option<Charge>,
}

impl MessageBody for BodyPieces {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.left.is_empty()
            && let Some(body) = &mut self.body
        {
            match Pin::new(body).poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => self.left = bytes,
                other => return other,
            }
        }
        let piece = self.left.len().min(PIECE);
        match piece {
            // An empty chunk of a stream is passed on; for bytes in memory it means the end.
            0 if self.body.is_none() => Poll::Ready(None),
            _ => Poll::Ready(Some(Ok(self.left.split_to(piece)))),
        }
    }
}
