//! The path from a request to its outcome: parse and validate once, check the cost and the
//! variables, run, classify the errors.
//!
//! Owns the order of these steps and the mapping of errors to [`Code`]s. Runs on the task of the
//! caller, which owns time limits, panics and the number of concurrent requests.

mod answer;
pub mod deferred;
pub mod events;
mod known;
mod measure;
mod not_run;
mod order;
mod running;
mod shape;
pub mod watch;

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::parser::Error as ParseError;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{
    Name, ObjectType, Positioned, Request, Schema, SchemaBuilder, SubscriptionType, ValidationMode, Value,
    Variables,
};

use super::budget::{RequestBudget, TimeUp};
use super::code::Code;
use super::cost::{self, Limits};
use super::failure::Failure;
use super::language::{self, rules};
use super::outcome::{Class, Outcome};
use super::request::{Allow, Ask, Caller};
use super::sdl::{CustomScalars, Sdl};
use super::variables;
use crate::budget::Charge;
use crate::domain::log::position::Position;
use crate::domain::principal::Principal;
use deferred::DeferredLoads;
pub use events::{Events, NextEvent, Subscribed};
pub use known::Pace;
use known::{Documents, KnownDocument, Size};
use not_run::NotRun;
use order::FieldOrder;

/// An executor of requests that hides the types of its schema.
pub trait Execute: Send + Sync + 'static {
    /// Answers one request. Resolvers find the caller's
    /// [`Principal`](crate::domain::principal::Principal) in the request's data.
    fn execute(&self, ask: Ask, caller: Caller) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        self.execute_until(ask, caller, Arc::new(|| false))
    }

    /// Answers one request. A walk that can be continued later ends when `time_up` returns true,
    /// and its answer says so.
    fn execute_until(
        &self,
        ask: Ask,
        caller: Caller,
        time_up: TimeUp,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

    /// Begins a subscription. The caller then runs it event by event.
    fn subscribe(&self, ask: Ask, principal: Principal) -> Pin<Box<dyn Future<Output = Subscribed> + Send>>;

    /// Returns the pace of recent requests like this one; `None` for the first of its kind.
    fn pace(&self, _ask: &Ask) -> Option<Pace> {
        None
    }
}

/// A schema with the limits of its requests.
pub struct Executor<Q, M, S>(Arc<ExecutorInner<Q, M, S>>);

struct ExecutorInner<Q, M, S> {
    /// Runs requests whose answers are as large as their text says.
    plain: Schema<Q, M, S>,
    /// Runs requests whose answers are counted while they grow. Separate, because with an extension
    /// the engine wraps every field.
    counting: Schema<Q, M, S>,
    equip: Equip,
    largest: Largest,
    limits: Limits,
    sdl: Sdl,
    documents: Documents,
}

/// Adds the data of resolvers to a request, including its deferred loads.
type Equip = Box<dyn Fn(Request, DeferredLoads) -> (Request, Option<AnswerMoment>) + Send + Sync>;

/// Returns the approximate number of entries of the longest list.
type Largest = Box<dyn Fn() -> u64 + Send + Sync>;

/// The position of an answer in the log.
pub struct AnswerMoment {
    /// The position at which a query reads.
    pub read: Position,
    /// Returns the newest commit. It is called when a mutation has ended, so what the mutation
    /// wrote is at or before it.
    pub written: Box<dyn Fn() -> Position + Send + Sync>,
}

impl<Q, M, S> Executor<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Creates an executor for the schema that `build` makes. The schema's own limits may be off;
    /// `limits` replaces them. `equip` is called once for every request, just before it runs;
    /// `largest` only for requests that would exceed the cost limit on a large store.
    ///
    /// # Errors
    /// [`BadSchema`] if the schema's own text cannot be parsed.
    pub(in crate::api) fn new(
        build: impl Fn() -> SchemaBuilder<Q, M, S>,
        equip: impl Fn(Request, DeferredLoads) -> (Request, Option<AnswerMoment>) + Send + Sync + 'static,
        largest: impl Fn() -> u64 + Send + Sync + 'static,
        limits: Limits,
        scalars: CustomScalars,
    ) -> Result<Self, BadSchema> {
        // Documents are validated before they reach the engine.
        let plain = build().validation_mode(ValidationMode::Fast).finish();
        let counting = build().validation_mode(ValidationMode::Fast).extension(measure::Counting).finish();
        let sdl = Sdl::read(&plain.sdl())?.with_scalars(scalars);
        let (equip, largest, documents) = (Box::new(equip), Box::new(largest), Documents::new());
        Ok(Self(Arc::new(ExecutorInner { plain, counting, equip, largest, limits, sdl, documents })))
    }
}

