//! Keeps what is left of a request's body alive while its answer is sent.
//!
//! An answer may come before the body has been read: too large, wrong type, no token. With actix-http 3.20 a chunked body
//! that is dropped at that moment is drained without any time limit, and a client that stops half-way holds its
//! connection for ever. A body that is still alive when the answer ends takes the other way: the connection is closed
//! after a short linger. So the answer carries the body along.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use bytes::Bytes;
use futures_util::Stream;

type Shared = Rc<RefCell<Payload>>;

pub(in crate::http) async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Answer>, Error> {
    let rest = match request.parts_mut().1.take() {
        Payload::None => None,
        payload => {
            let payload = Rc::new(RefCell::new(payload));
            request.set_payload(Payload::Stream { payload: Box::pin(Reader(Rc::clone(&payload))) });
            Some(payload)
        }
    };
    Ok(next.call(request).await?.map_body(|_, body| Answer { body: body.boxed(), _rest: rest }))
}

/// What a handler reads.
struct Reader(Shared);

impl Stream for Reader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer's body, and the rest of the request's.
pub(in crate::http) struct Answer {
    body: BoxBody,
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
        Pin::new(&mut self.body).poll_next(context)
    }
}
