//! Subscriptions: one run at the beginning, then one run for each event.
//!
//! The text is parsed, its cost checked and its arguments read when the subscription begins. Every
//! event is then answered like a separate request: with a new budget, and nothing kept from the
//! previous event.

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::{Error, ObjectType, Request, Response, ServerError, SubscriptionType};
use futures_util::StreamExt;
use tokio::sync::watch;

use super::deferred::DeferredLoads;
use super::shape::ShapePlan;
use super::{ExecutorInner, ExpectedKind, NotRun, PreparedRequest, answer, measure};
use crate::api::engine::budget::{RequestBudget, TimeUp};
use crate::api::engine::execute::watch::{Beginning, SubscriptionTurn, Watch, WatchFound};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::{Class, Outcome};
use crate::api::engine::request::Ask;
use crate::budget::{Budget, Charge};
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::Seq;
use crate::domain::principal::Principal;

/// The memory limit for the beginning of a subscription, in bytes. It determines what is watched
/// and produces no event.
const BEGINNING: u64 = 1024 * 1024;

/// The outcome of a request to begin a subscription.
pub enum Subscribed {
    /// It began.
    Events(Arc<dyn Events>),
    /// The request is a query or a mutation, which is answered instead.
    NotASubscription(Ask),
    /// It was refused.
    Refused(Outcome),
}

/// A running subscription.
pub trait Events: Send + Sync + 'static {
    /// Returns the identity of the events: subscriptions with equal keys have equal events.
    fn key(&self) -> [u8; 32];

    /// Returns the commit after which events are reported.
    fn after(&self) -> Seq;

    /// Returns the newest commit, to wait for the next one.
    fn newest(&self) -> watch::Receiver<Seq>;

    /// Searches the commits after `after` in ascending order for the first one to report, until
    /// time is up. At least one commit must exist. The event is charged to `memory` until it is
    /// returned.
    fn next_event(
        self: Arc<Self>,
        after: Seq,
        time_up: TimeUp,
        memory: Charge,
    ) -> Pin<Box<dyn Future<Output = NextEvent> + Send>>;
}

/// The result of a search for the next event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextEvent {
    /// Nothing to report up to and including this commit.
    Nothing(Seq),
    /// The event of this commit, as JSON.
    Event(Seq, Vec<u8>),
    /// A permanent failure that ends the subscription. All commits before the next one were
    /// reported.
    Failed(Outcome),
}

/// A running subscription of a schema.
struct RunningSubscription<Q, M, S> {
    inner: Arc<ExecutorInner<Q, M, S>>,
    prepared: PreparedRequest,
    watch: Arc<dyn Watch>,
    key: [u8; 32],
}

impl<Q, M, S> ExecutorInner<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    pub(super) async fn begin(self: Arc<Self>, ask: Ask, principal: Principal) -> Subscribed {
        let key = key(&ask, &principal);
        let prepared = match self.prepare(ask.clone(), principal, ExpectedKind::Events) {
            Ok(prepared) => prepared,
            Err(NotRun::NotASubscription) => return Subscribed::NotASubscription(ask),
            Err(not_run) => return Subscribed::Refused(not_run.outcome()),
        };
        let beginning = Beginning::default();
        let turn = SubscriptionTurn::Begins(beginning.clone());
        let memory = Budget::new(BEGINNING).account().charge();
        let (response, budget) = self.turn(prepared.clone(), turn, Arc::new(|| false), memory).await;
        if let Some(refused) = measure::refusal(&budget) {
            return Subscribed::Refused(refused);
        }
        if let Some(response) = response {
            return Subscribed::Refused(answer::event_outcome(response, &prepared.known.plan, &budget));
        }
        match beginning.take().as_slice() {
            [watch] => {
                let watch = Arc::clone(watch);
                Subscribed::Events(Arc::new(RunningSubscription { inner: self, prepared, watch, key }))
            }
            said => Subscribed::Refused(Outcome::failed(&Failure::bad_request(format!(
                "expected a subscription to one field without directives, found {} fields",
                said.len()
            )))),
        }
    }

    /// Runs a subscription once.
    async fn turn(
        &self,
        prepared: PreparedRequest,
        turn: SubscriptionTurn,
        time_up: TimeUp,
        memory: Charge,
    ) -> (Option<Response>, RequestBudget) {
        let schema = if prepared.is_counted { &self.counting } else { &self.plain };
        let limits = &self.limits;
        let room = measure::room(prepared.fields, prepared.is_counted, limits.answer, memory);
        let budget = RequestBudget::within(limits.edges, limits.cost, time_up, room);
        let loads = DeferredLoads::default();
        let request = Request::from(prepared).data(budget.clone()).data(turn);
        let (request, _) = (self.equip)(request, loads.clone());
        let mut responses = schema.execute_stream(request);
        let turn = loads.attend(budget.running(responses.next()), || budget.is_refused()).await;
        (turn.flatten(), budget)
    }
}

/// Returns the client's view of an error of a watch.
fn refused(error: Error, plan: &ShapePlan) -> Outcome {
    let extensions = error.extensions;
    let error = ServerError { extensions, ..ServerError::new(error.message, None) };
    let budget = RequestBudget::new(0, 0, Arc::new(|| false));
    answer::outcome(Response::from_errors(vec![error]), plan, None, &budget)
}

fn key(ask: &Ask, principal: &Principal) -> [u8; 32] {
    let mut variables = serde_json::Value::Object(ask.variables.clone());
    variables.sort_all_objects();
    let mut canon = Canon::new("stemma subscription v1");
    canon.field(ask.query.as_bytes());
    canon.optional(ask.operation_name.as_deref().map(str::as_bytes));
    canon.field(variables.to_string().as_bytes());
    canon.field(principal.name().as_bytes());
    canon.hash()
}

impl<Q, M, S> Events for RunningSubscription<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn key(&self) -> [u8; 32] {
        self.key
    }

    fn after(&self) -> Seq {
        self.watch.after()
    }

    fn newest(&self) -> watch::Receiver<Seq> {
        self.watch.newest()
    }

    fn next_event(
        self: Arc<Self>,
        after: Seq,
        time_up: TimeUp,
        memory: Charge,
    ) -> Pin<Box<dyn Future<Output = NextEvent> + Send>> {
        Box::pin(async move {
            let plan = &self.prepared.known.plan;
            let seq = match self.watch.next_commit(after, &time_up) {
                Ok(WatchFound::Nothing(upto)) => return NextEvent::Nothing(upto),
                Ok(WatchFound::Report(seq)) => seq,
                Err(error) => return NextEvent::Failed(refused(error, plan)),
            };
            let (response, budget) =
                self.inner.turn(self.prepared.clone(), SubscriptionTurn::Reports(seq), time_up, memory).await;
            if let Some(refused) = measure::refusal(&budget) {
                return NextEvent::Failed(refused);
            }
            let Some(response) = response else { return NextEvent::Failed(Outcome::panicked()) };
            match answer::event_outcome(response, plan, &budget) {
                Outcome { class: Class::Executed, body, .. } => NextEvent::Event(seq, body),
                failed => NextEvent::Failed(failed),
            }
        })
    }
}
