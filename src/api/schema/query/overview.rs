//! The root fields that summarize lineage: graphs, paths, common ancestors, differences and counts.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, ID, Object, Result};

use super::RootScope;
use super::closure::depth;
use super::lineage::{MAX_PATHS, number};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{Direction, IncompleteReason, LineageGroup};
use crate::api::inputs::{MAX_IDS, PreparedFilter, VersionFilter, names};
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::types::{
    AttributePaths, LineageDiff, LineageGraph, LineageSummary, Path, PathAnswer, Version,
};
use crate::lineage::At;
use crate::lineage::query::drawing::Frame;
use crate::lineage::query::summary::Aspect;
use crate::lineage::walk::closure::Walk;

/// The maximum number of nodes and groups in one graph.
const MAX_SHOWN: usize = 1_000;
/// The maximum number of edges in one graph, per node or group.
const LINES_EACH: usize = 20;
/// The maximum number of versions that are counted for one summary.
const MAX_COUNTED: usize = 5_000_000;

/// The root fields that summarize lineage, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct OverviewFields(RootScope);

impl OverviewFields {
    /// Returns the same fields at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl OverviewFields {
    /// Returns the versions around the given ones, with every edge between them, for drawing. More
    /// than `foldAbove` versions one edge away from the same node, of the same kind, namespace and
    /// role, are folded into one group; the traversal continues from a group as from one node. A
    /// pin is an edge of role MEMBER.
    async fn lineage_graph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The starts: versions by id or reference, at most `maxNodes`. Each is a node.")]
        from: Vec<ID>,
        #[graphql(desc = "The direction of the traversal.")] direction: Direction,
        #[graphql(desc = "Follows only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "The maximum number of edges from a start; the answer is incomplete if there is \
                    more beyond.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached, but nothing beyond them through them.")] stop_at: Option<
            VersionFilter,
        >,
        #[graphql(
            default = 200,
            desc = "The maximum number of nodes and groups: 1 to 1000. The nearest are shown."
        )]
        max_nodes: i32,
        #[graphql(default = 10, desc = "Folds more than this number of versions into a group: 1 to 1000.")]
        fold_above: i32,
        #[graphql(
            default = true,
            desc = "False: versions that are wrong are no part of a group, but nodes, up to `maxNodes`."
        )]
        fold_wrong: bool,
    ) -> Result<Option<LineageGraph>> {
        let scope = self.0.scope(ctx)?;
        names("roles of one question", roles.as_ref())?;
        let max_nodes = number("maxNodes", max_nodes, MAX_SHOWN)?;
        let starts = scope.versions(&from, max_nodes)?;
        let max_depth = depth(max_depth)?;
        let stop_at = stop_at.map(|filter| filter.prepare(&scope)).transpose()?;
        let fold_above = number("foldAbove", fold_above, MAX_SHOWN)?;
        let drawing = RequestBudget::of(ctx)?.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| {
                let stops = |at: At<'_>, version| {
                    stop_at.as_ref().is_some_and(|filter: &PreparedFilter| filter.finds(at, version))
                };
                let frame = Frame {
                    direction: direction.into(),
                    roles,
                    max_depth,
                    stop_at: &stops,
                    fold_above,
                    fold_wrong,
                    max_nodes,
                    max_lines: max_nodes.saturating_mul(LINES_EACH),
                };
                walker.drawing(&starts, &frame, budget)
            })
        });
        Ok(Some(LineageGraph::new(scope, drawing)))
    }

    /// Returns the shortest paths between two versions, whichever of them is upstream, and whether
    /// these are all. The order is the same for every `k` and in either direction: a smaller `k`
    /// returns the beginning of the list of a larger one.
    async fn paths_between(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One end of the paths.")] from: ID,
        #[graphql(desc = "The other end of the paths.")] to: ID,
        #[graphql(default = 1, desc = "The maximum number of paths, shortest first: 1 to 100.")] k: i32,
    ) -> Result<Option<PathAnswer>> {
        let scope = self.0.scope(ctx)?;
        let k = number("k", k, MAX_PATHS)?;
        let (from, to) = (scope.version(&from)?, scope.version(&to)?);
        let found = RequestBudget::of(ctx)?
            .follow(Purpose::Questions, |budget| scope.walk(|walker| walker.paths(from, to, k, budget)));
        Ok(Some(PathAnswer {
            paths: found.paths.into_iter().map(|versions| Path::new(scope.clone(), versions)).collect(),
            exhaustive: found.exhaustive,
            info: ReadInfo::of_complete(&scope).stopped(found.stopped.map(IncompleteReason::from), None),
        }))
    }

    /// Returns the common ancestors of two versions, along derivations and pins; nearest to `a`
    /// first, then oldest first. A version counts as its own ancestor: if one version was made from
    /// the other, the other is the lowest common ancestor.
    async fn common_ancestors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One version.")] a: ID,
        #[graphql(desc = "The other version.")] b: ID,
        #[graphql(
            default = true,
            desc = "Returns only the lowest: common ancestors that are not ancestors of another \
                    common ancestor."
        )]
        lowest_only: bool,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Version>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let (a, b) = (scope.version(&a)?, scope.version(&b)?);
        let budget = RequestBudget::of(ctx)?;
        let common = budget.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| walker.common_ancestors(a, b, lowest_only, budget))
        });
        let common = common.ok_or_else(|| budget.too_far(Purpose::Questions))?;
        Ok(Some(page.of(&scope, &common, |version| Version::new(scope.clone(), version))))
    }

    /// Returns the difference between the ancestries of two versions, along derivations and pins:
    /// ancestors of only one of them, and items of which they have different versions as ancestors.
    async fn lineage_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first version.")] a: ID,
        #[graphql(desc = "The second version.")] b: ID,
        #[graphql(desc = "Compares only matching versions; ancestors beyond the others are compared too.")]
        keep_only: Option<VersionFilter>,
    ) -> Result<Option<LineageDiff>> {
        let scope = self.0.scope(ctx)?;
        let list = List::of(ctx, "")?;
        let (a, b) = (scope.version(&a)?, scope.version(&b)?);
        let kept = keep_only.map(|filter| filter.prepare(&scope)).transpose()?;
        let budget = RequestBudget::of(ctx)?;
        let contrast = budget.follow(Purpose::Questions, |budget| {
            scope.walk(|walker| {
                let keep = |at: At<'_>, version| kept.as_ref().is_none_or(|filter| filter.finds(at, version));
                walker.contrast(a, b, &keep, budget)
            })
        });
        let contrast = contrast.ok_or_else(|| budget.too_far(Purpose::Questions))?;
        Ok(Some(LineageDiff::new(scope, list, contrast)))
    }

    /// Returns the amount of data upstream or downstream of the given versions: versions, items and
    /// bytes, in total and by group. It counts what `lineage` lists with the same arguments, at the
    /// same depths.
    async fn lineage_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The starts: versions by id or reference. They are not counted.")] from: Vec<ID>,
        #[graphql(desc = "The direction of the traversal.")] direction: Direction,
        #[graphql(desc = "The properties to group by; with an empty list there is only the total.")]
        group_by: Vec<LineageGroup>,
        #[graphql(desc = "Groups also by the values at these paths of attributes, after `groupBy`: names \
                    from the outside in, separated by dots. At most 4.")]
        attributes: Option<Vec<String>>,
        #[graphql(desc = "Follows only edges of these roles; an empty list follows none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "The maximum number of edges from a start; the answer is incomplete if there is \
                    more beyond.")]
        max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached, but nothing beyond them through them.")] stop_at: Option<
            VersionFilter,
        >,
        #[graphql(desc = "Counts only matching versions; the traversal continues through the others.")]
        keep_only: Option<VersionFilter>,
    ) -> Result<Option<LineageSummary>> {
        let scope = self.0.scope(ctx)?;
        let (list, budget) = (List::of(ctx, "")?, RequestBudget::of(ctx)?);
        names("roles of one question", roles.as_ref())?;
        let starts = scope.versions(&from, MAX_IDS)?;
        let max_depth = depth(max_depth)?;
        let stop_at = stop_at.map(|filter| filter.prepare(&scope)).transpose()?;
        let kept = keep_only.map(|filter| filter.prepare(&scope)).transpose()?;
        let paths = AttributePaths::new(attributes)?;
        let by: Vec<Aspect> = group_by.into_iter().map(Aspect::from).collect();
        Ok(Some(scope.walk(|walker| {
            let stops = |at: At<'_>, version| {
                stop_at.as_ref().is_some_and(|filter: &PreparedFilter| filter.finds(at, version))
            };
            let walk = Walk {
                direction: direction.into(),
                roles,
                max_depth,
                stop_at: &stops,
                max_nodes: MAX_COUNTED,
                max_edges: budget.edges_left(Purpose::Questions),
                time_up: &|| budget.is_time_up(),
            };
            let closure = walker.closure(&starts, &walk);
            let keep = |at: At<'_>, version| {
                kept.as_ref().is_none_or(|filter: &PreparedFilter| filter.finds(at, version))
            };
            let summary = walker.grouped(closure, &starts, &walk, &keep, (&by, &paths.keys()));
            budget.followed(Purpose::Questions, summary.edges);
            LineageSummary::new(scope.clone(), list, paths, summary)
        })))
    }
}
