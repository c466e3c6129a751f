//! Answers to lineage questions: closures, paths, differences of training sets.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::grouped::{Grouped, changes};
use super::super::{Member, MemberChange, Version};
use crate::api::cursor::List;
use crate::api::enums::MemberGroup;
use crate::api::errors;
use crate::api::page::{Connection, Page, PageInfo, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::membership::Stay;
use crate::lineage::query::sets::Difference;

/// A version in a closure.
#[derive(SimpleObject, Clone)]
pub struct LineageEdge {
    /// Where it stands; give it as `after`.
    pub cursor: String,
    /// The version.
    pub node: Version,
    /// How many derivations away from the nearest start it is, from 1.
    pub depth: i32,
}

/// A page of a closure: what lies upstream or downstream, nearest first. The starts are not in it.
#[derive(SimpleObject, Clone)]
pub struct LineageConnection {
    /// The versions of this page, with their cursors and depths.
    pub edges: Vec<LineageEdge>,
    /// The versions of this page.
    pub nodes: Vec<Version>,
    /// Where the page stands.
    pub page_info: PageInfo,
    /// How many versions were found; all there are, where `info.complete`.
    pub total_count: i32,
    /// What was read, and whether it is whole.
    pub info: ReadInfo,
}

/// A way from one version to another.
#[derive(Clone)]
pub struct Path {
    scope: Scope,
    versions: Vec<VersionNo>,
}

impl Path {
    /// This way.
    #[must_use]
    pub const fn new(scope: Scope, versions: Vec<VersionNo>) -> Self {
        Self { scope, versions }
    }
}

/// A way from one version to another, along derivations and pins.
#[Object]
impl Path {
    /// The versions on the way, from the upstream end to the downstream end, both included.
    async fn versions(&self) -> Vec<Version> {
        self.versions.iter().map(|version| Version::new(self.scope.clone(), *version)).collect()
    }

    /// How many steps the way has.
    async fn length(&self) -> i32 {
        int(self.versions.len() - 1)
    }
}

/// How the members of two training set versions differ.
#[derive(Clone)]
pub struct TrainingSetDiff {
    scope: Scope,
    /// Which two versions, for cursors.
    between: (VersionNo, VersionNo),
    difference: Difference,
}

impl TrainingSetDiff {
    /// The difference between two versions.
    #[must_use]
    pub const fn new(scope: Scope, between: (VersionNo, VersionNo), difference: Difference) -> Self {
        Self { scope, between, difference }
    }

    fn list(&self, ctx: &Context<'_>) -> Result<List> {
        List::of(ctx, format_args!("{}/{}", self.between.0.0, self.between.1.0))
    }

    /// The pins of the first whose version the second does not pin in this split, and the other way round.
    fn pins(&self, split: Option<&str>) -> Result<(Vec<Stay>, Vec<Stay>)> {
        let (first, second) = self.between;
        let changed = self.scope.walk(|walker| {
            let wanted = split.map(|split| {
                let at = walker.at();
                let members: Vec<Stay> = at.members(first).chain(at.members(second)).collect();
                at.split(first, &members, split)
            });
            let wanted = wanted.transpose()?;
            Ok(walker.pins_changed(first, second, wanted))
        });
        changed.map_err(|error: Invalid| errors::invalid(&error))
    }

    fn page(&self, page: &Page, stays: &[Stay]) -> Result<Connection<Member>> {
        page.pinned(&self.scope)?;
        Ok(page.of(&self.scope, stays, |stay| Member::new(self.scope.clone(), stay)))
    }
}

/// Two pins of one item, of which at least one is in one of the two training set versions only.
#[derive(SimpleObject, Clone)]
pub struct RepinnedMember {
    /// As the first set version pins it.
    before: Member,
    /// As the second pins it.
    after: Member,
}

/// How the members of two training set versions differ.
#[Object]
impl TrainingSetDiff {
    /// Members of the second whose item has no member in the first.
    async fn added(
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
    ) -> Result<Connection<Member>> {
        self.page(&Page::new(self.list(ctx)?, first, after, last, before)?, &self.difference.added)
    }

    /// Members of the first whose item has no member in the second.
    async fn removed(
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
    ) -> Result<Connection<Member>> {
        self.page(&Page::new(self.list(ctx)?, first, after, last, before)?, &self.difference.removed)
    }

    /// Items of which both have members, but not the same: another version, another split or another weight. Each pin that
    /// only one of them has is beside a pin of the other: the same version where both pin it, else newest beside newest.
    /// A pin more than the other has of the item is beside the other's newest. An item is in one of the three lists only.
    async fn repinned(
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
    ) -> Result<Connection<RepinnedMember>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        Ok(page.of(&self.scope, &self.difference.repinned, |(before, after)| RepinnedMember {
            before: Member::new(self.scope.clone(), before),
            after: Member::new(self.scope.clone(), after),
        }))
    }

    /// How many pins were added and removed, by split, kind, namespace and the values of attributes. By split, a version that
    /// moved to another split is removed from the one and added to the other; else it is neither. Groups without a change
    /// are left out.
    async fn summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "vec![MemberGroup::Split]",
            desc = "What groups are told apart by; with an empty list, by `attributes` alone."
        )]
        group_by: Vec<MemberGroup>,
        #[graphql(
            desc = "Also tell groups apart by the values at these paths of attributes: names from the outside in, separated \
                    by dots. At most 4."
        )]
        attributes: Option<Vec<String>>,
        #[graphql(desc = "Returns the first n entries, or those after `after` (default 50, maximum 1000).")]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries, or those before `before` (maximum 1000).")]
        last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<MemberChange>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let grouped = Grouped::new(group_by, attributes)?;
        let (first, second) = self.between;
        let groups = self.scope.walk(|walker| {
            let groups = walker.pins_changed_by(first, second, &grouped.grouping());
            groups.into_iter().map(|(shared, changed)| (shared.into(), changed)).collect::<Vec<_>>()
        });
        Ok(changes(&self.scope, &page, &grouped, &groups))
    }

    /// Pins of the second whose version the first does not pin: what was added and the newer side of what was repinned,
    /// as a comparison of two lists of versions tells it.
    async fn versions_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only pins of this split, which one of the sets must have. A version that moved to another split is removed from the one and added to the \
                    other; without this argument it is neither."
        )]
        split: Option<String>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        self.page(&page, &self.pins(split.as_deref())?.1)
    }

    /// Pins of the first whose version the second does not pin: what was removed and the older side of what was
    /// repinned.
    async fn versions_removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pins of this split, as in `versionsAdded`.")] split: Option<String>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        self.page(&page, &self.pins(split.as_deref())?.0)
    }
}
