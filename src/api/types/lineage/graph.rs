//! Lineage graphs for drawing: versions, groups of them, and edges.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::super::Version;
use crate::api::cursor::List;
use crate::api::enums::{IncompleteReason, ItemKind};
use crate::api::inputs::VersionFilter;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::hex;
use crate::domain::numbers::VersionNo;
use crate::domain::role::MEMBER;
use crate::lineage::query::drawing::{Drawing, Shown};
use crate::lineage::walk::edges::Role;

/// The number of sample versions of a group.
pub(in crate::api::types) const SAMPLES: usize = 3;

/// A lineage graph, shared by the objects that show it.
#[derive(Clone)]
pub struct LineageGraph {
    scope: Scope,
    drawing: Arc<Drawing>,
    /// The number of starts among the nodes.
    starts: usize,
}

impl LineageGraph {
    /// Returns this graph.
    #[must_use]
    pub fn new(scope: Scope, drawing: Drawing) -> Self {
        let starts = drawing.shown.iter().take_while(|shown| shown.depth == 0).count();
        Self { scope, drawing: Arc::new(drawing), starts }
    }

    fn folded(&self, place: usize) -> Option<LineageGraphGroup> {
        let shown = &self.drawing.shown[place];
        shown.group.as_ref()?;
        Some(LineageGraphGroup { scope: self.scope.clone(), drawing: Arc::clone(&self.drawing), place })
    }

    fn key(&self, place: usize) -> ID {
        let shown = &self.drawing.shown[place];
        match shown.group {
            Some(_) => group_key(shown),
            None => ID(self.scope.read(|at| at.id(shown.versions[0])).to_string()),
        }
    }
}

/// Versions and groups of versions around the starts, with every edge between them, for drawing.
#[Object]
impl LineageGraph {
    /// The versions that are single nodes: starts first, then nearest first.
    async fn nodes(&self) -> Vec<LineageGraphNode> {
        let shown = self.drawing.shown.iter().enumerate().filter(|(_, shown)| shown.group.is_none());
        let node = |(place, shown): (usize, &Shown)| LineageGraphNode {
            key: self.key(place),
            version: Version::new(self.scope.clone(), shown.versions[0]),
            depth: int(shown.depth),
            start: place < self.starts,
            more: shown.more,
        };
        shown.map(node).collect()
    }

    /// The groups of folded versions, nearest first.
    async fn groups(&self) -> Vec<LineageGraphGroup> {
        (0..self.drawing.shown.len()).filter_map(|place| self.folded(place)).collect()
    }

    /// A group by its key, to list its versions; null if this graph has no such group.
    async fn group(
        &self,
        #[graphql(desc = "The key of a group, from an earlier answer to the same question.")] key: ID,
    ) -> Option<LineageGraphGroup> {
        let places = 0..self.drawing.shown.len();
        places.filter_map(|place| self.folded(place)).find(|group| group_key(group.shown()) == key)
    }

    /// Every edge between nodes and groups. Edges of one role between the same two ends are one,
    /// with their count.
    async fn edges(&self) -> Vec<LineageGraphEdge> {
        let keys: Vec<ID> = (0..self.drawing.shown.len()).map(|place| self.key(place)).collect();
        let mut roles: HashMap<Role, String> = HashMap::new();
        let lines = self.drawing.lines.iter();
        let edges = lines.map(|line| LineageGraphEdge {
            source: keys[line.above as usize].clone(),
            derived: keys[line.below as usize].clone(),
            role: roles.entry(line.role).or_insert_with(|| role_text(&self.scope, line.role)).clone(),
            count: int(line.count),
        });
        edges.collect()
    }

    /// The moment that was read; complete if everything within reach is shown, alone or in a group.
    async fn info(&self) -> ReadInfo {
        ReadInfo::of_complete(&self.scope).stopped(self.drawing.stopped.map(IncompleteReason::from), None)
    }
}

/// A version that is a single node.
#[derive(SimpleObject, Clone)]
pub struct LineageGraphNode {
    /// The name of the node in this graph, which edges use: `version:` and 64 hex digits.
    key: ID,
    /// The version.
    version: Version,
    /// The number of edges from the nearest start; 0 for a start.
    depth: i32,
    /// True if it is one of the starts.
    start: bool,
    /// True if there is more beyond that the graph does not show; ask again from here.
    more: bool,
}

