//! The questions of the Query root about a lineage as a whole: how it looks, how much it is, what two of them share.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, ID, Object, Result};

use super::RootScope;
use super::closure::depth;
use super::lineage::{MAX_PATHS, number};
use crate::api::cursor::List;
use crate::api::engine::budget::{Purpose, Spending};
use crate::api::enums::{Direction, IncompleteReason, LineageGroup};
use crate::api::inputs::{Filter, MAX_IDS, VersionFilter, names};
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::types::{
    AttributePaths, LineageDiff, LineageGraph, LineageSummary, Path, PathAnswer, Version,
};
use crate::lineage::At;
use crate::lineage::query::drawing::Frame;
use crate::lineage::query::summary::Aspect;
use crate::lineage::walk::closure::Walk;

/// The most versions and groups of one drawing.
const MAX_SHOWN: usize = 1_000;
/// The most lines of one drawing, of each node or group.
const LINES_EACH: usize = 20;
/// The most versions that are counted for one summary.
const MAX_COUNTED: usize = 5_000_000;

/// What is asked of a lineage as a whole, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct Pedigree(RootScope);

impl Pedigree {
    /// The same questions at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl Pedigree {
    /// What lies around some versions, with every edge between what is shown: for drawing. What lies one edge away from
    /// the same node, of the same kind, namespace and role, is folded into one group where it is more than `foldAbove`
    /// versions; from a group the walk goes on as from one node. A pin is an edge of role MEMBER.
    async fn lineage_graph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to start: versions by id or reference, at most `maxNodes`. Each is a node.")]
        from: Vec<ID>,
        #[graphql(desc = "Which way to walk.")] direction: Direction,
        #[graphql(desc = "Follow only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "How many edges away at most; more beyond makes the answer incomplete.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached but not gone beyond.")] stop_at: Option<VersionFilter>,
        #[graphql(default = 200, desc = "How many nodes and groups at most: 1 to 1,000. Nearest are shown.")]
        max_nodes: i32,
        #[graphql(default = 10, desc = "Fold what is more than so many versions: 1 to 1,000.")]
        fold_above: i32,
    ) -> Result<Option<LineageGraph>> {
        let scope = self.0.scope(ctx)?;
        names("roles of one question", roles.as_ref())?;
        let max_nodes = number("maxNodes", max_nodes, MAX_SHOWN)?;
        let starts = scope.versions(&from, max_nodes)?;
        let (max_depth, stop_at) = (depth(max_depth)?, stop_at.map(VersionFilter::prepare).transpose()?);
        let fold_above = number("foldAbove", fold_above, MAX_SHOWN)?;
        let drawing = Spending::of(ctx)?.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| {
                let stops = |at: At<'_>, version| {
                    stop_at.as_ref().is_some_and(|filter: &Filter| filter.finds(at, version))
                };
                let frame = Frame {
                    direction: direction.into(),
                    roles,
                    max_depth,
                    stop_at: &stops,
                    fold_above,
                    max_nodes,
                    max_lines: max_nodes.saturating_mul(LINES_EACH),
                };
                walker.drawing(&starts, &frame, budget)
            })
        });
        Ok(Some(LineageGraph::new(scope, drawing)))
    }

    /// The shortest ways between two versions, whichever of them is upstream, and whether these are all there are. The order
    /// is the same for every `k` and in either direction: fewer are the beginning of more.
    async fn paths_between(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One end.")] from: ID,
        #[graphql(desc = "The other end.")] to: ID,
        #[graphql(default = 1, desc = "How many, shortest first: 1 to 100.")] k: i32,
    ) -> Result<Option<PathAnswer>> {
        let scope = self.0.scope(ctx)?;
        let k = number("k", k, MAX_PATHS)?;
        let (from, to) = (scope.version(&from)?, scope.version(&to)?);
        let found = Spending::of(ctx)?
            .follow(Purpose::Questions, |budget| scope.walk(|walker| walker.paths(from, to, k, budget)));
        Ok(Some(PathAnswer {
            paths: found.paths.into_iter().map(|versions| Path::new(scope.clone(), versions)).collect(),
            exhaustive: found.exhaustive,
            info: ReadInfo {
                complete: found.stopped.is_none(),
                incomplete_reason: found.stopped.map(IncompleteReason::from),
                ..ReadInfo::whole(&scope)
            },
        }))
    }

    /// What two versions both come from, along derivations and pins; nearest to `a` first, then oldest first. A version
    /// counts as its own ancestor: of two of which one comes from the other, the other is the lowest common ancestor.
    async fn common_ancestors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One version.")] a: ID,
        #[graphql(desc = "The other version.")] b: ID,
        #[graphql(
            default = true,
            desc = "Only the lowest: common ancestors that are not ancestors of another common ancestor."
        )]
        lowest_only: bool,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Version>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let (a, b) = (scope.version(&a)?, scope.version(&b)?);
        let spending = Spending::of(ctx)?;
        let common = spending.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| walker.common_ancestors(a, b, lowest_only, budget))
        });
        let common = common.ok_or_else(|| spending.too_far(Purpose::Questions))?;
        Ok(Some(page.of(&scope, &common, |version| Version::new(scope.clone(), version))))
    }

    /// How what two versions come from differs, along derivations and pins: what only one of them comes from, and items
    /// that both come from at different versions.
    async fn lineage_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first version.")] a: ID,
        #[graphql(desc = "The second version.")] b: ID,
        #[graphql(desc = "Compare only these; what lies beyond the others is compared all the same.")]
        keep_only: Option<VersionFilter>,
    ) -> Result<Option<LineageDiff>> {
        let scope = self.0.scope(ctx)?;
        let list = List::of(ctx, "")?;
        let (a, b) = (scope.version(&a)?, scope.version(&b)?);
        let kept = keep_only.map(VersionFilter::prepare).transpose()?;
        let spending = Spending::of(ctx)?;
        let contrast = spending.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| {
                let keep = |at: At<'_>, version| kept.as_ref().is_none_or(|filter| filter.finds(at, version));
                walker.contrast(a, b, &keep, budget)
            })
        });
        let contrast = contrast.ok_or_else(|| spending.too_far(Purpose::Questions))?;
        Ok(Some(LineageDiff::new(scope, list, contrast)))
    }

    /// How much is upstream or downstream of some versions: versions, items and bytes, in all and by group. It counts
    /// what `lineage` lists with the same arguments, at the same depths.
    async fn lineage_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to start: versions by id or reference. They are not counted.")] from: Vec<ID>,
        #[graphql(desc = "Which way to walk.")] direction: Direction,
        #[graphql(desc = "What groups are told apart by; with an empty list there is only the total.")]
        group_by: Vec<LineageGroup>,
        #[graphql(
            desc = "Also tell groups apart by the values at these paths of attributes, after `groupBy`: names from the \
                    outside in, separated by dots. At most 4."
        )]
        attributes: Option<Vec<String>>,
        #[graphql(desc = "Follow only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "How many edges away at most; more beyond makes the answer incomplete.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached but not gone beyond.")] stop_at: Option<VersionFilter>,
        #[graphql(desc = "Count only these; what lies beyond the others is still reached.")]
        keep_only: Option<VersionFilter>,
    ) -> Result<Option<LineageSummary>> {
        let scope = self.0.scope(ctx)?;
        let (list, spending) = (List::of(ctx, "")?, Spending::of(ctx)?);
        names("roles of one question", roles.as_ref())?;
        let starts = scope.versions(&from, MAX_IDS)?;
        let max_depth = depth(max_depth)?;
        let stop_at = stop_at.map(VersionFilter::prepare).transpose()?;
        let kept = keep_only.map(VersionFilter::prepare).transpose()?;
        let paths = AttributePaths::new(attributes)?;
        let by: Vec<Aspect> = group_by.into_iter().map(Aspect::from).collect();
        Ok(Some(scope.walk(|walker| {
            let stops = |at: At<'_>, version| {
                stop_at.as_ref().is_some_and(|filter: &Filter| filter.finds(at, version))
            };
            let walk = Walk {
                direction: direction.into(),
                roles,
                max_depth,
                stop_at: &stops,
                max_nodes: MAX_COUNTED,
                max_edges: spending.edges_left(Purpose::Questions),
                time_up: &|| spending.is_time_up(),
            };
            let closure = walker.closure(&starts, &walk);
            let keep =
                |at: At<'_>, version| kept.as_ref().is_none_or(|filter: &Filter| filter.finds(at, version));
            let summary = walker.grouped(closure, &starts, &walk, &keep, (&by, &paths.keys()));
            spending.followed(Purpose::Questions, summary.edges);
            LineageSummary::new(scope.clone(), list, paths, summary)
        })))
    }
}
