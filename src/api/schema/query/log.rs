//! The root fields about the log: statements, and commits.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, Object, Result};

use super::RootScope;
use super::commits::{self, FeedPage};
use super::lineage::number;
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::engine::cost::DEFAULT_HISTOGRAM;
use crate::api::enums::CommitAxis;
use crate::api::inputs::{CommitFilter, StatementFilter, StatementOrder};
use crate::api::page::{Connection, Page};
use crate::api::scalars::{After, Seq};
use crate::api::types::{Commit, CommitBucket, Statement};
use crate::lineage::walk::flow::EdgeBudget;

/// The maximum number of sections of one histogram.
const MAX_BUCKETS: usize = 1_000;

#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
const HISTOGRAM: i32 = DEFAULT_HISTOGRAM as i32;

/// The root fields about the log, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct LogFields(RootScope);

impl LogFields {
    /// Returns the same fields at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl LogFields {
    /// Returns a commit by number; null if there is none.
    async fn commit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the commit.")] seq: Seq,
    ) -> Result<Option<Commit>> {
        let scope = self.0.scope(ctx)?;
        let exists = seq.0 > crate::domain::id::Seq::ZERO && seq.0 <= scope.view.seq();
        Ok(exists.then(|| Commit::new(scope, seq.0)))
    }

    /// Returns the change feed: every commit after a seq, in the order of seqs and without gaps; or
    /// the last ones before a seq. With a filter, only the commits that match it, and `totalCount`
    /// is their number.
    async fn commits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commits to return (default: all).")] filter: Option<CommitFilter>,
        #[graphql(desc = "Returns commits after this seq or cursor (default: from the first commit).")]
        after: Option<After>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns commits before this seq or cursor (default: up to the newest commit).")]
        before: Option<After>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
    ) -> Result<Connection<Commit>> {
        let asked = FeedPage { after, first, before, last };
        let scope = self.0.scope(ctx)?;
        match filter {
            None => commits::page(&scope, asked),
            Some(filter) => commits::filtered(ctx, &scope, asked, &filter.selection()?),
        }
    }

    /// Returns a histogram of the log: the number of commits, statements and versions in equal
    /// sections from the first to the last commit that is read, oldest first; empty for no commits.
    /// There are fewer sections than `buckets` if there are fewer commits (or, by time,
    /// microseconds).
    async fn commit_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commits to count (default: all). The sections cover its `committed`, \
                    whether their commits match the rest of the filter or not.")]
        filter: Option<CommitFilter>,
        #[graphql(default_with = "CommitAxis::Seq", desc = "The axis that is divided into sections.")]
        by: CommitAxis,
        #[graphql(default_with = "HISTOGRAM", desc = "The maximum number of sections: 1 to 1000.")]
        buckets: i32,
    ) -> Result<Option<Vec<CommitBucket>>> {
        let scope = self.0.scope(ctx)?;
        let buckets = number("buckets", buckets, MAX_BUCKETS)?;
        let selection = filter.unwrap_or_default().selection()?;
        let count = |budget: &mut EdgeBudget| {
            scope.walk(|walker| walker.commit_counts(&selection, by.into(), buckets, budget))
        };
        let counted = RequestBudget::of(ctx)?.follow(Purpose::Questions, count);
        let counted = counted.ok_or_else(|| commits::too_many("commits"))?;
        Ok(Some(counted.iter().map(CommitBucket::from).collect()))
    }

    /// Returns the statements that match a filter: what was corrected, retracted and reinstated, by
    /// whom and why.
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The statements to return (default: all).")] filter: Option<StatementFilter>,
        #[graphql(desc = "The order (default: newest first).")] order_by: Option<StatementOrder>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Statement>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let selection = filter.unwrap_or_default().selection()?;
        let read = |budget: &mut EdgeBudget| scope.walk(|walker| walker.statements(&selection, budget));
        let found = RequestBudget::of(ctx)?.follow(Purpose::Questions, read);
        let mut places = found.ok_or_else(|| commits::too_many("statements"))?;
        if order_by.unwrap_or_default() == StatementOrder::CommittedDescending {
            places.reverse();
        }
        Ok(page.of(&scope, &places, |place| {
            let said = scope.read(|at| *at.statement_at(place));
            Statement::new(scope.clone(), said)
        }))
    }
}
