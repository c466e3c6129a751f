//! Keeps the unread rest of a request's body alive while its answer is sent.
//!
//! An answer may precede the body: too large, wrong type, no token. actix-http 3.20 drains a
//! chunked body that is dropped at that moment without a time limit (upstream: since #3936;
//! `docs/upstream.md`), so a client that stops half-way would hold its connection forever. If the
//! body is still alive when the answer ends, the connection is closed after a short linger instead.
//! Therefore the answer carries the body along.
//!
//! As the outermost middleware it also records on the [`ClientConnection`] which side is expected
//! to act, so that stalled connections can be closed when connections run short.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use bytes::Bytes;
use futures_util::Stream;

use crate::http::connections::connection::{ClientConnection, closed};
use crate::http::errors::Refusal;

type SharedPayload = Rc<RefCell<Payload>>;

/// A request in progress on its connection. When dropped, the connection waits for the next one.
struct ActiveRequest(Option<Arc<ClientConnection>>);

impl ActiveRequest {
    /// Begins a request, unless the connection was closed meanwhile.
    fn begin(request: &ServiceRequest) -> Result<Self, Refusal> {
        let connection = ClientConnection::of(request.request());
        if connection.as_ref().is_none_or(|connection| connection.begin()) {
            Ok(Self(connection))
        } else {
            Err(closed().into())
        }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.end();
        }
    }
}

pub(in crate::http) async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<AnswerBody>, Error> {
    let turn = ActiveRequest::begin(&request)?;
    let is_answered = Rc::new(Cell::new(false));
    let rest = match request.parts_mut().1.take() {
        Payload::None => None,
        payload => {
            let payload = Rc::new(RefCell::new(payload));
            let (connection, is_answered) = (turn.0.clone(), Rc::clone(&is_answered));
            let reader = PayloadReader { payload: Rc::clone(&payload), connection, is_answered };
            request.set_payload(Payload::Stream { payload: Box::pin(reader) });
            Some(payload)
        }
    };
    let response = next.call(request).await?;
    is_answered.set(true);
    if let Some(connection) = &turn.0 {
        connection.work();
    }
    Ok(response.map_body(|_, body| AnswerBody { body: body.boxed(), turn, _rest: rest }))
}

/// The body as handlers read it.
struct PayloadReader {
    payload: SharedPayload,
    connection: Option<Arc<ClientConnection>>,
    /// Once the answer has begun nothing is recorded, because the messages of a WebSocket may
    /// arrive at any time.
    is_answered: Rc<Cell<bool>>,
}

impl Stream for PayloadReader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut *self.payload.borrow_mut()).poll_next(context);
        if let Some(connection) = self.connection.as_ref().filter(|_| !self.is_answered.get()) {
            match &next {
                Poll::Pending => connection.stall(),
                Poll::Ready(_) => connection.work(),
            }
        }
        next
    }
}

/// The body of an answer, with the rest of the request's body.
pub(in crate::http) struct AnswerBody {
    body: BoxBody,
    turn: ActiveRequest,
    _rest: Option<SharedPayload>,
}

impl MessageBody for AnswerBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if let Some(connection) = &self.turn.0 {
            match &next {
                Poll::Ready(Some(Ok(_))) => connection.stall(),
                Poll::Ready(_) | Poll::Pending => connection.work(),
            }
        }
        next
    }
}