/// A schema whose exported text is not GraphQL: a bug that the first test of any schema shows.
#[derive(Debug, thiserror::Error)]
#[error("the schema's text cannot be read back: {0}")]
pub struct BadSchema(#[from] ParseError);

impl<Q, M, S> Execute for Executor<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn execute_until(
        &self,
        ask: Ask,
        caller: Caller,
        time_up: TimeUp,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let Caller { principal, allow, memory } = caller;
            match inner.prepare(ask, principal, ExpectedKind::Answer(allow)) {
                Ok(prepared) => inner.run(prepared, time_up, memory).await,
                Err(not_run) => not_run.outcome(),
            }
        })
    }

    fn subscribe(&self, ask: Ask, principal: Principal) -> Pin<Box<dyn Future<Output = Subscribed> + Send>> {
        Box::pin(Arc::clone(&self.0).begin(ask, principal))
    }

    fn pace(&self, ask: &Ask) -> Option<Pace> {
        let known = self.0.documents.get(&ask.query, ask.operation_name.as_deref())?;
        Some(Pace::of(known, &ask.variables))
    }
}

/// A request that passed all checks.
#[derive(Clone)]
struct PreparedRequest {
    query: String,
    variables: Variables,
    extensions: serde_json::Map<String, serde_json::Value>,
    /// The document to run, without the arguments whose variables are missing.
    document: ExecutableDocument,
    principal: Principal,
    known: Arc<KnownDocument>,
    /// The number of fields that it selects, with all fragments spread.
    fields: u64,
    /// If true, the answer is counted while it grows.
    is_counted: bool,
}

/// The expected kind of operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ExpectedKind {
    /// A query or mutation with one answer.
    Answer(Allow),
    /// A subscription.
    Events,
}

impl From<PreparedRequest> for Request {
    fn from(prepared: PreparedRequest) -> Self {
        let PreparedRequest { query, variables, extensions, document, principal, .. } = prepared;
        let mut request = Self::new(query).variables(variables).data(principal);
        let extensions = extensions.into_iter();
        request.extensions.extend(extensions.filter_map(|(name, value)| Some((name, constant(value).ok()?))));
        request.set_parsed_query(document);
        request
    }
}

