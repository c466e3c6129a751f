//! Pages of lineage closures, and reachability.

use std::collections::HashSet;

use async_graphql::Result;

use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::IncompleteReason;
use crate::api::errors;
use crate::api::inputs::PreparedFilter;
use crate::api::page::{Page, foreign_cursor};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::api::types::{LineageConnection, LineageEdge, Version};
use crate::domain::numbers::VersionNo;
use crate::lineage::walk::closure::{Direction, Stopped, Visit, Walk};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Walker};

/// The maximum number of versions that one request adds to a closure. A page beyond them resumes
/// from its cursor.
const MAX_NODES: usize = 1_000_000;

/// The number of versions that are filtered between two steps.
const AT_ONCE: usize = 1_024;

/// The arguments of a closure.
pub(in crate::api) struct ClosureArguments {
    pub from: Vec<VersionNo>,
    pub direction: Direction,
    pub roles: Option<Vec<String>>,
    pub max_depth: Option<i32>,
    pub stop_at: Option<PreparedFilter>,
    pub keep_only: Option<PreparedFilter>,
}

/// Validates the argument `maxDepth`.
pub(in crate::api) fn depth(asked: Option<i32>) -> Result<Option<u32>> {
    match asked.map(u32::try_from) {
        None => Ok(None),
        Some(Ok(depth)) if depth > 0 => Ok(Some(depth)),
        Some(_) => {
            let message = format!("`maxDepth` must be a number from 1, found {}", asked.unwrap_or_default());
            Err(errors::bad_input(message))
        }
    }
}

/// Returns a page of a closure.
pub(in crate::api) fn answer(
    scope: &Scope,
    budget: &RequestBudget,
    page: &Page,
    asked: ClosureArguments,
) -> Result<LineageConnection> {
    let max_depth = depth(asked.max_depth)?;
    let start = page.start();
    if start > scope.read(|at| at.visible()) as usize {
        return Err(foreign_cursor());
    }
    let walk = |again: &mut EdgeBudget| {
        scope.walk(|walker| {
            let stops =
                |at: At<'_>, version| asked.stop_at.as_ref().is_some_and(|filter| filter.finds(at, version));
            let walk = Walk {
                direction: asked.direction,
                roles: asked.roles,
                max_depth,
                stop_at: &stops,
                max_nodes: MAX_NODES,
                max_edges: budget.edges_left(Purpose::Questions),
                time_up: &|| budget.is_time_up(),
            };
            let closure = walker.closure_beyond(&asked.from, &walk, start, again);
            budget.followed(Purpose::Questions, closure.edges);
            let walked = closure.visits.len();
            // An entry's position is that in the complete traversal, shown or not, so that a cursor
            // resumes it.
            let mut visits: Vec<(usize, Visit)> = closure.visits.into_iter().enumerate().collect();
            if let Some(filter) = &asked.keep_only {
                visits = kept(walker, filter, visits);
            }
            (visits, walked, closure.stopped)
        })
    };
    // Entries before the cursor were charged to earlier requests.
    let (visits, walked, stopped) = budget.walk(Purpose::Again, walk)?;
    if let Some(reason) = stopped.filter(|reason| *reason != Stopped::Depth && walked <= start) {
        return Err(budget.stopped(Purpose::Again, reason));
    }
    let places: Vec<usize> = visits.iter().map(|(place, _)| *place).collect();
    let shown = visits[page.sparse_range(&places)].iter().map(|(place, visit)| (*place, *visit));
    let connection =
        page.sparse(scope, &places, |entry| Version::new(scope.clone(), visits[entry].1.version));
    let edges = connection.edges.into_iter().zip(shown).map(|(edge, (_, visit))| LineageEdge {
        cursor: edge.cursor,
        node: edge.node,
        depth: int(visit.depth),
    });
    // Versions beyond `maxDepth` need a larger `maxDepth`; resuming does not reach them.
    let resume = stopped.filter(|reason| *reason != Stopped::Depth).and_then(|_| page.resume(scope, walked));
    let info = connection.info.stopped(stopped.map(IncompleteReason::from), resume);
    Ok(LineageConnection {
        edges: edges.collect(),
        nodes: connection.nodes,
        page_info: connection.page_info,
        total_count: connection.total_count,
        info,
    })
}

/// Returns the visits that match a filter.
fn kept(
    walker: &mut Walker<'_>,
    filter: &PreparedFilter,
    visits: Vec<(usize, Visit)>,
) -> Vec<(usize, Visit)> {
    let mut kept = Vec::new();
    for some in visits.chunks(AT_ONCE) {
        let at = walker.at();
        kept.extend(some.iter().filter(|(_, visit)| filter.finds(at, visit.version)));
        walker.step(some.len());
    }
    kept
}

/// Returns for each of `from` and each of `to` whether it is the same version or downstream of it.
pub(in crate::api) fn reachable(
    scope: &Scope,
    budget: &RequestBudget,
    from: &[VersionNo],
    to: &[VersionNo],
) -> Result<Vec<Vec<bool>>> {
    let row = |start: &VersionNo| {
        let closure = scope.walk(|walker| {
            let walk = Walk {
                max_edges: budget.edges_left(Purpose::Questions),
                time_up: &|| budget.is_time_up(),
                ..Walk::unbounded(Direction::Down)
            };
            walker.closure(&[*start], &walk)
        });
        budget.followed(Purpose::Questions, closure.edges);
        if let Some(reason) = closure.stopped {
            return Err(budget.stopped(Purpose::Questions, reason));
        }
        let below: HashSet<VersionNo> = closure.visits.iter().map(|visit| visit.version).collect();
        Ok(to.iter().map(|end| end == start || below.contains(end)).collect())
    };
    from.iter().map(row).collect()
}
