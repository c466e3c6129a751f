//! The change feed: commits in the order of their seqs, after or before a seq.

use std::ops::Range;

use async_graphql::{Context, Result};

use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::page::{Connection, Page};
use crate::api::scalars::After;
use crate::api::scope::Scope;
use crate::api::types::Commit;
use crate::domain::id;
use crate::lineage::query::statements::CommitSelection;
use crate::lineage::walk::flow::EdgeBudget;

/// The arguments of a page of the feed.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::api) struct FeedPage {
    pub(in crate::api) after: Option<After>,
    pub(in crate::api) first: Option<i32>,
    pub(in crate::api) before: Option<After>,
    pub(in crate::api) last: Option<i32>,
}

/// Returns the commits after a seq and before another.
///
/// A feed continues past the seq at which its last page was read, so its cursors are positions in
/// the log.
pub(in crate::api) fn page(scope: &Scope, asked: FeedPage) -> Result<Connection<Commit>> {
    let (newest, between) = between(scope, asked)?;
    let size = Page::new(List::default(), asked.first, None, asked.last, None)?.range(between.len());
    let range = between.start + size.start..between.start + size.end;
    let seqs: Vec<id::Seq> = range.clone().map(|place| id::Seq(place as u64 + 1)).collect();
    Ok(connection(scope, newest, range, &seqs))
}

/// Returns the commits that a selection finds after a seq and before another. The cursors are those
/// of the complete feed.
pub(in crate::api) fn filtered(
    ctx: &Context<'_>,
    scope: &Scope,
    asked: FeedPage,
    selection: &CommitSelection,
) -> Result<Connection<Commit>> {
    let (_, between) = between(scope, asked)?;
    let read = |budget: &mut EdgeBudget| scope.walk(|walker| walker.commits(selection, budget));
    let found = RequestBudget::of(ctx)?.follow(Purpose::Questions, read);
    let found = found.ok_or_else(|| too_many("commits"))?;
    // A commit's index in the feed is its number minus one.
    let place = |index: usize| found.partition_point(|seq| seq.0 <= index as u64);
    let (start, end) = (place(between.start), place(between.end));
    let size = Page::new(List::default(), asked.first, None, asked.last, None)?.range(end - start);
    let range = start + size.start..start + size.end;
    Ok(connection(scope, found.len(), range.clone(), &found[range]))
}

/// Returns the refusal of a filter whose span has more entries than one request may read.
pub(in crate::api) fn too_many(what: &str) -> async_graphql::Error {
    let message = format!("the filter would read more {what} than one request may: narrow its `committed`");
    errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), message)
}

/// Returns the number of commits, and the indexes of those that are asked about.
fn between(scope: &Scope, asked: FeedPage) -> Result<(usize, Range<usize>)> {
    let newest = usize::try_from(scope.view.seq().0).unwrap_or(usize::MAX);
    let place = |given: Option<After>| -> Result<Option<usize>> {
        let seq = given.map(|given| scope.view.fits(given.0)).transpose().map_err(errors::ledger)?;
        Ok(seq.map(|seq| usize::try_from(seq.0).unwrap_or(usize::MAX)))
    };
    let (after, before) = (place(asked.after)?, place(asked.before)?);
    if let Some(start) = after.filter(|start| *start > newest) {
        // In a store restored from a backup, such a subscription or page would never get anything.
        return Err(not_yet(start, newest, "continue after the newest"));
    }
    if let Some(end) = before.filter(|end| *end > newest) {
        return Err(not_yet(end, newest, "leave `before` out to end with the newest"));
    }
    let end = before.map_or(newest, |end| end.saturating_sub(1));
    Ok((newest, after.unwrap_or(0).min(end)..end))
}

/// Returns a page with these commits, which are at `range` in a list of `total`.
fn connection(scope: &Scope, total: usize, range: Range<usize>, seqs: &[id::Seq]) -> Connection<Commit> {
    let nodes = seqs.iter().map(|seq| Commit::new(scope.clone(), *seq));
    let mut connection = Page::default().slice(scope, total, range, nodes);
    for (seq, edge) in seqs.iter().zip(&mut connection.edges) {
        edge.cursor = scope.view.position(*seq).to_string();
    }
    connection.page_info.start_cursor = connection.edges.first().map(|edge| edge.cursor.clone());
    connection.page_info.end_cursor = connection.edges.last().map(|edge| edge.cursor.clone());
    connection
}

fn not_yet(asked: usize, newest: usize, hint: &str) -> async_graphql::Error {
    let message = format!("expected a seq up to {newest}, the newest commit, found {asked}: {hint}");
    errors::error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message)
}
