//! The task of one hook: reads the log and delivers events to the receiver.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::message::{self, HookMessage, Signature};
use super::position::PositionFile;
use super::report::HookReports;
use super::send::{SendOutcome, Sender};
use super::{Hook, HookContext};
use crate::api::engine::execute::{Events, NextEvent, Subscribed};
use crate::api::engine::outcome::Outcome;
use crate::api::engine::request::Ask;
use crate::budget::Budget;
use crate::domain::id::Seq;
use crate::domain::log::position::Position;
use crate::domain::principal::Principal;

/// The most memory that one message may need while it is made, in bytes. Each hook makes one at a
/// time.
const MEMORY: u64 = 32 << 20;

/// The most commits without an event that are read again after a crash.
const MAX_REREAD: u64 = 1_000;

/// The reason why a hook is halted until an operator acts.
struct Halted(String);

/// Runs a hook until the process ends.
pub(super) async fn run(context: Arc<HookContext>, hook: Hook, report: HookReports) {
    let name = hook.name.clone();
    let place = Arc::new(PositionFile::of(&context.dir, &name));
    let pump = Pump { place, context, hook, report: report.clone() };
    let Err(Halted(why)) = pump.run().await;
    tracing::error!(hook = name, why, "a webhook is halted until the next start");
    report.halted(&name, &why);
}

struct Pump {
    context: Arc<HookContext>,
    hook: Hook,
    place: Arc<PositionFile>,
    report: HookReports,
}

impl Pump {
    async fn run(self) -> Result<Infallible, Halted> {
        let sender = self.hook.target.sender(self.context.patience);
        let events = self.begin().await;
        let mut newest = events.newest();
        let known = *newest.borrow();
        let kept = self.place.read().map_err(|error| Halted(error.to_string()))?;
        let kept = kept.or(self.hook.after.map(Position::from)).unwrap_or(Position::from(known));
        let halted = |why: String| {
            Halted(format!("{why}. Remove the file {} to begin again", self.place.path().display()))
        };
        let mut after = self.context.ledger.fits(kept).map_err(|error| halted(error.to_string()))?;
        if after > known {
            return Err(halted(format!(
                "the hook has delivered commit {after}, but the newest commit is {known}: the store may be an older copy"
            )));
        }
        let mut written = after;
        self.keep(after).await?;
        tracing::info!(hook = self.hook.name, after = after.0, "a webhook starts");
        let longest = self.context.pauses.1;
        let mut pauses = growing_pauses(self.context.pauses).build();
        loop {
            if *newest.borrow_and_update() <= after {
                if newest.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                continue;
            }
            match self.next_event(&events, after).await {
                Ok(NextEvent::Nothing(upto)) => {
                    after = upto;
                    if after.0 - written.0 >= MAX_REREAD {
                        self.keep(after).await?;
                        written = after;
                    }
                    self.report.reached(&self.hook.name, after);
                }
                Ok(NextEvent::Event(seq, body)) => {
                    self.deliver(&sender, seq, &body).await?;
                    self.keep(seq).await?;
                    (after, written, pauses) = (seq, seq, growing_pauses(self.context.pauses).build());
                }
                Ok(NextEvent::Failed(outcome)) | Err(outcome) => {
                    let why = String::from_utf8_lossy(&outcome.body).into_owned();
                    tracing::warn!(
                        hook = self.hook.name,
                        after = after.0,
                        why,
                        "a webhook cannot read the next event"
                    );
                    self.report.failed(&self.hook.name, &why);
                    sleep(pauses.next().unwrap_or(longest)).await;
                }
            }
        }
    }

