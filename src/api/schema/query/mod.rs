//! The Query root: all fields, at the newest commit or, through `at`, at an earlier moment.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

pub mod find;
mod affected;
mod affected_arguments;
pub mod asked;
pub mod campaign;
pub mod closure;
pub mod commits;
pub mod impact;
pub mod items;
pub mod lineage;
mod log;
pub mod overview;
mod moment;
mod node;

use async_graphql::{Context, ID, MergedObject, Object, Result};

use crate::api::cursor::List;
use crate::api::errors;
use crate::api::inputs::{AsOf, ItemKey};
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::Digest;
use crate::api::schema::query::find::{absent, find_node};
use crate::api::scope::Scope;
use crate::api::types::{Blob, Item, ItemState, Tag, TagMove, Version};
use crate::domain::invalid::Invalid;
use crate::lineage::index::tags::Move;
use impact::ImpactFields;
use items::ItemFields;
use lineage::LineageFields;
use log::LogFields;
pub use moment::Moment;
pub(in crate::api) use moment::PREFIX as MOMENT;
pub use node::Node;
use overview::OverviewFields;

/// The maximum number of names in `nodes`, `itemStates` and `reachable`, where each is answered.
pub(in crate::api) const MAX_NODES: usize = 1_000;

/// The queries, answered at the newest commit when the request arrived. For an earlier moment, see
/// `at`.
#[derive(MergedObject, Default)]
pub struct Query(AtField, LookupFields, LogFields, ItemFields, LineageFields, OverviewFields, ImpactFields);

/// The scope of the root fields: that of a moment, or the request's newest.
#[derive(Default, Clone)]
pub(in crate::api) struct RootScope(Option<Scope>);

impl RootScope {
    pub(in crate::api) fn scope(&self, ctx: &Context<'_>) -> Result<Scope> {
        match &self.0 {
            Some(scope) => Ok(scope.clone()),
            None => ctx.data::<Scope>().cloned(),
        }
    }
}

/// The field `at`, from the root to an earlier moment. It is the first part of [`Query`]: the
/// schema's type of a moment is made from the other parts, and must be complete before they are
/// read as parts of the root.
#[derive(Default)]
struct AtField;

#[Object]
impl AtField {
    /// Returns the complete API at an earlier moment.
    async fn at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment: a seq, a time, or a commit.")] as_of: AsOf,
    ) -> Result<Moment> {
        Ok(Moment::new(RootScope::default().scope(ctx)?.back_to(as_of.moment()?)?))
    }
}

/// Lookups by name: items, versions, payloads and tags.
#[derive(Default, Clone)]
pub(in crate::api) struct LookupFields(RootScope);

#[Object]
impl LookupFields {
    /// Returns the moment that is read here.
    async fn view(&self, ctx: &Context<'_>) -> Result<ReadInfo> {
        Ok(ReadInfo::of_complete(&self.0.scope(ctx)?))
    }

    /// Returns the object with a global id, read at the moment of the id; null if there is none.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "`item:…`, `version:…`, `commit:…` or `statement:…`, each with or without a moment such as `@26`; \
                          or `moment:…`."
        )]
        id: ID,
    ) -> Result<Option<Node>> {
        find_node(&self.0.scope(ctx)?, &id)
    }

    /// Returns the objects with these global ids (maximum 1000), in the given order. An entry is
    /// null if there is no such object, or if there is an error at its path.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids.")] ids: Vec<ID>,
    ) -> Result<Option<Vec<Option<Result<Node>>>>> {
        let scope = self.0.scope(ctx)?;
        Invalid::limit("ids", ids.len(), MAX_NODES).map_err(|error| errors::invalid(&error))?;
        Ok(Some(ids.iter().map(|id| find_node(&scope, id).transpose()).collect()))
    }

    /// Returns an item; null if there is none. Give `id` or `key`.
    async fn item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`item:…`, or `namespace/KIND/key`.")] id: Option<ID>,
        #[graphql(desc = "The identity of the item.")] key: Option<ItemKey>,
    ) -> Result<Option<Item>> {
        let scope = self.0.scope(ctx)?;
        let found = match (id, key) {
            (Some(id), None) => absent(scope.item(&id))?,
            (None, Some(key)) => {
                let id = key.identity()?.id();
                scope.read(|at| at.item(&id))
            }
            (Some(_), Some(_)) => {
                return Err(errors::bad_input("expected exactly one of `id` and `key`, found both"));
            }
            (None, None) => {
                return Err(errors::bad_input("expected exactly one of `id` and `key`, found neither"));
            }
        };
        Ok(found.map(|item| Item::new(scope, item)))
    }

    /// Returns the states of items (maximum 1000), for a client that is about to write versions of
    /// them: in the given order, duplicates included. An item that does not exist is no error. Null,
    /// with an error that names the position, if one of the names is malformed.
    async fn item_states(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The items: each `item:…`, or `namespace/KIND/key`.")] items: Vec<ID>,
    ) -> Result<Option<Vec<ItemState>>> {
        let scope = self.0.scope(ctx)?;
        Invalid::limit("items", items.len(), MAX_NODES).map_err(|error| errors::invalid(&error))?;
        ItemState::list(ctx, &scope, items).map(Some)
    }

    /// Returns a version by id or reference; null if there is none.
    async fn version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`version:…`, or any reference that `resolve` accepts.")] id: ID,
    ) -> Result<Option<Version>> {
        let scope = self.0.scope(ctx)?;
        Ok(absent(scope.version(&id))?.map(|version| Version::new(scope, version)))
    }

    /// Returns the version that a reference names: `namespace/KIND/key` for the head, `…#3` for the
    /// third version, `…@tag`, `…@seq:120` for the head at a seq, `version:…`, or a unique prefix
    /// of its hex digits (at least 8). Null, with an error, if it names none.
    async fn resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "ref", desc = "The reference.")] reference: String,
    ) -> Result<Option<Version>> {
        let scope = self.0.scope(ctx)?;
        let version = scope.version(&ID(reference))?;
        Ok(Some(Version::new(scope, version)))
    }

    /// Returns the versions whose payload has this digest, oldest first.
    async fn versions_with_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BLAKE3 of the bytes.")] digest: Digest,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let having = scope.read(|at| at.with_payload(&digest.0).to_vec());
        Ok(page.of(&scope, &having, |version| Version::new(scope.clone(), version)))
    }

    /// Returns a payload that a version names; null if no version does.
    async fn blob(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BLAKE3 of the bytes.")] digest: Digest,
    ) -> Result<Option<Blob>> {
        let scope = self.0.scope(ctx)?;
        let named = scope.read(|at| !at.with_payload(&digest.0).is_empty());
        Ok(named.then(|| Blob::new(scope, digest.0)))
    }

    /// Returns the tags that are set, ordered by namespace, name and version.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only tags in this namespace.")] namespace: Option<String>,
        #[graphql(desc = "Only tags of this name.")] name: Option<String>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let moves: Vec<Move> = scope.read(|at| at.current_tags(namespace.as_deref(), name.as_deref()));
        Ok(page.of(&scope, &moves, |moved| Tag::new(scope.clone(), moved)))
    }

    /// Returns every move of a tag, oldest first.
    async fn tag_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = "default", desc = "The namespace.")] namespace: String,
        #[graphql(desc = "The name of the tag.")] name: String,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TagMove>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let moves: Vec<Move> = scope.read(|at| at.tag_history(&namespace, &name).copied().collect());
        Ok(page.of(&scope, &moves, |moved| TagMove::new(scope.clone(), moved)))
    }
}
