//! Statements.

use async_graphql::{Context, ID, Object, Result};

use super::{Activity, Commit, Version};
use crate::api::engine::budget::RequestBudget;
use crate::api::enums::StatementKind;
use crate::api::loaders::load;
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::lineage::index::statements::IndexedStatement;

/// A statement about an existing version.
#[derive(Clone)]
pub struct Statement {
    scope: Scope,
    said: IndexedStatement,
}

impl Statement {
    /// Returns this statement.
    #[must_use]
    pub const fn new(scope: Scope, said: IndexedStatement) -> Self {
        Self { scope, said }
    }
}

/// A statement about an existing version: that it was wrong, or not wrong after all.
#[Object]
impl Statement {
    /// `statement:`, its commit's number, a dot, and its index in the commit; with `@` and the seq
    /// of the moment if that is not the newest. One id always denotes the same content.
    pub async fn id(&self) -> ID {
        self.scope.id(self.said.id)
    }

    /// Its index among the statements of its commit, from 0.
    async fn place(&self) -> i32 {
        int(self.said.id.place)
    }

    /// The kind of the statement.
    async fn kind(&self) -> StatementKind {
        self.said.fact.kind.into()
    }

    /// The version it is about.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.said.fact.version)
    }

    /// The corrected version; CORRECTS only. Null if it is later than the view, which is possible
    /// if `knowledgeAt` is later.
    async fn by(&self) -> Option<Version> {
        let by = self.said.fact.by.filter(|by| self.scope.read(|at| at.sees(*by)))?;
        Some(Version::new(self.scope.clone(), by))
    }

    /// The reason.
    async fn reason(&self, ctx: &Context<'_>) -> Result<String> {
        let statement = load(ctx, self.said.id).await?;
        Ok(RequestBudget::of(ctx)?.text(&statement.reason))
    }

    /// Its author.
    async fn author(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(load(ctx, self.said.id.seq).await?.author.clone())
    }

    /// The activity that found it, if it was recorded.
    async fn activity(&self, ctx: &Context<'_>) -> Result<Option<Activity>> {
        let budget = RequestBudget::of(ctx)?;
        let statement = load(ctx, self.said.id).await?;
        Ok(statement.activity.as_ref().map(|activity| Activity::new(activity, budget)))
    }

    /// A note about it.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(load(ctx, self.said.id).await?.message.clone())
    }

    /// The commit that holds it.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.said.id.seq)
    }
}
