//! The states of many items, for a client that is about to write them.

use async_graphql::{Context, ID, Object, Result};

use super::{Item, Version};
use crate::api::engine::budget::RequestBudget;
use crate::api::inputs::placed;
use crate::api::scope::{Scope, item_id};
use crate::domain::id::ItemId;
use crate::domain::numbers::{ItemNo, VersionNo};

/// The state of one of the items that were asked for.
///
/// Without an id: clients with a cache store it in the field that returned it, so each moment and
/// each list of items has its own.
pub struct ItemState {
    scope: Scope,
    reference: ID,
    found: Option<(ItemNo, VersionNo)>,
}

impl ItemState {
    /// Returns the states of items, in the given order; duplicates are answered again. Every name is
    /// parsed before anything is looked up.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a malformed name, with its position in the list.
    pub fn list(ctx: &Context<'_>, scope: &Scope, items: Vec<ID>) -> Result<Vec<Self>> {
        let parse =
            |(place, item)| item_id(item).map_err(|error| placed(format_args!("`items[{place}]`"), error));
        let ids: Vec<ItemId> = items.iter().enumerate().map(parse).collect::<Result<_>>()?;
        // If there is no memory for the names, the complete answer is refused.
        if !RequestBudget::of(ctx)?.admits(items.iter().map(|item| item.len()).sum()) {
            return Ok(Vec::new());
        }
        let found: Vec<_> = scope.read(|at| {
            let state = |id| at.item(id).and_then(|item| Some((item, at.head(item)?)));
            ids.iter().map(state).collect()
        });
        let state = |(reference, found)| Self { scope: scope.clone(), reference, found };
        Ok(items.into_iter().zip(found).map(state).collect())
    }
}

/// The state of one of the items that `itemStates` was asked for, at the moment that is read.
#[Object]
impl ItemState {
    /// The name of the item as it was given in `items`.
    #[graphql(name = "ref")]
    async fn reference(&self, ctx: &Context<'_>) -> Result<ID> {
        Ok(ID(RequestBudget::of(ctx)?.text(&self.reference)))
    }

    /// True if the item exists.
    async fn exists(&self) -> bool {
        self.found.is_some()
    }

    /// The item; null if it does not exist.
    async fn item(&self) -> Option<Item> {
        self.found.map(|(item, _)| Item::new(self.scope.clone(), item))
    }

    /// Its current version, which is the newest one; null if the item does not exist.
    async fn head(&self) -> Option<Version> {
        self.found.map(|(_, head)| Version::new(self.scope.clone(), head))
    }
}
