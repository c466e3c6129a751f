//! The change feed: commits in the order of their seqs, after or before a seq.

use async_graphql::Result;

use crate::api::cursor::List;
use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::page::{Connection, Page};
use crate::api::scalars::After;
use crate::api::scope::Scope;
use crate::api::types::Commit;
use crate::domain::id;

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
    // The index of a commit is its number minus one.
    let end = before.map_or(newest, |end| end.saturating_sub(1));
    let start = after.unwrap_or(0).min(end);
    let size = Page::new(List::default(), asked.first, None, asked.last, None)?.range(end - start);
    let range = start + size.start..start + size.end;
    let nodes = range.clone().map(|place| Commit::new(scope.clone(), id::Seq(place as u64 + 1)));
    let mut connection = Page::default().slice(scope, newest, range.clone(), nodes);
    for (place, edge) in range.zip(&mut connection.edges) {
        edge.cursor = scope.view.position(id::Seq(place as u64 + 1)).to_string();
    }
    connection.page_info.start_cursor = connection.edges.first().map(|edge| edge.cursor.clone());
    connection.page_info.end_cursor = connection.edges.last().map(|edge| edge.cursor.clone());
    Ok(connection)
}

fn not_yet(asked: usize, newest: usize, hint: &str) -> async_graphql::Error {
    let message = format!("expected a seq up to {newest}, the newest commit, found {asked}: {hint}");
    errors::error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message)
}
