//! The change feed: commits in order, from a seq on.

use async_graphql::Result;

use crate::api::cursor::List;
use crate::api::engine::code::{Code, Reason};
use crate::api::errors;
use crate::api::page::{Connection, Page};
use crate::api::scalars::After;
use crate::api::scope::Scope;
use crate::api::types::Commit;
use crate::domain::id;

/// The commits after a seq.
///
/// A feed goes on past the seq at which its last page was read, so its cursors are positions in the log.
pub(in crate::api) fn after(
    scope: &Scope,
    after: Option<After>,
    first: Option<i32>,
) -> Result<Connection<Commit>> {
    let newest = usize::try_from(scope.view.seq().0).unwrap_or(usize::MAX);
    let after = after.map(|after| scope.view.fits(after.0)).transpose().map_err(errors::ledger)?;
    let start = after.map_or(0, |seq| usize::try_from(seq.0).unwrap_or(usize::MAX));
    if start > newest {
        // Nothing would ever come after it where a store was restored from a backup.
        let message = format!("there is no commit {start} yet; the newest is {newest}: go on after that");
        return Err(errors::error(Code::BadUserInput, Some(Reason::AsOfUnavailable), message));
    }
    let size = Page::new(List::default(), first, None, None, None)?.range(newest - start);
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
