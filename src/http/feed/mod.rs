//! Delivery of subscriptions: over a WebSocket (`socket`, with `protocol`), or as server-sent
//! events (`events`).
//!
//! A subscription is a [`FeedCursor`]: the seq of the last commit that was processed. It waits for
//! the next commit without using resources. Each event is computed like a separate request, in a
//! normal slot, and once for all subscriptions with the same key (`stream::event_cache`). So there
//! are no queues per client. A client that does not accept its events is disconnected
//! (`stream::meter`), and later resumes from the last seq that it has.

pub(super) mod events;
mod protocol;
pub(super) mod socket;

use std::sync::Arc;

use actix_web::web;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::identity::callers::HttpCaller;
use super::state::HttpState;
use crate::api;
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::execute::{Events, NextEvent, Subscribed};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Outcome;
use crate::api::engine::request::Ask;
use crate::budget::Charge;
use crate::domain::id::Seq;
use crate::domain::log::position::Position;
use crate::domain::principal::Principal;

/// The position of a subscription in the log.
struct FeedCursor {
    shared: web::Data<HttpState>,
    events: Arc<dyn Events>,
    newest: watch::Receiver<Seq>,
    /// The last commit that was processed.
    after: Seq,
    /// True once it was up to date; only then can it fall behind.
    live: bool,
    /// The memory of its variables. Events are charged to the same account while they are computed.
    memory: Charge,
}

/// The next step of a subscription.
enum FeedStep {
    /// The event of a commit.
    Event(Seq, Arc<NextEvent>),
    /// The subscription ended, with its last errors as JSON.
    Over(Value),
}

impl FeedCursor {
    fn new(shared: web::Data<HttpState>, events: Arc<dyn Events>, memory: Charge) -> Self {
        let (newest, after) = (events.newest(), events.after());
        Self { shared, events, newest, after, live: false, memory }
    }

    /// Resumes after another commit than that of the arguments.
    fn resume(&mut self, after: Position) -> Result<(), Failure> {
        let newest = *self.newest.borrow();
        let after = match &self.shared.ledger {
            Some(ledger) => ledger.fits(after).map_err(api::errors::failure)?,
            None => after.seq,
        };
        if after > newest {
            let message =
                format!("there is no commit {after} yet; the newest is {newest}: resume after that");
            return Err(Failure::new(Code::BadUserInput, message).because(Reason::AsOfUnavailable));
        }
        self.after = after;
        Ok(())
    }

    /// Waits for the next event.
    async fn next(mut self) -> (Self, FeedStep) {
        let step = self.step().await;
        (self, step)
    }

    async fn step(&mut self) -> FeedStep {
        loop {
            let newest = *self.newest.borrow_and_update();
            if newest <= self.after {
                self.live = true;
                if self.newest.changed().await.is_err() {
                    return self.over(&Outcome::busy());
                }
                continue;
            }
            let lag = newest.0 - self.after.0;
            if self.live && lag > self.shared.limits.feed.lag {
                return self.over(&self.behind(lag));
            }
            match self.next_event().await {
                Ok(looked) => match &*looked {
                    NextEvent::Nothing(upto) => self.after = *upto,
                    NextEvent::Event(seq, body) if body.len() > self.shared.limits.feed.event => {
                        return self.over(&self.too_large(*seq, body.len()));
                    }
                    NextEvent::Event(seq, _) => {
                        self.after = *seq;
                        return FeedStep::Event(*seq, looked);
                    }
                    NextEvent::Failed(outcome) => return self.over(outcome),
                },
                Err(outcome) => return self.over(&outcome),
            }
        }
    }

    async fn next_event(&self) -> Result<Arc<NextEvent>, Outcome> {
        let key = (self.events.key(), self.after);
        let shared = &self.shared;
        let made = shared.next_event(Arc::clone(&self.events), self.after, self.memory.sibling());
        shared.event_cache.get(key, made).await
    }

    fn behind(&self, lag: u64) -> Outcome {
        Outcome::failed(
            &Failure::bad_request(format!(
                "this subscription is {lag} commits behind, and the limit is {}: take events faster, select less, or read \
                 pages with `commits(after:)`; resume after {}",
                self.shared.limits.feed.lag, self.after
            ))
            .because(Reason::LimitExceeded),
        )
    }

    fn too_large(&self, seq: Seq, bytes: usize) -> Outcome {
        Outcome::failed(
            &Failure::bad_request(format!(
                "the event of commit {seq} has {bytes} bytes, and the limit is {}: select less, with smaller pages; resume \
                 after {}",
                self.shared.limits.feed.event, self.after
            ))
            .because(Reason::LimitExceeded),
        )
    }

    /// Returns the errors of an outcome, each with the position to resume from.
    fn over(&self, outcome: &Outcome) -> FeedStep {
        let mut errors = errors(&outcome.body);
        for error in errors.as_array_mut().into_iter().flatten() {
            error["extensions"]["resumeAfter"] = json!(self.shared.position(self.after).to_string());
        }
        FeedStep::Over(errors)
    }
}

/// Returns the errors of a response without data.
fn errors(body: &[u8]) -> Value {
    let mut response: Value = serde_json::from_slice(body).unwrap_or_default();
    response["errors"].take()
}

impl HttpState {
    /// Returns the position that clients store: the seq with the mark of its commit, if there is a
    /// ledger.
    fn position(&self, seq: Seq) -> Position {
        self.ledger.as_ref().map_or_else(|| Position::from(seq), |ledger| ledger.position(seq))
    }

    /// Begins a subscription, in a slot.
    async fn subscribe(&self, ask: Ask, principal: Principal, caller: &HttpCaller) -> Subscribed {
        let deadline = self.deadline();
        let Ok(Some(slot)) = timeout_at(deadline, self.operating.wait(caller)).await else {
            return Subscribed::Refused(Outcome::busy());
        };
        let begins = self.api.subscribe(ask, principal);
        let work = async move {
            let _slot = slot;
            begins.await
        };
        self.elsewhere(work, deadline).await.unwrap_or_else(Subscribed::Refused)
    }

    /// Computes the next event, in a slot. A failure is returned as an error, so that it is not
    /// cached.
    async fn next_event(
        &self,
        events: Arc<dyn Events>,
        after: Seq,
        memory: Charge,
    ) -> Result<Arc<NextEvent>, Outcome> {
        let deadline = self.deadline();
        let slot = async {
            let permit = Arc::clone(&self.event_permits).acquire_owned().await.ok()?;
            Some((permit, self.operating.wait_for_any().await?))
        };
        let Ok(Some(slot)) = timeout_at(deadline, slot).await else {
            return Err(Outcome::busy());
        };
        let begun = Instant::now();
        let time_up = begun + deadline.saturating_duration_since(begun) / 2;
        let search = events.next_event(after, Arc::new(move || Instant::now() >= time_up), memory);
        let work = async move {
            let _slot = slot;
            search.await
        };
        match self.elsewhere(work, deadline).await? {
            NextEvent::Failed(outcome) => Err(outcome),
            looked => Ok(Arc::new(looked)),
        }
    }
}
