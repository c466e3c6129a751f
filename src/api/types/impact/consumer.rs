//! Affected consumers: models, evaluations and deployments that saw something wrong.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, Result};

use super::super::{Tag, Version};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::Inclusion;
use crate::api::page::{Connection, Page};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{self, Consumers, Seen};

/// An answer, shared by the objects that show it.
#[derive(Clone)]
struct ConsumerAnswer {
    scope: Scope,
    /// The list and the part whose entries the consumers are.
    list: Arc<str>,
    consumers: Arc<Consumers>,
}

/// A model, an evaluation or a deployment that saw something wrong, or is wrong itself.
#[derive(Clone)]
pub struct AffectedConsumer {
    answer: ConsumerAnswer,
    place: usize,
    /// The versions it saw, computed for the first field that needs them.
    seen: Arc<OnceLock<Vec<Seen>>>,
}

impl AffectedConsumer {
    /// Returns the consumers at some positions of an answer, which was read in a scope, for the
    /// entries of a list.
    pub(in crate::api) fn of(
        scope: &Scope,
        list: String,
        consumers: Arc<Consumers>,
        range: Range<usize>,
    ) -> impl Iterator<Item = Self> {
        let answer = ConsumerAnswer { scope: scope.clone(), list: list.into(), consumers };
        range.map(move |place| Self { answer: answer.clone(), place, seen: Arc::default() })
    }

    fn row(&self) -> &impact::ConsumerVersion {
        &self.answer.consumers.consumers[self.place]
    }

    fn scope(&self) -> &Scope {
        &self.answer.scope
    }

    fn version(&self, version: VersionNo) -> Version {
        Version::new(self.scope().clone(), version)
    }

    fn seen(&self) -> &[Seen] {
        self.seen.get_or_init(|| self.scope().walk(|walker| self.answer.consumers.seen(walker, self.row())))
    }

    fn list(&self, ctx: &Context<'_>) -> Result<List> {
        List::of(ctx, format_args!("{}/{}", self.answer.list, self.row().version.0))
    }
}

/// A model, an evaluation or a deployment that saw something wrong, or is wrong itself. It is one
/// row, even if several training sets and paths lead to it.
#[Object]
impl AffectedConsumer {
    /// The model, evaluation or deployment.
    async fn consumer(&self) -> Version {
        self.version(self.row().version)
    }

    /// True if it is its item's current version.
    async fn is_head(&self) -> bool {
        self.scope().read(|at| at.is_head(self.row().version))
    }

    /// The tags that point at it.
    async fn tags(&self) -> Vec<Tag> {
        let version = self.row().version;
        let moves = self.scope().read(|at| at.tags(version).into_iter().copied().collect::<Vec<_>>());
        moves.into_iter().map(|moved| Tag::new(self.scope().clone(), moved)).collect()
    }

    /// The closest relation to any of it: SELF if it is wrong itself; DIRECT if it was trained on a
    /// set that pins a wrong version, or was made from a wrong version; DERIVED if there are
    /// versions between them; COARSE if only a derivation of an incomplete set connects them. An
    /// evaluation or a deployment sees what its model saw.
    async fn inclusion(&self) -> Inclusion {
        let strongest = self.seen().iter().map(|seen| seen.inclusion).min();
        strongest.unwrap_or(impact::Inclusion::Coarse).into()
    }

    /// The number of wrong versions that it saw or is, each counted once.
    async fn wrong_count(&self) -> i32 {
        int(self.seen().len())
    }

    /// The wrong versions that it saw or is, by item and then by age.
    async fn wrong(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(self.scope())?;
        Ok(page.of(self.scope(), self.seen(), |seen| self.version(seen.wrong)))
    }

    /// The versions through which it saw them, oldest first: training set versions that hold any of
    /// them or are wrong, and models, evaluations and deployments that are wrong or were made from
    /// something wrong without a training set.
    async fn through(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(self.scope())?;
        let through = self.scope().walk(|walker| self.answer.consumers.through(walker, self.row()));
        Ok(page.of(self.scope(), &through, |version| self.version(version)))
    }

    /// True if any of them was known to be wrong when it was made. That it is wrong itself does not
    /// count.
    async fn stale_at_build(&self) -> bool {
        self.seen().iter().any(|seen| seen.stale_at_build)
    }

    /// The first later version of the same item that is not wrong and saw no wrong version of the
    /// items of these, asked about or not. If it is wrong itself: that is not wrong and saw nothing
    /// wrong at all. Null if there is none, and if the relation is only COARSE.
    async fn fixed_in(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let seen = self.seen();
        let fixed = RequestBudget::of(ctx)?.walk(Purpose::Objects, |budget| {
            self.scope().walk(|walker| self.answer.consumers.fixed_in(walker, self.row(), seen, budget))
        })?;
        Ok(fixed.map(|version| self.version(version)))
    }
}
