//! A small schema without domain types, for tests of the request path.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Error, InputObject, Object, Result, Schema, SimpleObject};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::budget::TimeUp;
use super::code::{Code, Reason};
use super::cost::Limits;
use super::execute::watch::{SubscriptionTurn, Watch, WatchFound};
use super::execute::{Execute, Executor};
use super::failure::Failure;
use super::sdl::CustomScalars;
use crate::domain::id::Seq;
use crate::domain::principal::Principal;

/// Creates an executor of the sample schema with the default limits.
pub(crate) fn executor() -> Arc<dyn Execute> {
    let build = || Schema::build(Query, Mutation, Subscription);
    let executor = Executor::new(
        build,
        |request, _| (request, None),
        || u64::MAX,
        Limits::default(),
        CustomScalars::UNCHECKED,
    );
    Arc::new(executor.expect("the sample schema reads back"))
}

struct Query;

#[derive(InputObject)]
struct Role {
    #[graphql(default = 3)]
    rank: i32,
}

#[Object]
impl Query {
    async fn one(&self) -> i32 {
        1
    }
    async fn me(&self, context: &Context<'_>) -> Result<String> {
        Ok(context.data::<Principal>()?.name().to_owned())
    }
    async fn echo(&self, #[graphql(default = 7)] x: i32) -> i32 {
        x
    }
    async fn rank(&self, role: Role) -> i32 {
        role.rank
    }
    async fn ranks(&self, roles: Vec<Option<i32>>) -> Vec<Option<i32>> {
        roles
    }
    async fn text(&self, length: usize) -> String {
        "x".repeat(length)
    }
    async fn missing(&self) -> Result<Option<i32>> {
        Err(Failure::new(Code::BadUserInput, "no such thing").because(Reason::NotFound))?
    }
    async fn leaks(&self) -> Result<Option<i32>> {
        Err(Error::new("SELECT * FROM /var/lib"))
    }
    async fn required(&self) -> Result<i32> {
        Err(Error::new("SELECT * FROM /var/lib"))
    }
    async fn pause(&self, ms: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ms
    }
    async fn panics(&self) -> i32 {
        "x".to_owned().parse().expect("a resolver panicked on purpose")
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn write(&self) -> i32 {
        1
    }
}

struct Subscription;

/// The event of a commit in the sample schema.
#[derive(SimpleObject)]
struct Tick {
    seq: u64,
    text: String,
}

#[async_graphql::Subscription]
impl Subscription {
    /// Reports the commits up to `upto`, each with `size` bytes. No more commits follow.
    async fn ticks(
        &self,
        context: &Context<'_>,
        upto: u64,
        #[graphql(default)] size: usize,
    ) -> Result<impl Stream<Item = Tick>> {
        begin(context, watch::Sender::new(Seq(upto)), size)
    }

    /// Begins without commits; then `by` commits appear at once.
    async fn surge(&self, context: &Context<'_>, by: u64) -> Result<impl Stream<Item = Tick>> {
        let newest = watch::Sender::new(Seq::ZERO);
        let later = newest.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            later.send_replace(Seq(by));
        });
        begin(context, newest, 0)
    }
}

fn begin(context: &Context<'_>, newest: watch::Sender<Seq>, size: usize) -> Result<impl Stream<Item = Tick>> {
    Ok(stream::iter(match context.data::<SubscriptionTurn>()? {
        SubscriptionTurn::Begins(beginning) => {
            beginning.register(Ticks(newest));
            None
        }
        SubscriptionTurn::Reports(seq) => Some(Tick { seq: seq.0, text: "x".repeat(size) }),
    }))
}

struct Ticks(watch::Sender<Seq>);

impl Watch for Ticks {
    fn after(&self) -> Seq {
        Seq::ZERO
    }
    fn newest(&self) -> watch::Receiver<Seq> {
        self.0.subscribe()
    }
    fn next_commit(&self, after: Seq, _: &TimeUp) -> Result<WatchFound> {
        Ok(WatchFound::Report(after.next()))
    }
}
