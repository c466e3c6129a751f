//! Items.

use async_graphql::{Context, ID, Object, Result};

use super::{Tag, Version};
use crate::api::cursor::List;
use crate::api::engine::budget::RequestBudget;
use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::api::page::{Connection, Page};
use crate::api::scalars::Time;
use crate::api::scope::Scope;
use crate::domain::id::ItemId;
use crate::domain::numbers::ItemNo;

/// An object with a stable identity through all its changes: an image, the label of that image, a
/// training set, a model.
#[derive(Clone)]
pub struct Item {
    scope: Scope,
    no: ItemNo,
}

impl Item {
    /// Returns the item with this number.
    #[must_use]
    pub const fn new(scope: Scope, no: ItemNo) -> Self {
        Self { scope, no }
    }

    fn item_id(&self) -> ItemId {
        self.scope.read(|at| at.key(self.no).id())
    }
}

/// An object with a stable identity through all its changes: an image, the label of that image, a
/// training set, a model. Its identity is its namespace, kind and key.
#[Object]
impl Item {
    /// `item:` and 64 hex digits; with `@` and the seq of the moment if that is not the newest, and
    /// `~` and the seq of `knowledgeAt` if that is another. One id always denotes the same content.
    pub async fn id(&self) -> ID {
        self.scope.id(self.item_id())
    }

    /// `item:` and 64 hex digits, the same at every moment: the hash of namespace, kind and key.
    async fn hash(&self) -> ID {
        ID(self.item_id().to_string())
    }

    /// The namespace of the key.
    async fn namespace(&self) -> String {
        self.scope.read(|at| at.key(self.no).namespace.to_string())
    }

    /// The kind of the item.
    async fn kind(&self) -> ItemKind {
        self.scope.read(|at| at.key(self.no).kind).into()
    }

    /// Its name within namespace and kind.
    async fn key(&self, ctx: &Context<'_>) -> Result<String> {
        let budget = RequestBudget::of(ctx)?;
        Ok(self.scope.read(|at| budget.text(at.key(self.no).key())))
    }

    /// The current version.
    async fn head(&self) -> Result<Version> {
        let head = self
            .scope
            .read(|at| at.head(self.no))
            .ok_or_else(|| errors::not_found("head of item", self.no.0))?;
        Ok(Version::new(self.scope.clone(), head))
    }

    /// The version with this number in the item's history; null if there is none.
    async fn version(
        &self,
        #[graphql(desc = "The number of the version, from 1.")] number: i32,
    ) -> Option<Version> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        let found = self.scope.read(|at| at.history(self.no).get(place).copied());
        found.map(|version| Version::new(self.scope.clone(), version))
    }

    /// The time at which the item's first version was committed.
    async fn created_at(&self) -> Time {
        let first = self.scope.read(|at| at.index().time(at.seq_of_item(self.no)));
        Time(first.unwrap_or(0))
    }

    /// All versions, oldest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees_item(self.no))?;
        let history = scope.read(|at| at.history(self.no).to_vec());
        Ok(page.of(&scope, &history, |version| Version::new(scope.clone(), version)))
    }

    /// The tags on the item's versions, by version.
    async fn tags(&self) -> Vec<Tag> {
        let moves = self.scope.read(|at| at.item_tags(self.no).into_iter().copied().collect::<Vec<_>>());
        moves.into_iter().map(|moved| Tag::new(self.scope.clone(), moved)).collect()
    }
}