impl<Q, M, S> ExecutorInner<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    async fn run(&self, prepared: PreparedRequest, time_up: TimeUp, memory: Charge) -> Outcome {
        let before = memory.bytes();
        if let Err(exhausted) = memory.grow(prepared.fields * measure::FIELD) {
            return Outcome::failed(&Failure::from(&exhausted));
        }
        let known = Arc::clone(&prepared.known);
        let schema = if prepared.is_counted { &self.counting } else { &self.plain };
        let flags = order::flags(&prepared.variables);
        let limits = &self.limits;
        let room = measure::room(prepared.fields, prepared.is_counted, limits.answer, memory.clone());
        let budget = RequestBudget::within(limits.edges, limits.cost, time_up, room);
        let loads = DeferredLoads::default();
        let (request, moment) = (self.equip)(Request::from(prepared).data(budget.clone()), loads.clone());
        // Each field at the root of a mutation is a write that runs, whatever the answer is.
        let may_end = known.kind != OperationType::Mutation;
        let answering = budget.running(schema.execute(request));
        let response = loads.attend(answering, || may_end && budget.is_refused()).await;
        let order = FieldOrder { running: &known.running, flags: &flags, sdl: &self.sdl };
        let order = Some(&order).filter(|_| known.plan.is_unordered());
        let outcome = measure::refusal(&budget)
            .or_else(|| Some(answer::outcome(response?, &known.plan, order, &budget)))
            .unwrap_or_else(Outcome::panicked);
        memory.keep(before + outcome.body.len() as u64);
        let ran = moment.filter(|_| outcome.class == Class::Executed);
        let position = ran.map(|moment| match known.kind {
            OperationType::Mutation => (moment.written)(),
            OperationType::Query | OperationType::Subscription => moment.read,
        });
        Outcome { position, ..outcome }
    }

    fn prepare(
        &self,
        ask: Ask,
        principal: Principal,
        wanted: ExpectedKind,
    ) -> Result<PreparedRequest, NotRun> {
        let Ask { query, operation_name, variables, extensions } = ask;
        let (limits, sdl, name) = (&self.limits, &self.sdl, operation_name.as_deref());
        let text = match self.documents.get(&query, name) {
            Some(known) => DocumentText::Known(known),
            None => DocumentText::New(read(&query, limits)?),
        };
        let document = text.document();
        let operation = select(document, name)?;
        match (operation.ty, wanted) {
            (OperationType::Query, ExpectedKind::Answer(_))
            | (OperationType::Mutation, ExpectedKind::Answer(Allow::Mutations))
            | (OperationType::Subscription, ExpectedKind::Events) => {}
            (OperationType::Mutation, ExpectedKind::Answer(Allow::Queries)) => {
                return Err(NotRun::NotOverThisMethod);
            }
            (OperationType::Subscription, ExpectedKind::Answer(_)) => {
                return Err(Failure::bad_request(
                    "expected a query or a mutation, found a subscription: subscriptions are answered over a WebSocket \
                     (graphql-transport-ws), or as `Accept: text/event-stream`",
                )
                .into());
            }
            (_, ExpectedKind::Events) => return Err(NotRun::NotASubscription),
        }
        let mut variables = Variables::from_value(object(variables)?);
        let fit = cost::check_within(document, &variables, name, limits, &self.largest)?;
        let known = match &text {
            DocumentText::Known(known) => Arc::clone(known),
            DocumentText::New(new) => {
                let facts = rules::check(new, name, sdl, limits.comparisons)?;
                let size = Size { bytes: query.len(), depth: fit.cost.depth };
                let known = Arc::new(KnownDocument::new(document, operation, facts, size, sdl));
                self.documents.keep(&query, name, &known);
                known
            }
        };
        let missing = variables::coerce(operation, &known.facts, sdl, &mut variables)?;
        let mut document = known.running.clone();
        variables::leave_out(&mut document, &missing);
        let (fields, is_counted) = (fit.cost.nodes, fit.is_capped || known.plan.is_guessed());
        Ok(PreparedRequest { query, variables, extensions, document, principal, known, fields, is_counted })
    }
}

/// A cached document, or one that has yet to be validated.
enum DocumentText {
    Known(Arc<KnownDocument>),
    New(language::ParsedDocument),
}

impl DocumentText {
    fn document(&self) -> &ExecutableDocument {
        match self {
            Self::Known(known) => &known.document,
            Self::New(new) => &new.executable,
        }
    }
}

/// Parses a document that is not in the cache.
fn read(query: &str, limits: &Limits) -> Result<language::ParsedDocument, NotRun> {
    cost::check_text(query, limits)?;
    Ok(language::parse(query)?)
}

/// Selects the operation to run.
fn select<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Failure> {
    let refuse = |message: String| Failure::new(Code::OperationResolutionFailure, message);
    match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Ok(&only.node),
        (DocumentOperations::Multiple(all), Some(name)) => {
            all.get(name).map(|operation| &operation.node).ok_or_else(|| {
                refuse(format!(
                    "the document has no operation named {:?}; it has {}",
                    short(name),
                    names(all.keys())
                ))
            })
        }
        (DocumentOperations::Single(_), Some(name)) => Err(refuse(format!(
            "the document has no operation named {:?}; its only operation has no name, so leave `operationName` out",
            short(name)
        ))),
        (DocumentOperations::Multiple(all), None) => match all.values().next() {
            Some(Positioned { node, .. }) if all.len() == 1 => Ok(node),
            _ => Err(refuse(format!(
                "`operationName` is required for a document with several operations: give one of {}",
                names(all.keys())
            ))),
        },
    }
}

fn names<'a>(names: impl Iterator<Item = &'a Name>) -> String {
    let mut names: Vec<_> = names.map(Name::as_str).collect();
    names.sort_unstable();
    names.join(", ")
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn object(map: serde_json::Map<String, serde_json::Value>) -> Result<Value, Failure> {
    constant(serde_json::Value::Object(map))
}

fn constant(value: serde_json::Value) -> Result<Value, Failure> {
    Value::from_json(value)
        .map_err(|error| Failure::bad_request(format!("`variables` cannot be read: {error}")))
}

#[cfg(test)]
mod tests;
