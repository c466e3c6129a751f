//! Whether a client takes what it is sent.
//!
//! The server asks the body of an answer for more only when there is room again. So what was given and not followed by a
//! question is stuck in a client that does not read, and its connection is cut: nothing else would ever end it.

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

/// How an answer flows off.
#[derive(Default)]
pub(in crate::http) struct Flow {
    /// How often there was room and nothing to send.
    idle: Cell<u64>,
    /// Since when something that was given has not been followed by a question for more.
    given: Cell<Option<Instant>>,
    gone: Cell<bool>,
    bell: Notify,
}

/// The client went away.
pub(super) struct Gone;

impl Flow {
    pub(super) fn idle(&self) -> u64 {
        self.idle.get()
    }

    /// Waits until all that was given has been taken, and there is room again; `before` is what [`Flow::idle`] said
    /// before it was given.
    pub(super) async fn taken(&self, before: u64) -> Result<(), Gone> {
        while self.idle.get() == before && !self.gone.get() {
            self.bell.notified().await;
        }
        if self.gone.get() { Err(Gone) } else { Ok(()) }
    }

    /// Waits until the client is gone.
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

/// Cuts a connection whose client takes nothing for too long.
pub(super) async fn watch(flow: Rc<Flow>, cutter: Cutter, patience: Duration) {
    while !flow.gone.get() {
        sleep(patience / 4).await;
        if flow.is_stuck(patience) {
            tracing::info!("a client that takes no events is cut off");
            return cutter.cut();
        }
    }
}

/// A body that says how it flows off.
pub(in crate::http) struct Metered {
    body: BoxBody,
    flow: Rc<Flow>,
}

impl Metered {
    pub(in crate::http) const fn new(body: BoxBody, flow: Rc<Flow>) -> Self {
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