    /// Begins the subscription. Retries, because the item that it watches may not exist yet.
    async fn begin(&self) -> Arc<dyn Events> {
        let (query, variables) = message::subscription(&self.hook.wants);
        let longest = self.context.pauses.1;
        let mut pauses = growing_pauses(self.context.pauses).build();
        loop {
            let ask = Ask { query: query.to_owned(), variables: variables.clone(), ..Ask::default() };
            let begins = self.context.api.subscribe(ask, Principal::local());
            let why = match self.context.operations.spawn(begins).await {
                Ok(Subscribed::Events(events)) => return events,
                Ok(Subscribed::Refused(outcome)) => String::from_utf8_lossy(&outcome.body).into_owned(),
                Ok(Subscribed::NotASubscription(_)) => "it is not a subscription".to_owned(),
                Err(error) => error.to_string(),
            };
            tracing::warn!(hook = self.hook.name, why, "a webhook cannot begin");
            self.report.failed(&self.hook.name, &why);
            sleep(pauses.next().unwrap_or(longest)).await;
        }
    }

    async fn next_event(&self, events: &Arc<dyn Events>, after: Seq) -> Result<NextEvent, Outcome> {
        let search =
            Arc::clone(events).next_event(after, Arc::new(|| false), Budget::new(MEMORY).account().charge());
        self.context.operations.spawn(search).await.map_err(|_| Outcome::panicked())
    }

    /// Sends an event until it is accepted.
    async fn deliver(&self, sender: &Sender, seq: Seq, body: &[u8]) -> Result<(), Halted> {
        let name = &self.hook.name;
        let mut response: Value = serde_json::from_slice(body).unwrap_or_default();
        let data = response["data"]["event"].take();
        let message = Arc::new(HookMessage::new(name, &self.hook.secret, &self.hook.wants, seq, data));
        let mut failures = 0;
        let longest = self.context.pauses.1;
        let mut pauses = random_pauses(self.context.pauses).build();
        loop {
            let second = self.context.clock.now().div_euclid(1_000_000);
            let signature = message.sign(&self.hook.secret, second);
            let (why, after) = match try_once(sender, &message, second, signature).await {
                SendOutcome::Accepted => {
                    self.report.took(name);
                    if failures > 0 {
                        tracing::info!(
                            hook = name,
                            seq = seq.0,
                            failures,
                            "a webhook was accepted after retries"
                        );
                    }
                    return Ok(());
                }
                SendOutcome::Gone => return Err(Halted("the receiver answered 410 Gone".to_owned())),
                SendOutcome::Retry(why, after) => (why, after),
            };
            tracing::warn!(hook = name, seq = seq.0, failures, why, "a webhook was not accepted");
            self.report.failed(name, &why);
            let wait = after.unwrap_or_default().min(longest);
            sleep(pauses.next().unwrap_or(longest).max(wait)).await;
            failures += 1;
        }
    }

    async fn keep(&self, seq: Seq) -> Result<(), Halted> {
        self.report.reached(&self.hook.name, seq);
        let place = Arc::clone(&self.place);
        let position = self.context.ledger.position(seq);
        let kept =
            spawn_blocking(move || place.write(position)).await.unwrap_or_else(|error| Err(error.into()));
        kept.map_err(|error| Halted(format!("cannot save the position of the hook: {error}")))
    }
}

/// Returns the pauses after failures: each is twice as long as the one before, up to the longest.
/// They do not end.
pub(super) fn growing_pauses((first, longest): (Duration, Duration)) -> ExponentialBuilder {
    ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest).without_max_times()
}

/// Returns the same, but half of each is random, so that several hooks do not send at the same time
/// to a receiver that was away.
pub(super) fn random_pauses((first, longest): (Duration, Duration)) -> ExponentialBuilder {
    growing_pauses((first / 2, longest / 2)).with_jitter()
}

async fn try_once(
    sender: &Sender,
    message: &Arc<HookMessage>,
    second: i64,
    signature: Signature,
) -> SendOutcome {
    let (sender, message) = (sender.clone(), Arc::clone(message));
    let sent = spawn_blocking(move || sender.send(&message, second, &signature)).await;
    sent.unwrap_or_else(|error| SendOutcome::Retry(error.to_string(), None))
}
