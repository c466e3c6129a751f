//! The difference between the ancestries of two versions.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::Version;
use crate::api::cursor::List;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::ancestry::Contrast;

/// The difference between the ancestries of two versions.
#[derive(Clone)]
pub struct LineageDiff {
    scope: Scope,
    /// The list to which the three lists belong, for cursors.
    list: List,
    contrast: Arc<Contrast>,
}

impl LineageDiff {
    /// Returns this difference, as the result of the field of `list`.
    #[must_use]
    pub fn new(scope: Scope, list: List, contrast: Contrast) -> Self {
        Self { scope, list, contrast: Arc::new(contrast) }
    }

    fn version(&self, version: VersionNo) -> Version {
        Version::new(self.scope.clone(), version)
    }

    fn page(&self, page: &Page, versions: &[VersionNo]) -> Result<Connection<Version>> {
        page.pinned(&self.scope)?;
        Ok(page.of(&self.scope, versions, |version| self.version(version)))
    }
}

/// Two versions of one item, one of them an ancestor of the first version compared and one of the
/// second.
#[derive(SimpleObject, Clone)]
pub struct LineageChange {
    /// The ancestor of the first only.
    a: Version,
    /// The ancestor of the second only.
    b: Version,
}

/// The difference between the ancestries of two versions, along derivations and pins. No version is
/// in its own ancestry.
#[Object]
impl LineageDiff {
    /// Ancestors of the first only, oldest first, without those in `changed`.
    async fn only_in_a(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        self.page(&page, &self.contrast.only_a)
    }

    /// Ancestors of the second only, oldest first, without those in `changed`.
    async fn only_in_b(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        self.page(&page, &self.contrast.only_b)
    }

    /// Items of which the two have different versions as ancestors: pairs of an ancestor of the
    /// first only and one of the second only, newest with newest, ordered by the second's.
    async fn changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<LineageChange>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        Ok(page.of(&self.scope, &self.contrast.changed, |(a, b)| LineageChange {
            a: self.version(a),
            b: self.version(b),
        }))
    }

    /// The number of common ancestors.
    async fn common_count(&self) -> i32 {
        int(self.contrast.common)
    }

    /// The moment that was read. The answer is always complete.
    async fn info(&self) -> ReadInfo {
        ReadInfo::of_complete(&self.scope)
    }
}
