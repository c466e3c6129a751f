//! Results about lineage: closures, paths, and differences of training sets.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::grouped::{Grouped, changes};
use super::super::{Member, MemberChange, Version};
use crate::api::cursor::List;
use crate::api::enums::MemberGroup;
use crate::api::errors;
use crate::api::inputs::{PreparedFilter, VersionFilter};
use crate::api::page::{Connection, Page, PageInfo, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::index::names::NameNo;
use crate::lineage::query::sets::Difference;

/// A version in a closure.
#[derive(SimpleObject, Clone)]
pub struct LineageEdge {
    /// Its position; give it as `after`.
    pub cursor: String,
    /// The version.
    pub node: Version,
    /// The number of edges from the nearest start, from 1.
    pub depth: i32,
}

/// A page of a closure: the versions upstream or downstream, nearest first, without the starts.
#[derive(SimpleObject, Clone)]
pub struct LineageConnection {
    /// The versions of this page, with their cursors and depths.
    pub edges: Vec<LineageEdge>,
    /// The versions of this page.
    pub nodes: Vec<Version>,
    /// The position of the page in the list.
    pub page_info: PageInfo,
    /// The number of versions that were found; all if `info.complete`.
    pub total_count: i32,
    /// The moment that was read, and the completeness of the answer.
    pub info: ReadInfo,
}

/// A path from one version to another.
#[derive(Clone)]
pub struct Path {
    scope: Scope,
    versions: Vec<VersionNo>,
}

impl Path {
    /// Returns this path.
    #[must_use]
    pub const fn new(scope: Scope, versions: Vec<VersionNo>) -> Self {
        Self { scope, versions }
    }
}

/// A path from one version to another, along derivations and pins.
#[Object]
impl Path {
    /// The versions on the path, from the upstream end to the downstream end, both included.
    async fn versions(&self) -> Vec<Version> {
        self.versions.iter().map(|version| Version::new(self.scope.clone(), *version)).collect()
    }

    /// The number of edges of the path.
    async fn length(&self) -> i32 {
        int(self.versions.len() - 1)
    }
}

/// The difference between the members of two training set versions.
#[derive(Clone)]
pub struct TrainingSetDiff {
    scope: Scope,
    /// The two versions, for cursors.
    between: (VersionNo, VersionNo),
    /// Computed when one of its lists is requested.
    difference: Arc<OnceLock<Difference>>,
}

impl TrainingSetDiff {
    /// Computes the difference between two versions.
    #[must_use]
    pub fn new(scope: Scope, between: (VersionNo, VersionNo)) -> Self {
        Self { scope, between, difference: Arc::default() }
    }

    fn difference(&self) -> &Difference {
        let (first, second) = self.between;
        self.difference.get_or_init(|| self.scope.walk(|walker| walker.difference(first, second)))
    }

    fn list(&self, ctx: &Context<'_>) -> Result<List> {
        List::of(ctx, format_args!("{}/{}", self.between.0.0, self.between.1.0))
    }

    /// Returns the pins of the first whose version the second does not pin in the wanted split, and
    /// vice versa; all of them, whether they match the filter or not.
    fn pins(&self, wanted: &WantedPins) -> (Vec<MembershipInterval>, Vec<MembershipInterval>) {
        let (first, second) = self.between;
        self.scope.walk(|walker| walker.pins_changed(first, second, wanted.split))
    }

    /// Returns the wanted pins of a list.
    fn page(
        &self,
        page: &Page,
        wanted: &WantedPins,
        stays: &[MembershipInterval],
    ) -> Result<Connection<Member>> {
        page.pinned(&self.scope)?;
        let stays = self.kept(wanted, stays, |at, stay| wanted.holds(at, stay));
        Ok(page.of(&self.scope, &stays, |stay| Member::new(self.scope.clone(), stay)))
    }

    /// Returns the entries of a list for which `holds` returns true; the list itself if everything is
    /// wanted.
    fn kept<'l, T: Clone>(
        &self,
        wanted: &WantedPins,
        list: &'l [T],
        holds: impl Fn(At<'_>, &T) -> bool,
    ) -> Cow<'l, [T]> {
        if wanted.split.is_none() && wanted.filter.is_none() {
            return Cow::Borrowed(list);
        }
        let mut kept = list.to_vec();
        self.scope.walk(|walker| walker.retain(&mut kept, holds));
        Cow::Owned(kept)
    }
}

/// The pins of the two set versions that a list is asked for.
struct WantedPins {
    split: Option<NameNo>,
    filter: Option<PreparedFilter>,
}

impl WantedPins {
    /// # Errors
    /// BAD_USER_INPUT for a split that neither set version has, or an invalid filter.
    fn new(diff: &TrainingSetDiff, split: Option<&str>, filter: Option<VersionFilter>) -> Result<Self> {
        let (first, second) = diff.between;
        let filter = filter.map(|filter| filter.prepare(&diff.scope)).transpose()?;
        let split = diff.scope.read(|at| split.map(|split| at.split(&[first, second], split)).transpose());
        Ok(Self { split: split.map_err(|error: Invalid| errors::invalid(&error))?, filter })
    }

