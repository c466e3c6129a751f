//! Detection of clients that do not accept what they are sent.
//!
//! The server polls the body of an answer for more only when there is room. Bytes that were given
//! and not followed by another poll are therefore stuck in a client that does not read. Its
//! connection is cut, because nothing else would ever end it.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::http::connections::connection::Cutter;

/// The progress of an answer to its client.
#[derive(Default)]
pub(in crate::http) struct SendFlow {
    /// The number of polls when there was room and nothing to send.
    idle: Cell<u64>,
    /// The time at which bytes were given that no poll has followed yet.
    given: Cell<Option<Instant>>,
    gone: Cell<bool>,
    bell: Notify,
}

/// The error of a client that disconnected.
pub(in crate::http) struct Gone;

impl SendFlow {
    pub(in crate::http) fn idle(&self) -> u64 {
        self.idle.get()
    }

    /// Waits until all bytes were accepted and there is room again. `before` is the value of
    /// [`SendFlow::idle`] before they were given.
    pub(in crate::http) async fn taken(&self, before: u64) -> Result<(), Gone> {
        while self.idle.get() == before && !self.gone.get() {
            self.bell.notified().await;
        }
        if self.gone.get() { Err(Gone) } else { Ok(()) }
    }

    /// Waits until the client has disconnected.
    pub(in crate::http) async fn ended(&self) {
        while !self.gone.get() {
            self.bell.notified().await;
        }
    }

    pub(in crate::http) fn is_stuck(&self, patience: Duration) -> bool {
        self.given.get().is_some_and(|since| since.elapsed() > patience)
    }

    fn end(&self) {
        self.gone.set(true);
        self.bell.notify_one();
    }
}

/// Cuts a connection whose client accepts nothing for too long.
pub(in crate::http) async fn watch(flow: Rc<SendFlow>, cutter: Cutter, patience: Duration) {
    while !flow.gone.get() {
        sleep(patience / 4).await;
        if flow.is_stuck(patience) {
            tracing::info!("a client that takes no events is cut off");
            return cutter.cut();
        }
    }
}

/// A body that records its progress.
pub(in crate::http) struct Metered {
    body: BoxBody,
    flow: Rc<SendFlow>,
}

impl Metered {
    pub(in crate::http) const fn new(body: BoxBody, flow: Rc<SendFlow>) -> Self {
        Self { body, flow }
    }
}

impl MessageBody for Metered {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.flow.given.set(None);
        let next = Pin::new(&mut self.body).poll_next(context);
        match &next {
            Poll::Ready(Some(Ok(_))) => self.flow.given.set(Some(Instant::now())),
            Poll::Ready(_) => self.flow.end(),
            Poll::Pending => {
                self.flow.idle.set(self.flow.idle.get() + 1);
                self.flow.bell.notify_one();
            }
        }
        next
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        self.flow.end();
    }
}
