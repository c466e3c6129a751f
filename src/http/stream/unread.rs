//! Keeps what is left of a request's body alive while its answer is sent.
//!
//! An answer may come before the body has been read: too large, wrong type, no token. With actix-http 3.20 a chunked body
//! that is dropped at that moment is drained without any time limit, and a client that stops half-way holds its
//! connection for ever. A body that is still alive when the answer ends takes the other way: the connection is closed
//! after a short linger. So the answer carries the body along.
//!
//! It is also the outermost middleware, so it notes on the connection which side has to go on
//! ([`Connection`]): a connection whose client does not may be closed when connections run short.

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

use crate::http::connections::connection::{Connection, closed};
use crate::http::errors::Refusal;

type Shared = Rc<RefCell<Payload>>;

/// A request under way on its connection. Dropped, the connection waits for the next one.
struct Turn(Option<Arc<Connection>>);

impl Turn {
    /// Begins a request. A connection that was closed meanwhile executes none.
    fn begin(request: &ServiceRequest) -> Result<Self, Refusal> {
        let connection = Connection::of(request.request());
        if connection.as_ref().is_none_or(|connection| connection.begin()) {
            Ok(Self(connection))
        } else {
            Err(closed().into())
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.end();
        }
    }
}

pub(in crate::http) async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Answer>, Error> {
    let turn = Turn::begin(&request)?;
    let is_answered = Rc::new(Cell::new(false));
    let rest = match request.parts_mut().1.take() {
        Payload::None => None,
        payload => {
            let payload = Rc::new(RefCell::new(payload));
            let (connection, is_answered) = (turn.0.clone(), Rc::clone(&is_answered));
            let reader = Reader { payload: Rc::clone(&payload), connection, is_answered };
            request.set_payload(Payload::Stream { payload: Box::pin(reader) });
            Some(payload)
        }
    };
    let response = next.call(request).await?;
    is_answered.set(true);
    if let Some(connection) = &turn.0 {
        connection.work();
    }
    Ok(response.map_body(|_, body| Answer { body: body.boxed(), turn, _rest: rest }))
}

/// What a handler reads.
struct Reader {
    payload: Shared,
    connection: Option<Arc<Connection>>,
    /// Nothing is noted once the answer has begun: the messages of a WebSocket come when its client likes.
    is_answered: Rc<Cell<bool>>,
}

impl Stream for Reader {
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

/// An answer's body, and the rest of the request's.
pub(in crate::http) struct Answer {
    body: BoxBody,
    turn: Turn,
    _rest: Option<Shared>,
}

impl MessageBody for Answer {
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
