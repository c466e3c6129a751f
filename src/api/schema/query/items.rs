//! Search: pages and counts of the items that match a filter.
//!
//! A cursor holds the sort key of an item and not its index, so a page costs the same at any depth.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, Error, Object, Result, SimpleObject};

use super::RootScope;
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::engine::code::{Code, Reason};
use crate::api::enums::{IncompleteReason, ItemGroup};
use crate::api::errors;
use crate::api::inputs::{ItemFilter, ItemOrder};
use crate::api::page::{Edge, Page, PageInfo, ReadInfo, foreign_cursor};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::api::types::{AttributePaths, Item, ItemSummary};
use crate::lineage::query::search::{Count, FoundPage, SearchOrder, TooFar, Window};
use crate::lineage::query::summary::items::MAX_GROUPS;
use crate::lineage::query::summary::{ItemAspect, ItemGrouping};
use crate::lineage::walk::flow::EdgeBudget;

/// The root fields of the search for items.
#[derive(Default, Clone)]
pub(in crate::api) struct ItemFields(RootScope);

impl ItemFields {
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

/// A page of the items that match a filter. The list is fixed at `info.seq`, and so are the pages
/// that its cursors lead to.
#[derive(SimpleObject)]
pub struct ItemConnection {
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<Item>>,
    /// The entries of this page.
    pub nodes: Vec<Item>,
    /// The position of the page in the list.
    pub page_info: PageInfo,
    /// The number of items that match the filter. Exact for up to 1,000,000 candidates; beyond
    /// that, see `totalCountIsExact`.
    pub total_count: i32,
    /// True if `totalCount` is exact; otherwise it is a lower bound. It is exact if the narrowest
    /// field of the filter, or the store, has at most 1,000,000 candidates, or if only namespaces
    /// and kinds are given.
    pub total_count_is_exact: bool,
    /// The moment at which the list was read, and the completeness of the page. It is incomplete if
    /// 1,000,000 candidates did not fill it: to continue, give `resume` as `after` (or as `before`
    /// if `last` was given).
    pub info: ReadInfo,
}

#[Object]
impl ItemFields {
    /// Returns the items that match a filter.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The items to return (default: all).")] filter: Option<ItemFilter>,
        #[graphql(desc = "The order (default: by namespace, kind and key).")] order_by: Option<ItemOrder>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<ItemConnection> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let selection = filter.unwrap_or_default().selection()?;
        let order = SearchOrder::from(order_by.unwrap_or_default());
        let asked = ["totalCount", "totalCountIsExact"];
        let counted = asked.iter().any(|name| ctx.look_ahead().field(name).exists());
        let answer = |budget: &mut EdgeBudget| {
            scope.walk(|walker| {
                let window = page.window();
                let mut places = [window.after, window.before].into_iter().flatten();
                if !places.all(|place| order.has(walker.at(), place)) {
                    return Err(foreign_cursor());
                }
                let search = walker.search(&selection, budget).map_err(too_far)?;
                let count = if counted { search.count(walker) } else { Count { number: 0, exact: false } };
                Ok((search.page(walker, order, window), count))
            })
        };
        let (found, count) = RequestBudget::of(ctx)?.follow(Purpose::Questions, answer)?;
        Ok(connection(&scope, &page, found, count))
    }

    /// Returns the number of items that match a filter, in total and by group: the facets of a
    /// search. It counts what `items` lists with the same filter. Each item that has to be looked at
    /// counts as one of the derivations that a request may follow; up to 1,000,000 of them are looked
    /// at. If there are more, the counts are lower bounds, and `info` reports it. Counts by kind and
    /// namespace are exact at any size if the filter has only `kinds` and `namespaces`.
    async fn item_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The items to count (default: all).")] filter: Option<ItemFilter>,
        #[graphql(
            default_with = "vec![ItemGroup::Kind]",
            desc = "The properties to group by; with an empty list, `attributes` alone."
        )]
        group_by: Vec<ItemGroup>,
        #[graphql(desc = "Groups also by the values at these paths of attributes of the current versions: \
                    names from the outside in, separated by dots. At most 4.")]
        attributes: Option<Vec<String>>,
    ) -> Result<Option<ItemSummary>> {
        let scope = self.0.scope(ctx)?;
        let selection = filter.unwrap_or_default().selection()?;
        let paths = AttributePaths::new(attributes)?;
        let by = group_by.into_iter().map(ItemAspect::from).collect();
        let grouping = ItemGrouping { by, paths: paths.keys() };
        let (list, request) = (List::of(ctx, "")?, RequestBudget::of(ctx)?);
        let summary = request.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| {
                let search = walker.search(&selection, budget).map_err(too_far)?;
                let counted = walker.items_by(&search, &grouping, MAX_GROUPS, budget);
                Ok(ItemSummary::new(scope.clone(), list, paths, counted))
            })
        });
        summary.map(|summary: ItemSummary| summary.admitted(request))
    }
}

fn connection(scope: &Scope, page: &Page, found: FoundPage, count: Count) -> ItemConnection {
    let Window { after, before, from_end, .. } = page.window();
    let cursor = |place: u32| page.cursor(scope, place);
    // If there is no memory for them, the complete answer is rejected.
    let most = if RequestBudget::admits_objects(found.items.len()) { usize::MAX } else { 0 };
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
        info: ReadInfo::of_complete(scope)
            .stopped(found.stopped.map(|_| IncompleteReason::Nodes), found.stopped.map(cursor)),
    }
}

fn too_far(far: TooFar) -> Error {
    errors::error(Code::BadUserInput, Some(Reason::LimitExceeded), far.to_string())
}
