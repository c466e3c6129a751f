//! How the ancestries of two versions differ.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::Version;
use crate::api::cursor::List;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::ancestry::Contrast;

/// How what two versions come from differs.
#[derive(Clone)]
pub struct LineageDiff {
    scope: Scope,
    /// Which list the three lists belong to, for cursors.
    list: List,
    contrast: Arc<Contrast>,
}

impl LineageDiff {
    /// This difference, which the field of `list` answers with.
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

/// Two versions of one item, of which one comes before the first version compared, and one before the second.
#[derive(SimpleObject, Clone)]
pub struct LineageChange {
    /// What only the first comes from.
    a: Version,
    /// What only the second comes from.
    b: Version,
}

/// How what two versions come from differs, along derivations and pins. Neither of the two is in its own ancestry.
#[Object]
impl LineageDiff {
    /// What only the first comes from, oldest first; without what is in `changed`.
    async fn only_in_a(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        self.page(&page, &self.contrast.only_a)
    }

    /// What only the second comes from, oldest first; without what is in `changed`.
    async fn only_in_b(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        self.page(&page, &self.contrast.only_b)
    }

    /// Items that both come from at different versions: pairs of a version that only the first comes from and one that
    /// only the second does, newest with newest; in the order of the second's.
    async fn changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<LineageChange>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        Ok(page.of(&self.scope, &self.contrast.changed, |(a, b)| LineageChange {
            a: self.version(a),
            b: self.version(b),
        }))
    }

    /// How many versions both come from.
    async fn common_count(&self) -> i32 {
        int(self.contrast.common)
    }

    /// What was read. It is always whole.
    async fn info(&self) -> ReadInfo {
        ReadInfo::whole(&self.scope)
    }
}
