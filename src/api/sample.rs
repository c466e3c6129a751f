//! A small schema for tests of the way through: no domain type is in it.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Error, InputObject, Object, Result, Schema};

use super::code::{Code, Reason};
use super::cost::Limits;
use super::execute::{Execute, Executor};
use super::failure::Failure;
use crate::domain::principal::Principal;

/// An executor of the sample schema with the usual limits.
pub(crate) fn executor() -> Arc<dyn Execute> {
    let build = |mode| Schema::build(Query, Mutation, EmptySubscription).validation_mode(mode);
    let executor = Executor::new(build, |request, _| (request, None), Limits::default());
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
