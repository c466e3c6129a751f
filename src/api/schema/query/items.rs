//! Search: the items that a filter finds, page by page.
//!
//! A cursor holds the place of an item in its order, not how many come before it, so a page costs the same wherever it is.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, Error, Object, Result, SimpleObject};

use super::RootScope;
use crate::api::cursor::List;
use crate::api::engine::budget::{Purpose, Spending};
use crate::api::engine::code::{Code, Reason};
use crate::api::enums::IncompleteReason;
use crate::api::errors;
use crate::api::inputs::{ItemFilter, ItemOrder};
use crate::api::page::{Edge, Page, PageInfo, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::api::types::Item;
use crate::lineage::query::search::{Count, Found, Order, TooFar, Window};
use crate::lineage::walk::flow::Budget;

/// Items that a filter finds.
#[derive(Default, Clone)]
pub(in crate::api) struct Items(RootScope);

impl Items {
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

/// A page of the items that a filter finds. The list is fixed at `info.seq`, and so are the pages that its cursors lead
/// to.
#[derive(SimpleObject)]
pub struct ItemConnection {
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<Item>>,
    /// The entries of this page.
    pub nodes: Vec<Item>,
    /// Where the page stands in the list.
    pub page_info: PageInfo,
    /// How many items the filter finds. Exact for up to 1,000,000 candidates; beyond that, see `totalCountIsExact`.
    pub total_count: i32,
    /// Whether `totalCount` is exact. Where it is not, there are at least so many. It is exact where the narrowest field
    /// of the filter, or the whole store, has at most 1,000,000 candidates, and where only namespaces and kinds are given.
    pub total_count_is_exact: bool,
    /// What the list was read at, and whether the page is whole. It is not where 1,000,000 candidates did not fill it:
    /// give `resume` as `after` (as `before` where `last` was asked for) to look on.
    pub info: ReadInfo,
}

#[Object]
impl Items {
    /// The items that a filter finds.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items; all where left out.")] filter: Option<ItemFilter>,
        #[graphql(desc = "The order; by namespace, kind and key where left out.")] order_by: Option<
            ItemOrder,
        >,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<ItemConnection> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let selection = filter.unwrap_or_default().selection()?;
        let order = Order::from(order_by.unwrap_or_default());
        let asked = ["totalCount", "totalCountIsExact"];
        let counted = asked.iter().any(|name| ctx.look_ahead().field(name).exists());
        let answer = |budget: &mut Budget| {
            scope.walk(|walker| {
                let window = page.window();
                let mut places = [window.after, window.before].into_iter().flatten();
                if !places.all(|place| order.has(walker.at(), place)) {
                    return Err(errors::bad_input("this is not a cursor of this list"));
                }
                let search = walker.search(&selection, budget).map_err(too_far)?;
                let count = if counted { search.count(walker) } else { Count { number: 0, exact: false } };
                Ok((search.page(walker, order, window), count))
            })
        };
        let (found, count) = Spending::of(ctx)?.follow(Purpose::Questions, answer)?;
        Ok(connection(&scope, &page, found, count))
    }
}

fn connection(scope: &Scope, page: &Page, found: Found, count: Count) -> ItemConnection {
    let Window { after, before, from_end, .. } = page.window();
    let cursor = |place: u32| page.cursor(scope, place);
    // Without memory for them the whole answer is refused.
    let most = if Spending::admits_objects(found.items.len()) { usize::MAX } else { 0 };
    let edges: Vec<Edge<Item>> = found
        .items
        .iter()
        .take(most)
        .map(|(place, item)| Edge { cursor: cursor(*place), node: Item::new(scope.clone(), *item) })
        .collect();
    let more_at_start = if from_end { found.more } else { after.is_some() };
    let more_at_end = if from_end { before.is_some() } else { found.more || before.is_some() };
    ItemConnection {
        nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
        page_info: PageInfo {
            has_previous_page: more_at_start && (found.more || !edges.is_empty()),
            has_next_page: more_at_end,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        },
        edges,
        total_count: int(count.number),
        total_count_is_exact: count.exact,
        info: ReadInfo {
            complete: found.stopped.is_none(),
            incomplete_reason: found.stopped.map(|_| IncompleteReason::Nodes),
            resume: found.stopped.map(cursor),
            ..ReadInfo::whole(scope)
        },
    }
}

fn too_far(far: TooFar) -> Error {
    errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), far.to_string())
}