    fn holds(&self, at: At<'_>, stay: &MembershipInterval) -> bool {
        self.split.is_none_or(|split| split == stay.split)
            && self.filter.as_ref().is_none_or(|filter| filter.finds(at, stay.member))
    }
}

/// Two pins of one item, of which at least one is in only one of the two training set versions.
#[derive(SimpleObject, Clone)]
pub struct RepinnedMember {
    /// The pin of the first set version.
    before: Member,
    /// The pin of the second set version.
    after: Member,
}

/// The difference between the members of two training set versions.
#[Object]
impl TrainingSetDiff {
    /// Members of the second whose item has no member in the first.
    async fn added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pins of this split, which one of the sets must have.")] split: Option<String>,
        #[graphql(desc = "Only pins whose version matches this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        let wanted = WantedPins::new(self, split.as_deref(), filter)?;
        self.page(&page, &wanted, &self.difference().added)
    }

    /// Members of the first whose item has no member in the second.
    async fn removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pins of this split, which one of the sets must have.")] split: Option<String>,
        #[graphql(desc = "Only pins whose version matches this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        let wanted = WantedPins::new(self, split.as_deref(), filter)?;
        self.page(&page, &wanted, &self.difference().removed)
    }

    /// Items of which both versions have members that differ in version, split or weight. Each pin
    /// that only one of them has is paired with a pin of the other: with the same version if both
    /// pin it, otherwise newest with newest. A surplus pin of an item is paired with the other's
    /// newest. An item is in one of the three lists only.
    async fn repinned(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pairs with a pin of this split, which one of the sets must have.")]
        split: Option<String>,
        #[graphql(desc = "Only pairs with a pin whose version matches this filter. With `split`, the same \
                    pin must be of that split.")]
        filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<RepinnedMember>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let wanted = WantedPins::new(self, split.as_deref(), filter)?;
        let pairs = self.kept(&wanted, &self.difference().repinned, |at, (before, after)| {
            wanted.holds(at, before) || wanted.holds(at, after)
        });
        Ok(page.of(&self.scope, &pairs, |(before, after)| RepinnedMember {
            before: Member::new(self.scope.clone(), before),
            after: Member::new(self.scope.clone(), after),
        }))
    }

    /// The number of pins that were added and removed, by split, kind, namespace and attribute
    /// values. By split, a version that moved to another split is removed from one and added to the
    /// other; otherwise it is neither. Groups without a change are omitted.
    async fn summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "vec![MemberGroup::Split]",
            desc = "The properties to group by; with an empty list, `attributes` alone."
        )]
        group_by: Vec<MemberGroup>,
        #[graphql(desc = "Groups also by the values at these paths of attributes: names from the outside \
                    in, separated by dots. At most 4.")]
        attributes: Option<Vec<String>>,
        #[graphql(desc = "Counts only pins whose version matches this filter.")] filter: Option<
            VersionFilter,
        >,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<MemberChange>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let grouped = Grouped::new(group_by, attributes)?;
        let filter = filter.map(|filter| filter.prepare(&self.scope)).transpose()?;
        let (first, second) = self.between;
        let mut groups = self.scope.walk(|walker| {
            let groups = walker.pins_changed_by(first, second, &grouped.grouping());
            groups.into_iter().map(|(shared, changed)| (shared.into(), changed)).collect::<Vec<_>>()
        });
        if let Some(filter) = filter {
            self.scope.walk(|walker| {
                for (_, (gone, come)) in &mut groups {
                    walker.retain(gone, |at, member| filter.finds(at, *member));
                    walker.retain(come, |at, member| filter.finds(at, *member));
                }
            });
            groups.retain(|(_, (gone, come))| !gone.is_empty() || !come.is_empty());
        }
        Ok(changes(&self.scope, &page, &grouped, &groups))
    }

    /// Pins of the second whose version the first does not pin: what was added and the newer side
    /// of what was repinned, as in a comparison of two lists of versions.
    async fn versions_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pins of this split, which one of the sets must have. With it, a version \
                    that moved to another split is removed from one and added to the other; without \
                    it, it is neither.")]
        split: Option<String>,
        #[graphql(desc = "Only pins whose version matches this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        let wanted = WantedPins::new(self, split.as_deref(), filter)?;
        self.page(&page, &wanted, &self.pins(&wanted).1)
    }

    /// Pins of the first whose version the second does not pin: what was removed and the older side
    /// of what was repinned.
    async fn versions_removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pins of this split, as in `versionsAdded`.")] split: Option<String>,
        #[graphql(desc = "Only pins whose version matches this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Member>> {
        let page = Page::new(self.list(ctx)?, first, after, last, before)?;
        let wanted = WantedPins::new(self, split.as_deref(), filter)?;
        self.page(&page, &wanted, &self.pins(&wanted).0)
    }
}