/// Edges of one role between two nodes or groups.
#[derive(SimpleObject, Clone)]
pub struct LineageGraphEdge {
    /// The upstream end: the key of a node or group.
    source: ID,
    /// The downstream end, which was made from the source or pins it. It may be the source itself
    /// if that is a group.
    derived: ID,
    /// The role; MEMBER for pins.
    role: String,
    /// The number of edges: 1 between two versions.
    count: i32,
}

/// Versions one edge away from the same neighbour, of one kind, namespace and role, folded into one
/// because there are many.
#[derive(Clone)]
pub struct LineageGraphGroup {
    scope: Scope,
    drawing: Arc<Drawing>,
    place: usize,
}

impl LineageGraphGroup {
    fn shown(&self) -> &Shown {
        &self.drawing.shown[self.place]
    }

    fn version(&self, version: VersionNo) -> Version {
        Version::new(self.scope.clone(), version)
    }
}

/// Versions one edge away from the same neighbour, of one kind, namespace and role, folded into one
/// because there are many.
#[Object]
impl LineageGraphGroup {
    /// The name of the group in this graph, which edges use: `group:` and 32 hex digits, a hash of
    /// the versions. It changes when they do.
    async fn key(&self) -> ID {
        group_key(self.shown())
    }

    /// The kind of the items of its versions.
    async fn kind(&self) -> Option<ItemKind> {
        self.shown().group.as_ref().map(|group| group.kind.into())
    }

    /// The namespace of the items of its versions.
    async fn namespace(&self) -> Option<String> {
        self.shown().group.as_ref().map(|group| group.namespace.to_string())
    }

    /// The role of the edges that lead to it; MEMBER for pins.
    async fn role(&self) -> Option<String> {
        self.shown().group.as_ref().map(|group| role_text(&self.scope, group.role))
    }

    /// The number of edges from the nearest start to its versions.
    async fn depth(&self) -> i32 {
        int(self.shown().depth)
    }

    /// The number of its versions.
    async fn count(&self) -> i32 {
        int(self.shown().versions.len())
    }

    /// The number of these that are wrong.
    async fn wrong_count(&self) -> i32 {
        let versions = self.shown().versions.iter();
        let wrong = self.scope.read(|at| versions.filter(|version| at.wrong(**version).is_some()).count());
        int(wrong)
    }

    /// True if there is more beyond that the graph does not show.
    async fn more(&self) -> bool {
        self.shown().more
    }

    /// The first few of its versions.
    async fn samples(&self) -> Vec<Version> {
        self.shown().versions.iter().take(SAMPLES).map(|version| self.version(*version)).collect()
    }

    /// Its versions, oldest first. For the next page request the same `group` of the same graph,
    /// inside `at`.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only versions that match this filter; `totalCount` is their number.")]
        filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let list = List::of(ctx, group_key(self.shown()).as_str())?;
        let page = Page::new(list, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let Some(filter) = filter.map(|filter| filter.prepare(&self.scope)).transpose()? else {
            return Ok(page.of(&self.scope, &self.shown().versions, |version| self.version(version)));
        };
        let mut versions = self.shown().versions.clone();
        self.scope.walk(|walker| walker.retain(&mut versions, |at, version| filter.finds(at, *version)));
        Ok(page.of(&self.scope, &versions, |version| self.version(version)))
    }
}

/// Version numbers are the same in every copy of the log, so the key of a group names its versions.
fn group_key(shown: &Shown) -> ID {
    let mut canon = Canon::new("stemma lineage group v1");
    let numbers: Vec<u8> = shown.versions.iter().flat_map(|version| version.0.to_le_bytes()).collect();
    canon.field(&numbers);
    ID(format!("group:{}", &hex(&canon.hash())[..32]))
}

fn role_text(scope: &Scope, role: Role) -> String {
    role.map_or_else(|| MEMBER.to_owned(), |role| scope.read(|at| at.index().text(role).to_owned()))
}
