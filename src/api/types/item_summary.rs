//! Items that match a filter, counted by group.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::grouped::{GroupValues, owned};
use super::{AttributePaths, AttributeValue};
use crate::api::cursor::List;
use crate::api::engine::budget::RequestBudget;
use crate::api::enums::{IncompleteReason, ItemKind};
use crate::api::inputs::GroupOrder;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::item::Kind;
use crate::lineage::query::summary::items::ItemGroupSize;
use crate::lineage::query::summary::{ItemGroups, ItemShared};
use crate::lineage::walk::closure::Stopped;

/// The approximate memory of a group besides its texts.
const GROUP: usize = size_of::<(ItemGroupShared, ItemGroupSize)>() + 32;

/// The items that match a filter, counted by group.
#[derive(Clone)]
pub struct ItemSummary {
    scope: Scope,
    list: List,
    paths: AttributePaths,
    groups: Arc<[(ItemGroupShared, ItemGroupSize)]>,
    total: usize,
    stopped: Option<Stopped>,
}

/// The properties that the items of a group have in common.
#[derive(Clone, Default)]
struct ItemGroupShared {
    kind: Option<Kind>,
    namespace: Option<String>,
    tag: Option<String>,
    author: Option<String>,
    values: GroupValues,
}

impl From<ItemShared<'_>> for ItemGroupShared {
    fn from(shared: ItemShared<'_>) -> Self {
        Self {
            kind: shared.kind,
            namespace: shared.namespace.map(str::to_owned),
            tag: shared.tag.map(str::to_owned),
            author: shared.author.map(str::to_owned),
            values: owned(&shared.values),
        }
    }
}

impl ItemSummary {
    /// Returns this summary, grouped by the values at `paths`, as the result of the field of `list`.
    #[must_use]
    pub fn new(scope: Scope, list: List, paths: AttributePaths, counted: ItemGroups<'_>) -> Self {
        let ItemGroups { groups, total, stopped } = counted;
        let groups = groups.into_iter().map(|(shared, size)| (shared.into(), size)).collect();
        Self { scope, list, paths, groups, total, stopped }
    }

    /// Charges the groups to the request; `None` if there is no memory for them, in which case the
    /// answer is refused.
    #[must_use]
    pub fn admitted(self, budget: &RequestBudget) -> Option<Self> {
        budget.admits(self.groups.len() * GROUP).then_some(self)
    }
}

/// The items that match a filter, counted: in total and by group.
#[Object]
impl ItemSummary {
    /// The number of items that match the filter, each counted once.
    async fn item_count(&self) -> i32 {
        int(self.total)
    }

    /// The groups that are not empty; at most 100,000. `totalCount` is their number, so the number of
    /// groups that a page leaves out is the difference.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "GroupOrder::CountDescending", desc = "The order.")] order_by: GroupOrder,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<ItemCount>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let places = order_by.places(self.groups.iter().map(|(_, size)| size.items));
        Ok(page.of(&self.scope, &places, |place| {
            let (shared, size) = &self.groups[place];
            ItemCount {
                kind: shared.kind.map(ItemKind::from),
                namespace: shared.namespace.clone(),
                tag: shared.tag.clone(),
                author: shared.author.clone(),
                values: self.paths.values(&self.scope, &shared.values, size.sample),
                item_count: int(size.items),
            }
        }))
    }

    /// The moment that was read. If it is complete, the counts are exact; otherwise they are lower
    /// bounds, and groups may be missing.
    async fn info(&self) -> ReadInfo {
        ReadInfo::of_complete(&self.scope).stopped(self.stopped.map(IncompleteReason::from), None)
    }
}

/// The number of items of a group. A property that was not grouped by is null.
#[derive(SimpleObject, Clone)]
pub struct ItemCount {
    /// Their kind.
    kind: Option<ItemKind>,
    /// Their namespace.
    namespace: Option<String>,
    /// The tag on their current versions; when grouped by tag, null for those without one.
    tag: Option<String>,
    /// The author of the commit of their current versions.
    author: Option<String>,
    /// The values at the paths of `attributes`, in that order. A list is one value.
    values: Vec<AttributeValue>,
    /// The number of items. One with several tags is counted in the group of each.
    item_count: i32,
}
